"""Questions that take a while: answered in another process, kept while the server lives."""

import json
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from optimiser.report.tables import Column, Table
from optimiser.scenario import Scenario
from ui import runs

SECONDS = 120.0
"""Limit of each solve."""

_POLL_SECONDS = 0.1
_KEPT = 32
_jobs: dict[str, "AskingJob"] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class AskedPage:
    """What the page shows.

    Parameters
    ----------
    failure
        Why there is no answer; empty for an answer.
    sentences
        The answer in words.
    tables
        As in the workbook.
    maps
        SVG by name of the function.
    charts
        Vega-Lite specifications by name.
    kept
        What a page needs to draw the years: JSON; empty: nothing.
    """

    failure: tuple[str, ...]
    sentences: tuple[str, ...]
    tables: tuple[Table, ...]
    maps: dict[str, str]
    charts: dict[str, dict[str, Any]] = field(default_factory=dict)
    kept: str = ""


class AskingJob:
    """A question to the worker; fields as `ui.asking_worker.page_of` wants them."""

    def __init__(self, asked: dict[str, Any]) -> None:
        """Start at once."""
        self.done = threading.Event()
        self.page: AskedPage | None = None
        self.began = self._touched = time.monotonic()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "ui.asking_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        threading.Thread(target=self._work, args=(json.dumps(asked),), daemon=True).start()
        threading.Thread(target=self._mind, daemon=True).start()

    def touch(self) -> None:
        """Say that somebody looks at the page."""
        self._touched = time.monotonic()

    def cancel(self) -> None:
        """End the worker; nothing is kept."""
        self._child.kill()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.began

    def _work(self, asked: str) -> None:
        child = self._child
        if child.stdin is not None and child.stdout is not None:
            with suppress(OSError, ValueError):
                child.stdin.write(f"{asked}\n")
                child.stdin.flush()
                self.page = _page(child.stdout.read())
        child.kill()
        child.wait()
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        self.done.set()

    def _mind(self) -> None:
        while not self.done.wait(_POLL_SECONDS):
            if time.monotonic() - self._touched > runs.ABANDONED_SECONDS:
                self._child.kill()
                return


def job_for(
    question: str, scenario: Scenario, language: str, *, start: bool, detail: str = ""
) -> AskingJob | None:
    """Find the job of a question.

    Parameters
    ----------
    question
        A key of `ui.asking_worker.QUESTIONS`.
    scenario
        The scenario that it is about.
    language
        Of the words.
    detail
        What else the question needs.
    start
        Whether to start it where there is none, or where it was ended.

    Returns
    -------
    AskingJob or None
        None where nobody has asked.
    """
    asked = {
        "question": question,
        "scenario": scenario.model_dump_json(),
        "language": language,
        "detail": detail,
        "seconds": SECONDS,
    }
    key = json.dumps(asked)
    with _lock:
        found = _jobs.get(key)
        if found is not None and found.done.is_set() and found.page is None:
            del _jobs[key]
            found = None
        if found is None and start:
            while len(_jobs) >= _KEPT:
                _jobs.pop(next(iter(_jobs)))
            found = _jobs[key] = AskingJob(asked)
    return found


def _page(text: str) -> AskedPage:
    content = json.loads(text)
    tables = tuple(
        Table(
            name=table["name"],
            columns=tuple(Column(**column) for column in table["columns"]),
            rows=tuple(tuple(row) for row in table["rows"]),
            note=table["note"],
            row_kinds=tuple(table["row_kinds"]),
        )
        for table in content["tables"]
    )
    return AskedPage(
        tuple(content["failure"]),
        tuple(content["sentences"]),
        tables,
        dict(content["maps"]),
        dict(content.get("charts", {})),
        str(content.get("kept", "")),
    )
