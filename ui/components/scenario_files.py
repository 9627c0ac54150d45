"""A scenario as a file: taken away as text or workbook, and brought back."""

import streamlit as st

from optimiser.errors import MaillageError
from optimiser.labels import Labels
from optimiser.sources import scenario_text
from optimiser.sources.scenario_template import scenario_book
from ui.cache import case_of, embedded_catalogue, embedded_functions, store
from ui.components import problems
from ui.session import Visit, open_scenario
from ui.uploads import KINDS, MAX_BYTES, Kind, scenario_of


def take(seen: Visit) -> None:
    """Show the buttons that download the visitor's scenario.

    Parameters
    ----------
    seen
        The visit.
    """
    labels, scenario = seen.labels, seen.record.scenario
    with st.container(horizontal=True):
        st.download_button(
            labels("ui.export.toml"),
            lambda: scenario_text(scenario, labels.language),
            "scenario.toml",
            key="scenario-toml",
            on_click="ignore",
        )
        st.download_button(
            labels("ui.export.book"),
            lambda: _book(seen),
            "scenario.xlsx",
            key="scenario-xlsx",
            on_click="ignore",
        )


def bring(labels: Labels) -> None:
    """Show the way in; only for who may write.

    Parameters
    ----------
    labels
        Words of the visitor's language.
    """
    st.subheader(labels("ui.scenarios.bring"))
    given = st.file_uploader(
        labels("ui.scenarios.file"),
        type=list(KINDS),
        max_upload_size=MAX_BYTES // 1_000_000,
        key="scenario-file",
    )
    if given is None or not st.button(labels("ui.scenarios.read"), key="read-file"):
        return
    kind: Kind = "xlsx" if given.name.casefold().endswith(".xlsx") else "toml"
    try:
        scenario = scenario_of(given.getvalue(), kind)
    except MaillageError as error:
        problems.show(error, labels)
        return
    open_scenario(store().create(scenario.title or labels("workbook.untitled"), scenario))
    st.rerun()


def _book(seen: Visit) -> bytes:
    scenario = seen.record.scenario
    case, _ = case_of(scenario)
    communes = [commune.name for commune in case.members]
    catalogue, functions = embedded_catalogue(), embedded_functions()
    return scenario_book(scenario, catalogue, functions, communes, seen.labels)
