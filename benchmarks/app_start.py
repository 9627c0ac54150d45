"""Seconds until somebody sees something: `python -m benchmarks.app_start` (needs Chromium).

Starts the app on an empty store, opens the first page in a browser that is already there, and
times what its visitor sees; then a second visit, and a click on a commune. Wall time depends on
what else the machine does: the load is printed beside it, and the CPU seconds of the server.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

ROUNDS = 3
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), "")


def main() -> None:
    """Print one line a round."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for _ in range(ROUNDS):
            told = _round(browser)
            print(", ".join(f"{name} {value:.2f}" for name, value in told.items()))
        browser.close()


def _round(browser: Browser) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        store = f"sqlite:///{Path(folder) / 'store.db'}"
        began = time.perf_counter()
        command = [sys.executable, "-m", "ui", f"--server.port={port}"]
        command.append("--server.address=127.0.0.1")
        server = subprocess.Popen(
            command,
            env={**os.environ, "MAILLAGE_STORE": store},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _healthy(address)
            answers = time.perf_counter() - began
            first = _picture(browser.new_page(), address) - began
            spent = _cpu(server.pid)
            again = time.perf_counter()
            page = browser.new_page()
            second = _picture(page, address) - again
            clicked = time.perf_counter()
            page.locator(".commune").nth(5).click()
            page.locator(".chosen").first.wait_for()
            redraw = time.perf_counter() - clicked
        finally:
            server.terminate()
            server.wait()
    return {
        "server answers": answers,
        "first picture": first,
        "server CPU": spent,
        "second visit": second,
        "click to redrawn map": redraw,
        "load": os.getloadavg()[0],
    }


def _healthy(address: str) -> None:
    while True:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)


def _picture(page: Any, address: str) -> float:
    page.goto(address)
    page.locator(".maillage-figures").first.wait_for()
    page.locator(".commune").first.wait_for()
    return time.perf_counter()


def _cpu(process: int) -> float:
    """CPU seconds of a process and of those of its children that have ended."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    except OSError:
        return float("nan")
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
