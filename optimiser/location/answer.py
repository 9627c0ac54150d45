"""From what the engine found to a result, the objective recomputed from the sites alone."""

import math
from collections.abc import Callable

import numpy as np

from optimiser.errors import VerificationError
from optimiser.location.core import Core
from optimiser.location.effort import Clock, Effort
from optimiser.location.engine import solve
from optimiser.location.found import Found
from optimiser.location.kernels.rows import sort_rows
from optimiser.location.result import NO_SITES, Evidence, Result, status_of
from optimiser.location.rules import Sites
from optimiser.location.travel import NOWHERE, Pairs
from optimiser.solution import Status, StopReason
from optimiser.solvers import Limits
from optimiser.units import FloatArray, IntArray

Served = tuple[float, IntArray]
"""Objective of some sites, and the site (n,) of each demand."""

AGREES = 1e-6


def core_of(
    pairs: Pairs, cost: FloatArray, unserved: FloatArray, sites: Sites, count: int | None
) -> Core:
    """Build the core of a problem, its fixed sites open.

    Parameters
    ----------
    pairs
        Pairs that may serve, in any order.
    cost
        Cost of serving over each pair.
    unserved
        Cost (n,) of leaving unserved.
    sites
        Checked rules.
    count
        Number of sites to open besides the existing ones; None: any.

    Returns
    -------
    Core
        All candidates; the fixed ones open already and not allowed again.
    """
    site, cost = pairs.site.copy(), cost.copy()
    sort_rows(pairs.start, site, cost)
    fixed = np.union1d(sites.required, sites.existing)
    total = None if count is None else count + len(sites.existing)
    core = Core(pairs.start, site, cost, unserved, sites.costs, total)
    return core.open_always(fixed).useful(sites.allowed)


def answered(
    problem: str,
    core: Core,
    sites: Sites,
    limits: Limits,
    effort: Effort | None,
    serve: Callable[[IntArray], Served],
    *,
    clock: Clock | None = None,
    worth: float | None = None,
    start: IntArray | None = None,
) -> Result:
    """Solve a core and make a result of it.

    Parameters
    ----------
    problem
        Name of the problem.
    core, sites
        As from `core_of`.
    limits, effort
        Where to stop, and how much work to do.
    serve
        Recomputes objective and assignment from open sites, without the core.
    clock
        Goes on counting.
    worth
        Given when maximising: the objective is ``worth`` less the value of the core.
    start
        Sites to start from.

    Returns
    -------
    Result
        The answer.

    Raises
    ------
    VerificationError
        The objective recomputed is not what the engine claims.
    """
    found = solve(
        core, limits, allowed=sites.allowed, effort=effort, worth=worth, start=start, clock=clock
    )
    return result_of(problem, core, found, sites, limits, serve, worth)


def result_of(
    problem: str,
    core: Core,
    found: Found,
    sites: Sites,
    limits: Limits,
    serve: Callable[[IntArray], Served],
    worth: float | None,
) -> Result:
    """Make a result of what the engine found; parameters as of `answered`.

    Returns
    -------
    Result
        The answer.

    Raises
    ------
    VerificationError
        The objective recomputed is not what the engine claims.
    """
    status, stop = status_of(found, worth, limits), found.stop
    if status in (Status.OPTIMAL, Status.INFEASIBLE):
        stop = StopReason.PROOF
    elif stop is StopReason.PROOF:
        # Proven of short lists alone, which there was no time to lengthen.
        stop = StopReason.SOLVER if limits.seconds is None else StopReason.TIME
    objective, bound = None, None
    opened, assignment = NO_SITES, np.full(core.demands, NOWHERE)
    if math.isfinite(found.bound):
        bound = found.bound if worth is None else worth - found.bound
    if found.sites is not None:
        opened = np.unique(np.concatenate((found.sites, sites.required, sites.existing)))
        objective, assignment = serve(opened)
        claimed = found.value if worth is None else worth - found.value
        if abs(objective - claimed) > AGREES * max(1.0, abs(objective), abs(worth or 0.0)):
            raise VerificationError((f"{problem}: {objective} against {claimed}",))
    return Result(
        problem=problem,
        status=status,
        stop=stop,
        sites=opened,
        assignment=assignment,
        objective=objective,
        bound=bound,
        maximise=worth is not None,
        seconds=found.seconds,
        counts=found.counts,
        evidence=Evidence(core, found.certificate, worth, sites.allowed),
    )
