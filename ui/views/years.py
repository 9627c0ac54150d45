"""The years ahead: what is done when, coverage as a film of maps, and what pays for it."""

import streamlit as st

from optimiser.report.words import Words, case_labels
from ui import asking
from ui.cache import case_of
from ui.components import asked_page, asking_progress, chart, year_film
from ui.session import Visit
from ui.text import plain


def show(seen: Visit) -> None:
    """Draw the page.

    Parameters
    ----------
    seen
        The visit.
    """
    labels, scenario = seen.labels, seen.record.scenario
    st.title(labels("ui.years.title"))
    st.caption(plain(seen.record.title))
    st.caption(labels("ui.years.help"))
    functions = st.checkbox(labels("ui.years.functions"), key="years-functions")
    start = st.button(labels("ui.years.start"), type="primary", disabled=not seen.writes)
    found = asking.find(
        "years",
        seen.record,
        labels.language,
        detail="functions" if functions else "",
        start=start and seen.writes,
    )
    if found is None:
        return
    if found.job is not None and not found.job.done.is_set():
        asking_progress.show(found.job, labels)
        return
    case, _ = case_of(scenario)
    words = Words(case, case_labels(case.catalogue, labels.language))
    page = found.page
    if page is not None and page.charts:
        for line in page.sentences:
            st.write(f"- {plain(line)}")
        chart.show(page.charts["gantt"], labels("years.chart.gantt"))
        if page.kept:
            year_film.show(scenario, page.kept, words)
        st.subheader(labels("finances.title"))
        chart.show(page.charts["debt"], labels("years.chart.debt"))
        chart.show(page.charts["spending"], labels("years.chart.spending"))
        asked_page.tables(page, words)
        return
    asked_page.show(found, words, seen)
