"""Set covering: the fewest (or cheapest) sites that reach every demand.

    min  sum_j f_j y_j   s.t.   sum_{j in N_i} y_j >= 1 for every i,   y in {0, 1}

Source: C. Toregas, R. Swain, C. ReVelle, L. Bergman, The location of emergency service
facilities, Operations Research 19 (1971). Solved as a core with c = 0 and u = inf.
"""

import numpy as np

from optimiser.location.answer import Served, answered, core_of
from optimiser.location.effort import Clock, Effort
from optimiser.location.result import Result, in_time
from optimiser.location.rules import Rules, checked_radius, checked_sites, unreachable
from optimiser.location.travel import Travel
from optimiser.solvers import Limits
from optimiser.units import IntArray

NAME = "lscp"


@in_time(NAME, maximise=False)
def lscp(
    travel: Travel,
    radius: float,
    *,
    rules: Rules | None = None,
    limits: Limits | None = None,
    effort: Effort | None = None,
) -> Result:
    """Solve the set covering problem.

    Parameters
    ----------
    travel
        Travel between n demands and m candidates.
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
        The objective is the cost of the sites, existing ones free.

    Raises
    ------
    InputError
        Something that was given is wrong, or no candidate reaches a demand.
    """
    rules, limits = rules or Rules(), limits or Limits()
    clock = Clock(limits.seconds)
    sites = checked_sites(rules, travel.candidates, None, default_cost=1.0)
    checked_radius(radius)
    usable = sites.allowed.copy()
    usable[sites.required] = usable[sites.existing] = True
    with clock.stage("pairs"):
        pairs = travel.within(radius, usable, clock)
        unreachable(np.diff(pairs.start) > 0)
        must = np.full(travel.demands, np.inf)
        core = core_of(pairs, np.zeros(len(pairs.site)), must, sites, None)

    def serve(opened: IntArray) -> Served:
        nearest, far = travel.to_nearest(opened)
        uncovered = bool((far > radius).any())
        return np.inf if uncovered else float(sites.costs[opened].sum()), nearest

    return answered(NAME, core, sites, limits, effort, serve, clock=clock)
