"""The game of a group: what each coalition of its members would save on its own.

A coalition forms the best group that the scenario's rules on hosts, minutes and size allow it, or
stays apart and saves nothing. Its cost is read from the same curve as the group's.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from optimiser.sharing.games import Game
from optimiser.sharing_case import SharingCase
from optimiser.sharing_solution import Group
from optimiser.units import BoolArray, FloatArray, IntArray


class Line(NamedTuple):
    """One straight piece of the cost of coalitions that one host carries.

    Parameters
    ----------
    place
        Position of the host in `GroupGame.hosts`.
    start, end
        Least and largest volume.
    fixed, slope
        Euros a year: ``fixed + slope x volume``.
    """

    place: int
    start: float
    end: float
    fixed: float
    slope: float


@dataclass(frozen=True, eq=False)
class GroupGame:
    """Figures of one group as a cooperative game.

    Parameters
    ----------
    case, group
        The case, and the group.
    saving_eur
        What the group saves, as the judge recomputed it: the worth of all its members.
    """

    case: SharingCase
    group: Group
    saving_eur: float

    @cached_property
    def function(self) -> int:
        """Index of the function."""
        return [f.code for f in self.case.planned].index(self.group.function)

    @cached_property
    def members(self) -> IntArray:
        """Indices (n) of the members in the case."""
        codes = [commune.code for commune in self.case.members]
        return np.array([codes.index(code) for code in self.group.members])

    @cached_property
    def hosts(self) -> IntArray:
        """Indices of the hosts that a coalition of members can choose: members, and the EPCI."""
        communes = len(self.case.members)
        teams = np.arange(communes, len(self.case.hosts))
        able = self.case.can_host[self.function]
        return np.array([h for h in (*self.members, *teams) if able[h]], dtype=np.int64)

    @cached_property
    def volumes(self) -> FloatArray:
        """Volume (n,) of each member."""
        found: FloatArray = self.case.volumes[self.function, self.members]
        return found

    @cached_property
    def alone_eur(self) -> FloatArray:
        """Euros a year (n,) of each member alone."""
        found: FloatArray = self.case.alone_eur[self.function, self.members]
        return found

    @cached_property
    def joining_eur(self) -> FloatArray:
        """Euros a year (n, hosts) of each member beside the curve; inf where it cannot join."""
        found: FloatArray = self.case.joining_eur[self.function][np.ix_(self.members, self.hosts)]
        return found

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Straight pieces of the cost curve that a coalition can lie in, for each host."""
        curve, least = self.case.curves[self.function], self.least
        return tuple(
            Line(place, max(start, least), end, fixed, slope)
            for place in range(len(self.hosts))
            for start, end, fixed, slope in curve.segments(float(self.volumes.sum()))
            if end >= least
        )

    @cached_property
    def gains_eur(self) -> FloatArray:
        """Gain (lines, n) of taking each member into a coalition; -inf where it cannot join."""
        slopes = np.array([line.slope for line in self.lines])
        joining = self.joining_eur[:, [line.place for line in self.lines]].T
        return self.alone_eur - np.outer(slopes, self.volumes) - joining

    @cached_property
    def own(self) -> BoolArray:
        """Whether (lines, n) a member is the host of a line."""
        hosts = self.hosts[[line.place for line in self.lines]]
        found: BoolArray = hosts[:, None] == self.members[None]
        return found

    @property
    def least(self) -> float:
        """Smallest volume of a group worth forming."""
        return self.case.planned[self.function].minimum_volume

    @cached_property
    def game(self) -> Game:
        """The game of the members."""
        return Game(self.group.members, self.worth)

    def worth(self, coalitions: BoolArray) -> FloatArray:
        """Saving (m,) of coalitions (m, n); the whole group's is the judge's figure."""
        # Sums as one product of matrices: a large group asks for the worth of millions.
        inside = coalitions.astype(np.float64)
        volume = inside @ self.volumes
        curve = self.case.curves[self.function]
        reachable = np.isfinite(self.joining_eur)
        costs = inside @ np.where(reachable, self.joining_eur, 0.0)
        if not reachable.all():
            costs[inside @ ~reachable > 0] = np.inf
        for place, host in enumerate(self.hosts):
            own = np.flatnonzero(self.members == host)
            if len(own):
                costs[~coalitions[:, own[0]], place] = np.inf
        best = costs.min(axis=1, initial=np.inf)
        saving = inside @ self.alone_eur - curve.cost(volume) - best
        can = (coalitions.sum(axis=1) > 1) & (volume >= self.least * (1 - 1e-9))
        worth = np.where(can, np.maximum(0.0, saving), 0.0)
        worth[coalitions.all(axis=1)] = self.saving_eur
        return worth
