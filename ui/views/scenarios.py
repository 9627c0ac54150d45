"""History: open, duplicate, rename and archive scenarios; bring and take files."""

import streamlit as st

from ui.cache import store
from ui.components import exchange, scenario_card
from ui.session import Visit


def show(seen: Visit) -> None:
    """Draw the page.

    Parameters
    ----------
    seen
        The visit.
    """
    labels = seen.labels
    st.title(labels("ui.scenarios.title"))
    archived = st.toggle(labels("ui.scenarios.archived"), key="archived")
    found = store().scenarios(archived=archived)
    if not found:
        st.caption(labels("ui.scenarios.none"))
    for record in found:
        scenario_card.show(record, seen)
    if seen.writes:
        exchange.show(labels)
