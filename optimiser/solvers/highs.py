"""HiGHS, through its own interface: status and bound are read from it and from nowhere else."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import highspy
import numpy as np

from optimiser.errors import SolverError
from optimiser.solution import Status, StopReason
from optimiser.solvers.matrix import LinearModel
from optimiser.solvers.outcome import Cancelled, Limits, Outcome, Progress, Watcher
from optimiser.units import FloatArray

_MAKING = threading.Lock()
_IN_FORCE: dict[str, int] = {}
"""Number of threads that HiGHS has in this process, under ``threads``, once one was asked for."""

_STOPS = {
    "kTimeLimit": StopReason.TIME,
    "kInterrupt": StopReason.INTERRUPT,
    "kHighsInterrupt": StopReason.INTERRUPT,
    "kMemoryLimit": StopReason.MEMORY,
}


def solve(
    model: LinearModel,
    limits: Limits,
    *,
    start: FloatArray | None = None,
    watch: Watcher | None = None,
    cancelled: Cancelled | None = None,
) -> Outcome:
    """Solve a model.

    Ctrl-C stops the search and keeps the best answer found.

    Parameters
    ----------
    model
        The model.
    limits
        Where to stop.
    start
        Values (columns,) to start from; NaN where unknown; need not be feasible.
    watch
        Called with the progress, from the solver's thread.
    cancelled
        Asked now and then; true stops the search.

    Returns
    -------
    Outcome
        As HiGHS reports it.

    Raises
    ------
    SolverError
        HiGHS refused the model or broke.
    """
    began = time.perf_counter()
    solver = quiet_highs(limits.threads)
    load(solver, model)
    options = {
        "time_limit": limits.seconds if limits.seconds is not None else highspy.kHighsInf,
        "mip_rel_gap": limits.gap,
        "mip_abs_gap": 1e-9,
        "random_seed": limits.seed,
    }
    for name, value in options.items():
        solver.setOptionValue(name, value)
    if start is not None:
        columns = np.flatnonzero(~np.isnan(start)).astype(np.int32)
        solver.setSolution(len(columns), columns, start[columns])
    loaded = time.perf_counter()
    run = _prepare(solver, watch, cancelled)
    run()
    outcome = _outcome(solver, model)
    if start is not None and outcome.status is Status.OPTIMAL and not outcome.closed(limits.gap):
        # HiGHS 1.16 may presolve a model away, and then call the given start optimal although
        # its own bound is better: ask again without the start.
        solver.clearSolver()
        run()
        again = _outcome(solver, model)
        outcome = again if again.values is not None else outcome
    seconds = {"load": loaded - began, "solve": time.perf_counter() - loaded}
    return replace(outcome, seconds=seconds)


def quiet_highs(threads: int | None = None) -> highspy.Highs:
    """Make a HiGHS instance that prints nothing, its banner included.

    Parameters
    ----------
    threads
        How many it may use. HiGHS keeps the number with which a process first ran it and refuses
        to run with another: the first number that was asked for counts for all. None: it is not
        to be run.

    Returns
    -------
    highspy.Highs
        An empty instance.
    """
    # The banner is written by compiled code before any option can be set, and would
    # stand in front of what `--json` prints. One at a time: output is the whole process's.
    with _MAKING:
        with _no_stdout():
            solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        if threads is not None:
            solver.setOptionValue("threads", _IN_FORCE.setdefault("threads", threads))
    return solver


def load(solver: highspy.Highs, model: LinearModel) -> None:
    """Hand a model to HiGHS.

    Parameters
    ----------
    solver
        The instance.
    model
        The model.

    Raises
    ------
    SolverError
        HiGHS refused it.
    """
    problem = highspy.HighsLp()
    problem.num_col_, problem.num_row_ = len(model.names), model.rows.shape[0]
    problem.col_cost_, problem.offset_ = model.cost, model.offset
    problem.sense_ = highspy.ObjSense.kMaximize if model.maximise else highspy.ObjSense.kMinimize
    problem.col_lower_, problem.col_upper_ = model.lower, model.upper
    problem.row_lower_, problem.row_upper_ = model.row_lower, model.row_upper
    problem.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    problem.a_matrix_.start_ = model.rows.indptr
    problem.a_matrix_.index_ = model.rows.indices
    problem.a_matrix_.value_ = model.rows.data
    kinds = highspy.HighsVarType
    problem.integrality_ = [kinds.kInteger if x else kinds.kContinuous for x in model.integer]
    if solver.passModel(problem) == highspy.HighsStatus.kError:
        msg = "HiGHS refused the model"
        raise SolverError(msg)


def _prepare(
    solver: highspy.Highs, watch: Watcher | None, cancelled: Cancelled | None
) -> Callable[[], None]:
    """Subscribe to the solver's progress, and return what runs it."""
    stop = threading.Event()
    kinds = highspy.cb.HighsCallbackType

    def look(event: highspy.HighsCallbackEvent) -> None:
        if stop.is_set() or (cancelled is not None and cancelled()):
            event.data_in.user_interrupt = True

    def report(event: highspy.HighsCallbackEvent) -> None:
        out = event.data_out
        improving = event.callback_type == kinds.kCallbackMipImprovingSolution
        if watch is not None:
            watch(
                Progress(
                    seconds=out.running_time,
                    objective=_finite(out.mip_primal_bound),
                    bound=_finite(out.mip_dual_bound),
                    nodes=int(out.mip_node_count),
                    values=np.array(out.mip_solution) if improving else None,
                )
            )

    solver.cbMipInterrupt += look
    solver.cbSimplexInterrupt += look
    if watch is not None:
        solver.cbMipLogging += report
        solver.cbMipImprovingSolution += report

    return partial(_run, solver, stop)


def _run(solver: highspy.Highs, stop: threading.Event) -> None:
    """Run the solver in a thread of its own, so that Ctrl-C reaches Python meanwhile."""
    done = threading.Event()
    broken: list[BaseException] = []

    def work() -> None:
        try:
            solver.run()
        except BaseException as error:  # noqa: BLE001 - raised again below
            broken.append(error)
        finally:
            done.set()

    # Not joined: in Python 3.11 a join that Ctrl-C cuts short takes the thread for ended.
    threading.Thread(target=work, daemon=True).start()
    while not done.is_set():
        try:
            done.wait()
        except KeyboardInterrupt:
            stop.set()
    if broken:
        raise broken[0]


def _outcome(solver: highspy.Highs, model: LinearModel) -> Outcome:
    status, info = solver.getModelStatus(), solver.getInfo()
    name = f"HiGHS {solver.version()}"
    if status in (
        highspy.HighsModelStatus.kInfeasible,
        # Every variable of our models that carries a cost is bounded: nothing is unbounded.
        highspy.HighsModelStatus.kUnboundedOrInfeasible,
    ):
        return Outcome(Status.INFEASIBLE, StopReason.PROOF, None, None, None, name)
    if status == highspy.HighsModelStatus.kModelEmpty:
        nothing = np.zeros(len(model.names))
        value = model.objective(nothing)
        return Outcome(Status.OPTIMAL, StopReason.PROOF, value, value, nothing, name)
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values = np.array(solver.getSolution().col_value) if found else None
    whole = bool(model.integer.any())
    bound = _finite(info.mip_dual_bound) if whole else None
    if status == highspy.HighsModelStatus.kOptimal:
        bound = bound if whole else info.objective_function_value
        kind, stop = Status.OPTIMAL, StopReason.PROOF
    else:
        kind = Status.FEASIBLE if found else Status.NO_ANSWER
        stop = _STOPS.get(status.name, StopReason.SOLVER)
    return Outcome(
        status=kind,
        stop=stop,
        objective=model.objective(values) if values is not None else None,
        bound=bound,
        values=values,
        solver=name,
        nodes=max(0, int(info.mip_node_count)),
    )


def _finite(value: float) -> float | None:
    return float(value) if abs(value) < highspy.kHighsInf else None


@contextmanager
def _no_stdout() -> Iterator[None]:
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
