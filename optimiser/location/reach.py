"""How far each demand needs to look: beyond, nothing better than what is known is left.

Where every candidate near a demand closes, all the demands that they serve pay for going farther.
Where that costs too much, one of them opens, and pairs beyond them are not needed. Proven in
docs/mathematics-location.md, "Reach".
"""

import numpy as np
from numpy.typing import NDArray

from optimiser.location.certificate import Reach
from optimiser.location.core import Core
from optimiser.location.kernels.balls_closed import shortest_lists
from optimiser.location.kernels.net import FREE, OPEN, cheapest, reduced_costs
from optimiser.location.reduce import keep_candidates
from optimiser.units import FloatArray

WORK, WORTH = 30_000_000, 0.1


def reach(core: Core, multipliers: FloatArray, cut: float) -> Reach:
    """Find how far each demand needs to look.

    Parameters
    ----------
    core
        The core, every candidate with a pair free.
    multipliers
        One (n,) for each demand.
    cut
        Value wanted to be beaten.

    Returns
    -------
    Reach
        What holds for every answer that beats it.
    """
    rounded = np.minimum(multipliers, core.unserved).astype(np.float32)
    exact = np.minimum(rounded.astype(np.float64), core.unserved)
    reduced = reduced_costs(core.net, exact)
    state = np.zeros(core.candidates, dtype=np.int8)
    sites, _, _, possible = cheapest(reduced, state, core.net.number)
    size = np.full(core.demands, -1, dtype=np.int64)
    if possible and np.isfinite(cut):
        value = core.constant + float(exact.sum() + reduced[sites].sum())
        missing = cut + 1e-9 * (abs(cut) + 1.0) - value
        size = shortest_lists(core.net, exact, reduced, missing, WORK)
    return Reach(rounded, size)


def shorter(
    core: Core, state: NDArray[np.int8], multipliers: FloatArray, cut: float
) -> Reach | None:
    """Find how far demands go under decisions, where some have to find a site already.

    Parameters
    ----------
    core
        The core.
    state
        What is decided (m,).
    multipliers
        One (n,) for each demand.
    cut
        Value wanted to be beaten.

    Returns
    -------
    Reach or None
        None where few demands more have to.
    """
    must = np.isinf(core.unserved)
    if must.all() or not must.any():
        return None
    left = core.open_always(np.flatnonzero(state == OPEN))
    found = reach(keep_candidates(left, state == FREE)[0], multipliers, cut)
    new = np.isfinite(left.unserved) & (found.size >= 0)
    return found if new.sum() > WORTH * np.count_nonzero(~must) else None
