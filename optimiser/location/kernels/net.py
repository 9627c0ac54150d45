"""The arrays that every compiled loop reads, and the few questions asked of them all the time."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from optimiser.units import BoolArray, FloatArray, IntArray

FREE, OPEN, CLOSED = 0, 1, 2

ANY_NUMBER = -1
"""Value of ``count`` when the number of sites is not fixed."""


class Net(NamedTuple):
    """A service network, by demand and by candidate.

    Parameters
    ----------
    start, site, cost
        Pairs of demand i are ``start[i]:start[i + 1]``, cheapest first: candidate and cost.
    column, demand, price
        The same pairs by candidate: those of j are ``column[j]:column[j + 1]``.
    unserved
        Cost (n,) of leaving a demand unserved; inf where that is not allowed.
    opening
        Cost (m,) of each site.
    number
        Number of sites, or `ANY_NUMBER`.
    """

    start: IntArray
    site: NDArray[np.int32]
    cost: FloatArray
    column: IntArray
    demand: NDArray[np.int32]
    price: FloatArray
    unserved: FloatArray
    opening: FloatArray
    number: int


@njit(cache=True, nogil=True)
def by_candidate(
    start: IntArray, site: NDArray[np.int32], cost: FloatArray, candidates: int
) -> tuple[IntArray, NDArray[np.int32], FloatArray]:
    """Turn pairs by demand into pairs by candidate; demands ascend within a candidate."""
    column = np.zeros(candidates + 1, np.int64)
    for k in range(site.size):
        column[site[k] + 1] += 1
    for j in range(candidates):
        column[j + 1] += column[j]
    position = column[:-1].copy()
    demand = np.empty(site.size, np.int32)
    price = np.empty(site.size, np.float64)
    for i in range(start.size - 1):
        for k in range(start[i], start[i + 1]):
            j = site[k]
            demand[position[j]] = i
            price[position[j]] = cost[k]
            position[j] += 1
    return column, demand, price


@njit(cache=True, nogil=True)
def reduced_costs(net: Net, multipliers: FloatArray) -> FloatArray:
    """Cost (m,) of opening each site once every demand it serves pays its multiplier."""
    reduced = net.opening.copy()
    for i in range(multipliers.size):
        pays = multipliers[i]
        for k in range(net.start[i], net.start[i + 1]):
            saving = net.cost[k] - pays
            if saving >= 0.0:
                break
            reduced[net.site[k]] += saving
    return reduced


@njit(cache=True, nogil=True)
def cheapest(
    reduced: FloatArray, state: NDArray[np.int8], count: int
) -> tuple[NDArray[np.int64], float, float, bool]:
    """Pick the sites of least reduced cost.

    Returns the sites, the dearest picked and the cheapest left among the free ones, and whether
    a pick exists at all.
    """
    opened = 0
    free = 0
    for j in range(reduced.size):
        if state[j] == OPEN:
            opened += 1
        elif state[j] == FREE:
            free += 1
    if count >= 0 and (opened > count or opened + free < count):
        return np.empty(0, np.int64), 0.0, 0.0, False
    values = np.empty(free)
    t = 0
    for j in range(reduced.size):
        if state[j] == FREE:
            values[t] = reduced[j]
            t += 1
    wanted = count - opened if count >= 0 else 0
    inside = -np.inf
    outside = np.inf
    if count < 0:
        inside = 0.0
        outside = 0.0
        for j in range(values.size):
            if values[j] < 0.0:
                wanted += 1
    elif wanted > 0:
        parted = np.partition(values, wanted - 1)
        inside = parted[wanted - 1]
        for a in range(wanted, free):
            outside = min(outside, parted[a])
    else:
        for a in range(free):
            outside = min(outside, values[a])
    picked = np.empty(opened + wanted, np.int64)
    k = 0
    for j in range(reduced.size):
        if state[j] == OPEN or (state[j] == FREE and reduced[j] < inside):
            picked[k] = j
            k += 1
    for j in range(reduced.size):
        if k == picked.size:
            break
        if state[j] == FREE and reduced[j] == inside and count >= 0 and wanted > 0:
            picked[k] = j
            k += 1
    return picked, inside, outside, True


@njit(cache=True, nogil=True)
def unmet(net: Net, multipliers: FloatArray, sites: NDArray[np.int64]) -> FloatArray:
    """One less the number (n,) of the sites that would serve each demand for its multiplier."""
    left = np.ones(multipliers.size)
    for s in sites:
        for k in range(net.column[s], net.column[s + 1]):
            i = net.demand[k]
            if net.price[k] < multipliers[i]:
                left[i] -= 1.0
    return left


@njit(cache=True, nogil=True)
def nearest_open(net: Net, opened: BoolArray) -> tuple[NDArray[np.int32], FloatArray]:
    """Cheapest open site (n,) of each demand, -1 where it stays unserved, and what it costs."""
    demands = net.unserved.size
    nearest = np.full(demands, -1, np.int32)
    paid = net.unserved.copy()
    for i in range(demands):
        for k in range(net.start[i], net.start[i + 1]):
            if net.cost[k] >= paid[i]:
                break
            if opened[net.site[k]]:
                nearest[i] = net.site[k]
                paid[i] = net.cost[k]
                break
    return nearest, paid
