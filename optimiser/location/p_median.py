"""p-median: p sites that bring the weighted travel of all demands to its least.

    min  sum_i w_i sum_j t_ij x_ij + sum_j f_j y_j
    s.t. sum_j x_ij = 1,   x_ij <= y_j,   sum_j y_j = p,   y in {0, 1}, x >= 0

Source: S. L. Hakimi, Optimum distribution of switching centers, Operations Research 13 (1965);
C. ReVelle, R. Swain, Central facilities location, Geographical Analysis 2 (1970). Solved as a
core with c = w t over the nearest candidates of each demand only, with the travel to the last of
them as the cost of going farther: that is a relaxation, exact when every demand finds a site, and
widened until it is (docs/mathematics-location.md, "Short lists").
"""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from optimiser.location.answer import Served, core_of, result_of
from optimiser.location.core import Core
from optimiser.location.effort import Clock, Effort, OutOfTimeError
from optimiser.location.engine import solve
from optimiser.location.found import Found
from optimiser.location.result import Result, in_time
from optimiser.location.rules import Rules, Sites, checked_sites, checked_weights, unreachable
from optimiser.location.travel import Pairs, Travel
from optimiser.solvers import Limits
from optimiser.units import BoolArray, FloatArray, IntArray

NAME = "p_median"
LISTS, LEAST_LIST, SHORTEST, PAIRS_A_SECOND = 5, 40, 10, 500_000
# Some four gigabytes of a solve.
MOST_PAIRS = 50_000_000


@in_time(NAME, maximise=False)
def p_median(
    travel: Travel,
    weights: ArrayLike | None,
    count: int | None,
    *,
    nearest: int | None = None,
    rules: Rules | None = None,
    limits: Limits | None = None,
    effort: Effort | None = None,
) -> Result:
    """Solve the p-median problem.

    Parameters
    ----------
    travel
        Travel between n demands and m candidates.
    weights
        Weight (n,) of each demand; None: 1 each.
    count
        Number p of sites besides the existing ones; None: as many as pay (needs site costs).
    nearest
        How many of its nearest candidates each demand looks at first; more are added as long as
        the answer or its bound needs them. None: chosen from p.
    rules
        Required, forbidden and existing sites; site costs in weight times travel.
    limits
        Where to stop.
    effort
        Amounts of work.

    Returns
    -------
    Result
        Every demand is assigned to its nearest site.

    Raises
    ------
    InputError
        Something that was given is wrong, or no candidate reaches a demand.
    """
    rules, limits = rules or Rules(), limits or Limits()
    clock = Clock(limits.seconds)
    weight = checked_weights(weights, travel.demands)
    sites = checked_sites(rules, travel.candidates, count)
    usable = sites.allowed.copy()
    usable[sites.required] = usable[sites.existing] = True
    most = int(usable.sum())
    opened = max(1, most if count is None else count + len(sites.existing))
    first = nearest or max(LEAST_LIST, LISTS * -(-most // opened))
    if nearest is None:
        first = min(first, max(LEAST_LIST, MOST_PAIRS // max(1, travel.demands)))
    first = min(most, first)
    if clock.left is not None and nearest is None:
        first = min(first, max(SHORTEST, int(PAIRS_A_SECOND * clock.left / travel.demands)))
    length = np.full(travel.demands, first)

    def serve(opened: IntArray) -> Served:
        which, far = travel.to_nearest(opened)
        return _value(weight, far, sites, opened), which

    best: tuple[Core, Found] | None = None
    while True:
        start = None if best is None else best[1].sites
        try:
            with clock.stage("pairs"):
                core, farthest = _core(travel, weight, sites, count, usable, length, clock)
        except OutOfTimeError:
            if best is None:
                raise
            break
        found = solve(core, limits, allowed=sites.allowed, effort=effort, start=start, clock=clock)
        cut = np.isfinite(farthest)
        found, short = _true(found, sites, travel, weight, farthest)
        lost = bool(short.any())
        # Longer lists that the time cut short may know less than shorter ones did.
        if best is None or _distance(found) <= _distance(best[1]):
            best = core, found
        # The value is the true one by now, and the bound always is one of the true problem.
        closed = math.isfinite(found.value) and found.value - found.bound <= _slack(found, limits)
        if closed or clock.out or not cut.any() or (not lost and _late(clock)):
            break
        # Those that nobody in their list serves need longer ones; where all are served, the bound.
        short = short if lost else cut
        longer = np.where(short, np.minimum(most, 2 * length), length)
        if longer.sum() > MOST_PAIRS:
            break
        length = longer
    core, found = best
    if math.isinf(found.value):
        # No sites at all, which only lists cut short can think enough.
        found = replace(found, sites=None)
    return result_of(NAME, core, found, sites, limits, serve, None)


def _late(clock: Clock) -> bool:
    """Whether too little time is left for lists twice as long to be worth it."""
    return clock.left is not None and clock.limit is not None and clock.left < clock.limit / 2


def _distance(found: Found) -> float:
    return math.inf if math.isinf(found.value) else found.value - found.bound


def _slack(found: Found, limits: Limits) -> float:
    return max(limits.gap, 1e-9) * abs(found.value)


def _true(
    found: Found, sites: Sites, travel: Travel, weight: FloatArray, farthest: FloatArray
) -> tuple[Found, BoolArray]:
    """Price sites by their true travel; says which demands (n,) went past their lists."""
    if found.sites is None or not np.isfinite(farthest).any():
        return found, np.zeros(travel.demands, dtype=bool)
    opened = np.unique(np.concatenate((found.sites, sites.required, sites.existing)))
    _, far = travel.to_nearest(opened)
    short = far > farthest
    return replace(found, value=_value(weight, far, sites, opened)), short


def _value(weight: FloatArray, far: FloatArray, sites: Sites, opened: IntArray) -> float:
    used = weight > 0.0
    return float(weight[used] @ far[used] + sites.costs[opened].sum())


def _core(
    travel: Travel,
    weight: FloatArray,
    sites: Sites,
    count: int | None,
    usable: BoolArray,
    length: IntArray,
    clock: Clock,
) -> tuple[Core, FloatArray]:
    """The core of the lists, and travel (n,) to the last of each that is cut short, else inf."""
    pairs: Pairs = travel.nearest(length, usable, clock)
    width = np.diff(pairs.start)
    unreachable((width > 0) | (weight == 0.0))
    most = int(usable.sum())
    farthest = np.full(travel.demands, np.inf)
    # A list shorter than asked holds every candidate in reach: there is nothing beyond it.
    cut = (width == length) & (length < most) & (weight > 0.0)
    farthest[cut] = pairs.travel[pairs.start[1:][cut] - 1]
    unserved = np.where(weight > 0.0, 1.0, 0.0)
    used = weight > 0.0
    unserved[used] = weight[used] * farthest[used]
    cost = weight[pairs.demand] * pairs.travel
    return core_of(pairs, cost, unserved, sites, count), farthest
