"""A solve in a process of its own: whatever happens to it, the best answer found survives.

Compiled solvers cannot always be stopped or caught: the system may end a process that runs out of
memory at any moment. The child sends every better answer as it finds it; the parent keeps the last.
"""

import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import Any

from optimiser.errors import SolverError
from optimiser.solution import Status, StopReason
from optimiser.solvers.matrix import LinearModel
from optimiser.solvers.outcome import Cancelled, Limits, Outcome, Progress, Watcher
from optimiser.units import FloatArray

_POLL_SECONDS = 0.05
LATE, START_SECONDS = 1.1, 3.0
"""A child that goes on beyond so many times its limit and so many seconds more is ended."""

_GONE = object()

OUT_OF_MEMORY = 77
"""Exit code by which the worker says that memory ran out."""


def solve(
    backend: str,
    model: LinearModel,
    limits: Limits,
    *,
    start: FloatArray | None = None,
    watch: Watcher | None = None,
    cancelled: Cancelled | None = None,
) -> Outcome:
    """Solve a model in another process; parameters as in `optimiser.solvers.highs.solve`.

    Parameters
    ----------
    backend
        Key of `optimiser.solvers.BACKENDS`.
    model, limits, start, watch, cancelled
        As there.

    Returns
    -------
    Outcome
        The solver's own report; when its process was ended from outside, or by us because it
        did not keep its time limit, the best answer that it had sent, with the stop reason
        ``memory`` or ``time``.

    Raises
    ------
    SolverError
        The solver broke of its own.
    """
    began = time.perf_counter()
    best = last = Progress(0.0)
    # Not multiprocessing: it would run the caller's main program again in the child, which under
    # Streamlit is the whole app. A session of its own keeps Ctrl-C for us alone to interpret.
    child = subprocess.Popen(
        [sys.executable, "-m", "optimiser.solvers.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    arrived: queue.SimpleQueue[Any] = queue.SimpleQueue()
    handed_over = threading.Event()
    job = (backend, model, limits, start)
    # A wish from before the start goes with the job: a poll could come after a quick solve.
    asked = cancelled is not None and cancelled()
    talk = (child, job, arrived, handed_over, asked)
    threading.Thread(target=_talk, args=talk, daemon=True).start()
    try:
        while True:
            try:
                asked = asked or (cancelled is not None and cancelled())
                if asked and handed_over.is_set():
                    _ask_to_stop(child)
                message = _next(arrived)
                late = limits.seconds is not None and time.perf_counter() - began > (
                    LATE * limits.seconds + START_SECONDS
                )
                if message is None and late:
                    _end(child)
                    return _cut_short(model, best, last, StopReason.TIME)
                if message is _GONE:
                    return _lost(child, model, best, last, asked=asked)
                if isinstance(message, Outcome):
                    return message
                if isinstance(message, str):
                    raise SolverError(message)
                waited = Progress(time.perf_counter() - began, last.objective, last.bound)
                last = message or waited
                best = last if last.values is not None else best
                if watch is not None:
                    watch(last)
            except KeyboardInterrupt:
                asked = True
    finally:
        _end(child)


def _next(arrived: "queue.SimpleQueue[Any]") -> Any:
    """Next message of the child; None while it is silent."""
    try:
        return arrived.get(timeout=_POLL_SECONDS)
    except queue.Empty:
        return None


def _ask_to_stop(child: "subprocess.Popen[bytes]") -> None:
    """End the child's input, which it takes as the wish to stop."""
    if child.stdin is not None and not child.stdin.closed:
        with suppress(OSError):
            child.stdin.close()


def _end(child: "subprocess.Popen[bytes]") -> None:
    """End the child and whatever it has started."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(child.pid, signal.SIGKILL)
    child.kill()
    child.wait()


def _talk(
    child: "subprocess.Popen[bytes]",
    job: tuple[Any, ...],
    arrived: "queue.SimpleQueue[Any]",
    handed_over: threading.Event,
    stop: bool,
) -> None:
    """Hand the job over and pass on every message, until the child is gone."""
    try:
        if child.stdin is not None and child.stdout is not None:
            pickle.dump(job, child.stdin)
            child.stdin.flush()
            if stop:
                child.stdin.close()
            handed_over.set()
            while True:
                arrived.put(pickle.load(child.stdout))  # noqa: S301 - from our own child
    except (EOFError, OSError, ValueError, pickle.UnpicklingError):
        arrived.put(_GONE)


def _lost(
    child: "subprocess.Popen[bytes]",
    model: LinearModel,
    best: Progress,
    last: Progress,
    *,
    asked: bool,
) -> Outcome:
    """Make do with what the child had sent when it went without a last word."""
    code = child.wait()
    # A system short of memory ends processes by this signal; the worker also leaves so itself.
    short_of_memory = code in (-getattr(signal, "SIGKILL", 9), OUT_OF_MEMORY)
    if not asked and not short_of_memory:
        msg = f"the solver's process ended with code {code}"
        raise SolverError(msg)
    return _cut_short(model, best, last, StopReason.INTERRUPT if asked else StopReason.MEMORY)


def _cut_short(model: LinearModel, best: Progress, last: Progress, stop: StopReason) -> Outcome:
    """Make an outcome of what a child had sent before its end."""
    return Outcome(
        status=Status.NO_ANSWER if best.values is None else Status.FEASIBLE,
        stop=stop,
        objective=None if best.values is None else model.objective(best.values),
        bound=last.bound,
        values=best.values,
        solver="",
        nodes=last.nodes,
        seconds={"solve": last.seconds},
    )
