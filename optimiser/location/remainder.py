"""What fixings leave of a core, as a problem of its own, and whether to tell it in layers."""

import numpy as np
from numpy.typing import NDArray

from optimiser.location.branch import linear
from optimiser.location.core import Core
from optimiser.location.effort import Clock, Effort
from optimiser.location.kernels.net import FREE, OPEN
from optimiser.location.layers import layered_pairs
from optimiser.location.reduce import Reduced, reduce
from optimiser.units import IntArray

LAYERED_PAIRS, NODES = 1_000_000, 5


def remainder(
    core: Core, state: NDArray[np.int8], clock: Clock, *, layers: bool = False
) -> tuple[Core, IntArray, Reduced]:
    """Reduce what is left.

    Parameters
    ----------
    core
        The core.
    state
        What is decided (m,).
    clock
        When to stop.
    layers
        Whether to tell it in layers.

    Returns
    -------
    tuple
        The core with what is open open always, these sites, and the reduced core.
    """
    opened = np.flatnonzero(state == OPEN)
    left = core.open_always(opened)
    return left, opened, reduce(left, state == FREE, layers=layers, clock=clock)


def layers_after(core: Core, state: NDArray[np.int8], effort: Effort, clock: Clock) -> int | None:
    """Nodes of a tree over multipliers that cost about what the layers' relaxation does.

    Parameters
    ----------
    core
        The core.
    state
        What is decided (m,).
    effort
        Amounts of work.
    clock
        When to stop.

    Returns
    -------
    int or None
        So many; None where there is nothing to tell in layers, or too much for one relaxation.
    """
    if not (effort.cuts and effort.reductions and core.cost.any()):
        return None
    left = core.open_always(np.flatnonzero(state == OPEN)).useful(state == FREE)
    pairs = layered_pairs(left.start, left.cost)
    if pairs > LAYERED_PAIRS or not linear(remainder(core, state, clock, layers=True)[2].core):
        return None
    return min(effort.nodes, NODES * pairs // len(left.site))
