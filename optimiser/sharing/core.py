"""Stability: the least core, coalitions that would leave, and the least subsidy that keeps them.

Every programme here has one row for each coalition; rows are added as they are found violated
(row generation): all coalitions of a small game are looked at, those of a large one are searched by
an oracle.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from optimiser.errors import SolverError
from optimiser.sharing.games import Game
from optimiser.sharing.programmes import minimise
from optimiser.sharing.span import Span
from optimiser.units import BoolArray, FloatArray

TOLERANCE = 1e-6
"""Of the worth of all players: less than this is no reason to leave."""

_ROUNDS = 1_000
_ENDLESS = "coalitions are still found after too many rounds"
_ADDED = 40


class Oracle(Protocol):
    """Finds coalitions with a reason to leave."""

    def __call__(
        self, shares: FloatArray, level: float, span: Span, inside: BoolArray | None = None
    ) -> BoolArray:
        """Find the coalitions that gain more than a level by leaving shares.

        Parameters
        ----------
        shares
            Shares (n,) that are offered.
        level
            Gain to exceed; inf: the coalition that gains most is wanted.
        span
            Coalitions in it do not count; nor does the empty one.
        inside
            Players (n,) that a coalition may hold; None: all.

        Returns
        -------
        ndarray
            Coalitions (k, n), those that gain most first. Where the first one gains no more than
            the level, none does.
        """


@dataclass(frozen=True, slots=True, eq=False)
class Blocking:
    """The coalition with the best reason to leave.

    Parameters
    ----------
    coalition
        Whether (n,) each player is in it.
    excess
        What it would gain by leaving; at most 0 where nobody has a reason.
    """

    coalition: BoolArray
    excess: float


@dataclass(frozen=True, slots=True, eq=False)
class Stability:
    """How stable a game is.

    Parameters
    ----------
    shares
        Shares (n,) in the least core.
    excess
        Least that the most aggrieved coalition can be left to gain; at most 0: the core is not
        empty.
    subsidy
        Least that must be added from outside so that nobody has a reason to leave; 0 where the
        core is not empty (cost of stability; Bachrach et al. 2009).
    rounds
        Programmes solved.
    """

    shares: FloatArray
    excess: float
    subsidy: float
    rounds: int

    @property
    def core_is_empty(self) -> bool:
        """Whether no division keeps everybody."""
        return self.subsidy > 0


def oracle_of(game: Game) -> Oracle:
    """Oracle of a small game: looks at every coalition."""
    known: list[tuple[Span, BoolArray]] = []

    def worst(
        shares: FloatArray, level: float, span: Span, inside: BoolArray | None = None
    ) -> BoolArray:
        if not known or known[0][0] is not span:
            known[:] = [(span, span.outside(game.coalitions))]
        excess = np.where(known[0][1], game.table - game.coalitions @ shares, -np.inf)
        if inside is not None:
            excess[game.coalitions @ ~inside] = -np.inf
        order = np.argsort(-excess)[:_ADDED]
        return game.coalitions[order[: max(1, int((excess[order] > level).sum()))]]

    return worst


def blocking(game: Game, shares: FloatArray, oracle: Oracle | None = None) -> Blocking:
    """Find the coalition that gains most by leaving.

    Parameters
    ----------
    game
        The game.
    shares
        Shares (n,) that are offered.
    oracle
        Of a large game; None: every coalition is looked at.

    Returns
    -------
    Blocking
        The coalition and what it would gain.
    """
    coalition = (oracle or oracle_of(game))(shares, np.inf, Span.whole(game.size))[0]
    excess = float(game.worth(coalition[None])[0] - shares[coalition].sum())
    return Blocking(coalition, excess)


def stability(game: Game, oracle: Oracle | None = None) -> Stability:
    """Least core, and least subsidy, of a game.

    Parameters
    ----------
    game
        Two players or more.
    oracle
        Of a large game; None: every coalition is looked at.

    Returns
    -------
    Stability
        Shares, the greatest excess, and the subsidy.

    Examples
    --------
    >>> majority = Game.of(("a", "b", "c"), lambda s: float(sum(s) >= 2))
    >>> found = stability(majority)
    >>> round(found.excess, 3), round(found.subsidy, 3)
    (0.333, 0.5)
    """
    find = oracle or oracle_of(game)
    rows = _Rows(game)
    shares, excess, rounds = rows.least_core(find)
    subsidy = 0.0
    if excess > TOLERANCE * rows.scale:
        subsidy, more = rows.least_subsidy(find)
        rounds += more
    return Stability(shares, excess, subsidy, rounds)


class _Rows:
    """Coalitions whose rows stand in the programmes so far."""

    def __init__(self, game: Game) -> None:
        self.game = game
        self.scale = max(1.0, abs(game.whole), float(np.abs(game.singles).max()))
        n = game.size
        self.span = Span.whole(n)
        first = np.vstack([np.eye(n, dtype=bool), ~np.eye(n, dtype=bool)])
        self.coalitions = np.unique(first, axis=0)
        self.worth = game.worth(self.coalitions) / self.scale

    def add(self, shares: FloatArray, level: float, find: Oracle) -> bool:
        """Add rows that are broken by more than a level; false where none is."""
        coalitions = find(shares * self.scale, (level + TOLERANCE) * self.scale, self.span)
        worth = self.game.worth(coalitions) / self.scale
        broken = worth - coalitions @ shares > level + TOLERANCE
        before = len(self.worth)
        rows = np.vstack([self.coalitions, coalitions[broken]])
        self.coalitions, first = np.unique(rows, axis=0, return_index=True)
        self.worth = np.concatenate([self.worth, worth[broken]])[first]
        return len(self.worth) > before

    def least_core(self, find: Oracle) -> tuple[FloatArray, float, int]:
        """Minimise e, x(S) + e >= v(S) for every S, x(N) = v(N)."""
        n = self.game.size
        everyone = (np.append(np.ones(n), 0.0)[None], [self.game.whole / self.scale])
        for rounds in range(1, _ROUNDS + 1):
            rows = -np.hstack([self.coalitions, np.ones((len(self.worth), 1))])
            found = minimise(np.append(np.zeros(n), 1.0), rows, -self.worth, equal=everyone)
            shares, excess = found.values[:n], float(found.values[n])
            if not self.add(shares, excess, find):
                return shares * self.scale, excess * self.scale, rounds
        raise SolverError(_ENDLESS)

    def least_subsidy(self, find: Oracle) -> tuple[float, int]:
        """Minimise x(N) - v(N), x(S) >= v(S) for every S."""
        n = self.game.size
        whole = self.game.whole / self.scale
        for rounds in range(1, _ROUNDS + 1):
            rows = -np.vstack([self.coalitions, np.ones(n)])
            found = minimise(np.ones(n), rows, -np.append(self.worth, whole))
            if not self.add(found.values, 0.0, find):
                return (found.objective - whole) * self.scale, rounds
        raise SolverError(_ENDLESS)
