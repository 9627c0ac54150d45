"""A table of words and figures already written in the visitor's language."""

from collections.abc import Mapping, Sequence

import streamlit as st


def show(columns: Mapping[str, Sequence[str]]) -> None:
    """Show a table.

    Parameters
    ----------
    columns
        Cells by title of the column.
    """
    st.dataframe(dict(columns), hide_index=True, width="stretch")
