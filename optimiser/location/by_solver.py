"""Problems without a core: the plain model, solved by HiGHS, whose bound is as it reports it."""

import numpy as np
import pulp
from numpy.typing import NDArray

from optimiser.location.result import NO_SITES, Result
from optimiser.location.travel import NOWHERE
from optimiser.solution import Status
from optimiser.solvers import Limits, LinearModel, Outcome, highs
from optimiser.units import BoolArray, FloatArray, IntArray


def solved(
    problem: pulp.LpProblem,
    y: list[pulp.LpVariable],
    limits: Limits,
    *,
    required: IntArray,
    allowed: BoolArray,
) -> tuple[Outcome, IntArray, dict[str, float]]:
    """Solve a plain model under rules about sites.

    Parameters
    ----------
    problem, y
        The model and its opening variables (m,).
    limits
        Where to stop.
    required
        Candidates that open.
    allowed
        Whether each candidate (m,) may open.

    Returns
    -------
    tuple
        What the solver reports, the sites, and the value of every variable by name.
    """
    for j in required:
        y[j].lowBound = 1
    for j in np.flatnonzero(~allowed):
        y[j].upBound = 0
    model = LinearModel.from_pulp(problem)
    outcome = highs.solve(model, limits)
    values = {} if outcome.values is None else dict(zip(model.names, outcome.values, strict=True))
    sites = [j for j, variable in enumerate(y) if values.get(variable.name, 0.0) > 0.5]  # noqa: PLR2004 - a binary
    return outcome, np.array(sites, dtype=np.int64), values


def result_from(
    name: str,
    outcome: Outcome,
    sites: IntArray,
    assignment: IntArray | None,
    objective: float | None,
    demands: int,
    *,
    maximise: bool,
    seconds: dict[str, float],
) -> Result:
    """Make a result of what the solver reports, the objective being recomputed by the caller."""
    answered = objective is not None and outcome.status in (Status.OPTIMAL, Status.FEASIBLE)
    nowhere = np.full(demands, NOWHERE)
    return Result(
        problem=name,
        status=outcome.status,
        stop=outcome.stop,
        sites=sites if answered else NO_SITES,
        assignment=nowhere if assignment is None or not answered else assignment,
        objective=objective if answered else None,
        bound=outcome.bound,
        maximise=maximise,
        seconds=seconds,
        counts={"nodes": outcome.nodes},
    )


def dense(
    start: IntArray, site: NDArray[np.int32], travel: FloatArray, candidates: int
) -> FloatArray:
    """Pairs as a matrix (n, m) with inf for those out of reach."""
    matrix = np.full((len(start) - 1, candidates), np.inf)
    matrix[np.repeat(np.arange(len(start) - 1), np.diff(start)), site] = travel
    return matrix
