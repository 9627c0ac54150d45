"""Files in and out of the store: a scenario, or all of them."""

import streamlit as st

from optimiser.errors import MaillageError
from optimiser.labels import Labels
from ui.cache import store
from ui.components import problems, scenario_files
from ui.store.exchange import export_store, import_store


def show(labels: Labels) -> None:
    """Show the ways in and out; only for who may write.

    Parameters
    ----------
    labels
        Words of the visitor's language.
    """
    scenario_files.bring(labels)
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


def _merge(data: bytes, labels: Labels) -> None:
    try:
        scenarios, runs = import_store(store(), data)
    except MaillageError as error:
        problems.show(error, labels)
        return
    counts = {"scenarios": labels.number(scenarios), "runs": labels.number(runs)}
    st.success(labels("ui.scenarios.imported", **counts))
