"""A question at work, and a button that ends it."""

import streamlit as st

from optimiser.labels import Labels
from ui.asking import AskingJob

_EVERY_SECONDS = 1.0


def show(job: AskingJob, labels: Labels) -> None:
    """Show the job until it ends; then the page is drawn again.

    Parameters
    ----------
    job
        The job.
    labels
        Words of the visitor's language.
    """

    @st.fragment(run_every=_EVERY_SECONDS)
    def live() -> None:
        job.touch()
        if job.done.is_set():
            st.rerun(scope="app")
        st.info(labels("ui.support.working", seconds=labels.seconds(job.seconds)))
        if st.button(labels("ui.support.cancel"), key="cancel-asking"):
            job.cancel()

    live()
