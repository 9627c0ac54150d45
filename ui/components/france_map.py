"""The map of all communes of France, on a canvas: no WebGL, no tiles, no other machine."""

from collections.abc import Mapping
from importlib import resources
from typing import Any

import streamlit as st


def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


_MAP = st.components.v2.component(
    "maillage.france_map",
    html='<div class="france-map"></div>',
    css=_file("france_map.css"),
    js=_file("france_shapes.js") + _file("france_map.js"),
)


def show(document: Mapping[str, Any], key: str) -> str | None:
    """Show the map.

    Parameters
    ----------
    document
        ``now`` and ``planned`` (from `ui.campaigns.minutes`), ``shown`` (which of the two),
        ``classes`` (label, fill, upper), ``selected`` (SIREN code or empty), ``title``, ``words``.
    key
        Tells maps of one page apart.

    Returns
    -------
    str or None
        SIREN code of the EPCI that the visitor has just clicked.
    """
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    files = f"/{base}/app/static/" if base else "/app/static/"
    chosen = _MAP(data={**document, "files": files}, key=key, on_epci_change=_nothing)
    return getattr(chosen, "epci", None)


def _nothing() -> None:
    """Make the value known to Streamlit: a trigger exists only with a callback."""
