"""What fixings leave of a core, as a problem of its own, and whether to tell it in layers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimiser.location.branch import linear
from optimiser.location.certificate import Reach
from optimiser.location.core import Core
from optimiser.location.effort import Clock, Effort
from optimiser.location.kernels.net import FREE, OPEN, cheapest, reduced_costs
from optimiser.location.layers import layered_size
from optimiser.location.reach import reach
from optimiser.location.reduce import Reduced, keep_candidates, reduce
from optimiser.units import FloatArray, IntArray

MOST_PAIRS, PAIRS, LAYERED_PAIRS = 8_000_000, 2_000_000, 1_000_000
WORK, MOST_WORK, DENSE = 60, 1_000_000, 0.05


@dataclass(frozen=True, eq=False)
class Remainder:
    """A problem of its own.

    Parameters
    ----------
    core
        The core with what is open open always, before its reductions.
    opened
        What is open.
    reach
        How far its demands go; None: as far as they did.
    reduced
        What its reductions leave.
    price
        What one more site is worth, about; None: not known, or the number is not fixed.
    """

    core: Core
    opened: IntArray
    reach: Reach | None
    reduced: Reduced
    price: float | None = None


def remainder(core: Core, state: NDArray[np.int8], near: Reach | None, clock: Clock) -> Remainder:
    """Reduce what is left.

    Parameters
    ----------
    core
        The core.
    state
        What is decided (m,).
    near
        How far demands go; None: as far as they do.
    clock
        When to stop.
    """
    opened = np.flatnonzero(state == OPEN)
    left = core.open_always(opened)
    if near is not None:
        left = left.useful(state == FREE).reaching(near.size)
    return Remainder(left, opened, near, reduce(left, state == FREE, clock=clock))


def in_layers(
    core: Core,
    state: NDArray[np.int8],
    multipliers: FloatArray,
    cut: float,
    effort: Effort,
    clock: Clock,
) -> tuple[Remainder, int] | None:
    """Tell what is left in layers.

    Parameters
    ----------
    core
        The core.
    state
        What is decided (m,).
    multipliers
        One for each demand (n,).
    cut
        Value wanted to be beaten.
    effort
        Amounts of work.
    clock
        When to stop.

    Returns
    -------
    tuple or None
        What is left, and nodes of a tree over multipliers that cost about what its relaxation
        does; None where there is nothing to tell in layers, or too much for one relaxation.
    """
    if not (effort.cuts and effort.reductions and core.cost.any()):
        return None
    free, opened = state == FREE, np.flatnonzero(state == OPEN)
    if np.count_nonzero(free[core.site]) > MOST_PAIRS:
        return None
    left, found = core.open_always(opened).useful(free), None
    pairs = len(left.site)
    if pairs > PAIRS:
        return None
    small = keep_candidates(left, free)[0]
    price = _worth_of_a_site(small, multipliers)
    if effort.fixing:
        found = reach(small, multipliers, cut)
        left = left.reaching(found.size)
    layers, told = layered_size(left.start, left.cost)
    # Where every layer knows many of the candidates, the relaxation is slow and a tree is small.
    if told > LAYERED_PAIRS or told > DENSE * layers * small.candidates:
        return None
    reduced = reduce(left, free, layers=True, clock=clock)
    if not linear(reduced.core):
        return None
    nodes = min(MOST_WORK, WORK * len(reduced.core.site)) // pairs
    return Remainder(left, opened, found, reduced, price), min(effort.nodes, nodes)


def _worth_of_a_site(core: Core, multipliers: FloatArray) -> float | None:
    """What multipliers (n,) say that one more site is worth; None where their number is free."""
    if core.count is None:
        return None
    reduced = reduced_costs(core.net, np.minimum(multipliers, core.unserved))
    _, inside, _, possible = cheapest(
        reduced, np.zeros(core.candidates, dtype=np.int8), core.net.number
    )
    worth = max(0.0, -inside) if possible and np.isfinite(inside) else 0.0
    # Whole numbers stay whole.
    return float(round(worth)) if core.integral else worth
