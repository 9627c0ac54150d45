"""Minutes to the nearest site as columns: what car-kilometres and Kolm-Pollak minutes need.

With the places of a type in order of their minutes from i, u_l = 1 while none of the l nearest
operates: u_l >= u_{l-1} - s_l. Any figure f of the nearest place is then
f_1 + sum of (f_{l+1} - f_l) u_l. Where f falls from one place to the next, as kilometres may while
minutes rise, u_l <= u_{l-1} and u_l <= 1 - s_l must hold too. A chain ends at the first place that
operates in every plan.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from optimiser.case import Case
from optimiser.questions.rows import Row, with_columns, with_rows
from optimiser.questions.unary import Unary
from optimiser.questions.workbench import Workbench
from optimiser.solvers import LinearModel
from optimiser.units import FloatArray

_CERTAIN = frozenset({"commune_capacity", "forced"})
"""Rules that keep a site in one commune."""


@dataclass(frozen=True, eq=False, slots=True)
class Farthest:
    """The farthest place where a site of a type may operate.

    Parameters
    ----------
    minutes, km
        Minutes and road kilometres (n) to it from each member; km None: nobody knows them.
    """

    minutes: FloatArray
    km: FloatArray | None


def farthest(case: Case, k: int) -> Farthest | None:
    """Find the farthest place of a type from each member.

    Parameters
    ----------
    case
        The case.
    k
        Index of the type.

    Returns
    -------
    Farthest or None
        None where no site can ever operate.
    """
    n = len(case.members)
    possible = case.can_share[k].copy()
    possible[:n] |= case.can_open[k] | (case.existing_members(k) > 0)
    if not possible.any():
        return None
    place = np.where(possible, case.minutes, -np.inf).argmax(axis=1)
    rows = np.arange(n)
    km = None if case.kilometres is None else case.kilometres[rows, place]
    return Farthest(case.minutes[rows, place], km)


@dataclass(frozen=True, eq=False, slots=True)
class Steps:
    """The places of a type as seen from one member.

    Parameters
    ----------
    persons
        Persons who travel.
    minutes, km
        Minutes and road kilometres (l + 1) to ever farther places; km None: nobody knows them.
    beyond
        Columns (l) that are 1 where none of the places up to there operates.
    """

    persons: float
    minutes: FloatArray
    km: FloatArray | None
    beyond: range


class _Place(NamedTuple):
    """A place as seen from one member; sorted by minutes, then in the order of the communes."""

    minutes: float
    j: int
    level: int
    km: float
    column: int


class Chain:
    """A model with the columns of every chain.

    Parameters
    ----------
    bench
        The case.
    unary
        Its numbers of sites in unary columns.
    matrix
        A model that holds the columns of ``unary`` first.

    Attributes
    ----------
    matrix
        The wider model.
    """

    def __init__(self, bench: Workbench, unary: Unary, matrix: LinearModel) -> None:
        self._bench, self._unary = bench, unary
        self._certain = self._always()
        self._steps: list[Steps] = []
        case = bench.case
        self._far = [farthest(case, k) for k in range(len(case.services))]
        rows: list[Row] = []
        first = many = len(matrix.names)
        for k in range(len(case.services)):
            for i in range(len(case.members)):
                found = self._places(k, i) if case.public[k, i] > 0 else []
                if not found:
                    continue
                beyond = range(many, many + len(found) - 1)
                minutes = np.array([place.minutes for place in found])
                km = np.array([place.km for place in found])
                known = None if case.kilometres is None else km
                self._steps.append(Steps(float(case.public[k, i]), minutes, known, beyond))
                rows += _rows(beyond, [place.column for place in found], km)
                many += len(found) - 1
        added = many - first
        names = [f"beyond_{n}" for n in range(added)]
        wider = with_columns(matrix, names, cost=np.zeros(added), upper=np.ones(added), whole=False)
        self.matrix = with_rows(wider, rows)

    def total(self, value: Callable[[Steps], FloatArray]) -> tuple[dict[int, float], float]:
        """Terms and constant of the sum, over everybody, of a figure of the nearest place.

        Parameters
        ----------
        value
            The figure of one person, for each place of a chain; more is better.

        Returns
        -------
        tuple
            Coefficient by column, and the constant.
        """
        terms: dict[int, float] = {}
        constant = 0.0
        for steps in self._steps:
            worth = steps.persons * value(steps)
            constant += float(worth[0])
            terms |= {
                column: far - near
                for column, (near, far) in zip(steps.beyond, pairwise(worth.tolist()), strict=True)
            }
        return terms, constant

    def _always(self) -> set[int]:
        """Columns of places that operate in every plan."""
        bench = self._bench
        lower = np.concatenate([bench.matrix.lower, np.zeros(self._unary.added)])
        certain = set(np.flatnonzero(lower >= 1.0).tolist())
        for rule in bench.model.rules:
            if rule.asked.name in _CERTAIN and rule.asked.limit >= 1:
                levels = self._unary.levels.get((rule.asked.subject[0], rule.asked.subject[1]), [])
                certain |= set(levels[: round(rule.asked.limit)])
        return certain

    def _places(self, k: int, i: int) -> list[_Place]:
        """List the places of k as seen from i, nearest first, up to a certain one."""
        bench = self._bench
        case, service = bench.case, bench.case.services[k].code
        found: list[_Place] = []
        for j, commune in enumerate(case.territory.communes):
            levels = self._unary.levels.get((service, commune.code), [])
            minutes = float(case.minutes[i, j])
            km = 0.0 if case.kilometres is None else float(case.kilometres[i, j])
            for n, column in enumerate(levels if j == i else levels[:1], start=1):
                shorter = float(np.sqrt(n))
                found.append(_Place(minutes / shorter, j, n, km / shorter, column))
        found.sort()
        for n, place in enumerate(found):
            if place.column in self._certain:
                return found[: n + 1]
        # Without any site: as far as the farthest place.
        last = self._far[k]
        if not found or last is None:
            return []
        km = 0.0 if last.km is None else float(last.km[i])
        return [*found, _Place(float(last.minutes[i]), -1, 0, km, -1)]


def _rows(beyond: range, columns: Sequence[int], km: FloatArray) -> list[Row]:
    """Rows that tie a chain to the places, in the order of their minutes."""
    rows = []
    falls = np.flatnonzero(np.diff(km) < 0)
    last = int(falls[-1]) if len(falls) else -1
    for n, (here, place) in enumerate(zip(beyond, columns[:-1], strict=True)):
        before = {here - 1: -1.0} if n else {}
        rows.append(Row({here: 1.0, place: 1.0} | before, low=0.0 if n else 1.0))
        if n <= last:
            rows.append(Row({here: 1.0, place: 1.0}, high=1.0))
            rows += [Row({here: 1.0} | before, high=0.0)] if n else []
    return rows
