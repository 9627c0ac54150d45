"""Cells that no plan can tell apart become one demand: exact, and small.

Within a limit of minutes, two cells of one commune are one where the same town halls lie within it,
of those where a site of a type with that limit can ever operate: no objective and no rule asks more
of a cell. What cells reach is compared by two independent 64-bit sums of random numbers, one for
each town hall and limit: that two cells differ and agree in both has a probability below 1e-25 for
a million cells.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

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
        Index of its basin; -1 where it was not asked to lie in one.
    persons, demand
        Public, and the same with the weight of low incomes.
    communes, parts
        The members that it is made of, and the part of each.
    """

    basin: int
    persons: float
    demand: float
    communes: tuple[int, ...] = ()
    parts: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class _Classes:
    """Blocks of one commune that the same town halls serve within one limit.

    Parameters
    ----------
    home, share
        Commune (s,) of each class, and the part of its inhabitants that lives there.
    near
        Whether (m, s) a town hall lies within the limit.
    """

    home: IntArray
    share: FloatArray
    near: BoolArray


def tier_blocks(case: Case, cells: CellDemand) -> "CellBlocks":
    """Blocks of cells for every tier of every type; made once for a case."""
    if case not in _MADE:
        limits = [[tier.minutes for tier in service.tiers] for service in case.services]
        _MADE[case] = CellBlocks(case, cells, possible_sites(case), limits)
    return _MADE[case]


def possible_sites(case: Case) -> BoolArray:
    """Whether (K, m) a site of each type can ever operate in each commune."""
    possible = case.can_share.copy()
    n = len(case.members)
    possible[:, :n] |= (case.existing[:, :n] > 0) | case.can_open
    return possible


class CellBlocks:
    """Cells merged into blocks, from which the groups of each tier are made.

    Parameters
    ----------
    case
        The case.
    cells
        Its cells.
    possible
        Whether (K, m) a site of each type can ever operate in each commune.
    limits
        Limits of minutes that will be asked for, of each type (K).
    """

    def __init__(
        self,
        case: Case,
        cells: CellDemand,
        possible: BoolArray,
        limits: Sequence[Sequence[Minutes]],
    ) -> None:
        """Merge the cells, then the blocks limit by limit."""
        self.possible, self.asked, self._basin_of = possible, limits, case.basin_of
        self._weights = case.public, case.demand
        self.limits = sorted({minutes for each in limits for minutes in each})
        levels = _levels(possible, [[self.limits.index(t) for t in each] for each in limits])
        first, share, level = _blocks(cells, np.array(self.limits), levels)
        home = cells.home[first]
        self._size = len(first)
        self._classes = [_classes(home, share, level <= of) for of in range(len(self.limits))]

    def __len__(self) -> int:
        """Number of blocks: cells of one commune that are alike within every limit."""
        return self._size

    def groups(self, k: int, apart: int | None = None) -> Iterator[tuple[int, IntArray, Group]]:
        """Group the demand for one type by the sites that serve it within each limit.

        Parameters
        ----------
        k
            Index of the type.
        apart
            Place of the limit whose groups lie in one basin each; the others may lie in several.

        Yields
        ------
        limit, sites, group
            One for each limit, by its place, and set of communes whose site serves it; who is
            served by none is left out.
        """
        places = np.flatnonzero(self.possible[k])
        for r, minutes in enumerate(self.asked[k]):
            each = self._classes[self.limits.index(minutes)]
            near = each.near[places]
            basin = self._basin_of[each.home] if r == apart else np.full(len(each.home), -1)
            first, member = _alike_sets(near, basin)
            public, demand = (
                np.bincount(member, weights=each.share * weight[k, each.home])
                for weight in self._weights
            )
            # Whose a group is, is asked for where its limit lies apart: the guaranteed time.
            order = np.argsort(member, kind="stable")
            ends = np.cumsum(np.bincount(member)).tolist() if r == apart else []
            for g, one in enumerate(first.tolist()):
                sites = places[near[:, one]]
                if not len(sites):
                    continue
                own = order[ends[g - 1] if g else 0 : ends[g]] if ends else order[:0]
                yield (
                    r,
                    sites,
                    Group(
                        int(basin[one]),
                        float(public[g]),
                        float(demand[g]),
                        tuple(each.home[own].tolist()),
                        tuple(each.share[own].tolist()),
                    ),
                )


_MADE: WeakKeyDictionary[Case, CellBlocks] = WeakKeyDictionary()
"""Blocks of each case that is still in use: its model and its answer tell of the same."""


def _levels(possible: BoolArray, places: Sequence[Sequence[int]]) -> NDArray[np.uint8]:
    """Find, for a town hall and the tightest limit (m, L + 1) that it lies within, what counts.

    That is the tightest limit of the types that may stand there, as no plan asks for another; L
    where there is none.
    """
    count = 1 + max((at for each in places for at in each), default=-1)
    counts = np.zeros((possible.shape[1], count), dtype=bool)
    for row, each in zip(possible, places, strict=True):
        for at in each:
            counts[row, at] = True
    levels = np.full((possible.shape[1], count + 1), count, dtype=np.uint8)
    for at in range(count - 1, -1, -1):
        levels[:, at] = np.where(counts[:, at], at, levels[:, at + 1])
    return levels


def _blocks(
    cells: CellDemand, limits: FloatArray, levels: NDArray[np.uint8]
) -> tuple[IntArray, FloatArray, NDArray[np.uint8]]:
    """First cell (b,) of each block, its part of its commune, and its levels (m, b)."""
    count, beyond = levels.shape[0], len(limits)
    edges = limits + ROUNDING_MINUTES
    codes = np.random.default_rng(_SEED).integers(
        0, 2**63, size=(2, count, beyond + 1), dtype=np.uint64
    )
    sums = np.zeros((2, len(cells)), dtype=np.uint64)
    entries: list[tuple[int, IntArray, NDArray[np.uint8]]] = []
    for j, level_of in enumerate(levels):
        most = int((level_of[:beyond] < beyond).nonzero()[0].max(initial=-1))
        if most < 0:
            continue
        column = cells.column(j, float(limits[most]))
        cell, level = column.spot, level_of.take(np.searchsorted(edges, column.minutes))
        entries.append((j, cell, level))
        for total, code in zip(sums, codes[:, j], strict=True):
            total[cell] += code.take(level)
    first, member = _alike(cells.home, *sums)
    place = np.full(len(cells), -1, dtype=np.int64)
    place[first] = np.arange(len(first))
    found = np.full((count, len(first)), beyond, dtype=np.uint8)
    for j, cell, level in entries:
        block = place.take(cell)
        at_first = np.flatnonzero(block >= 0)
        found[j, block.take(at_first)] = level.take(at_first)
    return first, np.bincount(member, weights=cells.share).astype(np.float64), found


def _classes(home: IntArray, share: FloatArray, near: BoolArray) -> _Classes:
    """Blocks that are alike within one limit."""
    first, member = _alike_sets(near, home)
    weight = np.bincount(member, weights=share, minlength=len(first)).astype(np.float64)
    return _Classes(home[first], weight, near[:, first])


def _alike_sets(near: BoolArray, place: IntArray) -> tuple[IntArray, IntArray]:
    """First column of each set of equal columns of one place, and the set of each column."""
    bits = np.packbits(near.T, axis=1)
    rows = np.hstack([place.astype(np.int64)[:, None].view(np.uint8), bits])
    whole = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.shape[1]))).ravel()
    _, first, member = np.unique(whole, return_index=True, return_inverse=True)
    return first, member


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
