"""Entry of the app: `maillage app`."""

import streamlit as st

from ui import warm

warm.wait()

from ui.navigation import pages  # noqa: E402 - not before the other thread has loaded it
from ui.session import labels  # noqa: E402

st.set_page_config(page_title="Maillage", layout="wide")
st.navigation(pages(labels())).run()
