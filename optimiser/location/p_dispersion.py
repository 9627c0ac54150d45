"""p-dispersion: p sites of which the two nearest are as far apart as can be.

    max min_{j < k open} t_jk,   sum_j y_j = p

Source: M. J. Kuby, Programming models for facility dispersion, Geographical Analysis 19 (1987);
solved by bisection on the travel values: p sites at least d apart exist when the graph of the
pairs nearer than d holds p vertices without an edge (D. Sayah, S. Irnich, European Journal of
Operational Research 256, 2017).
"""

import math

import numpy as np

from optimiser.errors import Finding, InputError
from optimiser.location.by_solver import solved
from optimiser.location.effort import Clock
from optimiser.location.plain import plain_apart
from optimiser.location.result import NO_SITES, Result
from optimiser.location.rules import Rules, Sites, checked_sites
from optimiser.location.travel import Travel
from optimiser.solution import Status, StopReason
from optimiser.solvers import Limits
from optimiser.units import FloatArray, IntArray

NAME = "p_dispersion"


def p_dispersion(
    travel: Travel, count: int, *, rules: Rules | None = None, limits: Limits | None = None
) -> Result:
    """Solve the p-dispersion problem; for hundreds of candidates, all pairs being looked at.

    Parameters
    ----------
    travel
        Travel (m, m) between the candidates; the lesser of both directions counts.
    count
        Number p of sites besides the existing ones; with those at least 2.
    rules
        Required, forbidden and existing sites; no costs.
    limits
        Where to stop; the gap is not used, the answer is exact.

    Returns
    -------
    Result
        Nothing is assigned. The objective is inf where no two sites reach each other.

    Raises
    ------
    InputError
        Something that was given is wrong, or the travel is not square.
    """
    rules, limits = rules or Rules(), limits or Limits()
    clock = Clock(limits.seconds)
    if rules.costs is not None:
        raise InputError((Finding("costs_unused", column="costs"),))
    if travel.demands != travel.candidates:
        found = f"{travel.demands} x {travel.candidates}"
        raise InputError((Finding("matrix_shape", found=found),))
    sites = checked_sites(rules, travel.candidates, count)
    total = count + len(sites.existing)
    if total < 2:  # noqa: PLR2004 - two sites are apart, one is not
        raise InputError((Finding("site_number", found=str(total), expected=">= 2"),))
    with clock.stage("pairs"):
        apart = _apart(travel)
        values = np.unique(np.append(apart[np.triu_indices(len(apart), 1)], np.inf))
    low, high, best = 0, len(values) - 1, _any(sites, total)
    low = int(np.searchsorted(values, _least(apart, best)))
    stop = StopReason.PROOF
    while low < high:
        middle = (low + high + 1) // 2
        opened, proven = _spread(apart, values[middle], sites, total, limits, clock)
        if opened is not None:
            best, low = opened, int(np.searchsorted(values, _least(apart, opened)))
        elif proven:
            high = middle - 1
        else:
            stop = StopReason.TIME
            break
    return Result(
        problem=NAME,
        status=Status.OPTIMAL if low >= high else Status.FEASIBLE,
        stop=stop,
        sites=best,
        assignment=NO_SITES,
        objective=_least(apart, best),
        bound=float(values[high]),
        maximise=True,
        seconds=clock.seconds,
        counts={"values": len(values)},
    )


def _apart(travel: Travel) -> FloatArray:
    pairs = travel.within(math.inf, np.ones(travel.candidates, dtype=bool))
    matrix = np.full((travel.candidates, travel.candidates), np.inf)
    matrix[pairs.demand, pairs.site] = pairs.travel
    return np.minimum(matrix, matrix.T)


def _any(sites: Sites, total: int) -> IntArray:
    fixed = np.union1d(sites.required, sites.existing)
    others = np.flatnonzero(sites.allowed)[: total - len(fixed)]
    return np.union1d(fixed, others)


def _least(apart: FloatArray, opened: IntArray) -> float:
    inside = apart[np.ix_(opened, opened)]
    return float(inside[np.triu_indices(len(opened), 1)].min())


def _spread(
    apart: FloatArray, least: float, sites: Sites, total: int, limits: Limits, clock: Clock
) -> tuple[IntArray | None, bool]:
    """Sites at least so far apart, or whether it is proven that there are none."""
    if clock.out:
        return None, False
    close = np.argwhere(np.triu(apart < least, 1)).tolist()
    problem, y = plain_apart([(int(a), int(b)) for a, b in close], len(apart))
    problem += sum(y) <= total
    fixed = np.union1d(sites.required, sites.existing)
    allowed = sites.allowed.copy()
    allowed[fixed] = True
    left = Limits(seconds=clock.left or None, gap=0.0, threads=limits.threads, seed=limits.seed)
    outcome, opened, _ = solved(problem, y, left, required=fixed, allowed=allowed)
    if len(opened) == total:
        return opened, False
    if outcome.status is Status.INFEASIBLE:
        return None, True
    return None, outcome.bound is not None and outcome.bound < total - 1e-6
