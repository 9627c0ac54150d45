"""Bounded shortest paths from many nodes to many: Dijkstra with a binary heap, one search a source.

A search touches only what lies within its bound: scratch is marked by the number of the search and
never cleared, so that neither time nor memory grows with the whole graph for each source.
"""

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from optimiser.units import FloatArray, IntArray

Index = NDArray[np.int32]


@njit(cache=True)
def _up(keys: FloatArray, nodes: Index, at: int) -> None:
    key, node = keys[at], nodes[at]
    while at > 0:
        above = (at - 1) >> 1
        if keys[above] <= key:
            break
        keys[at], nodes[at] = keys[above], nodes[above]
        at = above
    keys[at], nodes[at] = key, node


@njit(cache=True)
def _down(keys: FloatArray, nodes: Index, size: int) -> None:
    key, node = keys[0], nodes[0]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and keys[below + 1] < keys[below]:
            below += 1
        if keys[below] >= key:
            break
        keys[at], nodes[at] = keys[below], nodes[below]
        at = below
    keys[at], nodes[at] = key, node


@njit(cache=True, parallel=True)
def bounded_times(
    start: IntArray,
    end: Index,
    minutes: FloatArray,
    km: FloatArray,
    sources: IntArray,
    target_of: Index,
    targets: int,
    limit: float,
    threads: int,
) -> tuple[FloatArray, FloatArray]:
    """Minutes and kilometres of the quickest ways, up to a bound.

    Parameters
    ----------
    start, end, minutes, km
        Edges of node i are ``start[i]:start[i + 1]``.
    sources
        Nodes (s,) to start from.
    target_of
        Place (nodes,) of each node among the targets; -1 where it is none.
    targets
        Their number.
    limit
        Most minutes.
    threads
        Searches at a time.

    Returns
    -------
    minutes, km
        Arrays (s, targets); inf beyond the bound. Kilometres are those of the quickest way.
    """
    out = np.full((sources.size, targets), np.inf)
    out_km = np.full((sources.size, targets), np.inf)
    nodes = start.size - 1
    for thread in prange(threads):
        best, length = np.empty(nodes), np.empty(nodes)
        mark, done = np.zeros(nodes, np.int32), np.zeros(nodes, np.int32)
        keys, heap = np.empty(1024), np.empty(1024, np.int32)
        for s in range(thread, sources.size, threads):
            search = s + 1
            source = sources[s]
            best[source], length[source], mark[source] = 0.0, 0.0, search
            keys[0], heap[0] = 0.0, source
            size, found = 1, 0
            while size > 0 and found < targets:
                at, spent = heap[0], keys[0]
                size -= 1
                keys[0], heap[0] = keys[size], heap[size]
                _down(keys, heap, size)
                if done[at] == search:
                    continue
                done[at] = search
                if target_of[at] >= 0:
                    out[s, target_of[at]] = spent
                    out_km[s, target_of[at]] = length[at]
                    found += 1
                for e in range(start[at], start[at + 1]):
                    there, total = end[e], spent + minutes[e]
                    if total > limit or (mark[there] == search and best[there] <= total):
                        continue
                    best[there], mark[there] = total, search
                    length[there] = length[at] + km[e]
                    if size == keys.size:
                        keys = np.concatenate((keys, np.empty(keys.size)))
                        heap = np.concatenate((heap, np.empty(heap.size, np.int32)))
                    keys[size], heap[size] = total, there
                    _up(keys, heap, size)
                    size += 1
    return out, out_km
