"""Entry of the app: `maillage app`."""

import streamlit as st

from ui.navigation import pages
from ui.session import labels

st.set_page_config(page_title="Maillage", layout="wide")
st.navigation(pages(labels())).run()
