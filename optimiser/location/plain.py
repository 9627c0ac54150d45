"""The same problems written plainly in PuLP.

To read, and to check the engine against.

Each function returns the model and its binary opening variables y (m,). Pairs are dense arrays
here; whoever wants speed or size wants `optimiser.location.engine`.
"""

from collections.abc import Sequence

import numpy as np
import pulp

from optimiser.units import BoolArray, FloatArray, IntArray

Plain = tuple[pulp.LpProblem, list[pulp.LpVariable]]


def _start(name: str, sense: int, candidates: int) -> Plain:
    problem = pulp.LpProblem(name, sense)
    return problem, [problem.add_variable(f"y_{j}", 0, 1, "Integer") for j in range(candidates)]


def _fix(problem: pulp.LpProblem, y: list[pulp.LpVariable], count: int | None) -> None:
    if count is not None:
        problem += pulp.lpSum(y) == count


def plain_mclp(
    cover: BoolArray, weights: FloatArray, costs: FloatArray, count: int | None
) -> Plain:
    """Maximal covering; ``cover`` (n, m) says which candidate covers which demand."""
    problem, y = _start("mclp", pulp.LpMaximize, cover.shape[1])
    z = [problem.add_variable(f"z_{i}", 0, 1) for i in range(len(cover))]
    problem.setObjective(pulp.lpDot(weights.tolist(), z) - pulp.lpDot(costs.tolist(), y))
    for i, near in enumerate(cover):
        problem += z[i] - pulp.lpSum(y[j] for j in np.flatnonzero(near)) <= 0
    _fix(problem, y, count)
    return problem, y


def plain_gradual(share: FloatArray, weights: FloatArray, costs: FloatArray, count: int) -> Plain:
    """Gradual covering; ``share`` (n, m) is how much of a demand a candidate covers."""
    problem, y = _start("gradual_mclp", pulp.LpMaximize, share.shape[1])
    terms = [pulp.lpDot((-costs).tolist(), y)]
    for i, row in enumerate(share):
        near = np.flatnonzero(row > 0)
        x = {j: problem.add_variable(f"x_{i}_{j}", 0, 1) for j in near}
        terms += [weights[i] * row[j] * x[j] for j in near]
        problem += pulp.lpSum(x.values()) <= 1
        for j in near:
            problem += x[j] - y[j] <= 0
    problem.setObjective(pulp.lpSum(terms))
    _fix(problem, y, count)
    return problem, y


def plain_lscp(cover: BoolArray, costs: FloatArray) -> Plain:
    """Set covering; ``cover`` (n, m) says which candidate covers which demand."""
    problem, y = _start("lscp", pulp.LpMinimize, cover.shape[1])
    problem.setObjective(pulp.lpDot(costs.tolist(), y))
    for near in cover:
        problem += pulp.lpSum(y[j] for j in np.flatnonzero(near)) >= 1
    return problem, y


def plain_backup(
    cover: BoolArray, weights: FloatArray, costs: FloatArray, budget: float, fixed: IntArray
) -> Plain:
    """Most weight covered twice, all of it once, for a budget; ``fixed`` sites are open."""
    problem, y = _start("lscp_b", pulp.LpMaximize, cover.shape[1])
    u = [problem.add_variable(f"u_{i}", 0, 1) for i in range(len(cover))]
    problem.setObjective(pulp.lpDot(weights.tolist(), u))
    for i, near in enumerate(cover):
        problem += pulp.lpSum(y[j] for j in np.flatnonzero(near)) - u[i] >= 1
    problem += pulp.lpDot(costs.tolist(), y) <= budget
    for j in fixed:
        problem += y[j] == 1
    return problem, y


def plain_median(
    matrix: FloatArray, weights: FloatArray, costs: FloatArray, count: int | None
) -> Plain:
    """p-median, or facility location without a count; inf in ``matrix`` (n, m) is out of reach."""
    problem, y = _start("p_median", pulp.LpMinimize, matrix.shape[1])
    terms = [pulp.lpDot(costs.tolist(), y)]
    for i, row in enumerate(matrix):
        near = np.flatnonzero(np.isfinite(row))
        x = {j: problem.add_variable(f"x_{i}_{j}", 0, 1) for j in near}
        terms += [weights[i] * row[j] * x[j] for j in near]
        problem += pulp.lpSum(x.values()) == 1
        for j in near:
            problem += x[j] - y[j] <= 0
    problem.setObjective(pulp.lpSum(terms))
    _fix(problem, y, count)
    return problem, y


def plain_capacitated(
    matrix: FloatArray,
    weights: FloatArray,
    capacities: FloatArray,
    costs: FloatArray,
    count: int | None,
    *,
    whole: bool,
) -> Plain:
    """Capacities; ``whole`` keeps each demand at one site, else it may be shared out."""
    problem, y = _start("capacitated", pulp.LpMinimize, matrix.shape[1])
    terms = [pulp.lpDot(costs.tolist(), y)]
    load: list[list[pulp.LpAffineExpression]] = [[] for _ in y]
    kind = "Integer" if whole else "Continuous"
    for i, row in enumerate(matrix):
        near = np.flatnonzero(np.isfinite(row))
        x = {j: problem.add_variable(f"x_{i}_{j}", 0, 1, kind) for j in near}
        terms += [weights[i] * row[j] * x[j] for j in near]
        problem += pulp.lpSum(x.values()) == 1
        for j in near:
            load[j].append(weights[i] * x[j])
            problem += x[j] - y[j] <= 0
    for site, parts in enumerate(load):
        problem += pulp.lpSum(parts) - capacities[site] * y[site] <= 0
    problem.setObjective(pulp.lpSum(terms))
    _fix(problem, y, count)
    return problem, y


def plain_center(matrix: FloatArray, count: int) -> Plain:
    """Least farthest travel; inf in ``matrix`` (n, m) is out of reach."""
    problem, y = _start("p_center", pulp.LpMinimize, matrix.shape[1])
    farthest = problem.add_variable("farthest", 0)
    for i, row in enumerate(matrix):
        near = np.flatnonzero(np.isfinite(row))
        x = {j: problem.add_variable(f"x_{i}_{j}", 0, 1) for j in near}
        problem += pulp.lpSum(x.values()) == 1
        problem += pulp.lpSum(row[j] * x[j] for j in near) - farthest <= 0
        for j in near:
            problem += x[j] - y[j] <= 0
    problem.setObjective(pulp.lpSum([farthest]))
    _fix(problem, y, count)
    return problem, y


def plain_apart(close: Sequence[tuple[int, int]], candidates: int) -> Plain:
    """Most sites of which no two are a close pair."""
    problem, y = _start("apart", pulp.LpMaximize, candidates)
    problem.setObjective(pulp.lpSum(y))
    for a, b in close:
        problem += y[a] + y[b] <= 1
    return problem, y


def plain_dispersion(matrix: FloatArray, count: int) -> Plain:
    """Greatest least travel between two of ``count`` sites, the lesser direction of ``matrix``."""
    problem, y = _start("p_dispersion", pulp.LpMaximize, len(matrix))
    apart = np.minimum(matrix, matrix.T)
    farthest = float(apart.max())
    nearest = problem.add_variable("nearest", 0, farthest)
    for a in range(len(apart)):
        for b in range(a):
            slack = farthest - float(apart[a, b])
            problem += nearest + slack * (y[a] + y[b]) <= farthest + slack
    problem.setObjective(pulp.lpSum([nearest]))
    _fix(problem, y, count)
    return problem, y
