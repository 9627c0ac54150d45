"""Buttons that download a plan in every format; a file is made when its button is pressed."""

from functools import partial

import streamlit as st

from optimiser.labels import Labels
from ui import exports


def show(run_id: str, service: str, labels: Labels) -> None:
    """Show the buttons.

    Parameters
    ----------
    run_id
        Run with a plan.
    service
        Type whose map is offered.
    labels
        Words of the visitor's language.
    """
    language = labels.language
    files = (
        ("xlsx", partial(exports.excel, run_id, language), "plan.xlsx"),
        ("gpkg", partial(exports.geopackage, run_id, language), "plan.gpkg"),
        ("csv", partial(exports.csv_tables, run_id, language), "plan-csv.zip"),
        ("svg", partial(exports.map_svg, run_id, language, service), f"{service}.svg"),
        ("png", partial(exports.map_png, run_id, language, service), f"{service}.png"),
        ("toml", partial(exports.toml, run_id, language), "scenario.toml"),
    )
    st.subheader(labels("ui.export.title"))
    with st.container(horizontal=True):
        for kind, make, name in files:
            st.download_button(
                labels(f"ui.export.{kind}"), make, name, key=f"export-{kind}", on_click="ignore"
            )


def pdf_button(run_id: str, labels: Labels) -> None:
    """Show the button of the accessible PDF.

    Parameters
    ----------
    run_id
        Run with a plan.
    labels
        Words of the visitor's language.
    """
    make = partial(exports.pdf, run_id, labels.language)
    st.download_button(
        labels("ui.export.pdf"), make, "plan.pdf", key="pdf", on_click="ignore", type="primary"
    )
