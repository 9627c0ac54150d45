"""The one list of pages."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from optimiser.errors import MaillageError
from optimiser.labels import Labels
from ui.components import page_style, problems
from ui.session import Visit, know_pages, recall, visit
from ui.views import (
    compare,
    executive,
    national,
    plan_map,
    questions,
    scenario,
    scenarios,
    score,
    solve,
    support,
    territory,
    years,
)

VIEWS: tuple[tuple[str, Callable[[Visit], None]], ...] = (
    ("executive", executive.show),
    ("territory", territory.show),
    ("scenario", scenario.show),
    ("plan_map", plan_map.show),
    ("solve", solve.show),
    ("support", support.show),
    ("years", years.show),
    ("score", score.show),
    ("questions", questions.show),
    ("compare", compare.show),
    ("national", national.show),
    ("scenarios", scenarios.show),
)
"""Key of each page in the labels and the address, and what draws it."""

_BY_LINK = ("executive",)
"""Pages of a read-only link."""


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
    shown = [v for v in VIEWS if v[0] in _BY_LINK] if recall("read", "") else VIEWS
    found = {
        key: st.Page(
            partial(draw, show, labels),
            title=labels(f"ui.{key}.title"),
            url_path=key,
            default=position == 0,
        )
        for position, (key, show) in enumerate(shown)
    }
    know_pages(found)
    return list(found.values())


def draw(show: Callable[[Visit], None], labels: Labels) -> None:
    """Draw a page; what is wrong with the visitor's question is said in words.

    Parameters
    ----------
    show
        Draws the page.
    labels
        Words of the visitor's language.
    """
    page_style.show(labels.language)
    seen = visit(labels)
    try:
        show(seen)
    except MaillageError as error:
        problems.show(error, labels)
