"""Contraction: chains of nodes where nothing is decided become single edges."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from optimiser.units import BoolArray, FloatArray, IntArray

Index = NDArray[np.int32]


@njit(cache=True)
def _next(start: IntArray, end: Index, x: int, before: int) -> int:
    """Position of the edge that leads on from x, a node of a chain, when coming from `before`."""
    for e in range(start[x], start[x + 1]):
        if end[e] != before:
            return e
    return -1


@njit(cache=True)
def _walk(
    start: IntArray,
    end: Index,
    km: FloatArray,
    kept: BoolArray,
    seen: BoolArray,
    first: int,
    longest: float,
) -> None:
    """Mark what lies on the chains that leave `first`, and keep a node where one is too long."""
    for edge in range(start[first], start[first + 1]):
        before, at, e = first, end[edge], edge
        run = km[e]
        while not kept[at]:
            seen[at] = True
            on = _next(start, end, at, before)
            if on < 0 or run + km[on] > longest:
                kept[at] = True
                run = 0.0
                if on < 0:
                    break
            run += km[on]
            before, at = at, end[on]


@njit(cache=True)
def keep_breaks(
    start: IntArray, end: Index, km: FloatArray, kept: BoolArray, longest: float
) -> BoolArray:
    """Nodes that stay: those given, one on each ring without any, and one on each long stretch.

    Parameters
    ----------
    start, end, km
        Edges of node i are ``start[i]:start[i + 1]``; their other end and length.
    kept
        Nodes that must stay; every other one leads from one neighbour to one other.
    longest
        Kilometres that a contracted edge may have.

    Returns
    -------
    ndarray
        Whether each node stays.
    """
    kept = kept.copy()
    seen = kept.copy()
    nodes = start.size - 1
    for first in range(nodes):
        if kept[first]:
            _walk(start, end, km, kept, seen, first, longest)
    for first in range(nodes):
        if not seen[first]:
            kept[first] = True
            seen[first] = True
            _walk(start, end, km, kept, seen, first, longest)
    return kept


@njit(cache=True)
def merge_chains(
    start: IntArray, end: Index, minutes: FloatArray, km: FloatArray, kept: BoolArray
) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:
    """Edges between the nodes that stay, each the sum of a chain.

    Parameters
    ----------
    start, end, minutes, km
        Edges of node i are ``start[i]:start[i + 1]``.
    kept
        From `keep_breaks`.

    Returns
    -------
    tails, heads, minutes, km
        One entry an edge; the same pair may appear twice, and an edge may lead back to its start.
    """
    nodes = start.size - 1
    count = 0
    for first in range(nodes):
        if kept[first]:
            count += start[first + 1] - start[first]
    tails, heads = np.empty(count, np.int64), np.empty(count, np.int64)
    whole_minutes, whole_km = np.empty(count), np.empty(count)
    at_edge = 0
    for first in range(nodes):
        if not kept[first]:
            continue
        for edge in range(start[first], start[first + 1]):
            before, at = first, end[edge]
            spent, length = minutes[edge], km[edge]
            while not kept[at]:
                on = _next(start, end, at, before)
                if on < 0:
                    break
                spent += minutes[on]
                length += km[on]
                before, at = at, end[on]
            tails[at_edge], heads[at_edge] = first, at
            whole_minutes[at_edge], whole_km[at_edge] = spent, length
            at_edge += 1
    return tails, heads, whole_minutes, whole_km
