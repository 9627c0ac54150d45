"""The judge's own loops over pairs: what reductions leave, and whether they may."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from optimiser.units import BoolArray, FloatArray, IntArray


@njit(cache=True)
def kept_pairs(
    start: IntArray,
    site: NDArray[np.int32],
    cost: FloatArray,
    unserved: FloatArray,
    candidates: BoolArray,
    demands: BoolArray,
) -> tuple[IntArray, NDArray[np.int32], FloatArray]:
    """Pairs of the demands (n,) and candidates (m,) that stay, cheaper than leaving unserved.

    Parameters
    ----------
    start, site, cost, unserved
        A core.
    candidates, demands
        Which stay.

    Returns
    -------
    tuple
        The same three arrays, with candidates and demands numbered anew.
    """
    number = np.cumsum(candidates) - 1
    begin = np.zeros(demands.sum() + 1, np.int64)
    row = 0
    for i in range(unserved.size):
        if demands[i]:
            row += 1
            begin[row] = begin[row - 1]
            for k in range(start[i], start[i + 1]):
                if candidates[site[k]] and cost[k] < unserved[i]:
                    begin[row] += 1
    new_site = np.empty(begin[-1], np.int32)
    new_cost = np.empty(begin[-1])
    at = 0
    for i in range(unserved.size):
        if demands[i]:
            for k in range(start[i], start[i + 1]):
                if candidates[site[k]] and cost[k] < unserved[i]:
                    new_site[at] = number[site[k]]
                    new_cost[at] = cost[k]
                    at += 1
    return begin, new_site, new_cost


@njit(cache=True)
def merged_costs(
    start: IntArray,
    site: NDArray[np.int32],
    cost: FloatArray,
    unserved: FloatArray,
    leader: IntArray,
) -> tuple[bool, FloatArray, FloatArray]:
    """Costs once demands are added to their leaders (n,), and whether all rank alike."""
    cost = cost.copy()
    unserved = unserved.copy()
    for i in range(leader.size):
        head = leader[i]
        if head == i:
            continue
        width = start[i + 1] - start[i]
        if start[head + 1] - start[head] != width:
            return False, cost, unserved
        for k in range(width):
            if site[start[i] + k] != site[start[head] + k]:
                return False, cost, unserved
            cost[start[head] + k] += cost[start[i] + k]
        unserved[head] += unserved[i]
    return True, cost, unserved


@njit(cache=True)
def undominated(
    column: IntArray,
    demand: NDArray[np.int32],
    price: FloatArray,
    opening: FloatArray,
    because: IntArray,
    order: IntArray,
    demands: int,
) -> int:
    """First candidate of an order by ``because`` (m,) that its other does not dominate, or -1."""
    theirs = np.full(demands, np.inf)
    held = -1
    for j in order:
        other = because[j]
        if other == j:
            continue
        if other != held:
            if held >= 0:
                for k in range(column[held], column[held + 1]):
                    theirs[demand[k]] = np.inf
            for k in range(column[other], column[other + 1]):
                theirs[demand[k]] = price[k]
            held = other
        if opening[other] > opening[j]:
            return j
        for k in range(column[j], column[j + 1]):
            # Out of the other's reach is dearer than any price.
            if not theirs[demand[k]] <= price[k]:
                return j
    return -1


@njit(cache=True)
def not_implied(
    start: IntArray,
    site: NDArray[np.int32],
    cost: FloatArray,
    unserved: FloatArray,
    because: IntArray,
    candidates: int,
) -> int:
    """First demand that service of its other (n,) does not serve for nothing, or -1."""
    near = np.full(candidates, -1, np.int64)
    for i in range(because.size):
        other = because[i]
        if other == i:
            continue
        if (
            np.isfinite(unserved[other])
            or start[other + 1] - start[other] > start[i + 1] - start[i]
        ):
            return i
        for k in range(start[i], start[i + 1]):
            if cost[k] != 0.0:
                return i
            near[site[k]] = i
        for k in range(start[other], start[other + 1]):
            if near[site[k]] != i:
                return i
    return -1
