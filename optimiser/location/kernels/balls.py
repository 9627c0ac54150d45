"""Neighbourhoods of a network: the demands around one, nearest in steps first."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from optimiser.location.kernels.net import Net
from optimiser.units import BoolArray


@njit(cache=True, nogil=True)
def ball(net: Net, centre: int, size: int) -> NDArray[np.int64]:
    """Demands around one, by the number of candidates that lie between.

    Parameters
    ----------
    net
        The network.
    centre
        A demand.
    size
        How many demands at most.

    Returns
    -------
    NDArray
        Demands, the centre first.
    """
    seen = np.zeros(net.unserved.size, np.bool_)
    passed = np.zeros(net.opening.size, np.bool_)
    found = np.empty(size, np.int64)
    found[0] = centre
    seen[centre] = True
    count = 1
    head = 0
    while head < count < size:
        i = found[head]
        head += 1
        for k in range(net.start[i], net.start[i + 1]):
            j = net.site[k]
            if passed[j]:
                continue
            passed[j] = True
            for q in range(net.column[j], net.column[j + 1]):
                e = net.demand[q]
                if not seen[e] and count < size:
                    seen[e] = True
                    found[count] = e
                    count += 1
    return found[:count]


@njit(cache=True, nogil=True)
def around(net: Net, demands: NDArray[np.int64], opened: BoolArray) -> NDArray[np.int64]:
    """Open sites that serve any of some demands."""
    listed = np.zeros(net.opening.size, np.bool_)
    for i in demands:
        for k in range(net.start[i], net.start[i + 1]):
            if opened[net.site[k]]:
                listed[net.site[k]] = True
    return np.flatnonzero(listed)


@njit(cache=True, nogil=True)
def served_only(net: Net, sites: NDArray[np.int64], times: NDArray[np.int64]) -> NDArray[np.int64]:
    """Demands that no open site but the given ones serves.

    Parameters
    ----------
    net
        The network.
    sites
        Open sites.
    times
        How many open sites serve each demand (n,).

    Returns
    -------
    NDArray
        Demands, ascending.
    """
    count = np.zeros(net.unserved.size, np.int64)
    for s in sites:
        for k in range(net.column[s], net.column[s + 1]):
            count[net.demand[k]] += 1
    return np.flatnonzero((count > 0) & (count == times))
