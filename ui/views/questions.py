"""Questions to the plan: why, what a rule costs, what must give way, what else, trade-offs."""

import streamlit as st

from optimiser.report.words import Words, case_labels
from ui import asking
from ui.cache import case_of
from ui.components import asked_page, asking_progress, question_form
from ui.session import Visit
from ui.text import plain


def show(seen: Visit) -> None:
    """Draw the page.

    Parameters
    ----------
    seen
        The visit.
    """
    case, _ = case_of(seen.record.scenario)
    words = Words(case, case_labels(case.catalogue, seen.labels.language))
    labels = words.labels
    st.title(labels("ui.questions.title"))
    st.caption(plain(seen.record.title))
    question, detail, start = question_form.show(words, enabled=seen.writes)
    found = asking.find(
        question, seen.record, labels.language, detail=detail, start=start and seen.writes
    )
    opened = st.session_state.pop("opened-plan", "")
    if opened:
        st.success(plain(labels("ui.questions.opened", title=opened)))
    if found is None:
        return
    if found.job is not None and not found.job.done.is_set():
        asking_progress.show(found.job, labels)
        return
    asked_page.show(found, words, seen)
