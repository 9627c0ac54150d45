"""p-dispersion: p sites of which the two nearest are as far apart as can be.

    max min_{j < k open} t_jk - sum_j f_j y_j,   sum_j y_j = p

Source: M. J. Kuby, Programming models for facility dispersion, Geographical Analysis 19 (1987);
solved by bisection on the travel values: p sites at least d apart exist when the graph of the
pairs nearer than d holds p vertices without an edge (D. Sayah, S. Irnich, European Journal of
Operational Research 256, 2017). Between points only pairs are looked at that are no farther than
twice what sites picked greedily keep (docs/mathematics-location.md, "p-dispersion").
"""

import math

import numpy as np

from optimiser.errors import Finding, InputError
from optimiser.location.by_solver import Rows, fixed_limits, solved
from optimiser.location.effort import Clock, OutOfTimeError
from optimiser.location.result import NO_SITES, Result, in_time
from optimiser.location.rules import Rules, Sites, checked_sites
from optimiser.location.sweep import Step, Swept, sweep
from optimiser.location.travel import Travel
from optimiser.solution import Status, StopReason
from optimiser.solvers import Limits, LinearModel
from optimiser.units import IntArray

NAME = "p_dispersion"
LEAST_SITES = 2


@in_time(NAME, maximise=True)
def p_dispersion(
    travel: Travel, count: int, *, rules: Rules | None = None, limits: Limits | None = None
) -> Result:
    """Solve the p-dispersion problem.

    Parameters
    ----------
    travel
        Travel (m, m) between the candidates; the lesser of both directions counts.
    count
        Number p of sites besides the existing ones; with those at least 2.
    rules
        Required, forbidden and existing sites; site costs in the unit of the travel.
    limits
        Where to stop; without site costs the gap is not used, the answer is exact.

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
    if travel.demands != travel.candidates:
        found = f"{travel.demands} x {travel.candidates}"
        raise InputError((Finding("matrix_shape", found=found),))
    sites = checked_sites(rules, travel.candidates, count)
    total = count + len(sites.existing)
    if total < LEAST_SITES:
        raise InputError((Finding("site_number", found=str(total), expected=">= 2"),))
    fixed = np.union1d(sites.required, sites.existing)
    with clock.stage("pairs"):
        opened, reach = _greedy(travel, sites, fixed, total, clock)
        try:
            apart = _Apart(travel, sites, fixed, total, reach, clock)
        except OutOfTimeError:
            return _unproven(travel, opened, sites, reach, clock)
    # Ascending in the sweep is descending here: the farther apart, the dearer.
    values = -apart.values[::-1]

    def step(opened: IntArray, bound: float) -> Step:
        rank = int(np.searchsorted(values, -apart.least(opened)))
        return Step(opened, rank, float(sites.costs[opened].sum()), bound)

    def look(rank: int) -> Step:
        opened, bound = apart.cheapest(-values[rank], limits, clock)
        return Step(None, rank, math.inf, bound) if opened is None else step(opened, bound)

    def slack(total: float) -> float:
        priced = sites.costs.any()
        return max(limits.gap, 1e-9) * max(1.0, abs(total)) if priced else 0.0

    known = step(opened, 0.0)
    floor = apart.least_cost
    start = Swept(opened, float(values[known.rank] + known.cost), floor)
    swept = sweep(values, start, look, slack, lambda: clock.out)
    best = opened if swept.sites is None else swept.sites
    closed = swept.total == swept.bound or swept.total - swept.bound <= slack(swept.total)
    return Result(
        problem=NAME,
        status=Status.OPTIMAL if closed else Status.FEASIBLE,
        stop=StopReason.PROOF if closed else StopReason.TIME,
        sites=best,
        assignment=NO_SITES,
        objective=apart.least(best) - float(sites.costs[best].sum()),
        bound=min(-swept.bound, reach - floor),
        maximise=True,
        seconds=clock.seconds,
        counts={"values": len(values), "pairs": len(apart.travel)},
    )


def _unproven(travel: Travel, opened: IntArray, sites: Sites, reach: float, clock: Clock) -> Result:
    """Make a result of the sites picked first, where there is no time to look at all pairs."""
    inside = np.zeros(travel.candidates, dtype=bool)
    inside[opened] = True
    pairs = travel.nearest(2, inside)
    others = inside[pairs.demand] & (pairs.demand != pairs.site)
    cost = float(sites.costs[opened].sum())
    return Result(
        problem=NAME,
        status=Status.FEASIBLE,
        stop=StopReason.TIME,
        sites=opened,
        assignment=NO_SITES,
        objective=float(pairs.travel[others].min(initial=math.inf)) - cost,
        bound=reach,
        maximise=True,
        seconds=clock.seconds,
    )


def _greedy(
    travel: Travel, sites: Sites, fixed: IntArray, total: int, clock: Clock
) -> tuple[IntArray, float]:
    """Pick the candidate farthest from what is open; says beyond what no p sites are apart."""
    opened = fixed.tolist() or [int(np.flatnonzero(sites.allowed)[0])]
    away = np.where(sites.allowed, travel.to_nearest(np.array(opened))[1], -np.inf)
    away[opened] = -np.inf
    last = math.inf
    while len(opened) < total:
        pick = int(np.argmax(away))
        last = float(away[pick])
        opened.append(pick)
        away[pick] = -np.inf
        if clock.out:
            # Any will do.
            last = math.inf
            continue
        away = np.minimum(away, travel.to_nearest(np.array([pick]))[1])
    # Two of p sites share the nearest of the p - 1 sites before the last pick, so that the
    # triangle keeps them within twice its distance; rounding down may cost 1 on each side.
    return np.array(sorted(opened)), 2.0 * last + 2.0 if travel.metric else math.inf


class _Apart:
    """Pairs of candidates by the lesser of both directions, no farther than a reach."""

    def __init__(
        self,
        travel: Travel,
        sites: Sites,
        fixed: IntArray,
        total: int,
        reach: float,
        clock: Clock,
    ) -> None:
        self.sites, self.fixed, self.total = sites, fixed, total
        self.usable = sites.allowed.copy()
        self.usable[fixed] = True
        pairs = travel.within(reach, self.usable, clock)
        a, b = pairs.demand, pairs.site.astype(np.int64)
        keep = self.usable[a] & (a != b)
        a, b, far = np.minimum(a, b)[keep], np.maximum(a, b)[keep], pairs.travel[keep]
        order = np.lexsort((far, b, a))
        a, b, far = a[order], b[order], far[order]
        first = np.ones(len(a), dtype=bool)
        first[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1])
        self.a, self.b, self.travel = a[first], b[first], far[first]
        self.values = np.unique(np.append(self.travel, np.inf))
        spare = np.sort(sites.costs[sites.allowed])[: total - len(fixed)]
        self.least_cost = float(sites.costs[fixed].sum() + spare.sum())

    def least(self, opened: IntArray) -> float:
        """Distance of the two nearest of some sites."""
        inside = np.zeros(len(self.usable), dtype=bool)
        inside[opened] = True
        near = self.travel[inside[self.a] & inside[self.b]]
        return float(near.min()) if len(near) else math.inf

    def cheapest(self, apart: float, limits: Limits, clock: Clock) -> tuple[IntArray | None, float]:
        """Cheapest sites so far apart, and what none cost less than; inf when there are none."""
        priced = bool(self.sites.costs.any())
        outcome, opened = solved(self._model(apart, priced), len(self.usable), limits, clock)
        if len(opened) == self.total:
            bound = outcome.bound if priced and outcome.bound is not None else self.least_cost
            return opened, bound
        if outcome.status is Status.INFEASIBLE:
            return None, math.inf
        if not priced and outcome.bound is not None and outcome.bound < self.total - 1e-6:
            return None, math.inf
        return None, self.least_cost

    def _model(self, apart: float, priced: bool) -> LinearModel:
        m, close = len(self.usable), np.flatnonzero(self.travel < apart)
        number = np.arange(len(close))
        rows = Rows()
        edges = [(number, self.a[close], 1.0), (number, self.b[close], 1.0)]
        rows.add(edges, -np.inf, 1.0, len(close))
        # Without costs the most sites are asked for, of which a bound says more than "none".
        least = self.total if priced else -np.inf
        rows.add([(np.zeros(m), np.arange(m), 1.0)], least, self.total, 1)
        lower, upper = fixed_limits(m, self.fixed, self.usable)
        return rows.model(
            self.sites.costs if priced else np.ones(m),
            upper,
            np.ones(m, dtype=bool),
            lower=lower,
            maximise=not priced,
        )
