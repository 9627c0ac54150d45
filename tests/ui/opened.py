"""Opens a page in Streamlit's own tester."""

from typing import Any

from streamlit.testing.v1 import AppTest

SECONDS = 120


def opened(view: str, language: str = "fr", **query: str) -> AppTest:
    # The tester cannot follow `st.navigation` to another page: the page is drawn directly.
    program = f"""
from ui.navigation import draw
from ui.session import labels
from ui.views import {view}
draw({view}.show, labels())
"""
    app = AppTest.from_string(program, default_timeout=SECONDS)
    app.query_params["lang"] = language
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def html(app: AppTest) -> str:
    """All HTML that a page has written itself."""
    blocks: Any = app.get("html")
    return "\n".join(block.proto.body for block in blocks)
