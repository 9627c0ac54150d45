"""What the first visitor would wait for, made ready while the server and the browser start.

One thread starts the run that answers the first page, loads the pages' modules while its worker
is busy, and then makes the page. Two threads that load the same modules at once could see half of
one: `app.py` waits.
"""

import threading
from importlib import import_module

_loaded = threading.Event()
_loaded.set()


def begin() -> None:
    """Start the thread."""
    _loaded.clear()
    threading.Thread(target=_work, name="warm", daemon=True).start()


def wait() -> None:
    """Wait until the pages' modules are loaded; at once where nobody called `begin`."""
    _loaded.wait()


def _work() -> None:
    try:
        first_page = import_module("ui.first_page")
        record = first_page.begin()
        import_module("ui.navigation")
    finally:
        _loaded.set()
    first_page.finish(record)
