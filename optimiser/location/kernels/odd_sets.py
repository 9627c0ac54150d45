"""Odd sets of demands whose rows, added up and halved, cut a fractional answer off.

Source: A. Caprara, M. Fischetti, {0, 1/2}-Chvatal-Gomory cuts, Mathematical Programming 74 (1996).
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from optimiser.units import FloatArray, IntArray


@njit(cache=True, nogil=True)
def odd_triples(
    near: IntArray,
    other: NDArray[np.int32],
    shared: FloatArray,
    own: FloatArray,
    start: IntArray,
    site: NDArray[np.int32],
    opening: FloatArray,
    limit: float,
    most: int,
) -> tuple[NDArray[np.int32], FloatArray]:
    """Find three demands that share enough of what is open.

    Parameters
    ----------
    near, other, shared
        Pairs of demands in one neighbourhood, by the first, and the opening that both are near.
    own
        Opening near each demand (n,), and what its row leaves over.
    start, site
        Sites near each demand, ascending.
    opening
        Opening (m,) of each site.
    limit
        Opening near an odd number of the three that is still worth a cut; 1 is no cut at all.
    most
        How many to find at most.

    Returns
    -------
    tuple
        Demands (k, 3), and the opening near an odd number of them (k,).
    """
    found = np.empty((most, 3), np.int32)
    odd = np.empty(most)
    count = 0
    demands = near.size - 1
    seen = np.full(demands, -1, np.int64)
    with_first = np.zeros(demands)
    stamp = np.full(opening.size, -1, np.int64)
    for i in range(demands):
        for a in range(near[i], near[i + 1]):
            seen[other[a]] = i
            with_first[other[a]] = shared[a]
        for q in range(start[i], start[i + 1]):
            stamp[site[q]] = i
        for a in range(near[i], near[i + 1]):
            k = other[a]
            if k <= i:
                continue
            base = own[i] + own[k] - 2.0 * shared[a]
            for b in range(near[k], near[k + 1]):
                e = other[b]
                if e <= k or seen[e] != i:
                    continue
                value = base + own[e] - 2.0 * (shared[b] + with_first[e])
                if value >= limit:
                    continue
                # Sites near all three were taken off once too often each way.
                u = start[k]
                v = start[e]
                while u < start[k + 1] and v < start[e + 1]:
                    if site[u] < site[v]:
                        u += 1
                    elif site[u] > site[v]:
                        v += 1
                    else:
                        if stamp[site[u]] == i:
                            value += 4.0 * opening[site[u]]
                        u += 1
                        v += 1
                if value < limit and count < most:
                    found[count, 0] = i
                    found[count, 1] = k
                    found[count, 2] = e
                    odd[count] = value
                    count += 1
    return found[:count], odd[:count]


@njit(cache=True, nogil=True)
def widened(
    seeds: NDArray[np.int32],
    near: IntArray,
    other: NDArray[np.int32],
    shared: FloatArray,
    own: FloatArray,
    slack: FloatArray,
    start: IntArray,
    site: NDArray[np.int32],
    opening: FloatArray,
    longest: int,
) -> tuple[NDArray[np.int32], NDArray[np.int64], FloatArray]:
    """Add two demands at a time to odd sets for as long as what is left over falls.

    Parameters
    ----------
    seeds
        Demands (k, 3).
    near, other, shared, own, start, site, opening
        As of `odd_triples`.
    slack
        What the row of each demand (n,) leaves over.
    longest
        Demands in a set at most.

    Returns
    -------
    tuple
        Demands (k, longest), how many of them count (k,), and what is left over (k,).
    """
    sets = np.empty((seeds.shape[0], longest), np.int32)
    sizes = np.empty(seeds.shape[0], np.int64)
    values = np.empty(seeds.shape[0])
    parity = np.zeros(opening.size, np.bool_)
    inside = np.zeros(own.size, np.bool_)
    alone = np.zeros(own.size)
    pool = np.empty(own.size, np.int32)
    queued = np.full(own.size, -1, np.int64)
    for s in range(seeds.shape[0]):
        size = 3
        rest = 0.0
        for a in range(3):
            sets[s, a] = seeds[s, a]
            inside[seeds[s, a]] = True
            rest += slack[seeds[s, a]]
            for q in range(start[seeds[s, a]], start[seeds[s, a] + 1]):
                parity[site[q]] = not parity[site[q]]
        value = rest
        for a in range(3):
            for q in range(start[sets[s, a]], start[sets[s, a] + 1]):
                j = site[q]
                if parity[j]:
                    first = True
                    for b in range(a):
                        for t in range(start[sets[s, b]], start[sets[s, b] + 1]):
                            if site[t] == j:
                                first = False
                    if first:
                        value += opening[j]
        while size + 2 <= longest:
            count = 0
            for a in range(size):
                for b in range(near[sets[s, a]], near[sets[s, a] + 1]):
                    k = other[b]
                    if not inside[k] and queued[k] != s * longest + size:
                        queued[k] = s * longest + size
                        pool[count] = k
                        count += 1
            best = value - 1e-6
            one = -1
            two = -1
            for a in range(count):
                k = pool[a]
                alone[k] = slack[k]
                for q in range(start[k], start[k + 1]):
                    alone[k] += -opening[site[q]] if parity[site[q]] else opening[site[q]]
            for a in range(count):
                k = pool[a]
                for b in range(near[k], near[k + 1]):
                    e = other[b]
                    if inside[e] or e <= k or queued[e] != s * longest + size:
                        continue
                    # Sites near both change nothing: counted twice one way or the other.
                    least = value + alone[k] + alone[e] - 2.0 * shared[b]
                    if least >= best:
                        continue
                    u = start[k]
                    v = start[e]
                    both = 0.0
                    while u < start[k + 1] and v < start[e + 1]:
                        if site[u] < site[v]:
                            u += 1
                        elif site[u] > site[v]:
                            v += 1
                        else:
                            if parity[site[u]]:
                                both += opening[site[u]]
                            u += 1
                            v += 1
                    if least + 4.0 * both < best:
                        best = least + 4.0 * both
                        one = k
                        two = e
            if one < 0:
                break
            value = best
            for k in (one, two):
                sets[s, size] = k
                size += 1
                inside[k] = True
                for q in range(start[k], start[k + 1]):
                    parity[site[q]] = not parity[site[q]]
        for a in range(size):
            inside[sets[s, a]] = False
            for q in range(start[sets[s, a]], start[sets[s, a] + 1]):
                parity[site[q]] = False
        sizes[s] = size
        values[s] = value
    return sets, sizes, values


@njit(cache=True, nogil=True)
def spread(
    sets: NDArray[np.int32], order: NDArray[np.int64], demands: int, often: int, most: int
) -> NDArray[np.int64]:
    """Take sets (k, 3) in an order, no demand too often; returns their numbers."""
    times = np.zeros(demands, np.int64)
    taken = np.empty(most, np.int64)
    count = 0
    for s in order:
        if count == most:
            break
        full = False
        for i in sets[s]:
            if times[i] >= often:
                full = True
        if full:
            continue
        for i in sets[s]:
            times[i] += 1
        taken[count] = s
        count += 1
    return taken[:count]
