"""Many questions at once, each in a worker process that keeps its own model ready."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar
from weakref import WeakKeyDictionary, finalize

from optimiser.case import Case
from optimiser.errors import NoPlanError
from optimiser.questions.workbench import Workbench
from optimiser.solution import Solution
from optimiser.solvers import Limits

Question = TypeVar("Question")
Result = TypeVar("Result")

WORTH_A_POOL = 8
"""Questions below which the start of the workers costs more than it spares."""

_ready: list[Workbench] = []

_crews: "WeakKeyDictionary[Workbench, tuple[tuple[int, Limits], ProcessPoolExecutor]]" = (
    WeakKeyDictionary()
)
"""Workers that stay warm for the next question about the same case."""


def workers_for(questions: int, workers: int | None) -> int:
    """Processes for a number of questions.

    Parameters
    ----------
    questions
        How many.
    workers
        Processes asked for; None: as many as there are cores, and none for a few questions.

    Returns
    -------
    int
        1: none but this one.
    """
    if workers is None:
        workers = (os.cpu_count() or 1) if questions >= WORTH_A_POOL else 1
    return max(1, min(workers, questions))


def ask_all(
    bench: Workbench,
    ask: Callable[[Workbench, Question], Result],
    questions: Sequence[Question],
    *,
    workers: int | None = None,
) -> list[Result]:
    """Ask every question, in worker processes where there are many.

    Parameters
    ----------
    bench
        The case; its best plan is found once and handed to the workers.
    ask
        A function of a module, so that another process finds it.
    questions
        What to ask; each must be picklable, and so must the answers.
    workers
        Processes; None: as many as there are cores, and none for a few questions; 1: none.

    Returns
    -------
    list
        Answers, in the order of the questions.
    """
    workers = workers_for(len(questions), workers)
    if workers <= 1:
        return [ask(bench, question) for question in questions]
    pool = _crew(bench, workers)
    try:
        waiting = [pool.submit(_answer, ask, question) for question in questions]
        return [future.result() for future in waiting]
    except BaseException:
        # What is still under way is of no use any more.
        del _crews[bench]
        pool.shutdown(cancel_futures=True)
        raise


def _crew(bench: Workbench, workers: int) -> ProcessPoolExecutor:
    """Workers that have the model of a case ready; started once, used by every question."""
    key = (workers, bench.limits)
    if bench in _crews:
        known, pool = _crews[bench]
        if known == key:
            return pool
        pool.shutdown()
    single = Limits(bench.limits.seconds, bench.limits.gap, 1, bench.limits.seed)
    pool = ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_prepare,
        initargs=(bench.case, single, _best(bench)),
    )
    _crews[bench] = key, pool
    # The pool ends with the workbench: left to the collector, its threads complain at the end.
    finalize(bench, pool.shutdown)
    return pool


def _best(bench: Workbench) -> Solution | None:
    """Best plan, so that no worker has to find it again; None where there is none."""
    try:
        return bench.best
    except NoPlanError:
        return None


def _prepare(case: Case, limits: Limits, best: Solution | None) -> None:
    # Ctrl-C reaches every process of the terminal; the parent alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    bench = Workbench(case, limits)
    if best is not None:
        bench.best = best
    _ready[:] = [bench]


def _answer(ask: Callable[[Workbench, Question], Result], question: Question) -> Result:
    return ask(_ready[0], question)
