"""A store of its own for every test of the app."""

from pathlib import Path

import pytest
import streamlit as st


@pytest.fixture(autouse=True)
def store_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    monkeypatch.setenv("MAILLAGE_STORE", url)
    st.cache_resource.clear()
    st.cache_data.clear()
    return url
