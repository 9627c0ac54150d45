"""How far each demand needs to look: beyond, nothing better than what is known is left.

Where every candidate near a demand closes, all the demands that they serve pay for going farther.
Where that costs too much, one of them opens, and pairs beyond them are not needed. Proven in
docs/mathematics-location.md, "Reach".
"""

import numpy as np

from optimiser.location.certificate import Reach
from optimiser.location.core import Core
from optimiser.location.kernels.balls_closed import shortest_lists
from optimiser.location.kernels.net import cheapest, reduced_costs
from optimiser.units import FloatArray

WORK = 200_000_000


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
