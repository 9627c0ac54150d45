"""The game of a group: what each coalition of its members would save on its own.

A coalition forms the best group that the scenario's rules on hosts, minutes and size allow it, or
stays apart and saves nothing. Its cost is read from the same curve as the group's.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optimiser.sharing.games import Game
from optimiser.sharing_case import SharingCase
from optimiser.sharing_solution import Group
from optimiser.units import BoolArray, FloatArray, IntArray


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
    def game(self) -> Game:
        """The game of the members."""
        return Game(self.group.members, self.worth)

    def worth(self, coalitions: BoolArray) -> FloatArray:
        """Saving (m,) of coalitions (m, n); the whole group's is the judge's figure."""
        volume = coalitions @ self.volumes
        curve = self.case.curves[self.function]
        best = np.full(len(coalitions), np.inf)
        reachable = np.isfinite(self.joining_eur)
        joining = np.where(reachable, self.joining_eur, 0.0)
        for place, host in enumerate(self.hosts):
            cost = coalitions @ joining[:, place]
            stopped = (coalitions @ ~reachable[:, place]).astype(bool)
            if host in self.members:
                stopped |= ~coalitions[:, int(np.flatnonzero(self.members == host)[0])]
            best = np.minimum(best, np.where(stopped, np.inf, cost))
        saving = coalitions @ self.alone_eur - curve.cost(volume) - best
        least = self.case.planned[self.function].minimum_volume
        can = (coalitions.sum(axis=1) > 1) & (volume >= least * (1 - 1e-9))
        worth = np.where(can, np.maximum(0.0, saving), 0.0)
        worth[coalitions.all(axis=1)] = self.saving_eur
        return worth
