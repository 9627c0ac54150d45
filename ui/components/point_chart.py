"""Points on two axes that can be chosen, by mouse or keyboard; a vector picture."""

from collections.abc import Mapping
from importlib import resources
from typing import Any

import streamlit as st


def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


_CHART = st.components.v2.component(
    "maillage.point_chart",
    html='<div class="point-chart"></div>',
    css=_file("point_chart.css"),
    js=_file("point_chart.js"),
)


def show(document: Mapping[str, Any], key: str) -> str | None:
    """Show points.

    Parameters
    ----------
    document
        ``title``, ``hint``, ``xTitle``, ``yTitle``, ``xTicks`` and ``yTicks`` (``at``, ``text``),
        ``points`` (``id``, ``x``, ``y``, ``text``, ``knee``) and perhaps ``today``; words are
        plain texts.
    key
        Tells charts of one page apart.

    Returns
    -------
    str or None
        ``id`` of the point that the visitor has just chosen.
    """
    chosen = _CHART(data=dict(document), key=key, on_point_change=_nothing)
    return getattr(chosen, "point", None)


def _nothing() -> None:
    """Make the value known to Streamlit: a trigger exists only with a callback."""
