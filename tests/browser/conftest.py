"""A server of its own, and a headless Chromium that reaches nothing but this machine."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import ui
from ui.__main__ import SETTINGS

try:
    from playwright import sync_api as playwright
except ImportError:
    playwright = None

ROOT = Path(ui.__file__).parent.parent
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
PATIENCE_MS = 60_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM or playwright is None:
                item.add_marker(pytest.mark.skip(reason="needs Chromium and playwright"))


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def served(
    script: Path,
    store_url: str,
    port: int = 0,
    further: Mapping[str, str] | None = None,
    **more: str,
) -> Iterator[str]:
    """Address of a script that Streamlit serves with the settings of the command."""
    port = port or free_port()
    settings = {
        "server.port": port,
        "server.address": "127.0.0.1",
        **SETTINGS,
        **(further or {}),
    }
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += [f"--{name}={value}" for name, value in settings.items()]
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, "MAILLAGE_STORE": store_url, "PYTHONPATH": paths, **more}
    server = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):  # noqa: S310
                    break
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="session")
def store_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('store') / 'store.db'}"


@pytest.fixture(scope="session")
def app(store_url: str) -> Iterator[str]:
    yield from served(ROOT / "ui" / "app.py", store_url)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page that shows a territory whose names are markup."""
    store = f"sqlite:///{tmp_path_factory.mktemp('hostile') / 'store.db'}"
    yield from served(Path(__file__).with_name("hostile_page.py"), store)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Opens a page as a new visitor, and fails the test on any request to another machine."""
    contexts: list[Any] = []
    abroad: list[str] = []
    errors: list[str] = []

    def open_page(address: str, width: int = 1280, **settings: Any) -> Any:
        size = {"width": width, "height": 900}
        context = chromium.new_context(viewport=size, accept_downloads=True, **settings)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("request", lambda r: None if _here(r.url) else abroad.append(r.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not abroad
    assert not errors


def _here(url: str) -> bool:
    return url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:", "about:"))
