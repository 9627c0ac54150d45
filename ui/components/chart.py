"""A chart in the colours of the page; the tables below it hold the same figures."""

from collections.abc import Mapping
from typing import Any

import streamlit as st


def show(specification: Mapping[str, Any], title: str) -> None:
    """Show a chart.

    Parameters
    ----------
    specification
        Vega-Lite; its description is read aloud.
    title
        What it shows.
    """
    st.markdown(f"**{title}**")
    st.vega_lite_chart(dict(specification), width="stretch", theme="streamlit")
