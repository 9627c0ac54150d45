"""Maximal covering: p sites that reach as much weight as possible.

Sets: demands i of weight w_i, candidates j of cost f_j; N_i the candidates within the radius of i.

    max  sum_i w_i z_i - sum_j f_j y_j
    s.t. z_i <= sum_{j in N_i} y_j,   sum_j y_j = p,   y in {0, 1}, 0 <= z <= 1

Source: R. Church, C. ReVelle, The maximal covering location problem, Papers of the Regional
Science Association 32 (1974). Solved as a core with c = 0 and u = w.
"""

import numpy as np
from numpy.typing import ArrayLike

from optimiser.location.answer import Served, answered, core_of
from optimiser.location.effort import Clock, Effort
from optimiser.location.result import Result, in_time
from optimiser.location.rules import Rules, checked_radius, checked_sites, checked_weights
from optimiser.location.travel import NOWHERE, Travel
from optimiser.solvers import Limits
from optimiser.units import IntArray

NAME = "mclp"


@in_time(NAME, maximise=True)
def mclp(
    travel: Travel,
    weights: ArrayLike | None,
    radius: float,
    count: int | None,
    *,
    rules: Rules | None = None,
    limits: Limits | None = None,
    effort: Effort | None = None,
) -> Result:
    """Solve the maximal covering problem.

    Parameters
    ----------
    travel
        Travel between n demands and m candidates.
    weights
        Weight (n,) of each demand; None: 1 each.
    radius
        Farthest travel that covers, in the unit of the travel.
    count
        Number p of sites besides the existing ones; None: as many as pay.
    rules
        Required, forbidden and existing sites; site costs in the unit of the weights.
    limits
        Where to stop.
    effort
        Amounts of work.

    Returns
    -------
    Result
        A demand that is covered is assigned to its nearest site.

    Raises
    ------
    InputError
        Something that was given is wrong; every finding is listed.
    """
    rules, limits = rules or Rules(), limits or Limits()
    clock = Clock(limits.seconds)
    weight = checked_weights(weights, travel.demands)
    sites = checked_sites(rules, travel.candidates, count)
    checked_radius(radius)
    usable = sites.allowed.copy()
    usable[sites.required] = usable[sites.existing] = True
    with clock.stage("pairs"):
        pairs = travel.within(radius, usable, clock)
        core = core_of(pairs, np.zeros(len(pairs.site)), weight, sites, count)

    def serve(opened: IntArray) -> Served:
        nearest, far = travel.to_nearest(opened)
        covered = far <= radius
        value = float(weight[covered].sum() - sites.costs[opened].sum())
        return value, np.where(covered, nearest, NOWHERE)

    return answered(
        NAME, core, sites, limits, effort, serve, clock=clock, worth=float(weight.sum())
    )
