"""CBC, the solver that PuLP ships, run as a program: status and bound are read from its own words.

PuLP itself would call an answer that was cut short by the time limit "Optimal".
"""

import re
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pulp

from optimiser.errors import SolverError
from optimiser.solution import Status, StopReason
from optimiser.solvers import highs
from optimiser.solvers.matrix import LinearModel
from optimiser.solvers.outcome import Cancelled, Limits, Outcome, Progress, Watcher
from optimiser.units import FloatArray

_NO_LIMIT_SECONDS = 1e9
_POLL_SECONDS = 0.05
_GRACE_SECONDS = 2.0


def program() -> Path:
    """Where PuLP keeps its CBC.

    Returns
    -------
    Path
        The executable.

    Raises
    ------
    SolverError
        PuLP ships none for this machine.
    """
    path = Path(str(pulp.PULP_CBC_CMD.pulp_cbc_path))
    if not path.exists():
        msg = "PuLP ships no CBC for this machine"
        raise SolverError(msg)
    return path


def solve(
    model: LinearModel,
    limits: Limits,
    *,
    start: FloatArray | None = None,
    watch: Watcher | None = None,
    cancelled: Cancelled | None = None,
) -> Outcome:
    """Solve a model; parameters and result as in `optimiser.solvers.highs.solve`.

    Raises
    ------
    SolverError
        CBC broke without an answer.
    MemoryError
        The system ended CBC, as it does when memory runs out.
    """
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="maillage-") as folder:
        place = Path(folder)
        _write(model, place / "model.mps")
        command = [str(program()), str(place / "model.mps")]
        if start is not None:
            _write_start(model, start, place / "start.txt")
            command += ["-mips", str(place / "start.txt")]
        # CBC measures its gap without the constant of the objective, so that it may stop outside
        # ours: where there is a constant, it proves exactly.
        ratio = limits.gap if not model.offset else 0.0
        seconds = _NO_LIMIT_SECONDS if limits.seconds is None else limits.seconds
        command += ["-timeMode", "elapsed", "-sec", f"{seconds:.3f}", "-ratio", f"{ratio}"]
        command += ["-allow", "1e-9", "-randomCbcSeed", str(limits.seed + 1)]
        command += ["-threads", str(limits.threads if limits.threads > 1 else 0)]
        loaded = time.perf_counter()
        # The integer preprocessing of CBC 2.10 can cut the best answer off and then call a worse
        # one optimal: three binaries and two rows are enough (see the contract tests).
        ran = _run([*command, "-preprocess", "off"], place, watch, cancelled)
        trusted = ran.code != -signal.SIGSEGV
        if not trusted:
            # Without it, CBC breaks on some small models that have no answer.
            ran = _run(command, place, watch, cancelled)
    outcome = _read(model, ran)
    if not trusted and outcome.status is Status.OPTIMAL:
        outcome = replace(outcome, status=Status.FEASIBLE, stop=StopReason.SOLVER, bound=None)
    stages = {"load": loaded - began, "solve": time.perf_counter() - loaded}
    return replace(outcome, seconds=stages)


def _write(model: LinearModel, path: Path) -> None:
    sign = -1.0 if model.maximise else 1.0
    solver = highs.quiet_highs()
    highs.load(solver, replace(model, cost=sign * model.cost, offset=0.0, maximise=False))
    for column in range(len(model.names)):
        solver.passColName(column, f"C{column}")
    solver.writeModel(str(path))


def _write_start(model: LinearModel, start: FloatArray, path: Path) -> None:
    lines = ["Stopped on time - objective value 0"]
    known = np.flatnonzero(~np.isnan(start) & model.integer)
    lines += [f"{c} C{c} {start[c]:.9g} 0" for c in known]
    path.write_text("\n".join(lines) + "\n")


@dataclass(frozen=True, slots=True)
class _Ran:
    """What one run of the program left: its answer file, its log, how it ended."""

    words: str
    log: str
    interrupted: bool
    code: int


def _run(
    command: list[str], place: Path, watch: Watcher | None, cancelled: Cancelled | None
) -> _Ran:
    answer, log = place / "answer.txt", place / "log.txt"
    command = [*command, "-solve", "-solution", str(answer)]
    began = time.perf_counter()
    interrupted, signal_at = False, float("inf")
    with log.open("w") as stream:
        # In our process group, so that whoever ends the group ends CBC too.
        child = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT)  # noqa: S603
        try:
            while child.poll() is None:
                try:
                    time.sleep(_POLL_SECONDS)
                    if watch is not None:
                        watch(Progress(time.perf_counter() - began))
                    if cancelled is not None and cancelled() and not interrupted:
                        interrupted, signal_at = True, time.perf_counter()
                except KeyboardInterrupt:
                    # A terminal sends Ctrl-C to CBC as well, and a second one would make it give
                    # up its answer: only if it goes on was the signal for Python alone.
                    interrupted, signal_at = True, time.perf_counter() + _GRACE_SECONDS
                if time.perf_counter() >= signal_at:
                    child.send_signal(signal.SIGINT)
                    signal_at = float("inf")
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
    if child.returncode == -signal.SIGKILL and not interrupted:
        raise MemoryError
    if child.returncode not in (0, -signal.SIGSEGV) and not interrupted:
        msg = f"CBC ended with code {child.returncode}"
        raise SolverError(msg)
    words = answer.read_text() if answer.exists() else ""
    return _Ran(words, log.read_text(errors="replace"), interrupted, child.returncode)


def _read(model: LinearModel, ran: _Ran) -> Outcome:
    words, log = ran.words, ran.log
    version = re.search(r"^Version:\s*(\S+)", log, re.MULTILINE)
    name = f"CBC {version.group(1) if version else ''}".strip()
    lines = words.splitlines()
    verdict = lines[0].casefold() if lines else ""
    if "infeasible" in verdict:
        return Outcome(Status.INFEASIBLE, StopReason.PROOF, None, None, None, name)
    sign = -1.0 if model.maximise else 1.0
    nodes = re.search(r"^Enumerated nodes:\s+(\d+)", log, re.MULTILINE)
    lower = re.search(r"^Lower bound:\s+(\S+)", log, re.MULTILINE)
    bound = sign * float(lower.group(1)) + model.offset if lower else None
    found = bool(lines) and "no feasible" not in log.casefold() and "no integer" not in verdict
    values = None
    if found:
        values = np.zeros(len(model.names))
        for line in lines[1:]:
            fields = line.replace("**", " ").split()
            values[int(fields[1][1:])] = float(fields[2])
    objective = model.objective(values) if values is not None else None
    if verdict.startswith("optimal") and objective is not None:
        status, stop = Status.OPTIMAL, StopReason.PROOF
        # CBC prints a bound only when it stopped within the gap; without one the answer is exact.
        bound = objective if bound is None else bound
    else:
        status = Status.FEASIBLE if found else Status.NO_ANSWER
        stop = StopReason.TIME if "on time" in verdict else StopReason.SOLVER
        stop = StopReason.INTERRUPT if ran.interrupted else stop
    return Outcome(
        status=status,
        stop=stop,
        objective=objective,
        bound=bound,
        values=values,
        solver=name,
        nodes=int(nodes.group(1)) if nodes else 0,
    )
