"""Minutes to the nearest site as columns: what car-kilometres and Kolm-Pollak minutes need.

With the places of a type in order of their minutes from i, u_l = 1 while none of the l nearest
operates: u_l >= u_{l-1} - s_l. Any function f of the minutes that rises with them is then
f(t_1) + sum of (f(t_{l+1}) - f(t_l)) u_l. A chain ends at the first place that operates in every
plan.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from optimiser.case import Case
from optimiser.questions.rows import Row, with_columns, with_rows
from optimiser.questions.unary import Unary
from optimiser.questions.workbench import Workbench
from optimiser.solvers import LinearModel
from optimiser.units import FloatArray

_CERTAIN = frozenset({"commune_capacity", "forced"})
"""Rules that keep a site in one commune."""


def farthest_minutes(case: Case, k: int) -> FloatArray | None:
    """Minutes (n) to the farthest place where a site of k may operate; None where none may."""
    n = len(case.members)
    possible = case.can_share[k].copy()
    possible[:n] |= case.can_open[k] | (case.existing_members(k) > 0)
    if not possible.any():
        return None
    farthest: FloatArray = case.minutes[:, possible].max(axis=1)
    return farthest


@dataclass(frozen=True, eq=False, slots=True)
class Steps:
    """The places of a type as seen from one member.

    Parameters
    ----------
    persons
        Persons who travel.
    minutes
        Minutes (l + 1) to ever farther places.
    beyond
        Columns (l) that are 1 where none of the places up to there operates.
    """

    persons: float
    minutes: FloatArray
    beyond: range


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
        rows: list[Row] = []
        first = many = len(matrix.names)
        for k in range(len(case.services)):
            for i in range(len(case.members)):
                found = self._places(k, i) if case.public[k, i] > 0 else []
                if not found:
                    continue
                minutes = np.array([way for way, _ in found])
                steps = Steps(float(case.public[k, i]), minutes, range(many, many + len(found) - 1))
                self._steps.append(steps)
                rows += [
                    Row({here: 1.0, place: 1.0}, low=1.0)
                    if here == many
                    else Row({here: 1.0, here - 1: -1.0, place: 1.0}, low=0.0)
                    for here, (_, place) in zip(steps.beyond, found[:-1], strict=True)
                ]
                many += len(found) - 1
        added = many - first
        names = [f"beyond_{n}" for n in range(added)]
        wider = with_columns(matrix, names, cost=np.zeros(added), upper=np.ones(added), whole=False)
        self.matrix = with_rows(wider, rows)

    def total(self, value: Callable[[FloatArray], FloatArray]) -> tuple[dict[int, float], float]:
        """Terms and constant of the sum, over everybody, of a function of the minutes.

        Parameters
        ----------
        value
            The function; falls with the minutes, so that more is better.

        Returns
        -------
        tuple
            Coefficient by column, and the constant.
        """
        terms: dict[int, float] = {}
        constant = 0.0
        for steps in self._steps:
            worth = steps.persons * value(steps.minutes)
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

    def _places(self, k: int, i: int) -> list[tuple[float, int]]:
        """Minutes from i to each place of k and its column, nearest first, to a certain one."""
        bench = self._bench
        case, service = bench.case, bench.case.services[k].code
        found: list[tuple[float, int]] = []
        farthest = 0.0
        for j, commune in enumerate(case.territory.communes):
            levels = self._unary.levels.get((service, commune.code))
            if levels is None:
                continue
            minutes = float(case.minutes[i, j])
            farthest = max(farthest, minutes)
            own = levels if j == i else levels[:1]
            found += [(minutes / float(np.sqrt(n)), c) for n, c in enumerate(own, start=1)]
        found.sort()
        for n, (_, column) in enumerate(found):
            if column in self._certain:
                return found[: n + 1]
        # Without any site: as far as the farthest place.
        return [*found, (farthest, -1)] if found else []
