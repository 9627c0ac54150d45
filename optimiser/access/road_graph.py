"""A road graph of one mode: nodes, directed edges with minutes and kilometres, and its upkeep."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from optimiser.access.kernels.contract import keep_breaks, merge_chains
from optimiser.units import BoolArray, FloatArray, IntArray

EARTH_RADIUS_KM = 6371.0088

Edges: TypeAlias = tuple[IntArray, NDArray[np.int32], FloatArray, FloatArray]


@dataclass(frozen=True, eq=False)
class RoadGraph:
    """Roads that one mode can use.

    Parameters
    ----------
    mode
        ``car``, ``bicycle`` or ``walk``.
    lon, lat
        Arrays (n,) of the nodes, WGS 84 degrees.
    start, end
        Edges of node i are ``start[i]:start[i + 1]``; node at the end of each.
    minutes, km
        Arrays (e,) of the edges; penalties of the junction at the end included.
    access_kmh
        Speed in a straight line between a place and the nearest node.
    terminal_minutes
        To leave and to park, for each trip.
    provenance
        File, digest, date and software that the graph comes from.
    """

    mode: str
    lon: FloatArray
    lat: FloatArray
    start: IntArray
    end: NDArray[np.int32]
    minutes: FloatArray
    km: FloatArray
    access_kmh: float = 5.0
    terminal_minutes: float = 0.0
    provenance: Mapping[str, str] = field(default_factory=dict)

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.lon)

    @property
    def edges(self) -> int:
        """Number of directed edges."""
        return len(self.end)

    @cached_property
    def tails(self) -> IntArray:
        """Node (e,) at the start of each edge."""
        return np.repeat(np.arange(self.nodes), np.diff(self.start))

    def reverse(self) -> "RoadGraph":
        """The same roads, travelled the other way round."""
        heads = self.end.astype(np.int64)
        edges = _edges(self.nodes, heads, self.tails, self.minutes, self.km)
        return _with(self, self.lon, self.lat, edges)

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree(_on_sphere(self.lon, self.lat))

    def nearest(self, lon: FloatArray, lat: FloatArray) -> tuple[IntArray, FloatArray]:
        """Nearest node of each place.

        Parameters
        ----------
        lon, lat
            Arrays (p,), degrees.

        Returns
        -------
        nodes, km
            Node (p,) and kilometres to it in a straight line.
        """
        chord, nodes = self._tree.query(_on_sphere(lon, lat))
        km = 2 * EARTH_RADIUS_KM * np.arcsin(np.clip(np.asarray(chord) / 2, 0, 1))
        return np.asarray(nodes, dtype=np.int64), np.asarray(km, dtype=np.float64)


def build_graph(
    mode: str,
    lon: FloatArray,
    lat: FloatArray,
    *,
    tails: IntArray,
    heads: IntArray,
    minutes: FloatArray,
    km: FloatArray,
) -> RoadGraph:
    """Make a graph of loose edges; of parallel ones the quickest stays, loops go.

    Parameters
    ----------
    mode
        As in `RoadGraph`.
    lon, lat
        Arrays (n,) of the nodes, degrees.
    tails, heads, minutes, km
        Arrays (e,): node at both ends, minutes and kilometres.

    Returns
    -------
    RoadGraph
        The graph.
    """
    edges = _edges(len(lon), tails, heads, minutes, km)
    start, end, spent, length = edges
    return RoadGraph(mode, lon, lat, start, end, spent, length)


def contract(
    graph: RoadGraph, longest_km: float = np.inf, protected: BoolArray | None = None
) -> tuple[RoadGraph, BoolArray]:
    """Merge the chains of nodes where nothing is decided.

    A node goes when it only leads from one neighbour to one other, both ways or one way. Times
    between the nodes that stay are exactly those of the whole graph.

    Parameters
    ----------
    graph
        The graph.
    longest_km
        A chain longer than that keeps a node on the way, so that places find one near them.
    protected
        Nodes (n,) that stay whatever happens.

    Returns
    -------
    graph, kept
        The same roads with fewer nodes, in the same order; whether each node (n,) stays.
    """
    if not graph.edges:
        return graph, np.ones(graph.nodes, dtype=bool)
    neighbours = _neighbours(graph)
    leaving = np.diff(graph.start)
    coming = np.bincount(graph.end, minlength=graph.nodes)
    passes = (neighbours == 2) & (leaving == coming) & ((leaving == 2) | (leaving == 1))  # noqa: PLR2004
    kept = ~passes if protected is None else ~passes | protected
    kept = keep_breaks(graph.start, graph.end, graph.km, kept, longest_km)
    tails, heads, minutes, km = merge_chains(graph.start, graph.end, graph.minutes, graph.km, kept)
    number = np.cumsum(kept) - 1
    lon, lat = graph.lon[kept], graph.lat[kept]
    edges = _edges(len(lon), number[tails], number[heads], minutes, km)
    return _with(graph, lon, lat, edges), kept


def connected_part(graph: RoadGraph, least: int) -> RoadGraph:
    """Drop what cannot be reached and left again: car parks, mapping errors, edges of the extract.

    Parameters
    ----------
    graph
        The graph.
    least
        Nodes of the smallest part that stays, such as the roads of an island; the largest part
        always stays.

    Returns
    -------
    RoadGraph
        The strongly connected parts that are large enough.
    """
    if not graph.edges:
        return graph
    matrix = csr_array(
        (np.ones(graph.edges, dtype=np.int8), graph.end, graph.start),
        shape=(graph.nodes, graph.nodes),
    )
    count, part = connected_components(matrix, directed=True, connection="strong")
    sizes = np.bincount(part, minlength=count)
    kept = (sizes >= min(least, int(sizes.max())))[part]
    inside = kept[graph.tails] & kept[graph.end] & (part[graph.tails] == part[graph.end])
    number = np.cumsum(kept) - 1
    edges = _edges(
        int(kept.sum()),
        number[graph.tails[inside]],
        number[graph.end[inside]],
        graph.minutes[inside],
        graph.km[inside],
    )
    return _with(graph, graph.lon[kept], graph.lat[kept], edges)


def _neighbours(graph: RoadGraph) -> IntArray:
    """Distinct neighbours (n,) of each node, whichever way the edges lead."""
    low = np.minimum(graph.tails, graph.end)
    high = np.maximum(graph.tails, graph.end)
    pairs = np.unique(low * np.int64(graph.nodes) + high)
    both = np.concatenate([pairs // graph.nodes, pairs % graph.nodes])
    return np.bincount(both, minlength=graph.nodes)


def _edges(
    nodes: int, tails: IntArray, heads: IntArray, minutes: FloatArray, km: FloatArray
) -> Edges:
    """Edges by their start: no loops, and the quickest of parallel ones."""
    order = np.lexsort((km, minutes, heads, tails))
    tails, heads = tails[order], heads[order]
    stays = tails != heads
    same = (tails[1:] == tails[:-1]) & (heads[1:] == heads[:-1])
    stays[1:] &= ~same
    picked = order[stays]
    start = np.concatenate([[0], np.cumsum(np.bincount(tails[stays], minlength=nodes))])
    return start.astype(np.int64), heads[stays].astype(np.int32), minutes[picked], km[picked]


def _with(graph: RoadGraph, lon: FloatArray, lat: FloatArray, edges: Edges) -> RoadGraph:
    start, end, minutes, km = edges
    return replace(graph, lon=lon, lat=lat, start=start, end=end, minutes=minutes, km=km)


def _on_sphere(lon: FloatArray, lat: FloatArray) -> FloatArray:
    east, north = np.radians(lon), np.radians(lat)
    flat = np.cos(north)
    return np.column_stack([flat * np.cos(east), flat * np.sin(east), np.sin(north)])
