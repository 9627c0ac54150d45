"""p-center: p sites that bring the farthest travel of any demand to its least.

    min max_i min_{j open} t_ij,   sum_j y_j <= p

Source: S. L. Hakimi, Optimum locations of switching centers, Operations Research 12 (1964);
solved by bisection on the travel values, each step a set covering problem, after E. Minieka, The
m-center problem, SIAM Review 12 (1970).
"""

import math

import numpy as np

from optimiser.errors import Finding, InputError
from optimiser.location.answer import core_of
from optimiser.location.effort import Clock, Effort
from optimiser.location.engine import solve
from optimiser.location.result import NO_SITES, Result
from optimiser.location.rules import Rules, Sites, checked_sites, unreachable
from optimiser.location.travel import NOWHERE, Pairs, Travel
from optimiser.solution import Status, StopReason
from optimiser.solvers import Limits
from optimiser.units import FloatArray, IntArray

NAME = "p_center"


def p_center(
    travel: Travel,
    count: int,
    *,
    rules: Rules | None = None,
    limits: Limits | None = None,
    effort: Effort | None = None,
) -> Result:
    """Solve the p-center problem.

    Parameters
    ----------
    travel
        Travel between n demands and m candidates.
    count
        Number p of sites besides the existing ones; fewer may do.
    rules
        Required, forbidden and existing sites; no costs.
    limits
        Where to stop; the gap is not used, the answer is exact.
    effort
        Amounts of work.

    Returns
    -------
    Result
        Every demand is assigned to its nearest site.

    Raises
    ------
    InputError
        Something that was given is wrong, site costs are given, or no candidate reaches a demand.
    """
    rules, limits = rules or Rules(), limits or Limits()
    clock = Clock(limits.seconds)
    if rules.costs is not None:
        raise InputError((Finding("costs_unused", column="costs"),))
    sites = checked_sites(rules, travel.candidates, count, default_cost=1.0)
    usable = sites.allowed.copy()
    usable[sites.required] = usable[sites.existing] = True
    with clock.stage("pairs"):
        pairs = travel.within(math.inf, usable)
        unreachable(np.diff(pairs.start) > 0)
        values = _values(pairs)
    fixed = np.union1d(sites.required, sites.existing)
    low, high, best = 0, len(values), NO_SITES
    stop = StopReason.PROOF
    if len(fixed):
        best, high = fixed, _rank(travel, fixed, values)
    while low < high and stop is StopReason.PROOF:
        middle = (low + high - 1) // 2
        cover = _within(pairs, values[middle])
        opened, proven = _cover(cover, sites, count, limits, effort, clock)
        if opened is not None:
            best = np.union1d(opened, fixed)
            # The cover found may reach less far than asked.
            high = min(middle, _rank(travel, best, values))
        elif proven:
            low = middle + 1
        else:
            stop = StopReason.TIME if clock.out else StopReason.SOLVER
    return _result(travel, best, values, low, high, stop, clock)


def _values(pairs: Pairs) -> FloatArray:
    nearest = pairs.travel[pairs.start[:-1]].max()
    return np.unique(pairs.travel[pairs.travel >= nearest])


def _rank(travel: Travel, opened: IntArray, values: FloatArray) -> int:
    _, far = travel.to_nearest(opened)
    return int(np.searchsorted(values, far.max()))


def _within(pairs: Pairs, radius: float) -> Pairs:
    keep = pairs.travel <= radius
    counts = np.bincount(pairs.demand[keep], minlength=len(pairs.start) - 1)
    start = np.concatenate(([0], np.cumsum(counts)))
    return Pairs(start, pairs.site[keep], pairs.travel[keep])


def _cover(
    pairs: Pairs, sites: Sites, count: int, limits: Limits, effort: Effort | None, clock: Clock
) -> tuple[IntArray | None, bool]:
    """Sites within the count that cover all, or whether it is proven that there are none."""
    must = np.full(len(pairs.start) - 1, np.inf)
    core = core_of(pairs, np.zeros(len(pairs.site)), must, sites, None)
    found = solve(core, limits, allowed=sites.allowed, effort=effort, clock=clock, enough=count)
    if found.sites is not None and found.value <= count + 1e-6:
        return found.sites, False
    return None, found.bound > count + 1e-6


def _result(
    travel: Travel,
    opened: IntArray,
    values: FloatArray,
    low: int,
    high: int,
    stop: StopReason,
    clock: Clock,
) -> Result:
    answered = len(opened) > 0
    infeasible = not answered and low == len(values)
    status = Status.FEASIBLE if answered else Status.NO_ANSWER
    if low >= high:
        status = Status.INFEASIBLE if infeasible else Status.OPTIMAL
    which, objective = np.full(travel.demands, NOWHERE), None
    if answered:
        which, far = travel.to_nearest(opened)
        objective = float(far.max())
    return Result(
        problem=NAME,
        status=status,
        stop=stop,
        sites=opened,
        assignment=which,
        objective=objective,
        bound=None if infeasible else float(values[min(low, len(values) - 1)]),
        maximise=False,
        seconds=clock.seconds,
        counts={"values": len(values)},
    )
