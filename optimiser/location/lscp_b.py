"""Set covering with backup: the fewest sites that reach all, and of those as many reached twice.

First the set covering problem; then, at its cost C,

    max  sum_i w_i u_i   s.t.   sum_{j in N_i} y_j >= 1 + u_i,  sum_j f_j y_j <= C,  0 <= u <= 1

Source: K. Hogan, C. ReVelle, Concepts and applications of backup coverage, Management Science 32
(1986). The second step is the plain model, solved by HiGHS.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from optimiser.location.by_solver import solved
from optimiser.location.effort import Clock, Effort
from optimiser.location.lscp import lscp
from optimiser.location.plain import plain_backup
from optimiser.location.result import Result
from optimiser.location.rules import Rules, checked_sites, checked_weights
from optimiser.location.travel import Travel
from optimiser.solution import Status
from optimiser.solvers import Limits
from optimiser.units import FloatArray, IntArray

NAME = "lscp_b"


def lscp_b(
    travel: Travel,
    weights: ArrayLike | None,
    radius: float,
    *,
    rules: Rules | None = None,
    limits: Limits | None = None,
    effort: Effort | None = None,
) -> Result:
    """Solve the set covering problem with backup.

    Parameters
    ----------
    travel
        Travel between n demands and m candidates.
    weights
        Weight (n,) of each demand covered twice; None: 1 each.
    radius
        Farthest travel that covers, in the unit of the travel.
    rules
        Required, forbidden and existing sites; site costs, 1 each unless given.
    limits
        Where to stop.
    effort
        Amounts of work.

    Returns
    -------
    Result
        The objective is the weight covered twice at the least cost, the bound the solver's. Where
        the least cost is not proven, the status is at most ``feasible`` and there is no bound.

    Raises
    ------
    InputError
        Something that was given is wrong, or no candidate reaches a demand.
    """
    rules, limits = rules or Rules(), limits or Limits()
    clock = Clock(limits.seconds)
    weight = checked_weights(weights, travel.demands)
    first = lscp(travel, radius, rules=rules, limits=replace(limits, gap=0.0), effort=effort)
    if first.objective is None:
        return replace(first, problem=NAME, maximise=True, evidence=None, bound=None)
    sites = checked_sites(rules, travel.candidates, None, default_cost=1.0)
    fixed = np.union1d(sites.required, sites.existing)
    usable = sites.allowed.copy()
    usable[fixed] = True
    pairs = travel.within(radius, usable)
    cover = np.zeros((travel.demands, travel.candidates), dtype=bool)
    cover[pairs.demand, pairs.site] = True
    opened, status, bound = first.sites, Status.FEASIBLE, None
    if not clock.out:
        with clock.stage("backup"):
            problem, y = plain_backup(cover, weight, sites.costs, first.objective, fixed)
            left = replace(limits, seconds=clock.left)
            outcome, better, _ = solved(problem, y, left, required=fixed, allowed=usable)
        if outcome.values is not None and _twice(cover, better, weight) >= _twice(
            cover, opened, weight
        ):
            opened = better
        if first.status is Status.OPTIMAL:
            bound = outcome.bound
            status = outcome.status if outcome.values is not None else Status.FEASIBLE
    which, _ = travel.to_nearest(opened)
    return replace(
        first,
        problem=NAME,
        status=status,
        sites=opened,
        assignment=which,
        objective=_twice(cover, opened, weight),
        bound=bound,
        maximise=True,
        seconds={**first.seconds, **clock.seconds},
        evidence=None,
    )


def _twice(cover: FloatArray, opened: IntArray, weight: FloatArray) -> float:
    times = cover[:, opened].sum(axis=1)
    return float(weight[times > 1].sum()) if (times > 0).all() else -np.inf
