"""p-center: p sites that bring the farthest travel of any demand to its least.

    min max_i min_{j open} t_ij + sum_j f_j y_j,   sum_j y_j = p

Source: S. L. Hakimi, Optimum locations of switching centers, Operations Research 12 (1964);
solved by bisection on the travel values, each step a set covering problem, after E. Minieka, The
m-center problem, SIAM Review 12 (1970). Only pairs no farther than what sites spread greedily
reach are looked at (T. F. Gonzalez, Theoretical Computer Science 38, 1985).
"""

import math
from dataclasses import replace

import numpy as np

from optimiser.location.answer import core_of
from optimiser.location.effort import Clock, Effort, OutOfTimeError
from optimiser.location.engine import solve
from optimiser.location.found import Found
from optimiser.location.result import (
    AS_MANY,
    NO_SITES,
    Cover,
    Evidence,
    Result,
    SweptEvidence,
    in_time,
)
from optimiser.location.rules import Rules, Sites, checked_sites, unreachable
from optimiser.location.sweep import Step, Swept, sweep
from optimiser.location.travel import NOWHERE, Pairs, Travel
from optimiser.solution import Status, StopReason
from optimiser.solvers import Limits
from optimiser.units import FloatArray, IntArray

NAME = "p_center"


@in_time(NAME, maximise=False)
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
        Number p of sites besides the existing ones; fewer may do where sites cost nothing.
    rules
        Required, forbidden and existing sites; site costs in the unit of the travel.
    limits
        Where to stop; without site costs the gap is not used, the answer is exact.
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
    priced = rules.costs is not None
    sites = checked_sites(rules, travel.candidates, count)
    fixed = np.union1d(sites.required, sites.existing)
    usable = sites.allowed.copy()
    usable[fixed] = True
    with clock.stage("pairs"):
        near = travel.nearest(1, usable, clock)
        unreachable(np.diff(near.start) > 0)
        opened = _spread(travel, near, sites, fixed, count, clock, priced=priced)
        _, far = travel.to_nearest(opened)
    start, least = Swept(None, math.inf, 0.0), float(near.travel.max())
    if math.isfinite(far.max()):
        start = Swept(opened, float(far.max() + sites.costs[opened].sum()), 0.0)
    try:
        with clock.stage("pairs"):
            pairs = travel.within(start.total, usable, clock)
            values = _values(pairs)
    except (OutOfTimeError, MemoryError) as error:
        known = replace(start, bound=least)
        proof = SweptEvidence(np.array([least]), (), math.inf)
        result = replace(_result(travel, known, sites, clock, 0.0, 0), evidence=proof)
        late = isinstance(error, OutOfTimeError)
        stop = StopReason.TIME if late else StopReason.MEMORY
        return result if result.stop is StopReason.PROOF else replace(result, stop=stop)

    covers: dict[int, Cover] = {}

    def step(opened: IntArray, bound: float) -> Step:
        _, far = travel.to_nearest(opened)
        cost = float(sites.costs[opened].sum())
        return Step(opened, int(np.searchsorted(values, far.max())), cost, bound)

    def look(rank: int) -> Step:
        near = _within(pairs, values[rank])
        found, evidence = _cover(near, sites, priced, count, limits, effort, clock)
        cover = Cover(rank, evidence, None if priced else count)
        bound = found.bound if priced else math.inf if found.bound > count + AS_MANY else 0.0
        if bound > 0.0:
            covers[rank] = cover
        if found.sites is None or (not priced and found.value > count + AS_MANY):
            return Step(None, rank, math.inf, bound)
        return step(np.union1d(found.sites, fixed), bound)

    def slack(total: float) -> float:
        return max(limits.gap, 1e-9) * max(1.0, abs(total)) if priced else 0.0

    swept = sweep(values, start, look, slack, lambda: clock.out)
    if not priced:
        # What cannot be covered within a travel cannot be within a shorter one.
        covers = {rank: covers[rank] for rank in sorted(covers)[-1:]}
    proof = SweptEvidence(values, tuple(covers[rank] for rank in sorted(covers)), start.total)
    result = _result(travel, swept, sites, clock, slack(swept.total), len(values))
    return replace(result, evidence=proof)


def _spread(
    travel: Travel,
    near: Pairs,
    sites: Sites,
    fixed: IntArray,
    count: int,
    clock: Clock,
    *,
    priced: bool,
) -> IntArray:
    """Open the candidate nearest to the farthest demand, again and again."""
    total = count + len(sites.existing)
    opened = fixed.tolist()
    far = travel.to_nearest(fixed)[1]
    while len(opened) < total and not clock.out:
        pick = int(near.site[np.argmax(far)])
        if pick in opened:
            break
        opened.append(pick)
        far = np.minimum(far, travel.to_nearest(np.array([pick]))[1])
    if priced and len(opened) < total:
        others = np.setdiff1d(np.flatnonzero(sites.allowed), opened)
        cheap = others[np.argsort(sites.costs[others], kind="stable")]
        opened += cheap[: total - len(opened)].tolist()
    return np.unique(np.array(opened, dtype=np.int64))


def _values(pairs: Pairs) -> FloatArray:
    nearest = pairs.travel[pairs.start[:-1]].max()
    return np.unique(pairs.travel[pairs.travel >= nearest])


def _within(pairs: Pairs, radius: float) -> Pairs:
    keep = pairs.travel <= radius
    counts = np.bincount(pairs.demand[keep], minlength=len(pairs.start) - 1)
    start = np.concatenate(([0], np.cumsum(counts)))
    return Pairs(start, pairs.site[keep], pairs.travel[keep])


def _cover(
    pairs: Pairs,
    sites: Sites,
    priced: bool,
    count: int,
    limits: Limits,
    effort: Effort | None,
    clock: Clock,
) -> tuple[Found, Evidence]:
    """Sites that cover all, and what proves how little none that do cost less than."""
    must = np.full(len(pairs.start) - 1, np.inf)
    free = np.zeros(len(pairs.site))
    total, enough = (count, None) if priced else (None, count)
    if not priced:
        # Without costs p sites at most are the same as p sites, and the fewest are easier to find.
        one = np.ones(len(sites.costs))
        one[sites.existing] = 0.0
        sites = replace(sites, costs=one)
    core = core_of(pairs, free, must, sites, total)
    found = solve(core, limits, allowed=sites.allowed, effort=effort, clock=clock, enough=enough)
    return found, Evidence(core, found.certificate, None, sites.allowed)


def _result(
    travel: Travel, swept: Swept, sites: Sites, clock: Clock, slack: float, values: int
) -> Result:
    proven = swept.total - swept.bound <= slack if swept.sites is not None else False
    status = Status.OPTIMAL if proven else Status.FEASIBLE
    which, objective, bound = np.full(travel.demands, NOWHERE), None, None
    if swept.sites is None:
        status = Status.INFEASIBLE if math.isinf(swept.bound) else Status.NO_ANSWER
    else:
        which, far = travel.to_nearest(swept.sites)
        objective = float(far.max() + sites.costs[swept.sites].sum())
    if math.isfinite(swept.bound):
        bound = swept.bound
    proven = status in (Status.OPTIMAL, Status.INFEASIBLE)
    stop = StopReason.TIME if clock.out else StopReason.SOLVER
    return Result(
        problem=NAME,
        status=status,
        stop=StopReason.PROOF if proven else stop,
        sites=NO_SITES if swept.sites is None else swept.sites,
        assignment=which,
        objective=objective,
        bound=bound,
        maximise=False,
        seconds=clock.seconds,
        counts={"values": values},
    )
