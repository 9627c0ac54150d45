"""Two stored scenarios: differences only, on the map and in tables."""

import streamlit as st

from ui import comparison
from ui.components import comparison_tables, scenario_pair
from ui.session import Visit


def show(seen: Visit) -> None:
    """Draw the page.

    Parameters
    ----------
    seen
        The visit.
    """
    labels = seen.labels
    st.title(labels("ui.compare.title"))
    records = comparison.candidates(seen.record)
    if len(records) < comparison.LEAST:
        st.info(labels("ui.compare.too_few"))
        return
    pair = scenario_pair.show(records, labels)
    if pair is None:
        st.info(labels("ui.compare.choose"))
        return
    comparison_tables.show(pair, labels)
