"""One scenario of the store, with what can be done to it."""

import streamlit as st

from optimiser.labels import Labels
from ui.cache import intercommunalities, store
from ui.moments import written
from ui.session import Visit, open_scenario
from ui.store import Record
from ui.text import one_line, plain


def show(record: Record, seen: Visit) -> None:
    """Show a scenario.

    Parameters
    ----------
    record
        The scenario.
    seen
        The visit.
    """
    labels = seen.labels
    with st.container(border=True):
        st.markdown(f"**{plain(record.title)}**")
        epci = dict(intercommunalities()).get(record.scenario.epci, record.scenario.epci)
        changed = labels("ui.scenarios.changed", moment=written(record.changed, labels))
        st.caption(plain(labels("words.separator").join([epci, changed])))
        with st.container(horizontal=True):
            if st.button(labels("ui.scenarios.open"), key=f"open-{record.id}"):
                open_scenario(record)
                st.rerun()
            if seen.writes:
                _changes(record, labels)


def _changes(record: Record, labels: Labels) -> None:
    if st.button(labels("ui.scenarios.duplicate"), key=f"copy-{record.id}"):
        title = labels("ui.scenarios.copy", title=record.title)
        open_scenario(store().duplicate(record.id, title))
        st.rerun()
    word = labels("ui.scenarios.restore" if record.archived else "ui.scenarios.archive")
    if st.button(word, key=f"archive-{record.id}"):
        store().change(record.id, archived=not record.archived)
        st.rerun()
    with st.popover(labels("ui.scenarios.rename")):
        title = st.text_input(
            labels("ui.scenarios.name"), record.title, max_chars=200, key=f"name-{record.id}"
        )
        title = one_line(title)
        if st.button(labels("ui.scenarios.keep"), key=f"rename-{record.id}") and title:
            scenario = record.scenario.model_copy(update={"title": title})
            store().change(record.id, title=title, scenario=scenario)
            st.rerun()
