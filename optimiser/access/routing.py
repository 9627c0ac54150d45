"""Travel times over a road graph: sparse, bounded, from many places to many."""

from dataclasses import dataclass

import numpy as np
from numba import get_num_threads
from scipy.sparse import coo_array, csr_array

from optimiser.access.kernels.shortest import bounded_times
from optimiser.access.road_graph import RoadGraph, contract
from optimiser.access.spots import Spots
from optimiser.units import FloatArray, IntArray, Minutes

_BLOCK = 2_000_000
"""Pairs that are held at a time while they are computed."""


@dataclass(frozen=True, eq=False)
class SparseTimes:
    """Minutes and kilometres of the pairs that lie within a bound; no entry for any other.

    Parameters
    ----------
    minutes, km
        Sparse arrays (n, m) of the same pattern; a stored 0 is a trip of no time.
    limit
        The bound, minutes.
    """

    minutes: csr_array
    km: csr_array
    limit: Minutes

    def dense(self) -> tuple[FloatArray, FloatArray]:
        """Minutes and kilometres (n, m); inf where there is no entry."""
        return _dense(self.minutes), _dense(self.km)


def sparse_times(
    graph: RoadGraph,
    origins: Spots,
    destinations: Spots,
    limit: Minutes,
    *,
    threads: int | None = None,
) -> SparseTimes:
    """Travel times of all pairs within a bound.

    A place reaches the nearest node in a straight line at the graph's access speed. Searches start
    from the side with fewer nodes, over the graph contracted anew around both sides.

    Parameters
    ----------
    graph
        Roads of the mode.
    origins, destinations
        n and m places; each finds the nearest node, however far.
    limit
        Most minutes of a trip, access and terminal minutes included.
    threads
        Searches at a time; None: numba's own number.

    Returns
    -------
    SparseTimes
        Pairs within the bound.
    """
    if not len(origins) or not len(destinations):
        none, nowhere = np.empty(0), np.empty(0, dtype=np.int64)
        shape = (len(origins), len(destinations))
        return _sparse(nowhere, nowhere, minutes=none, km=none, shape=shape, limit=limit)
    ends = [_snap(graph, origins), _snap(graph, destinations)]
    protected = np.zeros(graph.nodes, dtype=bool)
    for nodes, _ in ends:
        protected[nodes] = True
    thin, kept = contract(graph, protected=protected)
    number = np.cumsum(kept) - 1
    from_nodes, from_at = np.unique(number[ends[0][0]], return_inverse=True)
    to_nodes, to_at = np.unique(number[ends[1][0]], return_inverse=True)
    most = limit - graph.terminal_minutes
    if len(to_nodes) < len(from_nodes):
        b, a, minutes, km = _search(thin.reverse(), to_nodes, from_nodes, most, threads)
    else:
        a, b, minutes, km = _search(thin, from_nodes, to_nodes, most, threads)
    # Positions of the pairs of nodes, spread over the places that share a node.
    at = np.arange(1, len(a) + 1)
    pairs = csr_array((at, (a, b)), shape=(len(from_nodes), len(to_nodes)))
    spread = coo_array(csr_array(pairs[from_at, :])[:, to_at])
    i, j, pair = spread.row, spread.col, spread.data - 1
    away = ends[0][1][i] + ends[1][1][j]
    trip = minutes[pair] + away * (60.0 / graph.access_kmh) + graph.terminal_minutes
    inside = trip <= limit + 1e-9
    shape = (len(origins), len(destinations))
    long = km[pair] + away
    return _sparse(
        i[inside].astype(np.int64),
        j[inside].astype(np.int64),
        minutes=trip[inside],
        km=long[inside],
        shape=shape,
        limit=limit,
    )


def _snap(graph: RoadGraph, spots: Spots) -> tuple[IntArray, FloatArray]:
    return graph.nearest(spots.lon, spots.lat)


def _search(
    graph: RoadGraph, sources: IntArray, targets: IntArray, limit: Minutes, threads: int | None
) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:
    target_of = np.full(graph.nodes, -1, dtype=np.int32)
    target_of[targets] = np.arange(len(targets), dtype=np.int32)
    step = max(1, _BLOCK // len(targets))
    at_once = threads or get_num_threads()
    parts = []
    for first in range(0, len(sources), step):
        block = sources[first : first + step]
        minutes, km = bounded_times(
            graph.start,
            graph.end,
            graph.minutes,
            graph.km,
            block,
            target_of,
            len(targets),
            limit,
            at_once,
        )
        rows, columns = np.nonzero(np.isfinite(minutes))
        parts.append((rows + first, columns, minutes[rows, columns], km[rows, columns]))
    rows, columns, minutes, km = (np.concatenate(part) for part in zip(*parts, strict=True))
    return rows, columns, minutes, km


def _sparse(
    i: IntArray,
    j: IntArray,
    *,
    minutes: FloatArray,
    km: FloatArray,
    shape: tuple[int, int],
    limit: Minutes,
) -> SparseTimes:
    order = np.lexsort((j, i))
    start = np.concatenate([[0], np.cumsum(np.bincount(i, minlength=shape[0]))])
    columns = j[order]
    return SparseTimes(
        minutes=csr_array((minutes[order], columns, start), shape=shape),
        km=csr_array((km[order], columns, start), shape=shape),
        limit=limit,
    )


def _dense(values: csr_array) -> FloatArray:
    full = np.full(values.shape, np.inf)
    rows = np.repeat(np.arange(values.shape[0]), np.diff(values.indptr))
    full[rows, values.indices] = values.data
    return full
