"""A solve in a process of its own: whatever happens to it, the best answer found survives.

Compiled solvers cannot always be stopped or caught: the system may end a process that runs out of
memory at any moment. The child sends every better answer as it finds it; the parent keeps the last.
"""

import multiprocessing
import signal
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event

from optimiser.errors import SolverError
from optimiser.solution import Status, StopReason
from optimiser.solvers.matrix import LinearModel
from optimiser.solvers.outcome import Cancelled, Limits, Outcome, Progress, Watcher
from optimiser.units import FloatArray

_POLL_SECONDS = 0.05


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
        The solver's own report; when its process was ended from outside, the best answer that it
        had sent, with the stop reason ``memory``.

    Raises
    ------
    SolverError
        The solver broke of its own.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    stop = context.Event()
    child = context.Process(
        target=_work, args=(theirs, stop, backend, model, limits, start), daemon=True
    )
    child.start()
    theirs.close()
    began = time.perf_counter()
    best = last = Progress(0.0)
    try:
        for message in _messages(ours, stop, cancelled):
            if isinstance(message, Outcome):
                return message
            if isinstance(message, str):
                raise SolverError(message)
            waited = Progress(time.perf_counter() - began, last.objective, last.bound)
            last = message or waited
            best = last if last.values is not None else best
            if watch is not None:
                watch(last)
        return _lost(model, best, last, time.perf_counter() - began)
    finally:
        ours.close()
        child.join(timeout=1.0)
        if child.is_alive():
            child.kill()
            child.join()


def _messages(
    ours: Connection, stop: Event, cancelled: Cancelled | None
) -> Iterator[Progress | Outcome | str | None]:
    """Yield what the child sends, and None while it is silent; end when it is gone."""
    while True:
        try:
            if cancelled is not None and cancelled():
                stop.set()
            yield ours.recv() if ours.poll(_POLL_SECONDS) else None
        except KeyboardInterrupt:
            stop.set()
        except (EOFError, ConnectionError):
            return


def _work(  # noqa: PLR0917 - what another process is started with comes by position
    pipe: Connection,
    stop: Event,
    backend: str,
    model: LinearModel,
    limits: Limits,
    start: FloatArray | None,
) -> None:
    """Solve in the child, and send what happens."""
    # Ctrl-C reaches every process of the terminal; the parent alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Imported here, since the registry imports this module's siblings.
    from optimiser.solvers import BACKENDS  # noqa: PLC0415

    try:
        outcome = BACKENDS[backend](
            model, limits, start=start, watch=pipe.send, cancelled=stop.is_set
        )
    except SolverError as error:
        pipe.send(str(error))
    except MemoryError:
        return
    else:
        pipe.send(outcome)


def _lost(model: LinearModel, best: Progress, last: Progress, seconds: float) -> Outcome:
    return Outcome(
        status=Status.NO_ANSWER if best.values is None else Status.FEASIBLE,
        stop=StopReason.MEMORY,
        objective=None if best.values is None else model.objective(best.values),
        bound=last.bound,
        values=best.values,
        solver="",
        nodes=last.nodes,
        seconds={"solve": seconds},
    )
