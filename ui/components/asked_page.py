"""An answer: sentences, tables, and for shared functions the groups of one of them as a map."""

import streamlit as st

from optimiser.report.words import Words
from ui.asking import AskedPage
from ui.components import table
from ui.text import plain


def show(page: AskedPage | None, words: Words) -> None:
    """Show the result.

    Parameters
    ----------
    page
        From the worker; None where it was ended.
    words
        Names of the case.
    """
    labels = words.labels
    if page is None:
        st.warning(labels("ui.support.ended"))
        return
    for line in page.failure:
        st.error(plain(line))
    for line in page.sentences:
        st.write(f"- {plain(line)}")
    if page.maps:
        name = st.selectbox(labels("ui.support.function"), list(page.maps), key="function-map")
        st.image(page.maps[name], width="stretch")
        st.caption(plain(labels("ui.support.map", function=name)))
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
    for each in page.tables:
        with st.expander(plain(each.name), expanded=each is page.tables[0]):
            table.show_report(each, words, each.name)
            st.caption(plain(each.note))
