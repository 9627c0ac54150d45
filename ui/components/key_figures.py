"""Large figures side by side, with their ranges and evidence."""

from collections.abc import Sequence

import streamlit as st

from optimiser.report.brief import Figure
from ui.text import tag

_STYLE = """<style>
.maillage-figures { display: grid; gap: 0.75rem;
  margin: 0 !important; padding: 0 !important;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 11rem), 1fr)); }
.maillage-figures > div { border: 1px solid rgba(128, 128, 128, 0.4); border-radius: 0.5rem;
  padding: 0.6rem 0.9rem; break-inside: avoid; }
.maillage-figures dt { font-size: 0.875rem; font-weight: 400; }
.maillage-figures dd { margin: 0 !important; font-size: 0.875rem; }
.maillage-figures dd.v { font-size: 1.6rem; line-height: 1.3; }
</style>"""


def show(figures: Sequence[Figure]) -> None:
    """Show figures.

    Parameters
    ----------
    figures
        In words.
    """
    boxes = ""
    for figure in figures:
        lines = "".join(tag("dd", text) for text in (figure.change, figure.detail) if text)
        value = tag("dd", figure.value, **{"class": "v"})
        boxes += f"<div>{tag('dt', figure.name)}{value}{lines}</div>"
    st.html(f'{_STYLE}<dl class="maillage-figures">{boxes}</dl>')
