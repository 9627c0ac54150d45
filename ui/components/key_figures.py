"""Large figures in a row."""

from collections.abc import Sequence

import streamlit as st


def show(figures: Sequence[tuple[str, str, str]]) -> None:
    """Show figures with their changes.

    Parameters
    ----------
    figures
        Name, value and change of each, already in words.
    """
    for column, (name, value, change) in zip(st.columns(len(figures)), figures, strict=True):
        column.metric(name, value, change or None, delta_color="off")
