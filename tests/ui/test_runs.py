"""Runs: at work beside the pages, stopped when nobody looks, and never without a trace."""

import contextlib
import os
from pathlib import Path

import pytest

from optimiser.scenario import Scenario
from optimiser.solution import Solution
from optimiser.solvers import Limits
from tests.ui.waiting import waited
from ui import runs
from ui.cache import answer_of, store
from ui.runs import Job
from ui.store import Store

QUESTION = Scenario(epci="200042190")


def test_a_run_ends_with_a_verified_plan_in_the_store(store_url: str) -> None:
    del store_url
    record = store().create("Un", QUESTION)
    job = runs.start(store(), record, Limits(seconds=60))
    assert runs.job_for(record) is job or job.done.is_set()
    assert waited(job.done.is_set)
    run = runs.latest(store(), record)
    assert run is not None
    assert run.state == "finished"
    assert runs.job_of(run.id) is None
    _, answer = answer_of(run.id)
    assert isinstance(answer, Solution)
    assert not answer.evaluation.violations
    assert "highspy" in run.versions


def test_the_same_question_has_the_same_answer(store_url: str) -> None:
    del store_url
    record = store().create("Un", QUESTION)
    jobs = [runs.start(store(), record, Limits(seconds=60)) for _ in range(2)]
    for job in jobs:
        assert waited(job.done.is_set)
    first, second = (answer_of(job.run.id)[1] for job in jobs)
    assert isinstance(first, Solution)
    assert isinstance(second, Solution)
    assert first.decisions == second.decisions


def test_a_cancelled_run_keeps_a_verified_plan(store_url: str) -> None:
    del store_url
    record = store().create("Un", QUESTION)
    job = runs.start(store(), record, Limits(seconds=60))
    job.cancel()
    assert waited(job.done.is_set)
    _, answer = answer_of(job.run.id)
    assert isinstance(answer, Solution)
    assert not answer.evaluation.violations


def test_a_run_that_nobody_looks_at_stops(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    del store_url
    monkeypatch.setattr(runs, "ABANDONED_SECONDS", 0.0)
    record = store().create("Un", QUESTION)
    job = runs.start(store(), record, Limits(seconds=60))
    assert waited(job.done.is_set)
    assert job.stopping()


def test_a_question_that_has_no_case_fails_in_words(store_url: str) -> None:
    del store_url
    record = store().create("Un", QUESTION.model_copy(update={"services": ("nothing",)}))
    job = runs.start(store(), record, Limits(seconds=60))
    assert waited(job.done.is_set)
    assert job.error is not None
    assert store().runs(record.id)[0].state == "failed"
    assert runs.latest(store(), record) is None


def test_better_plans_are_kept_while_the_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "_SAVE_SECONDS", -1.0)
    kept: list[str] = []

    class Watched(Store):
        def keep(self, key: str, answer: str, state: str = "running") -> None:
            kept.append(state)
            super().keep(key, answer, state)

    watched = Watched(f"sqlite:///{tmp_path / 'watched.db'}")
    record = watched.create("Un", QUESTION)
    job: Job = runs.start(watched, record, Limits(seconds=60))
    assert waited(job.done.is_set)
    assert kept[-1] == "finished"
    assert "running" in kept
    watched.close()


def workers() -> list[str]:
    """Numbers of our worker processes that are still there."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            parent = (folder / "stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[1]
            if b"optimiser.solvers.worker" in words and int(parent) == os.getpid():
                found.append(folder.name)
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("way", ["ended", "cancelled", "left"])
def test_no_process_is_left_behind(
    way: str, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    del store_url
    monkeypatch.setattr(runs, "ABANDONED_SECONDS", 0.2 if way == "left" else 60.0)
    record = store().create("Un", QUESTION)
    job = runs.start(store(), record, Limits(seconds=60, gap=0.0))
    seen = waited(lambda: bool(workers()) or job.done.is_set())
    assert seen
    if way == "cancelled":
        job.cancel()
    assert waited(job.done.is_set)
    assert not workers()
