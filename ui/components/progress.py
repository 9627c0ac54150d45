"""A run at work: best plan, bound, gap and time, and a button that keeps the best plan."""

import streamlit as st

from optimiser.labels import Labels
from optimiser.report.brief import Figure
from ui.components import key_figures
from ui.runs import Job

_EVERY_SECONDS = 0.5


def show(job: Job, labels: Labels) -> None:
    """Show a run until it ends; then the page is drawn again.

    Parameters
    ----------
    job
        The run.
    labels
        Words of the visitor's language.
    """

    @st.fragment(run_every=_EVERY_SECONDS)
    def live() -> None:
        job.touch()
        if job.done.is_set():
            st.rerun(scope="app")
        _figures(job, labels)
        if st.button(labels("ui.solve.cancel"), key=f"cancel-{job.run.id}"):
            job.cancel()

    live()


def _figures(job: Job, labels: Labels) -> None:
    at = job.progress
    objective, bound = (at.objective, at.bound) if at else (None, None)
    gap = None
    if objective and bound is not None:
        gap = max(0.0, bound - objective) / abs(objective)
    key_figures.show(
        [
            Figure(labels("ui.solve.incumbent"), labels.number(objective)),
            Figure(labels("ui.solve.bound"), labels.number(bound)),
            Figure(labels("ui.solve.gap"), labels.percent(gap, 2)),
            Figure(labels("ui.solve.time"), labels.seconds(at.seconds if at else 0.0)),
        ]
    )
    if job.stopping():
        st.caption(labels("ui.solve.stopping"))
