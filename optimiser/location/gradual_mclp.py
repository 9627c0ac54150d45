"""Gradual covering: what a site is worth to a demand falls with travel, from all to nothing.

Sets as in `optimiser.location.mclp`; g_ij in [0, 1] is the share that j covers of i.

    max  sum_i w_i max_{j open} g_ij - sum_j f_j y_j,   sum_j y_j = p

Source: O. Berman, D. Krass, The generalized maximal covering location problem, Computers and
Operations Research 29 (2002). Solved as a core with c = w (1 - g) and u = w.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from optimiser.errors import Finding, InputError
from optimiser.location.answer import Served, answered, core_of
from optimiser.location.effort import Clock, Effort
from optimiser.location.result import Result, in_time
from optimiser.location.rules import Rules, checked_radius, checked_sites, checked_weights
from optimiser.location.travel import NOWHERE, Travel
from optimiser.solvers import Limits
from optimiser.units import FloatArray, IntArray

NAME = "gradual_mclp"

Decay = Callable[[FloatArray], FloatArray]
"""Share covered, from 1 to 0, for each travel; never rises with travel."""


def linear(full: float, none: float) -> Decay:
    """Share that is 1 up to a travel and falls to 0 in a straight line.

    Parameters
    ----------
    full, none
        Travel up to which all is covered, and from which nothing is.

    Returns
    -------
    Decay
        The share.

    Raises
    ------
    InputError
        ``full`` is not less than ``none``.
    """
    if not 0.0 <= full < none:
        raise InputError((Finding("decay", found=f"{full}, {none}", expected="0 <= full < none"),))
    return lambda travel: np.clip((none - travel) / (none - full), 0.0, 1.0)


@in_time(NAME, maximise=True)
def gradual_mclp(
    travel: Travel,
    weights: ArrayLike | None,
    radius: float,
    decay: Decay,
    count: int | None,
    *,
    rules: Rules | None = None,
    limits: Limits | None = None,
    effort: Effort | None = None,
) -> Result:
    """Solve the gradual covering problem.

    Parameters
    ----------
    travel
        Travel between n demands and m candidates.
    weights
        Weight (n,) of each demand; None: 1 each.
    radius
        Travel from which nothing is covered, in the unit of the travel.
    decay
        Share covered at each travel within the radius.
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
        A demand of which some share is covered is assigned to its nearest site.

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
        share = _checked(decay(pairs.travel), pairs.travel)
        core = core_of(pairs, weight[pairs.demand] * (1.0 - share), weight, sites, count)

    def serve(opened: IntArray) -> Served:
        nearest, far = travel.to_nearest(opened)
        near = far <= radius
        share = np.zeros(len(far))
        share[near] = decay(far[near])
        value = float(weight @ share - sites.costs[opened].sum())
        return value, np.where(share > 0.0, nearest, NOWHERE)

    return answered(
        NAME, core, sites, limits, effort, serve, clock=clock, worth=float(weight.sum())
    )


def _checked(share: FloatArray, travel: FloatArray) -> FloatArray:
    order = np.argsort(travel, kind="stable")
    rises = len(share) > 1 and float(np.diff(share[order]).max()) > 0.0
    if not np.all((share >= 0.0) & (share <= 1.0)) or rises:
        raise InputError((Finding("decay", expected="1 .. 0"),))
    return share
