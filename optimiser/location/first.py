"""Where the multipliers start."""

import numpy as np
from numpy.typing import NDArray

from optimiser.location.core import Core
from optimiser.location.kernels.interchange import stand
from optimiser.units import FloatArray


def first_multipliers(core: Core, sites: NDArray[np.int32] | None) -> FloatArray:
    """Guess multipliers (n,) from known sites.

    Parameters
    ----------
    core
        The problem.
    sites
        Sites; None while there are none.

    Returns
    -------
    FloatArray
        One for each demand.
    """
    opened = np.zeros(core.candidates, dtype=bool)
    at = stand(core.net, core.penalised, np.empty(0, np.int32))
    if sites is not None:
        opened[sites] = True
        at = stand(core.net, core.penalised, sites)
    first, second = at.first_cost, at.second_cost
    width = np.diff(core.start)
    last = np.zeros(core.demands)
    last[width > 0] = core.cost[core.start[1:][width > 0] - 1]
    dear = np.minimum(second, np.maximum(last, first))
    share = np.minimum(first + 0.5 * (dear - first), core.unserved)
    if not core.cost.any() and np.isinf(core.unserved).all():
        # Every demand must be covered: each site's cost is shared by all that it covers.
        load = np.maximum(np.diff(core.net.column), 1)
        portion = core.opening / load
        lowest = np.full(core.demands, np.inf)
        filled = np.flatnonzero(width)
        lowest[filled] = np.minimum.reduceat(portion[core.site], core.start[filled])
        return np.where(np.isfinite(lowest), lowest, 0.0)
    return share
