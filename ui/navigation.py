"""The one list of pages."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from optimiser.labels import Labels
from ui.views import executive, territory

VIEWS: tuple[tuple[str, Callable[[Labels], None]], ...] = (
    ("executive", executive.show),
    ("territory", territory.show),
)
"""Key of each page in the labels and the address, and what draws it."""


def pages(labels: Labels) -> list[Any]:
    """Pages in their order; the first one opens.

    Parameters
    ----------
    labels
        Words of the visitor's language.

    Returns
    -------
    list of streamlit pages
        For `st.navigation`.
    """
    return [
        st.Page(
            partial(show, labels),
            title=labels(f"ui.{key}.title"),
            url_path=key,
            default=position == 0,
        )
        for position, (key, show) in enumerate(VIEWS)
    ]
