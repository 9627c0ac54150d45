"""Cells that no plan can tell apart become one demand: exact, and small.

Within a limit of minutes, two cells of one commune are one where the same town halls lie within
it: no objective and no rule asks more of a cell. Sets of town halls are compared by two independent
64-bit sums of random numbers, one for each town hall: that two different sets agree in both has a
probability below 1e-25 for a million cells.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

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
class _Classes:
    """Cells of one commune that the same town halls serve within one limit.

    Parameters
    ----------
    member
        Class (c,) of each cell.
    home, share
        Commune (s,) of each class, and the part of its inhabitants that lives there.
    near
        Whether (m, s) a town hall lies within the limit.
    """

    member: IntArray
    home: IntArray
    share: FloatArray
    near: BoolArray


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
        """Merge the cells, limit by limit."""
        self.case = case
        self.limits = sorted(set(limits))
        size = (2, len(case.territory.communes))
        codes = np.random.default_rng(_SEED).integers(0, 2**63, size=size, dtype=np.uint64)
        self._classes = [_classes(cells, limit, codes) for limit in self.limits]

    def __len__(self) -> int:
        """Number of blocks: cells of one commune that are alike within every limit."""
        return self._blocks

    @cached_property
    def _blocks(self) -> int:
        members = np.array([each.member for each in self._classes])
        order = members[:, np.lexsort(members)]
        return 1 + int((order[:, 1:] != order[:, :-1]).any(axis=0).sum())

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
        case, places = self.case, np.flatnonzero(possible)
        for r, minutes in enumerate(limits):
            each = self._classes[self.limits.index(minutes)]
            near, basin = each.near[places], case.basin_of[each.home]
            first, member = _alike_sets(near, basin)
            public, demand = (
                np.bincount(member, weights=each.share * weight[k, each.home])
                for weight in (case.public, case.demand)
            )
            for g, one in enumerate(first.tolist()):
                sites = places[near[:, one]]
                if len(sites):
                    yield r, sites, Group(int(basin[one]), float(public[g]), float(demand[g]))


def _classes(cells: CellDemand, limit: Minutes, codes: NDArray[np.uint64]) -> _Classes:
    """Cells that are alike within one limit."""
    one, two = np.zeros((2, len(cells)), dtype=np.uint64)
    served = []
    for j, (first_code, second_code) in enumerate(codes.T):
        at = slice(int(cells.start[j]), int(cells.start[j + 1]))
        inside = cells.cell[at][cells.minutes[at] <= limit + ROUNDING_MINUTES]
        one[inside] += first_code
        two[inside] += second_code
        served.append(inside)
    first, member = _alike(cells.home, one, two)
    place = np.full(len(cells), -1, dtype=np.int64)
    place[first] = np.arange(len(first))
    near = np.zeros((len(served), len(first)), dtype=bool)
    for j, inside in enumerate(served):
        at_first = place[inside]
        near[j, at_first[at_first >= 0]] = True
    share = np.bincount(member, weights=cells.share).astype(np.float64)
    return _Classes(member, cells.home[first], share, near)


def _alike_sets(near: BoolArray, basin: IntArray) -> tuple[IntArray, IntArray]:
    """First column of each set of equal columns of one basin, and the set of each column."""
    bits = np.packbits(near.T, axis=1)
    rows = np.hstack([basin.astype(np.int64)[:, None].view(np.uint8), bits])
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
