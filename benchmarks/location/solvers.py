"""Ours and the peers: each takes a case's data and says objective, bound and status."""

import math

import numpy as np

from optimiser.location.by_solver import Rows
from optimiser.location.lscp import lscp
from optimiser.location.mclp import mclp
from optimiser.location.p_median import p_median
from optimiser.location.plain import plain_lscp, plain_mclp, plain_median
from optimiser.solvers import BACKENDS, Limits, LinearModel


def ours(case, travel, weights):
    """The engine."""
    limits = Limits(seconds=case.seconds, gap=case.gap)
    if case.problem == "mclp":
        result = mclp(travel, weights, case.radius, case.count, limits=limits)
    elif case.problem == "lscp":
        result = lscp(travel, case.radius, limits=limits)
    else:
        result = p_median(travel, weights, case.count, limits=limits)
    counts = {name: result.counts[name] for name in ("demands_left", "candidates_left", "nodes")}
    return {
        "objective": result.objective,
        "bound": result.bound,
        "status": result.status.value,
        "counts": counts,
        "stages": dict(result.seconds),
    }


def _matrix(travel):
    pairs = travel.within(math.inf, np.ones(travel.candidates, dtype=bool))
    matrix = np.empty((travel.demands, travel.candidates))
    matrix[pairs.demand, pairs.site] = pairs.travel
    return matrix


def _plain(case, travel, weights):
    matrix, none = _matrix(travel), np.zeros(travel.candidates)
    if case.problem == "mclp":
        return plain_mclp(matrix <= case.radius, weights, none, case.count)
    if case.problem == "lscp":
        return plain_lscp(matrix <= case.radius, none + 1.0)
    return plain_median(matrix, weights, none, case.count)


def _by(backend):
    def solve(case, travel, weights):
        problem, _ = _plain(case, travel, weights)
        limits = Limits(seconds=case.seconds, gap=case.gap)
        outcome = BACKENDS[backend](LinearModel.from_pulp(problem), limits)
        return {
            "objective": outcome.objective,
            "bound": outcome.bound,
            "status": outcome.status.value,
        }

    return solve


def _arrays(case, travel, weights):
    """The plain model as arrays over the pairs that may serve, for peers without a modeller."""
    n, m = travel.demands, travel.candidates
    radius = math.inf if case.problem == "p_median" else case.radius
    pairs = travel.within(radius, np.ones(m, dtype=bool))
    demand, number, site = pairs.demand, np.arange(len(pairs.site)), pairs.site
    rows, sites = Rows(), np.arange(m)
    if case.problem != "lscp":
        rows.add([(np.zeros(m), sites, 1.0)], case.count, case.count, 1)
    if case.problem == "p_median":
        k = len(number)
        rows.add([(demand, m + number, 1.0)], 1.0, 1.0, n)
        rows.add([(number, m + number, 1.0), (number, site, -1.0)], -np.inf, 0.0, k)
        cost = np.concatenate((np.zeros(m), weights[demand] * pairs.travel))
        return rows.model(cost, np.ones(m + k), np.arange(m + k) < m)
    if case.problem == "lscp":
        rows.add([(demand, site, 1.0)], 1.0, np.inf, n)
        return rows.model(np.ones(m), np.ones(m), np.ones(m, dtype=bool))
    demands = np.arange(n)
    rows.add([(demands, m + demands, 1.0), (demand, site, -1.0)], -np.inf, 0.0, n)
    cost = np.concatenate((np.zeros(m), weights))
    return rows.model(cost, np.ones(m + n), np.arange(m + n) < m, maximise=True)


def _highspy(case, travel, weights):
    limits = Limits(seconds=case.seconds, gap=case.gap)
    outcome = BACKENDS["highs"](_arrays(case, travel, weights), limits)
    return {
        "objective": outcome.objective,
        "bound": outcome.bound,
        "status": outcome.status.value,
    }


def _scip(case, travel, weights):
    import pyscipopt  # noqa: PLC0415 - a peer may not be installed

    arrays, model = _arrays(case, travel, weights), pyscipopt.Model()
    model.hideOutput()
    x = [
        model.addVar(vtype="B" if whole else "C", lb=0.0, ub=1.0, obj=float(cost))
        for whole, cost in zip(arrays.integer, arrays.cost, strict=True)
    ]
    if arrays.maximise:
        model.setMaximize()
    table = arrays.rows
    for r in range(table.shape[0]):
        part = slice(table.indptr[r], table.indptr[r + 1])
        near = zip(table.data[part].tolist(), table.indices[part].tolist(), strict=True)
        total = pyscipopt.quicksum(value * x[column] for value, column in near)
        low, high = arrays.row_lower[r], arrays.row_upper[r]
        if np.isfinite(low) and np.isfinite(high):
            model.addCons(total == float(high))
        else:
            model.addCons(total <= float(high) if np.isfinite(high) else total >= float(low))
    model.setParam("limits/time", case.seconds)
    model.setParam("limits/gap", case.gap)
    model.optimize()
    return {
        "objective": model.getObjVal() if model.getNSols() else None,
        "bound": model.getDualbound(),
        "status": "optimal" if model.getStatus() == "optimal" else "feasible",
    }


def _spopt(case, travel, weights):
    import pulp  # noqa: PLC0415 - a peer may not be installed
    from spopt.locate import LSCP, MCLP, PMedian  # noqa: PLC0415

    matrix = _matrix(travel)
    if case.problem == "mclp":
        model = MCLP.from_cost_matrix(matrix, weights, case.radius, p_facilities=case.count)
    elif case.problem == "lscp":
        model = LSCP.from_cost_matrix(matrix, case.radius)
    else:
        model = PMedian.from_cost_matrix(matrix, weights, p_facilities=case.count)
    model.solve(
        pulp.PULP_CBC_CMD(
            msg=False, timeLimit=case.seconds, gapRel=case.gap, threads=Limits().threads
        )
    )
    # PuLP calls a run that the limit cut short optimal, too: it says so, and gives no bound.
    return {
        "objective": pulp.value(model.problem.objective),
        "bound": None,
        "status": f"says {pulp.LpStatus[model.problem.status].lower()}",
    }


def _ortools(case, travel, weights):
    from ortools.linear_solver import pywraplp  # noqa: PLC0415 - a peer may not be installed

    solver = pywraplp.Solver.CreateSolver("SCIP")
    matrix = _matrix(travel)
    y = [solver.BoolVar(f"y{j}") for j in range(travel.candidates)]
    terms = []
    for i, row in enumerate(matrix):
        if case.problem == "p_median":
            x = [solver.NumVar(0, 1, "") for _ in row]
            terms += [weights[i] * row[j] * x[j] for j in range(len(row))]
            solver.Add(solver.Sum(x) == 1)
            for j, part in enumerate(x):
                solver.Add(part <= y[j])
            continue
        near = solver.Sum([y[j] for j in np.flatnonzero(row <= case.radius)])
        if case.problem == "lscp":
            solver.Add(near >= 1)
        else:
            z = solver.NumVar(0, 1, "")
            solver.Add(z <= near)
            terms.append(weights[i] * z)
    if case.problem == "lscp":
        solver.Minimize(solver.Sum(y))
    else:
        solver.Add(solver.Sum(y) == case.count)
        (solver.Maximize if case.problem == "mclp" else solver.Minimize)(solver.Sum(terms))
    solver.SetTimeLimit(int(case.seconds * 1000))
    parameters = pywraplp.MPSolverParameters()
    parameters.SetDoubleParam(parameters.RELATIVE_MIP_GAP, case.gap)
    code = solver.Solve(parameters)
    optimal = code == pywraplp.Solver.OPTIMAL
    answered = optimal or code == pywraplp.Solver.FEASIBLE
    return {
        "objective": solver.Objective().Value() if answered else None,
        "bound": solver.Objective().BestBound(),
        "status": "optimal" if optimal else "feasible",
    }


SOLVERS = {
    "maillage": ours,
    "pulp_cbc": _by("cbc"),
    "pulp_highs": _by("highs"),
    "highspy": _highspy,
    "scip": _scip,
    "spopt": _spopt,
    "ortools_scip": _ortools,
}
