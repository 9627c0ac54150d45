"""Questions that take a while: answered in another process, and kept in the store."""

import json
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass

from optimiser.report.kept_sharing import load
from optimiser.sources.open_sharing import open_sharing
from ui import runs
from ui.cache import store
from ui.store import Record
from ui.store.answered import Asked, KeptAnswer, find_answers, keep_answer
from ui.store.pages import AskedPage, page_of

SECONDS = 120.0
"""Limit of each solve."""

_POLL_SECONDS = 0.1
_KEPT = 32
_jobs: dict[Asked, "AskingJob"] = {}
_judged: set[str] = set()
_lock = threading.Lock()


class AskingJob:
    """A question to the worker, whose answer the store keeps.

    Parameters
    ----------
    asked
        The question.
    kept
        Decisions of an earlier answer that is only worded anew; empty: none.
    """

    def __init__(self, asked: Asked, kept: str = "") -> None:
        """Start at once."""
        self.asked = asked
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
        told = {
            "question": asked.question,
            "scenario": asked.asked,
            "language": asked.language,
            "detail": asked.detail,
            "seconds": SECONDS,
            "kept": kept,
        }
        self._store = store()
        threading.Thread(target=self._work, args=(json.dumps(told),), daemon=True).start()
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
                self._keep(child.stdout.read())
        child.kill()
        child.wait()
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        self.done.set()

    def _keep(self, text: str) -> None:
        page = page_of(text)
        if not page.failure:
            versions = json.dumps(runs.versions())
            keep_answer(self._store, self.asked, text, page.decisions, versions)
        self.page = page

    def _mind(self) -> None:
        while not self.done.wait(_POLL_SECONDS):
            if time.monotonic() - self._touched > runs.ABANDONED_SECONDS:
                self._child.kill()
                return


@dataclass(frozen=True)
class Found:
    """An answer of the store, or a question at work.

    Parameters
    ----------
    page
        The answer; None while the question is at work, or where it was ended.
    job
        The work; None for an answer of the store.
    found
        When the answer was found, UTC; empty for one that is not kept.
    """

    page: AskedPage | None
    job: AskingJob | None = None
    found: str = ""


def find(
    question: str, record: Record, language: str, *, start: bool, detail: str = ""
) -> Found | None:
    """Find the answer to a question: in the store, at work, or started now.

    Parameters
    ----------
    question
        A key of `ui.asking_worker.QUESTIONS`.
    record
        The scenario that it is about.
    language
        Of the words.
    detail
        What else the question needs.
    start
        Whether to ask anew.

    Returns
    -------
    Found or None
        None where nobody has asked.

    Raises
    ------
    VerificationError
        The judge refuses what the store holds: data or rules have changed since.
    """
    asked = Asked(record.id, question, detail, language, record.scenario.model_dump_json())
    with _lock:
        job = _jobs.get(asked)
    if job is not None and not job.done.is_set():
        return Found(None, job)
    if not start:
        if job is not None and (job.page is None or job.page.failure):
            return Found(job.page, job) if job.page else None
        kept = find_answers(store(), asked)
        here = next((each for each in kept if each.language == language), None)
        if here is not None:
            return Found(_verified(here, record), found=here.found)
        spoken = next((each.decisions for each in kept if each.decisions), "")
        if not spoken:
            return None
        return Found(None, _start(asked, spoken))
    return Found(None, _start(asked, ""))


def _start(asked: Asked, kept: str) -> AskingJob:
    with _lock:
        found = _jobs.get(asked)
        if found is not None and not found.done.is_set():
            return found
        while len(_jobs) >= _KEPT:
            _jobs.pop(next(iter(_jobs)))
        job = _jobs[asked] = AskingJob(asked, kept)
    return job


def _verified(kept: KeptAnswer, record: Record) -> AskedPage:
    """Page of the store; decisions about shared functions are judged anew."""
    page = page_of(kept.page)
    if kept.decisions and kept.id not in _judged:
        load(kept.decisions, open_sharing(record.scenario))
        _judged.add(kept.id)
    return page
