"""How pages look on paper and on a narrow screen, and which language they speak."""

import streamlit as st

_STYLE = """<style>
@media print {
  [data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stToolbar"],
  .stDownloadButton, .stSelectbox, [data-testid="stStatusWidget"] { display: none !important; }
  .stMain, .stApp, [data-testid="stAppViewContainer"], [data-testid="stMain"] {
    position: static !important; overflow: visible !important; height: auto !important; }
  h1, h2, h3 { break-after: avoid; }
}
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] * {
  color: inherit !important; opacity: 1 !important; }
[data-testid="stMainBlockContainer"] { padding-left: 2.5rem; padding-right: 2.5rem;
  padding-top: 3.5rem; }
.stCheckbox p { white-space: normal !important; overflow: visible !important; }
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding-left: 1rem; padding-right: 1rem; }
}
</style>"""


_LANGUAGE = st.components.v2.component(
    "maillage.language",
    js="export default ({ data }) => { document.documentElement.lang = data; }",
)
"""Streamlit declares its pages English; who has them read aloud needs the true language."""


def show(language: str) -> None:
    """Give the page its style and its language.

    Parameters
    ----------
    language
        Of the words.
    """
    st.html(_STYLE)
    _LANGUAGE(data=language, key="language", height=1)
