"""The map of communes: a vector picture that needs no network and no WebGL, usable by keyboard."""

from collections.abc import Mapping
from importlib import resources
from typing import Any

import streamlit as st


def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


_MAP = st.components.v2.component(
    "maillage.commune_map",
    html='<div class="commune-map"></div>',
    css=_file("commune_map.css"),
    js=_file("commune_map.js"),
)


def show(document: Mapping[str, Any], key: str) -> str | None:
    """Show a map.

    Parameters
    ----------
    document
        From `ui.map_document`.
    key
        Tells maps of one page apart.

    Returns
    -------
    str or None
        INSEE code of the commune that the visitor has just chosen.
    """
    chosen = _MAP(data={**document, "id": key}, key=key, on_commune_change=_nothing)
    return getattr(chosen, "commune", None)


def _nothing() -> None:
    """Make the value known to Streamlit: a trigger exists only with a callback."""
