"""Support functions: who shares what with whom, what it saves, and how the gain is divided."""

import streamlit as st

from optimiser.report.words import Words, case_labels
from ui import asking
from ui.cache import case_of
from ui.components import asked_page, asking_progress
from ui.session import Visit
from ui.text import plain


def show(seen: Visit) -> None:
    """Draw the page.

    Parameters
    ----------
    seen
        The visit.
    """
    labels = seen.labels
    st.title(labels("ui.support.title"))
    st.caption(plain(seen.record.title))
    st.caption(labels("ui.support.help"))
    sensitivity = st.checkbox(labels("ui.support.sensitivity"), key="sensitivity")
    start = st.button(labels("ui.support.start"), type="primary", disabled=not seen.writes)
    found = asking.find(
        "sharing",
        seen.record,
        labels.language,
        detail="sensitivity" if sensitivity else "",
        start=start and seen.writes,
    )
    if found is None:
        return
    if found.job is not None and not found.job.done.is_set():
        asking_progress.show(found.job, labels)
        return
    case, _ = case_of(seen.record.scenario)
    words = Words(case, case_labels(case.catalogue, labels.language))
    asked_page.show(found, words, seen)
