"""Serves the app: `python -m ui`, with the options of `streamlit run`."""

import sys
from pathlib import Path

from streamlit.web.cli import main

from ui import warm

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
    warm.begin()
    page = str(Path(__file__).with_name("app.py"))
    main(["run", page, *(f"--{name}={value}" for name, value in SETTINGS.items()), *arguments])


if __name__ == "__main__":
    serve(sys.argv[1:])
