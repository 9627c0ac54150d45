"""Uncapacitated facility location: as many sites as pay, each for its cost.

    min  sum_i w_i sum_j t_ij x_ij + sum_j f_j y_j   s.t.   sum_j x_ij = 1,   x_ij <= y_j

Source: G. Cornuejols, G. Nemhauser, L. Wolsey, The uncapacitated facility location problem, in
Discrete Location Theory (1990). The p-median of `optimiser.location.p_median` with any number of
sites.
"""

from dataclasses import replace

from numpy.typing import ArrayLike

from optimiser.location.effort import Effort
from optimiser.location.p_median import p_median
from optimiser.location.result import Result
from optimiser.location.rules import Rules
from optimiser.location.travel import Travel
from optimiser.solvers import Limits

NAME = "uflp"


def uflp(
    travel: Travel,
    weights: ArrayLike | None,
    costs: ArrayLike,
    *,
    rules: Rules | None = None,
    limits: Limits | None = None,
    effort: Effort | None = None,
) -> Result:
    """Solve the uncapacitated facility location problem.

    Parameters
    ----------
    travel
        Travel between n demands and m candidates.
    weights
        Weight (n,) of each demand; None: 1 each.
    costs
        Cost (m,) of each site, in weight times travel.
    rules
        Required, forbidden and existing sites; their own costs are not looked at.
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
    rules = replace(rules or Rules(), costs=costs)
    result = p_median(travel, weights, None, rules=rules, limits=limits, effort=effort)
    return replace(result, problem=NAME)
