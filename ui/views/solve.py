"""Solve: limits, the live state of the run, and every run before it."""

import streamlit as st

from optimiser.solvers import Limits
from ui import runs
from ui.cache import store
from ui.components import progress, run_list
from ui.results import of_run, plan_of
from ui.session import Visit, editable
from ui.text import plain


def show(seen: Visit) -> None:
    """Draw the page.

    Parameters
    ----------
    seen
        The visit.
    """
    labels = seen.labels
    st.title(labels("ui.solve.title"))
    st.caption(plain(seen.record.title))
    job = runs.job_for(seen.record)
    with st.form("limits"):
        seconds = st.number_input(
            labels("ui.solve.seconds"), 1, 86_400, 60, help=labels("ui.solve.seconds_help")
        )
        gap = st.number_input(
            labels("ui.solve.gap_limit"),
            0.0,
            50.0,
            0.01,
            step=0.01,
            format="%.3f",
            help=labels("ui.solve.gap_help"),
        )
        asked = st.form_submit_button(
            labels("ui.solve.start"), type="primary", disabled=not seen.writes or job is not None
        )
    if asked and seen.writes:
        record = seen.record if seen.record.base else editable(seen)
        job = runs.start(store(), record, Limits(seconds=float(seconds), gap=gap / 100))
        job.done.wait(0.3)
    if job is not None:
        progress.show(job, labels)
        return
    run = runs.latest(store(), seen.record)
    if run is not None:
        found = of_run(run, labels.language)
        if plan_of(found) is not None:
            st.success(labels("ui.solve.done"))
    run_list.show(store().runs(seen.record.id), labels)
