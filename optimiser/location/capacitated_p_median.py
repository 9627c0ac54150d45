"""Capacitated p-median: as the p-median, each demand whole at one site, no site over its capacity.

    min  sum_ij w_i t_ij x_ij + sum_j f_j y_j
    s.t. sum_j x_ij = 1,  x_ij <= y_j,  sum_i w_i x_ij <= Q_j y_j,  sum_j y_j = p,  x, y in {0, 1}

Source: J. M. Mulvey, M. P. Beck, Solving capacitated clustering problems, European Journal of
Operational Research 18 (1984). Solved by HiGHS over short lists that grow as
far as they must (`optimiser.location.capacities`): the k-nearest p-median problem with capacities.
"""

from numpy.typing import ArrayLike

from optimiser.location.capacities import capacitated
from optimiser.location.result import Result, in_time
from optimiser.location.rules import Rules
from optimiser.location.travel import Travel
from optimiser.solvers import Limits

NAME = "capacitated_p_median"


@in_time(NAME, maximise=False)
def capacitated_p_median(
    travel: Travel,
    weights: ArrayLike | None,
    capacities: ArrayLike,
    count: int | None,
    *,
    nearest: int | None = None,
    rules: Rules | None = None,
    limits: Limits | None = None,
) -> Result:
    """Solve the capacitated p-median problem.

    Parameters
    ----------
    travel
        Travel between n demands and m candidates.
    weights
        Weight (n,) of each demand, which also fills the capacity; None: 1 each.
    capacities
        Weight (m,) that each site takes at most.
    count
        Number p of sites besides the existing ones; None: as many as pay.
    nearest
        How many of its nearest candidates each demand looks at first; the lists of those that
        need more grow. None: chosen from p.
    rules
        Required, forbidden and existing sites; site costs in weight times travel.
    limits
        Where to stop.

    Returns
    -------
    Result
        The bound is the solver's.

    Raises
    ------
    InputError
        Something that was given is wrong, or no candidate reaches a demand.
    """
    return capacitated(
        NAME,
        travel,
        weights,
        capacities,
        count,
        nearest=nearest,
        rules=rules,
        limits=limits,
        whole=True,
    )
