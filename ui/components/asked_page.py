"""An answer: sentences, plans on two axes, tables, and for shared functions maps and curves."""

import streamlit as st

from optimiser.report.words import Words
from ui.asking import Found
from ui.components import plan_opener, point_chart, table
from ui.moments import written
from ui.session import Visit
from ui.store.pages import AskedPage
from ui.text import plain


def show(found: Found, words: Words, seen: Visit) -> None:
    """Show the result.

    Parameters
    ----------
    found
        The answer; without a page where it was ended.
    words
        Names of the case.
    seen
        The visit.
    """
    labels, page = words.labels, found.page
    if page is None:
        st.warning(labels("ui.support.ended"))
        return
    if found.found:
        st.caption(labels("ui.questions.kept", moment=written(found.found, labels)))
    for line in page.failure:
        st.error(plain(line))
    for line in page.sentences:
        st.write(f"- {plain(line)}")
    clicked = None
    if page.chart:
        chart = {**page.chart, "hint": labels("ui.questions.chart_hint")}
        clicked = point_chart.show(chart, "front")
    if page.plans and seen.writes:
        plan_opener.show(page.plans, clicked, seen)
    if page.maps or page.curves:
        _pictures(page, words)
    tables(page, words)


def tables(page: AskedPage, words: Words) -> None:
    """Show the tables, each in a part that unfolds.

    Parameters
    ----------
    page
        From the worker.
    words
        Names of the case.
    """
    for each in page.report_tables():
        with st.expander(plain(each.name), expanded=each.name == page.tables[0].name):
            table.show_report(each, words, each.name)
            st.caption(plain(each.note))


def _pictures(page: AskedPage, words: Words) -> None:
    labels = words.labels
    names = list(page.curves or page.maps)
    name = st.selectbox(labels("ui.support.function"), names, key="function-map")
    if name in page.maps:
        st.image(page.maps[name], width="stretch")
        st.caption(plain(labels("ui.support.map", function=name)))
    if name in page.curves:
        st.image(page.curves[name], width="stretch")
        st.caption(labels("sharing.curve.note"))
