"""Set covering with backup: the fewest sites that reach all, and of those as many reached twice.

First the set covering problem; then, at its cost C,

    max  sum_i w_i u_i   s.t.   sum_{j in N_i} y_j >= 1 + u_i,  sum_j f_j y_j <= C,  0 <= u <= 1

Source: K. Hogan, C. ReVelle, Concepts and applications of backup coverage, Management Science 32
(1986). The second step is solved by HiGHS.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from optimiser.location.by_solver import Rows, fixed_limits, solved
from optimiser.location.effort import Clock, Effort
from optimiser.location.lscp import lscp
from optimiser.location.result import Result, in_time
from optimiser.location.rules import Rules, Sites, checked_sites, checked_weights
from optimiser.location.travel import Pairs, Travel
from optimiser.solution import Status, StopReason
from optimiser.solvers import Limits, LinearModel
from optimiser.units import BoolArray, FloatArray, IntArray

NAME = "lscp_b"


@in_time(NAME, maximise=True)
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
    opened, status, bound = first.sites, Status.FEASIBLE, None
    stop = StopReason.TIME if first.status is Status.OPTIMAL else first.stop
    if not clock.out:
        with clock.stage("backup"):
            model = _model(pairs, weight, sites, fixed, usable, first.objective)
            outcome, better = solved(model, travel.candidates, limits, clock)
        if outcome.values is not None and _twice(pairs, better, weight) >= _twice(
            pairs, opened, weight
        ):
            opened = better
        if first.status is Status.OPTIMAL:
            stop, bound = outcome.stop, outcome.bound
            # Of the sites that are told, whatever the solver says of its own.
            most = _twice(pairs, opened, weight)
            if bound is not None and bound - most <= max(limits.gap, 1e-9) * max(1.0, abs(most)):
                status, stop = Status.OPTIMAL, StopReason.PROOF
            elif stop is StopReason.PROOF:
                stop = StopReason.SOLVER
    which, _ = travel.to_nearest(opened)
    return replace(
        first,
        problem=NAME,
        status=status,
        stop=stop,
        sites=opened,
        assignment=which,
        objective=_twice(pairs, opened, weight),
        bound=bound,
        maximise=True,
        seconds={**first.seconds, **clock.seconds},
        evidence=None,
    )


def _model(
    pairs: Pairs,
    weight: FloatArray,
    sites: Sites,
    fixed: IntArray,
    usable: BoolArray,
    budget: float,
) -> LinearModel:
    """Columns: sites (m,), then whether each demand (n,) is covered twice."""
    n, m = len(weight), len(sites.costs)
    rows = Rows()
    demands = np.arange(n)
    rows.add([(pairs.demand, pairs.site, 1.0), (demands, m + demands, -1.0)], 1.0, np.inf, n)
    rows.add([(np.zeros(m), np.arange(m), sites.costs)], -np.inf, budget, 1)
    lower, upper = fixed_limits(m, fixed, usable)
    return rows.model(
        np.concatenate((np.zeros(m), weight)),
        np.concatenate((upper, np.ones(n))),
        np.arange(m + n) < m,
        lower=np.concatenate((lower, np.zeros(n))),
        maximise=True,
    )


def _twice(pairs: Pairs, opened: IntArray, weight: FloatArray) -> float:
    inside = np.zeros(max(int(pairs.site.max()), int(opened.max(initial=0))) + 1, dtype=bool)
    inside[opened] = True
    times = np.bincount(pairs.demand[inside[pairs.site]], minlength=len(weight))
    return float(weight[times > 1].sum()) if (times > 0).all() else -np.inf
