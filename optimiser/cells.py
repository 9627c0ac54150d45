"""Demand finer than the commune: inhabited cells, and their minutes to where sites can stand."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from optimiser.access.spot_times import Column, SpotTimes
from optimiser.units import BoolArray, FloatArray, IntArray, Minutes, Persons, within


@dataclass(frozen=True, eq=False)
class CellDemand:
    """Where the public of each member lives.

    A cell knows inhabitants only: the public of every type is spread over the cells of a commune
    as its inhabitants are. Populations of the grid are rescaled to those of the communes.

    Parameters
    ----------
    home
        Position (c,) of each cell's commune among the members.
    share
        Part (c,) of its commune's inhabitants; parts of a commune sum to 1.
    times
        Minutes of the cells to the town hall of each commune, members first, then neighbours.
    limit
        Minutes up to which times are known.
    source
        File, and edition where it is known.
    counted
        Inhabitants that the grid counts in the members, before they are rescaled.
    lon, lat
        Centre (c,) of each cell, degrees; None where it is not needed.
    """

    home: IntArray
    share: FloatArray
    times: SpotTimes
    limit: Minutes
    source: str = ""
    counted: Persons = 0.0
    lon: FloatArray | None = None
    lat: FloatArray | None = None

    def __post_init__(self) -> None:
        """Refuse parts that do not make up their communes.

        Raises
        ------
        ValueError
            Lengths differ, or the parts of a commune do not sum to 1.
        """
        if len(self.home) != len(self.share):
            raise ValueError("cells: lengths differ")
        whole = np.bincount(self.home, weights=self.share)
        if bool((self.share < 0).any()) or not np.allclose(whole, 1.0, atol=1e-6):
            raise ValueError("cells: parts of a commune do not sum to 1")

    def __len__(self) -> int:
        """Number of cells."""
        return len(self.home)

    def column(self, j: int, limit: Minutes | None = None) -> Column:
        """Cells that reach the town hall of commune j.

        Parameters
        ----------
        j
            Position of the commune.
        limit
            Minutes; None: the limit of all times.
        """
        known = self._known.columns
        if j in known or limit is None:
            if j not in known:
                known[j] = self.times.column(j, self.limit)
            return known[j] if limit is None else known[j].part(limit)
        return self.times.column(j, min(limit, self.limit))

    def nearest(self, serving: BoolArray) -> FloatArray:
        """Minutes (c,) to the nearest of the communes (m,) that serve; inf beyond the limit."""
        return self._nearest(serving).minutes

    def nearest_km(self, serving: BoolArray) -> FloatArray | None:
        """Kilometres (c,) to the one that is nearest in minutes; None where nobody knows them.

        The least of those that are equally near in minutes; inf beyond the limit.
        """
        return self._nearest(serving).km

    def nearest_site(self, serving: BoolArray, limit: Minutes) -> tuple[IntArray, FloatArray]:
        """Find the nearest (c,) of the communes (m,) that serve within a limit, and its minutes.

        -1, and inf, where none does; the first of those that are equally near.
        """
        site, minutes = np.full(len(self), -1, dtype=np.int64), np.full(len(self), np.inf)
        for j in np.flatnonzero(serving).tolist():
            column = self.column(j, limit)
            nearer = column.minutes < minutes.take(column.spot)
            site[column.spot[nearer]] = j
            minutes[column.spot[nearer]] = column.minutes[nearer]
        return site, minutes

    def mean_minutes(self, serving: BoolArray) -> FloatArray:
        """Mean minutes (n,) of who reaches a commune that serves, by member; inf: nobody does."""
        minutes = self.nearest(serving)
        reached = np.isfinite(minutes)
        spent = self.by_member(np.where(reached, minutes, 0.0))
        some = self.by_member(reached.astype(np.float64))
        means = np.full(len(some), np.inf)
        np.divide(spent, some, out=means, where=some > 0)
        return means

    def part_within(self, serving: BoolArray, limit: Minutes) -> FloatArray:
        """Part (n,) of each member within a limit of a commune that serves."""
        return self.by_member(within(self.nearest(serving), limit).astype(np.float64))

    def by_member(self, figure: FloatArray) -> FloatArray:
        """Sum (n,) by member of a figure (c,), each cell for the part of its commune that it is."""
        return np.bincount(self.home, weights=self.share * figure).astype(np.float64)

    @property
    def _known(self) -> "_Known":
        return _KNOWN.setdefault(self, _Known({}, {}))

    def _nearest(self, serving: BoolArray) -> "_Nearest":
        """Find the nearest, starting from the answer for most of the communes that serve."""
        known, key = self._known.nearest, serving.tobytes()
        best = known.pop(key, None)
        if best is None:
            parts = [one for one in known.values() if not (one.serving & ~serving).any()]
            start = max(parts, key=lambda one: int(one.serving.sum()), default=None)
            best = self._wider(start, serving.copy())
            room = max(1, _KEPT_BYTES // max(1, 2 * best.minutes.nbytes))
            for oldest in list(known)[: max(0, len(known) + 1 - room)]:
                del known[oldest]
        known[key] = best
        return best

    def _wider(self, start: "_Nearest | None", serving: BoolArray) -> "_Nearest":
        """Answer for more communes, from that for some of them."""
        if start is None:
            minutes, added = np.full(len(self), np.inf), serving
            km = minutes.copy() if self.times.knows_km else None
        else:
            minutes, added = start.minutes.copy(), serving & ~start.serving
            km = None if start.km is None else start.km.copy()
        for j in np.flatnonzero(added).tolist():
            column = self.column(j)
            before = minutes.take(column.spot)
            nearer = column.minutes < before
            if km is not None and column.km is not None:
                same = np.flatnonzero(column.minutes == before)
                nearer[same] = column.km.take(same) < km.take(column.spot.take(same))
            where = np.flatnonzero(nearer)
            rows = column.spot.take(where)
            minutes[rows] = column.minutes.take(where)
            if km is not None and column.km is not None:
                km[rows] = column.km.take(where)
        return _Nearest(serving, minutes, km)


class WithoutOne:
    """What is left when one of the communes that serve no longer does.

    Parameters
    ----------
    cells
        Where the public lives.
    serving
        Communes (m,) that serve.
    """

    def __init__(self, cells: CellDemand, serving: BoolArray) -> None:
        """Find the nearest and the second nearest of every cell."""
        self.cells = cells
        # Whole arrays, written again and again, cost less than picking out who reaches each site.
        self.first, self.second, way, later = np.full((4, len(cells)), np.inf)
        for j in np.flatnonzero(serving).tolist():
            column = cells.column(j)
            way.fill(np.inf)
            way[column.spot] = column.minutes
            np.maximum(self.first, way, out=later)
            np.minimum(self.second, later, out=self.second)
            np.minimum(self.first, way, out=self.first)

    def of(self, j: int) -> tuple[IntArray, FloatArray, FloatArray]:
        """Cells (p,) whose nearest is commune j, their minutes with it, and without it."""
        column = self.cells.column(j)
        # Who has another site as near loses nothing: the second nearest is as near as the first.
        rows = column.spot[column.minutes == self.first.take(column.spot)]
        return rows, self.first.take(rows), self.second.take(rows)


@dataclass(frozen=True, slots=True, eq=False)
class _Nearest:
    """The nearest of some communes.

    Parameters
    ----------
    serving
        Which (m,).
    minutes, km
        Minutes and kilometres (c,) from each cell; inf where none is reached.
    """

    serving: BoolArray
    minutes: FloatArray
    km: FloatArray | None


@dataclass(frozen=True, slots=True)
class _Known:
    """What was asked of a demand: columns by commune, and the nearest by set of communes."""

    columns: dict[int, Column]
    nearest: dict[bytes, _Nearest]


_KEPT_BYTES = 100_000_000
_KNOWN: WeakKeyDictionary[CellDemand, _Known] = WeakKeyDictionary()
"""Plans that are compared differ in few sites."""
