"""Choose two scenarios."""

from collections.abc import Sequence

import streamlit as st

from optimiser.labels import Labels
from ui.store import Record


def show(records: Sequence[Record], labels: Labels) -> tuple[Record, Record] | None:
    """Show the two choices.

    Parameters
    ----------
    records
        Scenarios with a plan, at least two.
    labels
        Words of the visitor's language.

    Returns
    -------
    (Record, Record) or None
        None where both are the same.
    """
    names = {record.id: _name(record, labels) for record in records}
    found = {record.id: record for record in records}
    codes = list(names)
    left, right = st.columns(2)
    write = names.__getitem__
    first = left.selectbox(labels("ui.compare.first"), codes, 0, format_func=write, key="first")
    second = right.selectbox(labels("ui.compare.second"), codes, 1, format_func=write, key="second")
    return None if first == second else (found[first], found[second])


def _name(record: Record, labels: Labels) -> str:
    return labels("ui.compare.base") if record.base else record.title
