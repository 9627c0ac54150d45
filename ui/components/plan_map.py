"""The map of today and of the plan: a vector picture that needs no network and no WebGL."""

import streamlit as st


def show(svg: str, description: str) -> None:
    """Show a map.

    Parameters
    ----------
    svg
        The picture.
    description
        What it shows, for who cannot see it; the table beside it holds the same figures.
    """
    st.image(svg, width="stretch")
    st.caption(description)
