"""What the problems with capacities share: the plain model, and its objective recomputed."""

import math

import numpy as np
from numpy.typing import ArrayLike

from optimiser.errors import InputError, VerificationError
from optimiser.location.by_solver import dense, result_from, solved
from optimiser.location.effort import Clock
from optimiser.location.plain import plain_capacitated
from optimiser.location.result import Result
from optimiser.location.rules import (
    Rules,
    check_numbers,
    checked_sites,
    checked_weights,
    unreachable,
)
from optimiser.location.travel import Travel
from optimiser.solvers import Limits
from optimiser.units import FloatArray, IntArray

TOLERANCE = 1e-6


def capacitated(
    name: str,
    travel: Travel,
    weights: ArrayLike | None,
    capacities: ArrayLike,
    count: int | None,
    *,
    rules: Rules | None,
    limits: Limits | None,
    whole: bool,
) -> Result:
    """Solve a problem with capacities.

    Parameters
    ----------
    name
        Name of the problem.
    travel, weights, capacities, count, rules, limits
        As of `optimiser.location.capacitated_p_median`.
    whole
        Whether each demand stays at one site.

    Returns
    -------
    Result
        The answer.

    Raises
    ------
    InputError
        Something that was given is wrong, or no candidate reaches a demand.
    """
    rules, limits = rules or Rules(), limits or Limits()
    clock = Clock(limits.seconds)
    weight = checked_weights(weights, travel.demands)
    sites = checked_sites(rules, travel.candidates, count)
    room = np.asarray(capacities, dtype=np.float64)
    findings = check_numbers(room, travel.candidates, "capacities")
    if findings:
        raise InputError(tuple(findings))
    fixed = np.union1d(sites.required, sites.existing)
    usable = sites.allowed.copy()
    usable[fixed] = True
    with clock.stage("pairs"):
        pairs = travel.within(math.inf, usable)
        unreachable(np.diff(pairs.start) > 0)
        matrix = dense(pairs.start, pairs.site, pairs.travel, travel.candidates)
    with clock.stage("solve"):
        total = None if count is None else count + len(sites.existing)
        problem, y = plain_capacitated(matrix, weight, room, sites.costs, total, whole=whole)
        outcome, opened, values = solved(problem, y, limits, required=fixed, allowed=usable)
    objective, assignment = None, None
    if outcome.values is not None:
        share = np.zeros_like(matrix)
        for i, j in np.argwhere(np.isfinite(matrix)).tolist():
            share[i, j] = values[f"x_{i}_{j}"]
        if whole:
            share = np.rint(share)
        objective = _priced(matrix, share, weight, room, sites.costs, opened)
        assignment = share.argmax(axis=1)
    return result_from(
        name,
        outcome,
        opened,
        assignment,
        objective,
        travel.demands,
        maximise=False,
        seconds=clock.seconds,
    )


def _priced(
    matrix: FloatArray,
    share: FloatArray,
    weight: FloatArray,
    room: FloatArray,
    costs: FloatArray,
    opened: IntArray,
) -> float:
    """Objective of shares, every rule checked again."""
    closed = np.ones(len(room), dtype=bool)
    closed[opened] = False
    served = np.abs(share.sum(axis=1) - 1.0).max() <= TOLERANCE
    full = np.all(weight @ share <= room * (1.0 + TOLERANCE) + TOLERANCE)
    if not served or not full or share[:, closed].max(initial=0.0) > TOLERANCE:
        raise VerificationError(("the solver's shares break a rule",))
    reach = np.where(np.isfinite(matrix), matrix, 0.0)
    return float((weight[:, None] * reach * share).sum() + costs[opened].sum())
