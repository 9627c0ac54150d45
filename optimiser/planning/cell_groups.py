"""Cells that no plan can tell apart become one demand: exact, and small.

Two cells of one commune are one where every town hall lies in the same class of minutes, the
classes being bounded by the limits of the tiers: no objective and no rule asks more of a cell.
Rows are compared by two independent 64-bit sums of random numbers, one for each entry: that two
different rows agree in both has a probability below 1e-25 for a million cells.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from optimiser.case import Case
from optimiser.cells import CellDemand
from optimiser.units import ROUNDING_MINUTES, BoolArray, FloatArray, IntArray, Minutes

_SEED = 20_220_704


@dataclass(frozen=True, eq=False)
class Group:
    """Demand that the same sites serve within a tier.

    Parameters
    ----------
    basin
        Index of its basin.
    persons, demand
        Public, and the same with the weight of low incomes.
    communes
        The members that it is made of; empty where it is made of cells.
    """

    basin: int
    persons: float
    demand: float
    communes: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows of demand with their entries: which town halls they reach, in which class of minutes.

    Parameters
    ----------
    home
        Commune, or basin, (p,) of each row.
    start, site, rank
        Entries of row i are ``start[i]:start[i + 1]``.
    codes
        Random numbers (2, communes, classes) by which rows are compared.
    """

    home: IntArray
    start: IntArray
    site: IntArray
    rank: IntArray
    codes: NDArray[np.uint64]

    def only(self, chosen: BoolArray) -> "_Rows":
        """The same rows with some of their entries."""
        before = np.concatenate([[0], np.cumsum(chosen)])
        start = before[self.start]
        return replace(self, start=start, site=self.site[chosen], rank=self.rank[chosen])

    def merged(self, *, by_class: bool = True) -> tuple["_Rows", IntArray]:
        """Equal rows as one, and where each row went; without classes, minutes do not matter."""
        rank = self.rank if by_class else 0
        keys = [_row_sums(codes[self.site, rank], self.start) for codes in self.codes]
        first, member = _alike(self.home, *keys)
        lengths = self.start[first + 1] - self.start[first]
        entries = _entries(self.start, first)
        start = np.concatenate([[0], np.cumsum(lengths)])
        rows = replace(
            self,
            home=self.home[first],
            start=start,
            site=self.site[entries],
            rank=self.rank[entries],
        )
        return rows, member


def tier_blocks(case: Case, cells: CellDemand) -> "CellBlocks":
    """Blocks of cells for every tier of every type."""
    return CellBlocks(case, cells, (t.minutes for service in case.services for t in service.tiers))


class CellBlocks:
    """Cells merged into blocks, from which the groups of each tier are made.

    Parameters
    ----------
    case
        The case.
    cells
        Its cells.
    limits
        Every limit of minutes that will be asked for.
    """

    def __init__(self, case: Case, cells: CellDemand, limits: Iterable[Minutes]) -> None:
        """Merge the cells."""
        self.case = case
        self.limits = np.array(sorted(set(limits)))
        communes = len(case.territory.communes)
        size = (2, communes, len(self.limits))
        codes = np.random.default_rng(_SEED).integers(0, 2**63, size=size, dtype=np.uint64)
        rank = np.searchsorted(self.limits, cells.minutes - ROUNDING_MINUTES)
        site = np.repeat(np.arange(communes), np.diff(cells.start))
        inside = rank < len(self.limits)
        cell, site, rank = cells.cell[inside], site[inside], rank[inside]
        # Entries stand by town hall: a stable order by cell keeps them in that order.
        order = np.argsort(cell, kind="stable")
        start = np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=len(cells)))])
        rows = _Rows(cells.home, start, site[order], rank[order], codes)
        self._rows, member = rows.merged()
        self._share = np.bincount(member, weights=cells.share, minlength=len(self))

    def __len__(self) -> int:
        """Number of blocks."""
        return len(self._rows.home)

    def groups(
        self, k: int, possible: BoolArray, limits: Sequence[Minutes]
    ) -> Iterator[tuple[int, IntArray, Group]]:
        """Group the demand for one type by the sites that serve it within each limit.

        Parameters
        ----------
        k
            Index of the type.
        possible
            Whether (m,) a site can ever operate in each commune.
        limits
            Some of the limits of the blocks.

        Yields
        ------
        limit, sites, group
            One for each limit, by its place, basin and set of communes whose site serves it; who is
            served by none is left out.
        """
        case, home = self.case, self._rows.home
        whole = replace(self._rows, home=case.basin_of[home]).only(possible[self._rows.site])
        rows, member = whole.merged()
        count = len(rows.home)
        public = self._share * case.public[k, home]
        persons = np.bincount(member, weights=public, minlength=count)
        demand = np.bincount(member, weights=self._share * case.demand[k, home], minlength=count)
        for r, minutes in enumerate(limits):
            limit = int(np.searchsorted(self.limits, minutes - ROUNDING_MINUTES))
            near, at = rows.only(rows.rank <= limit).merged(by_class=False)
            here = np.bincount(at, weights=persons, minlength=len(near.home))
            wanted = np.bincount(at, weights=demand, minlength=len(near.home))
            for g, basin in enumerate(near.home.tolist()):
                sites = near.site[near.start[g] : near.start[g + 1]]
                if len(sites):
                    yield r, sites, Group(basin, float(here[g]), float(wanted[g]))


def _entries(start: IntArray, rows: IntArray) -> IntArray:
    """Positions of the entries of some rows, row by row."""
    lengths = start[rows + 1] - start[rows]
    before = np.concatenate([[0], np.cumsum(lengths)[:-1]]) if len(rows) else np.zeros(0, int)
    found: IntArray = np.arange(int(lengths.sum())) + np.repeat(start[rows] - before, lengths)
    return found


def _row_sums(values: NDArray[np.uint64], start: IntArray) -> NDArray[np.uint64]:
    """Sum of each row, modulo 2**64."""
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(values.astype(np.uint64))])
    return np.asarray(sums[start[1:]] - sums[start[:-1]])


def _alike(
    place: IntArray, one: NDArray[np.uint64], two: NDArray[np.uint64]
) -> tuple[IntArray, IntArray]:
    """First row of each set of equal rows, and the set (rows,) of each."""
    order = np.lexsort((two, one, place))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (
        (place[order][1:] != place[order][:-1])
        | (one[order][1:] != one[order][:-1])
        | (two[order][1:] != two[order][:-1])
    )
    member = np.empty(len(order), dtype=np.int64)
    member[order] = np.cumsum(new) - 1
    first: IntArray = order[new]
    return first, member


def mean_error(case: Case, minutes: FloatArray) -> Minutes:
    """How far the mean minutes of communes lie from those of their cells, weighted by inhabitants.

    Where distance itself is asked for, and not only whether it lies within a tier, a demand by
    commune is an approximation: this is its error.

    Parameters
    ----------
    case
        A case with cells.
    minutes
        Minutes (c,) from each cell to the nearest site.
    """
    cells = case.cells
    if cells is None:
        return 0.0
    inhabitants = np.array([commune.population for commune in case.members], dtype=np.float64)
    weight = cells.share * inhabitants[cells.home]
    reached = np.isfinite(minutes) & (weight > 0)
    total = np.bincount(cells.home[reached], weights=weight[reached], minlength=len(inhabitants))
    spent = np.bincount(
        cells.home[reached],
        weights=weight[reached] * minutes[reached],
        minlength=len(inhabitants),
    )
    means = np.divide(spent, total, out=np.zeros_like(spent), where=total > 0)
    error = np.abs(minutes[reached] - means[cells.home[reached]])
    return float(error @ weight[reached] / weight[reached].sum()) if reached.any() else 0.0
