"""What is wrong with what a visitor gave, in words."""

import streamlit as st

from optimiser.errors import MaillageError
from optimiser.labels import Labels, describe_error
from ui.text import plain


def show(error: MaillageError, labels: Labels) -> None:
    """Show an error.

    Parameters
    ----------
    error
        The error.
    labels
        Words of the visitor's language.
    """
    for line in describe_error(error, labels):
        st.error(plain(line))
