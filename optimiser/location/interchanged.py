"""Sites made better by interchange, and sites to start it from."""

import numpy as np

from optimiser.location.core import Core
from optimiser.location.effort import Clock
from optimiser.location.kernels.interchange import Place, improve, invite, stand
from optimiser.location.paced import filled, some
from optimiser.units import BoolArray, FloatArray, IntArray

HALF, LOG, SLICE = 0.5, 65_536, 200_000_000
LEAST_LOG, LOG_SITES = 256, 100_000_000


def interchanged(
    core: Core, at: Place, free: BoolArray, seed: int, work: int, clock: Clock
) -> IntArray:
    """Interchange one site for another while it pays.

    Parameters
    ----------
    core
        The core.
    at
        Where to start; where it ends afterwards.
    free
        Candidates (m,) that may be opened.
    seed
        Of the order in which they are looked at.
    work
        Pairs that may be looked at.
    clock
        When to stop.

    Returns
    -------
    IntArray
        Sites, ascending.
    """
    net, penalised = core.net, core.penalised
    order = np.random.default_rng(seed).permutation(core.candidates)
    invite(at, order[free[order]])
    # What a change costs beyond the pairs grows with the sites, and counts by the log.
    long = LOG if clock.left is None else max(LEAST_LOG, LOG_SITES // (1 + int(at.size[0])))
    log = np.empty((min(LOG, long), 2), np.int32)
    while work > 0:
        size = at.size
        before = int(size[3])
        improve(net, penalised, at, log, 0, some(min(work, SLICE), clock))
        work -= max(1, int(size[3]) - before)
        if size[1] == size[2] or clock.out:
            break
    return np.sort(at.sites[: at.size[0]]).astype(np.int64)


def most_open(core: Core, opening: FloatArray, clock: Clock) -> Place:
    """Stand at the candidates that are open most (m,), filled up while there is time."""
    net = core.net
    if net.number < 0:
        picks = np.flatnonzero(opening > HALF)
    else:
        picks = np.argsort(-opening, kind="stable")[: net.number]
    at = stand(net, core.penalised, picks.astype(np.int32))
    if net.number < 0:
        filled(core, at, clock)
    return at
