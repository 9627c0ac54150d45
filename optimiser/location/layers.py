"""Layers: a problem of travel told as one of covering, with the same value for every set of sites.

A demand pays the least of its costs in any case, and the step from each of its different costs to
the next where no site as near as that is open. Each step is a demand that costs nothing to serve.

Source: G. Cornuejols, G. L. Nemhauser, L. A. Wolsey, A canonical representation of simple plant
location problems and its applications, SIAM Journal on Algebraic and Discrete Methods 1 (1980);
S. Garcia, M. Labbe, A. Marin, INFORMS Journal on Computing 23 (2011). Proven in
docs/mathematics-location.md, "Layers".
"""

from dataclasses import replace

import numpy as np
from numba import njit
from numpy.typing import NDArray

from optimiser.location.core import Core
from optimiser.location.kernels.rows import sort_rows
from optimiser.units import FloatArray, IntArray


def layered(core: Core) -> Core:
    """Split every demand into its layers.

    Parameters
    ----------
    core
        The core; no pair costs as much as leaving its demand unserved.

    Returns
    -------
    Core
        The same candidates; the layers of demand after demand, the nearest first.
    """
    start, site, unserved = _split(core.start, core.site, core.cost, core.unserved)
    cost = np.zeros(len(site))
    sort_rows(start, site, cost)
    first = core.start[:-1][np.diff(core.start) > 0]
    return replace(
        core,
        start=start,
        site=site,
        cost=cost,
        unserved=unserved,
        constant=core.constant + float(core.cost[first].sum()),
    )


@njit(cache=True)
def layered_size(start: IntArray, cost: FloatArray) -> tuple[int, int]:
    """Count the layers of all demands, and the pairs that they have."""
    layers = 0
    total = 0
    for i in range(start.size - 1):
        for k in range(start[i], start[i + 1]):
            if k + 1 == start[i + 1] or cost[k + 1] > cost[k]:
                layers += 1
                total += k + 1 - start[i]
    return layers, total


@njit(cache=True)
def _split(
    start: IntArray, site: NDArray[np.int32], cost: FloatArray, unserved: FloatArray
) -> tuple[IntArray, NDArray[np.int32], FloatArray]:
    rows = 0
    for i in range(start.size - 1):
        rows += max(1, start[i + 1] - start[i])
    begin = np.zeros(rows + 1, np.int64)
    near = np.empty(layered_size(start, cost)[1], np.int32)
    step = np.empty(rows)
    row = 0
    for i in range(start.size - 1):
        if start[i] == start[i + 1]:
            # Nobody can serve it: it stays what it is.
            begin[row + 1] = begin[row]
            step[row] = unserved[i]
            row += 1
        for k in range(start[i], start[i + 1]):
            if k + 1 < start[i + 1] and cost[k + 1] == cost[k]:
                continue
            size = k + 1 - start[i]
            near[begin[row] : begin[row] + size] = site[start[i] : k + 1]
            begin[row + 1] = begin[row] + size
            step[row] = (cost[k + 1] if k + 1 < start[i + 1] else unserved[i]) - cost[k]
            row += 1
    return begin[: row + 1].copy(), near, step[:row].copy()
