"""Greedy opening: the site that brings most, again and again, in parts of so much work.

Source: M. Minoux, Accelerated greedy algorithms for maximizing submodular set functions, in
Optimization Techniques (1978): gains only fall as sites open, so that a promise still on top once
brought up to date is kept. Where it stops makes no difference: begun again, it goes on as it would
have.
"""

import numpy as np
from numba import njit

from optimiser.location.kernels.interchange import LEAST_GAIN, Place, open_site
from optimiser.location.kernels.net import Net
from optimiser.units import FloatArray, IntArray


@njit(cache=True, nogil=True)
def _gain(net: Net, at: Place, j: int) -> float:
    gain = -net.opening[j]
    for k in range(net.column[j], net.column[j + 1]):
        saved = at.first_cost[net.demand[k]] - net.price[k]
        if saved > 0.0:
            gain += saved
    return gain


@njit(cache=True, nogil=True)
def _sink(heap: IntArray, size: int, promise: FloatArray, place: int) -> None:
    """Let a candidate sink below all that promise more, or as much and come first."""
    j = heap[place]
    while True:
        below = 2 * place + 1
        if below >= size:
            break
        a = heap[below]
        if below + 1 < size:
            b = heap[below + 1]
            if promise[b] > promise[a] or (promise[b] == promise[a] and b < a):
                below += 1
                a = b
        if promise[j] > promise[a] or (promise[j] == promise[a] and j < a):
            break
        heap[place] = a
        place = below
    heap[place] = j


@njit(cache=True, nogil=True)
def greedy(net: Net, at: Place, wanted: int, work: int) -> bool:
    """Open the site that brings most, the first of several, until enough are open or none pays.

    Parameters
    ----------
    net, at
        The network, and where the search stands.
    wanted
        Number of sites; less than 0: as long as one pays.
    work
        Pairs that may be looked at, setting up aside.

    Returns
    -------
    bool
        Whether it came to its end.
    """
    candidates = net.opening.size
    promise = np.empty(candidates)
    heap = np.empty(candidates, np.int64)
    size = 0
    for j in range(candidates):
        if not at.opened[j]:
            promise[j] = _gain(net, at, j)
            heap[size] = j
            size += 1
    for place in range(size // 2 - 1, -1, -1):
        _sink(heap, size, promise, place)
    done = 0
    while size > 0 and (wanted < 0 or at.size[0] < wanted):
        if done >= work:
            return False
        top = heap[0]
        promise[top] = _gain(net, at, top)
        done += 1 + net.column[top + 1] - net.column[top]
        _sink(heap, size, promise, 0)
        if heap[0] != top:
            continue
        if wanted < 0 and promise[top] <= LEAST_GAIN:
            break
        open_site(net, at, top)
        size -= 1
        heap[0] = heap[size]
        _sink(heap, size, promise, 0)
    return True


@njit(cache=True, nogil=True)
def complete(net: Net, at: Place, wanted: int) -> None:
    """Open the first candidate of each demand without a site, then any, until enough are open."""
    for i in range(at.first.size):
        if 0 <= wanted <= at.size[0]:
            return
        if at.first[i] < 0 and net.start[i] < net.start[i + 1]:
            open_site(net, at, net.site[net.start[i]])
    for j in range(net.opening.size):
        if at.size[0] >= wanted:
            return
        if not at.opened[j]:
            open_site(net, at, j)
