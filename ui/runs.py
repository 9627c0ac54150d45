"""Solves that go on beside the pages: one thread and one worker process each, kept in the store.

A run lives as long as somebody looks at it: a page that shows it touches it, and a run that nobody
has touched for a while stops by itself and keeps its best verified plan.
"""

import contextlib
import json
import platform
import threading
import time
from dataclasses import replace
from importlib import metadata

from optimiser.case import Case
from optimiser.check import evaluate
from optimiser.errors import MaillageError
from optimiser.planning import plan
from optimiser.planning.decode import decode
from optimiser.planning.families import build
from optimiser.planning.model import PlanModel
from optimiser.report.kept import dump
from optimiser.report.plan_json import software_version
from optimiser.solution import Solution, Status, StopReason
from optimiser.solvers import Limits, Progress
from optimiser.sources import load_sources, open_case
from optimiser.sources.digest import data_digest, data_digests
from ui.settings import without_files
from ui.store import Record, Run, Store

ABANDONED_SECONDS = 20.0
"""A run that no page has looked at for so long stops."""

AT_ONCE = 4
"""Most solves at the same time; the others wait for their turn."""

_SAVE_SECONDS = 1.0
_POLL_SECONDS = 0.1
_turns = threading.BoundedSemaphore(AT_ONCE)
_jobs: dict[str, "Job"] = {}
_lock = threading.Lock()


class Job:
    """A run of this server.

    Parameters
    ----------
    store
        Where it is kept.
    run
        The run.
    limits
        Where the solve may stop.
    """

    def __init__(self, store: Store, run: Run, limits: Limits) -> None:
        """Start at once."""
        self.run = run
        self.limits = limits
        self.progress: Progress | None = None
        self.trace: list[tuple[float, float | None, float | None]] = []
        self.done = threading.Event()
        self.error: MaillageError | None = None
        self._store = store
        self._cancel = threading.Event()
        self._touched = self._saved = time.monotonic()
        self._model: PlanModel | None = None
        threading.Thread(target=self._work, name=f"run-{run.id}", daemon=True).start()

    def touch(self) -> None:
        """Say that somebody looks at the run."""
        self._touched = time.monotonic()

    def cancel(self) -> None:
        """Stop soon; the best verified plan is kept."""
        self._cancel.set()

    def stopping(self) -> bool:
        """Whether the run was asked to stop, or nobody looks at it any more."""
        return self._cancel.is_set() or time.monotonic() - self._touched > ABANDONED_SECONDS

    def _work(self) -> None:
        state, answer = "failed", ""
        try:
            while not _turns.acquire(timeout=_POLL_SECONDS):
                if self.stopping():
                    state = "interrupted"
                    return
            try:
                answer = self._solve()
                state = "finished"
            finally:
                _turns.release()
        except MaillageError as error:
            self.error = error
        finally:
            # A run marked elsewhere must not keep the page waiting.
            with contextlib.suppress(KeyError):
                self._store.keep(self.run.id, answer, state)
            with _lock:
                _jobs.pop(self.run.id, None)
            self.done.set()

    def _solve(self) -> str:
        case = open_case(without_files(self.run.asked))

        def watch(progress: Progress) -> None:
            self._watch(case, progress)

        answer = plan(case, self.limits, watch=watch, cancelled=self.stopping, separate=True)
        return dump(answer)

    def _watch(self, case: Case, progress: Progress) -> None:
        self.progress = progress
        point = (progress.seconds, progress.objective, progress.bound)
        if not self.trace or self.trace[-1][1:] != point[1:]:
            self.trace.append(point)
        late = time.monotonic() - self._saved > _SAVE_SECONDS
        if progress.values is not None and late:
            self._keep(case, progress)

    def _keep(self, case: Case, progress: Progress) -> None:
        """Keep a better plan as soon as it is found: the server may be ended at any moment."""
        self._model = self._model or build(case)
        if progress.values is None:
            return
        decisions = decode(self._model, progress.values)
        evaluation = evaluate(case, decisions)
        if evaluation.violations:
            return
        found = Solution(
            decisions=decisions,
            evaluation=evaluation,
            today=evaluation,
            status=Status.FEASIBLE,
            stop=StopReason.INTERRUPT,
            bound=progress.bound if progress.bound is not None else float("inf"),
            solver="",
            seconds={"solve": progress.seconds},
            nodes=progress.nodes,
        )
        bound = found.bound if found.bound < float("inf") else found.score
        self._store.keep(self.run.id, dump(replace(found, bound=bound)))
        self._saved = time.monotonic()


def start(store: Store, record: Record, limits: Limits) -> Job:
    """Start a run of a scenario.

    Parameters
    ----------
    store
        Where it is kept.
    record
        The scenario.
    limits
        Where the solve may stop.

    Returns
    -------
    Job
        Already at work.
    """
    settings = {"seconds": limits.seconds, "gap": limits.gap}
    settings |= {"threads": limits.threads, "seed": limits.seed}
    run = store.start(record, json.dumps(settings), json.dumps(versions()))
    with _lock:
        job = _jobs[run.id] = Job(store, run, limits)
    return job


def job_of(run_id: str) -> Job | None:
    """Run of this server that is still at work; None where there is none."""
    with _lock:
        return _jobs.get(run_id)


def job_for(record: Record) -> Job | None:
    """Run at work for exactly this question.

    Parameters
    ----------
    record
        The scenario.

    Returns
    -------
    Job or None
        None where there is none.
    """
    with _lock:
        jobs = list(_jobs.values())
    asked = [j for j in jobs if j.run.scenario_id == record.id and j.run.asked == record.scenario]
    return asked[0] if asked else None


def latest(store: Store, record: Record) -> Run | None:
    """Last run that answered exactly this question.

    Parameters
    ----------
    store
        The store.
    record
        The scenario.

    Returns
    -------
    Run or None
        None where nobody has asked it as it now is.
    """
    for run in store.runs(record.id):
        if run.state in ("finished", "interrupted") and run.answer and run.asked == record.scenario:
            return run
    return None


def versions() -> dict[str, str]:
    """Versions of software and data that an answer depends on.

    Returns
    -------
    dict
        Version by name; ``sha256`` is the digest of all data files, and ``sha256.<file>`` that
        of each.
    """
    found = {"maillage": software_version(), "python": platform.python_version()}
    found |= {name: metadata.version(name) for name in ("highspy", "pulp", "numpy")}
    found |= {f"data.{card.id}": card.vintage for card in load_sources()}
    found |= {f"sha256.{name}": digest for name, digest in data_digests().items()}
    return found | {"sha256": data_digest()}


def limits_of(run: Run) -> Limits:
    """Limits under which a run was solved: with its question, all that is needed to repeat it.

    Parameters
    ----------
    run
        A run of the store.

    Returns
    -------
    Limits
        As they were.
    """
    return Limits(**json.loads(run.settings))
