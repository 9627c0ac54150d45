"""What closing all candidates near a demand costs at least, for the search and for the judge."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from optimiser.location.kernels.net import Net
from optimiser.units import BoolArray, FloatArray, IntArray


@njit(cache=True)
def _around_first(net: Net) -> tuple[IntArray, IntArray]:
    """Demands by the first candidate of their list."""
    candidates = net.opening.size
    begin = np.zeros(candidates + 1, np.int64)
    for i in range(net.unserved.size):
        if net.start[i] < net.start[i + 1]:
            begin[net.site[net.start[i]] + 1] += 1
    for j in range(candidates):
        begin[j + 1] += begin[j]
    place = begin[:-1].copy()
    demand = np.empty(begin[candidates], np.int64)
    for i in range(net.unserved.size):
        if net.start[i] < net.start[i + 1]:
            j = net.site[net.start[i]]
            demand[place[j]] = i
            place[j] += 1
    return begin, demand


@njit(cache=True)
def _least_without(
    net: Net,
    multipliers: FloatArray,
    reduced: FloatArray,
    order: NDArray[np.int64],
    rank: NDArray[np.int64],
    begin: IntArray,
    demand: IntArray,
    inside: BoolArray,
    i: int,
    size: int,
) -> tuple[float, int]:
    """How much the bound rises once the first candidates of demand i are closed; and the work."""
    gain = 0.0
    missing = 0
    work = size
    first = net.start[i]
    for k in range(first, first + size):
        inside[net.site[k]] = True
    for k in range(first, first + size):
        j = net.site[k]
        if net.number >= 0:
            if rank[j] < net.number:
                gain -= reduced[j]
                missing += 1
        elif reduced[j] < 0.0:
            gain -= reduced[j]
        for q in range(begin[j], begin[j + 1]):
            h = demand[q]
            # The cheapest left to h is at least what it pays from now on.
            least = net.unserved[h]
            for t in range(net.start[h], net.start[h + 1]):
                work += 1
                if not inside[net.site[t]]:
                    least = min(least, net.cost[t])
                    break
            if least > multipliers[h]:
                gain += least - multipliers[h]
    a = net.number
    while missing > 0 and a < order.size:
        if not inside[order[a]]:
            gain += reduced[order[a]]
            missing -= 1
        a += 1
    for k in range(first, first + size):
        inside[net.site[k]] = False
    return np.inf if missing > 0 else gain, work


@njit(cache=True)
def shortest_lists(
    net: Net, multipliers: FloatArray, reduced: FloatArray, missing: float, work: int
) -> IntArray:
    """Find how many of its first candidates each demand needs.

    Parameters
    ----------
    net
        The network, every candidate free.
    multipliers
        One (n,) for each demand.
    reduced
        Reduced costs (m,) at these.
    missing
        What the bound must rise by.
    work
        Pairs that may be looked at.

    Returns
    -------
    IntArray
        For each demand (n,) a number of pairs that ends with one of its costs, such that the
        bound rises as much when all of these are closed; -1 where there is none.
    """
    demands = net.unserved.size
    order = np.argsort(reduced, kind="mergesort")
    rank = np.empty(order.size, np.int64)
    rank[order] = np.arange(order.size)
    begin, demand = _around_first(net)
    inside = np.zeros(reduced.size, np.bool_)
    found = np.full(demands, -1, np.int64)
    ends = np.empty(reduced.size, np.int64)
    for i in range(demands):
        levels = 0
        for k in range(net.start[i], net.start[i + 1]):
            if k + 1 == net.start[i + 1] or net.cost[k + 1] > net.cost[k]:
                ends[levels] = k + 1 - net.start[i]
                levels += 1
        # More candidates closed never cost less: doubled until enough, then halved.
        low = -1
        high = levels
        step = 1
        while high - low > 1 and work > 0:
            middle = min(low + step, high - 1) if high == levels else (low + high) // 2
            gain, done = _least_without(
                net, multipliers, reduced, order, rank, begin, demand, inside, i, ends[middle]
            )
            work -= done
            if gain >= missing:
                high = middle
            else:
                low = middle
                step *= 2
        if high < levels:
            found[i] = ends[high]
    return found


@njit(cache=True)
def safe_without(
    net: Net, multipliers: FloatArray, low: FloatArray, bound: float, size: IntArray
) -> float:
    """Least bound with the first candidates of a demand closed, rounding against itself.

    Parameters
    ----------
    net
        The network, every candidate free.
    multipliers
        One (n,) for each demand, at most its cost of being left unserved.
    low
        Reduced costs (m,), none too high.
    bound
        What they prove with every candidate free.
    size
        How many candidates of each demand (n,) are closed; -1 for demands that are not asked for.

    Returns
    -------
    float
        The least over the demands asked for; inf where there is none.
    """
    unit = 2.0**-53
    order = np.argsort(low, kind="mergesort")
    rank = np.empty(order.size, np.int64)
    rank[order] = np.arange(order.size)
    closed = np.zeros(low.size, np.bool_)
    nearest = np.full(low.size, -1, np.int64)
    following = np.full(net.unserved.size, -1, np.int64)
    for h in range(net.unserved.size):
        if net.start[h] < net.start[h + 1]:
            j = net.site[net.start[h]]
            following[h] = nearest[j]
            nearest[j] = h
    least = np.inf
    for i in range(net.unserved.size):
        if size[i] < 0:
            continue
        first = net.start[i]
        for k in range(first, first + size[i]):
            closed[net.site[k]] = True
        rise = 0.0
        wide = abs(bound)
        terms = 4.0
        lost = 0
        for k in range(first, first + size[i]):
            j = net.site[k]
            if (net.number >= 0 and rank[j] < net.number) or (net.number < 0 and low[j] < 0.0):
                rise -= low[j]
                wide += abs(low[j])
                terms += 1.0
                lost += 1
            h = nearest[j]
            while h >= 0:
                pays = net.unserved[h]
                for t in range(net.start[h], net.start[h + 1]):
                    if not closed[net.site[t]]:
                        pays = min(pays, net.cost[t])
                        break
                if pays > multipliers[h]:
                    rise += pays - multipliers[h]
                    wide += pays + multipliers[h]
                    terms += 2.0
                h = following[h]
        a = net.number
        while net.number >= 0 and lost > 0 and a < order.size:
            j = order[a]
            if not closed[j]:
                rise += low[j]
                wide += abs(low[j])
                terms += 1.0
                lost -= 1
            a += 1
        for k in range(first, first + size[i]):
            closed[net.site[k]] = False
        if np.isinf(rise) or (net.number >= 0 and lost > 0):
            continue
        least = min(least, bound + rise - 2.0 * terms * unit * wide)
    return least
