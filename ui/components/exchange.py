"""Files in and out of the store: a scenario, or all of them."""

import streamlit as st

from optimiser.errors import MaillageError
from optimiser.labels import Labels
from ui.cache import store
from ui.components import problems
from ui.session import open_scenario
from ui.store.exchange import export_store, import_store
from ui.uploads import scenario_of


def show(labels: Labels) -> None:
    """Show the ways in and out; only for who may write.

    Parameters
    ----------
    labels
        Words of the visitor's language.
    """
    st.subheader(labels("ui.scenarios.bring"))
    given = st.file_uploader(
        labels("ui.scenarios.file"), type=["toml"], max_upload_size=2, key="scenario-file"
    )
    if given is not None and st.button(labels("ui.scenarios.read"), key="read-file"):
        _bring(given.getvalue(), labels)
    st.subheader(labels("ui.scenarios.store"))
    st.download_button(
        labels("ui.scenarios.export"),
        lambda: export_store(store()),
        "maillage-store.json",
        key="store-export",
        on_click="ignore",
    )
    whole = st.file_uploader(
        labels("ui.scenarios.import_file"), type=["json"], max_upload_size=50, key="store-file"
    )
    if whole is not None and st.button(labels("ui.scenarios.import"), key="store-import"):
        _merge(whole.getvalue(), labels)


def _bring(data: bytes, labels: Labels) -> None:
    try:
        scenario = scenario_of(data)
    except MaillageError as error:
        problems.show(error, labels)
        return
    open_scenario(store().create(scenario.title or labels("workbook.untitled"), scenario))
    st.rerun()


def _merge(data: bytes, labels: Labels) -> None:
    try:
        scenarios, runs = import_store(store(), data)
    except MaillageError as error:
        problems.show(error, labels)
        return
    counts = {"scenarios": labels.number(scenarios), "runs": labels.number(runs)}
    st.success(labels("ui.scenarios.imported", **counts))
