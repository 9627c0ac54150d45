"""Travel between demands and candidates: a matrix, or points and a metric; pairs only as asked."""

import enum
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from optimiser.errors import Finding, InputError
from optimiser.location.effort import Clock
from optimiser.location.kernels.rows import sort_rows
from optimiser.units import LARGEST, BoolArray, FloatArray, IntArray

EARTH_RADIUS_M = 6_371_008.8
NOWHERE = -1
SHOWN = 20
BLOCK = 4_096
SAMPLE = 1_000
BYTES_A_PAIR = 90
"""What a pair takes while a problem is built and solved, as measured: it stands there often."""


class Metric(enum.StrEnum):
    """How far two points are.

    Attributes
    ----------
    EUCLIDEAN
        Straight line, in the unit of the coordinates.
    EUCLIDEAN_FLOOR
        The same rounded down, as in the p-median literature on TSPLIB points.
    GREAT_CIRCLE
        Metres on a sphere of mean Earth radius between longitudes and latitudes in degrees.
    """

    EUCLIDEAN = "euclidean"
    EUCLIDEAN_FLOOR = "euclidean_floor"
    GREAT_CIRCLE = "great_circle"


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs that are near enough.

    Parameters
    ----------
    start, site, travel
        Pairs of demand i are ``start[i]:start[i + 1]``, nearest first, equal ones by candidate.
    """

    start: IntArray
    site: NDArray[np.int32]
    travel: FloatArray

    @property
    def demand(self) -> IntArray:
        """Demand of each pair."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))


class Travel(Protocol):
    """Travel between n demands and m candidates.

    Pairs that a clock leaves too little time for raise `optimiser.location.effort.OutOfTimeError`.
    """

    demands: int
    candidates: int
    metric: bool
    """Whether demands are the candidates, and no way round is shorter, rounding down aside."""

    def within(self, radius: float, allowed: BoolArray, clock: Clock | None = None) -> Pairs:
        """Pairs no farther than a radius, of the candidates allowed (m,)."""

    def nearest(
        self, number: int | IntArray, allowed: BoolArray, clock: Clock | None = None
    ) -> Pairs:
        """The pairs of each demand with its nearest candidates allowed (m,), so many or (n,)."""

    def to_nearest(self, sites: IntArray) -> tuple[IntArray, FloatArray]:
        """Nearest of the sites (n,) for each demand, -1 out of reach, and travel to it, inf."""


class MatrixTravel:
    """Travel as a matrix.

    Parameters
    ----------
    matrix
        Travel (n, m): dense, inf for a pair out of reach; or sparse, where a pair that is not
        stored is out of reach. May be asymmetric and need not be metric.

    Raises
    ------
    InputError
        Not a matrix, empty, NaN or negative.
    """

    def __init__(self, matrix: ArrayLike | sparse.sparray | sparse.spmatrix) -> None:
        if sparse.issparse(matrix):
            table = sparse.csr_array(matrix)
            table.sum_duplicates()
            shape, values = table.shape, table.data
            demand = np.repeat(np.arange(shape[0]), np.diff(table.indptr))
            site, travel = table.indices, np.asarray(values, dtype=np.float64)
        else:
            dense = np.asarray(matrix, dtype=np.float64)
            if dense.ndim != 2:  # noqa: PLR2004 - a matrix has two dimensions
                raise InputError((Finding("matrix_shape", found=str(dense.shape)),))
            shape = dense.shape
            demand, site = np.nonzero(~np.isposinf(dense))
            travel = dense[demand, site]
        if 0 in shape:
            raise InputError((Finding("empty", column="travel", found=str(shape)),))
        bad = np.flatnonzero(~(travel >= 0.0) | ((travel > LARGEST) & np.isfinite(travel)))
        if len(bad):
            raise InputError(
                tuple(
                    Finding(
                        "travel",
                        row=int(demand[k]) + 1,
                        column=str(site[k] + 1),
                        found=str(travel[k]),
                        expected=f"0 .. {LARGEST:g}, inf",
                    )
                    for k in bad[:SHOWN]
                )
            )
        self.metric = False
        keep = np.isfinite(travel)
        demand, site, travel = demand[keep], site[keep], travel[keep]
        self.demands, self.candidates = int(shape[0]), int(shape[1])
        order = np.lexsort((site, travel, demand))
        counts = np.bincount(demand, minlength=self.demands)
        self._pairs = Pairs(
            np.concatenate(([0], np.cumsum(counts))),
            site[order].astype(np.int32),
            travel[order],
        )

    def within(
        self,
        radius: float,
        allowed: BoolArray,
        clock: Clock | None = None,  # noqa: ARG002 - all pairs are at hand
    ) -> Pairs:
        """Pairs no farther than a radius, of the candidates allowed (m,)."""
        pairs = self._pairs
        return _subset(pairs, (pairs.travel <= radius) & allowed[pairs.site])

    def nearest(
        self,
        number: int | IntArray,
        allowed: BoolArray,
        clock: Clock | None = None,  # noqa: ARG002 - all pairs are at hand
    ) -> Pairs:
        """The pairs of each demand with its nearest candidates allowed (m,), so many or (n,)."""
        pairs = _subset(self._pairs, allowed[self._pairs.site])
        width = np.diff(pairs.start)
        rank = np.arange(len(pairs.site)) - np.repeat(pairs.start[:-1], width)
        return _subset(pairs, rank < np.repeat(np.broadcast_to(number, self.demands), width))

    def to_nearest(self, sites: IntArray) -> tuple[IntArray, FloatArray]:
        """Nearest of the sites (n,) for each demand, -1 out of reach, and travel to it, inf."""
        opened = np.zeros(self.candidates, dtype=bool)
        opened[sites] = True
        pairs = _subset(self._pairs, opened[self._pairs.site])
        which = np.full(self.demands, NOWHERE, dtype=np.int64)
        travel = np.full(self.demands, np.inf)
        served = np.flatnonzero(np.diff(pairs.start))
        which[served] = pairs.site[pairs.start[served]]
        travel[served] = pairs.travel[pairs.start[served]]
        return which, travel


class PointTravel:
    """Travel between points; memory grows with the pairs that are asked for.

    Parameters
    ----------
    demands, candidates
        Coordinates (n, 2) and (m, 2): x and y, or longitude and latitude in degrees.
    metric
        How far two points are.

    Raises
    ------
    InputError
        Wrong shape, empty, NaN or infinite, or no longitude and latitude.
    """

    def __init__(
        self,
        demands: ArrayLike,
        candidates: ArrayLike | None = None,
        metric: Metric = Metric.EUCLIDEAN,
    ) -> None:
        self.measure, self.metric = metric, candidates is None
        self._demands = self._place(demands, "demands")
        self._candidates = (
            self._demands if candidates is None else self._place(candidates, "candidates")
        )
        self.demands, self.candidates = len(self._demands), len(self._candidates)

    def _place(self, points: ArrayLike, name: str) -> FloatArray:
        table = np.asarray(points, dtype=np.float64)
        if table.ndim != 2 or table.shape[1] != 2:  # noqa: PLR2004 - points of a plane
            raise InputError((Finding("points_shape", column=name, found=str(table.shape)),))
        if len(table) == 0:
            raise InputError((Finding("empty", column=name),))
        limit = np.array([180.0, 90.0]) if self.measure is Metric.GREAT_CIRCLE else LARGEST
        bad = np.flatnonzero((~np.isfinite(table) | (np.abs(table) > limit)).any(axis=1))
        if len(bad):
            raise InputError(
                tuple(
                    Finding("coordinate", row=int(i) + 1, column=name, found=str(table[i].tolist()))
                    for i in bad[:SHOWN]
                )
            )
        if self.measure is not Metric.GREAT_CIRCLE:
            return table
        longitude, latitude = np.radians(table).T
        around = np.cos(latitude)
        return EARTH_RADIUS_M * np.column_stack(
            (around * np.cos(longitude), around * np.sin(longitude), np.sin(latitude))
        )

    def _straight(self, travel: float) -> float:
        # A little more than needed: what is too far is dropped by its own measure afterwards.
        if self.measure is Metric.GREAT_CIRCLE:
            half = min(travel / (2 * EARTH_RADIUS_M), np.pi / 2)
            return 2 * EARTH_RADIUS_M * float(np.sin(half)) * (1 + 1e-9) + 1e-6
        return (travel + (1.0 if self.measure is Metric.EUCLIDEAN_FLOOR else 0.0)) * (1 + 1e-9)

    def _measure(self, demand: IntArray, site: NDArray[np.int32] | IntArray) -> FloatArray:
        travel = np.empty(len(demand))
        for begin in range(0, len(demand), 1 << 20):
            part = slice(begin, begin + (1 << 20))
            apart = self._demands[demand[part]] - self._candidates[site[part]]
            travel[part] = np.sqrt(np.einsum("ij,ij->i", apart, apart))
        if self.measure is Metric.GREAT_CIRCLE:
            return 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(travel / (2 * EARTH_RADIUS_M), 1.0))
        return np.floor(travel) if self.measure is Metric.EUCLIDEAN_FLOOR else travel

    def within(self, radius: float, allowed: BoolArray, clock: Clock | None = None) -> Pairs:
        """Pairs no farther than a radius, of the candidates allowed (m,)."""
        number = np.flatnonzero(allowed)
        if not np.isfinite(radius):
            return self.nearest(len(number), allowed, clock)
        tree, straight = cKDTree(self._candidates[number]), self._straight(radius)
        some = np.unique(np.linspace(0, self.demands - 1, SAMPLE).astype(np.int64))
        near = tree.query_ball_point(self._demands[some], straight, return_length=True)
        check_room(int(np.mean(near) * self.demands))
        counts, sites, travels = [], [], []
        # In blocks, so that what the trees return is a small part of the pairs.
        for begin in range(0, self.demands, BLOCK):
            if clock is not None and begin > 0:
                clock.check_pairs()
            block = cKDTree(self._demands[begin : begin + BLOCK])
            found = block.sparse_distance_matrix(tree, straight, output_type="ndarray")
            demand, site = begin + found["i"].astype(np.int64), number[found["j"]]
            travel = self._measure(demand, site)
            keep = travel <= radius
            demand, site, travel = demand[keep], site[keep], travel[keep]
            order = np.argsort(demand, kind="stable")
            counts.append(np.bincount(demand - begin, minlength=block.n))
            sites.append(site[order].astype(np.int32))
            travels.append(travel[order])
        start = np.concatenate(([0], np.cumsum(np.concatenate(counts))))
        pairs = Pairs(start, np.concatenate(sites), np.concatenate(travels))
        sort_rows(pairs.start, pairs.site, pairs.travel)
        return pairs

    def nearest(
        self, number: int | IntArray, allowed: BoolArray, clock: Clock | None = None
    ) -> Pairs:
        """The pairs of each demand with its nearest candidates allowed (m,), so many or (n,)."""
        names = np.flatnonzero(allowed)
        width = np.minimum(np.broadcast_to(number, self.demands), len(names)).astype(np.int64)
        start = np.concatenate(([0], np.cumsum(width)))
        check_room(int(start[-1]))
        site = np.empty(start[-1], dtype=np.int32)
        tree = cKDTree(self._candidates[names]) if len(names) else None
        for length in np.unique(width):
            alike = np.flatnonzero(width == length)
            # In blocks, so that what the tree returns is a small part of the pairs.
            for block in np.array_split(alike, -(-len(alike) // BLOCK)):
                if tree is None or length == 0:
                    continue
                if clock is not None and len(alike) > BLOCK:
                    clock.check_pairs()
                _, near = tree.query(self._demands[block], k=np.arange(1, length + 1))
                site[start[block][:, None] + np.arange(length)] = names[near]
        travel = self._measure(np.repeat(np.arange(self.demands), width), site)
        # By distance already: only ties, and what rounding turned round, are out of order.
        sort_rows(start, site, travel)
        return Pairs(start, site, travel)

    def to_nearest(self, sites: IntArray) -> tuple[IntArray, FloatArray]:
        """Nearest of the sites (n,) for each demand, -1 out of reach, and travel to it, inf."""
        if len(sites) == 0:
            return np.full(self.demands, NOWHERE), np.full(self.demands, np.inf)
        _, near = cKDTree(self._candidates[sites]).query(self._demands)
        which = np.asarray(sites)[near]
        return which, self._measure(np.arange(self.demands), which)


def check_room(pairs: int) -> None:
    """Refuse pairs that the memory cannot hold, before minutes go by in finding them.

    Parameters
    ----------
    pairs
        How many there will be, about.

    Raises
    ------
    MemoryError
        More than what the system says is free; nothing is checked where it does not say.
    """
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return
    free = next((line.split()[1] for line in lines if line.startswith("MemAvailable")), None)
    if free is not None and pairs * BYTES_A_PAIR > int(free) * 1024:
        raise MemoryError


def _subset(pairs: Pairs, keep: BoolArray) -> Pairs:
    if keep.all():
        return pairs
    counts = np.bincount(pairs.demand[keep], minlength=len(pairs.start) - 1)
    start = np.concatenate(([0], np.cumsum(counts)))
    return Pairs(start, pairs.site[keep], pairs.travel[keep])
