"""Serves the app: `python -m ui`, with the options of `streamlit run`.

What the pages import is loaded before the first visitor comes, who would otherwise wait for it.
"""

import sys
from pathlib import Path

from streamlit.web.cli import main

import ui.navigation  # noqa: F401 - loads every page
from optimiser.scenario import Scenario
from optimiser.sources import open_case

SETTINGS = {
    "server.headless": "true",
    "server.enableStaticServing": "true",
    "server.fileWatcherType": "none",
    "server.maxUploadSize": "50",
    "browser.gatherUsageStats": "false",
    "client.toolbarMode": "viewer",
    "client.showErrorDetails": "none",
}
"""No request leaves the machine, and no error shows the code."""


def serve(arguments: list[str]) -> None:
    """Serve until the process ends.

    Parameters
    ----------
    arguments
        Further options of `streamlit run`.
    """
    # The national tables stay in memory.
    open_case(Scenario())
    page = str(Path(__file__).with_name("app.py"))
    main(["run", page, *(f"--{name}={value}" for name, value in SETTINGS.items()), *arguments])


if __name__ == "__main__":
    serve(sys.argv[1:])
