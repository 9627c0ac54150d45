"""Capacitated facility location: as many sites as pay, demands may be shared out between them.

    min  sum_ij w_i t_ij x_ij + sum_j f_j y_j
    s.t. sum_j x_ij = 1,  x_ij <= y_j,  sum_i w_i x_ij <= Q_j y_j,  x >= 0,  y in {0, 1}

Source: the model of R. Sridharan, The capacitated plant location problem, European Journal of
Operational Research 87 (1995). Solved by HiGHS over short lists that
grow as far as they must (`optimiser.location.capacities`).
"""

from dataclasses import replace

from numpy.typing import ArrayLike

from optimiser.location.capacities import capacitated
from optimiser.location.result import Result, in_time
from optimiser.location.rules import Rules
from optimiser.location.travel import Travel
from optimiser.solvers import Limits

NAME = "cflp"


@in_time(NAME, maximise=False)
def cflp(
    travel: Travel,
    weights: ArrayLike | None,
    capacities: ArrayLike,
    costs: ArrayLike,
    *,
    nearest: int | None = None,
    rules: Rules | None = None,
    limits: Limits | None = None,
) -> Result:
    """Solve the capacitated facility location problem.

    Parameters
    ----------
    travel
        Travel between n demands and m candidates.
    weights
        Weight (n,) of each demand, which also fills the capacity; None: 1 each.
    capacities
        Weight (m,) that each site takes at most.
    costs
        Cost (m,) of each site, in weight times travel.
    nearest
        How many of its nearest candidates each demand looks at first; the lists of those that
        need more grow. None: a few.
    rules
        Required, forbidden and existing sites; their own costs are not looked at.
    limits
        Where to stop.

    Returns
    -------
    Result
        A demand is assigned to the site that takes most of it. The bound is the solver's.

    Raises
    ------
    InputError
        Something that was given is wrong, or no candidate reaches a demand.
    """
    rules = replace(rules or Rules(), costs=costs)
    return capacitated(
        NAME,
        travel,
        weights,
        capacities,
        None,
        nearest=nearest,
        rules=rules,
        limits=limits,
        whole=False,
    )
