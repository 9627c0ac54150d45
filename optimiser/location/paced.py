"""Compiled loops in parts, so that the clock is looked at between them.

Without a time limit each runs in one piece, and nothing looks at the clock. With one, a part takes
about `PART` seconds; what the parts add up to is the same.
"""

import time

import numpy as np
from numpy.typing import NDArray

from optimiser.location.core import Core
from optimiser.location.effort import Clock
from optimiser.location.kernels.dual import Ascent, ascend, begin
from optimiser.location.kernels.greedy import complete, greedy
from optimiser.location.kernels.interchange import Place
from optimiser.location.kernels.net import Net
from optimiser.location.kernels.safe import safe_bound
from optimiser.units import FloatArray

PART = 0.3
PAIRS_A_SECOND = 50_000_000
NO_END = 1 << 62
REPLAY = 10.0


def some(work: int, clock: Clock) -> int:
    """How much of some work, counted in pairs looked at, to do before the next look at the clock.

    Parameters
    ----------
    work
        What is left.
    clock
        The clock.
    """
    if clock.left is None:
        return work
    return min(work, int(PAIRS_A_SECOND * max(PART, 0.1 * clock.left)))


def toll(original: Core, reduced: Core, clock: Clock) -> float:
    """Seconds that each proof costs the judge; those for the reductions are set aside at once.

    Parameters
    ----------
    original, reduced
        The problem before and after its reductions.
    clock
        The clock; without a limit nothing is measured.
    """
    if clock.left is None:
        return 0.0
    began = time.perf_counter()
    arrays = reduced.start, reduced.site, reduced.cost, reduced.opening, reduced.unserved
    free = np.zeros(reduced.candidates, dtype=np.int8)
    none = np.empty(0, dtype=np.int64), np.empty(0)
    multipliers = np.zeros(reduced.demands)
    cuts = np.zeros(1, dtype=np.int64)
    safe_bound(*arrays, reduced.net.number, multipliers, free, cuts, *none)
    spent = time.perf_counter() - began
    clock.owed += REPLAY * spent * len(original.site) / max(len(reduced.site), 1)
    return spent


def filled(core: Core, at: Place, clock: Clock) -> None:
    """Open sites greedily; where the time is up, whatever serves what is left.

    Parameters
    ----------
    core
        The problem.
    at
        Where the search stands.
    clock
        When to stop.
    """
    # Each part is set up over all pairs: as many may be looked at.
    most = NO_END if clock.left is None else len(core.site) + int(PART * PAIRS_A_SECOND)
    ended = False
    while not ended and not clock.out:
        ended = greedy(core.net, at, core.net.number, most)
    if not ended:
        complete(core.net, at, core.net.number)


def ascended(
    net: Net,
    multipliers: FloatArray,
    state: NDArray[np.int8],
    upper: float,
    target: float,
    iterations: int,
    step: float,
    patience: int,
    clock: Clock,
) -> Ascent:
    """Raise the bound; parameters as of `optimiser.location.kernels.dual`.

    Parameters
    ----------
    net, multipliers, state, upper, target, iterations, step, patience
        As there.
    clock
        When to stop.

    Returns
    -------
    Ascent
        Where it ended.
    """
    at = begin(net, multipliers, state, step)
    part = iterations if clock.left is None else 1
    while at.counts[1] < iterations and not clock.out:
        began, before = time.perf_counter(), int(at.counts[1])
        if ascend(net, at, state, upper, target, min(part, iterations - before), patience):
            break
        spent = max(time.perf_counter() - began, 1e-9)
        part = max(1, int(PART * (at.counts[1] - before) / spent))
    return at
