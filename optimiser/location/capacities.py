"""What the problems with capacities share: lists of the nearest, grown until they are enough.

A demand whose list is cut short may leave part of itself to no site, at the travel to the last of
its list, which going farther costs at least: a relaxation, whose bound holds, and whose answer is
one of the problem as soon as nobody makes use of it (docs/mathematics-location.md, "Short lists").

Source: the k-nearest formulation of R. L. Church, BEAMR: an exact and approximate model for the
p-median problem, Computers and Operations Research 35 (2008).
"""

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from optimiser.errors import InputError, VerificationError
from optimiser.location.by_solver import Rows, fixed_limits, result_from, solved
from optimiser.location.effort import Clock, OutOfTimeError
from optimiser.location.result import NO_SITES, Result
from optimiser.location.rules import (
    Rules,
    Sites,
    check_numbers,
    checked_sites,
    checked_weights,
    unreachable,
)
from optimiser.location.travel import Pairs, Travel
from optimiser.solution import Status, StopReason
from optimiser.solvers import Limits, LinearModel, Outcome
from optimiser.units import BoolArray, FloatArray, IntArray

TOLERANCE = 1e-6
LEAST_LIST, LISTS = 20, 5
PAIRS_A_SECOND = 50_000


def capacitated(
    name: str,
    travel: Travel,
    weights: ArrayLike | None,
    capacities: ArrayLike,
    count: int | None,
    *,
    nearest: int | None,
    rules: Rules | None,
    limits: Limits | None,
    whole: bool,
) -> Result:
    """Solve a problem with capacities.

    Parameters
    ----------
    name
        Name of the problem.
    travel, weights, capacities, count, nearest, rules, limits
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
    most = int(usable.sum())
    opened = max(1, most if count is None else count + len(sites.existing))
    first = nearest or max(LEAST_LIST, LISTS * -(-most // opened))
    if clock.left is not None and nearest is None:
        first = min(first, max(LEAST_LIST, int(PAIRS_A_SECOND * clock.left / travel.demands)))
    problem = _Problem(weight, room, sites, fixed, usable, whole)
    length = np.full(travel.demands, min(first, most))
    rounds = 0
    while True:
        rounds += 1
        try:
            with clock.stage("pairs"):
                pairs = travel.nearest(length, usable, clock)
        except OutOfTimeError:
            if rounds == 1:
                raise
            break
        width = np.diff(pairs.start)
        unreachable(width > 0)
        cut = (width == length) & (length < most)
        with clock.stage("solve"):
            total = None if count is None else count + len(sites.existing)
            model = problem.model(pairs, cut, total)
            names = None if cut.any() else partial(_names, pairs, travel.candidates)
            outcome, sites_open = solved(model, travel.candidates, limits, clock, names)
        short = _short(outcome, cut, len(pairs.site), len(room))
        if clock.out or not short.any():
            break
        length[short] = np.minimum(most, 2 * length[short])
    objective, assignment = None, None
    if outcome.values is not None and not short.any():
        share = outcome.values[len(room) : len(room) + len(pairs.site)]
        objective = problem.priced(pairs, share, sites_open)
        assignment = _largest(pairs, share)
    elif outcome.status is not Status.INFEASIBLE:
        outcome = replace(outcome, status=Status.NO_ANSWER, stop=StopReason.TIME, values=None)
        sites_open = NO_SITES
    return result_from(
        name,
        outcome,
        sites_open,
        assignment,
        objective,
        travel.demands,
        maximise=False,
        seconds=clock.seconds,
        counts={"pairs": len(pairs.site), "rounds": rounds},
    )


def _short(outcome: Outcome, cut: BoolArray, pairs: int, candidates: int) -> BoolArray:
    """Whether each demand (n,) needs a longer list than it had."""
    if outcome.status is Status.INFEASIBLE:
        # A list cut short never makes a problem infeasible: what it lacks may stay unserved.
        return np.zeros(len(cut), dtype=bool)
    if outcome.values is None:
        return cut
    short = np.zeros(len(cut), dtype=bool)
    short[np.flatnonzero(cut)] = outcome.values[candidates + pairs :] > TOLERANCE
    return short


def _names(pairs: Pairs, candidates: int) -> list[str]:
    """Names of the columns in the plain model."""
    shares = zip(pairs.demand.tolist(), pairs.site.tolist(), strict=True)
    return [f"y_{j}" for j in range(candidates)] + [f"x_{i}_{j}" for i, j in shares]


def _largest(pairs: Pairs, share: FloatArray) -> IntArray:
    order = np.lexsort((-share, pairs.demand))
    return pairs.site[order][pairs.start[:-1]].astype(np.int64)


class _Problem:
    """What does not change as the lists grow."""

    def __init__(
        self,
        weight: FloatArray,
        room: FloatArray,
        sites: Sites,
        fixed: IntArray,
        usable: BoolArray,
        whole: bool,
    ) -> None:
        self.weight, self.room, self.costs, self.whole = weight, room, sites.costs, whole
        self.lower, self.upper = fixed_limits(len(room), fixed, usable)

    def model(self, pairs: Pairs, cut: BoolArray, count: int | None) -> LinearModel:
        """Columns: sites (m,), pairs, then the part that each cut demand leaves to nobody."""
        n, m, k = len(self.weight), len(self.room), len(pairs.site)
        short = np.flatnonzero(cut)
        demand, number = pairs.demand, np.arange(k)
        farthest = pairs.travel[pairs.start[1:][short] - 1]
        rows = Rows()
        places = m + k + np.arange(len(short))
        # Each demand's row, then those of its pairs, by candidate.
        whole = np.arange(n) + pairs.start[:-1]
        link = np.empty(k, dtype=np.int64)
        link[np.lexsort((pairs.site, demand))] = demand + 1 + number
        served = [(whole[demand], m + number, 1.0), (whole[short], places, 1.0)]
        linked = [(link, m + number, 1.0), (link, pairs.site, -1.0)]
        least, most = np.full(n + k, -np.inf), np.zeros(n + k)
        least[whole] = most[whole] = 1.0
        rows.add(served + linked, least, most, n + k)
        load = [
            (pairs.site, m + number, self.weight[demand]),
            (np.arange(m), np.arange(m), -self.room),
        ]
        rows.add(load, -np.inf, 0.0, m)
        if count is not None:
            rows.add([(np.zeros(m), np.arange(m), 1.0)], count, count, 1)
        spare = np.ones(k + len(short))
        integer = np.concatenate((np.ones(m), np.full(k, self.whole), np.zeros(len(short))))
        return rows.model(
            np.concatenate(
                (self.costs, self.weight[demand] * pairs.travel, self.weight[short] * farthest)
            ),
            np.concatenate((self.upper, spare)),
            integer.astype(bool),
            lower=np.concatenate((self.lower, 0.0 * spare)),
        )

    def priced(self, pairs: Pairs, share: FloatArray, opened: IntArray) -> float:
        """Objective of shares, every rule checked again."""
        share = np.rint(share) if self.whole else share
        demand = pairs.demand
        closed = np.ones(len(self.room), dtype=bool)
        closed[opened] = False
        served = np.bincount(demand, weights=share, minlength=len(self.weight))
        load = np.bincount(pairs.site, self.weight[demand] * share, minlength=len(self.room))
        whole = np.abs(served - 1.0).max() <= TOLERANCE
        full = np.all(load <= self.room * (1.0 + TOLERANCE) + TOLERANCE)
        if not whole or not full or share[closed[pairs.site]].max(initial=0.0) > TOLERANCE:
            raise VerificationError(("the solver's shares break a rule",))
        paid = float((self.weight[demand] * pairs.travel * share).sum())
        return paid + float(self.costs[opened].sum())
