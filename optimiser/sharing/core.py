"""Stability: the least core, coalitions that would leave, and the least subsidy that keeps them.

Every programme here has one row for each coalition; rows are added as they are found violated
(row generation), by looking through all coalitions of a small game, or by the oracle of a large one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy.optimize import linprog

from optimiser.sharing.games import Game
from optimiser.units import BoolArray, FloatArray

Oracle: TypeAlias = Callable[[FloatArray], BoolArray]
"""Coalition (n,) that gains most by leaving shares (n,), among all but the empty and the whole."""

TOLERANCE = 1e-7
"""Of the worth of all players: less than this is no reason to leave."""

_ROUNDS = 400


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

    def worst(shares: FloatArray) -> BoolArray:
        excess = game.table - game.coalitions @ shares
        excess[[0, -1]] = -np.inf
        return game.coalitions[int(np.argmax(excess))]

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
    coalition = (oracle or oracle_of(game))(shares)
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
        first = np.vstack([np.eye(n, dtype=bool), ~np.eye(n, dtype=bool)])
        self.coalitions = np.unique(first, axis=0)
        self.worth = game.worth(self.coalitions) / self.scale

    def add(self, coalition: BoolArray) -> bool:
        """Add a row; false where it stands already."""
        if bool((self.coalitions == coalition).all(axis=1).any()):
            return False
        self.coalitions = np.vstack([self.coalitions, coalition[None]])
        worth = self.game.worth(coalition[None]) / self.scale
        self.worth = np.concatenate([self.worth, worth])
        return True

    def least_core(self, find: Oracle) -> tuple[FloatArray, float, int]:
        """Minimise e, x(S) + e >= v(S) for every S, x(N) = v(N)."""
        n = self.game.size
        cost = np.append(np.zeros(n), 1.0)
        for rounds in range(1, _ROUNDS + 1):
            found = linprog(
                cost,
                A_ub=-np.hstack([self.coalitions, np.ones((len(self.worth), 1))]),
                b_ub=-self.worth,
                A_eq=np.append(np.ones(n), 0.0)[None],
                b_eq=[self.game.whole / self.scale],
                bounds=(None, None),
            )
            shares, excess = found.x[:n], float(found.x[n])
            worst = blocking(self.game, shares * self.scale, find)
            gained = worst.excess / self.scale <= excess + TOLERANCE
            if gained or not self.add(worst.coalition):
                break
        return shares * self.scale, excess * self.scale, rounds

    def least_subsidy(self, find: Oracle) -> tuple[float, int]:
        """Minimise x(N) - v(N), x(S) >= v(S) for every S."""
        n = self.game.size
        whole = self.game.whole / self.scale
        for rounds in range(1, _ROUNDS + 1):
            found = linprog(
                np.ones(n),
                A_ub=-np.vstack([self.coalitions, np.ones(n)]),
                b_ub=-np.append(self.worth, whole),
                bounds=(None, None),
            )
            worst = blocking(self.game, found.x * self.scale, find)
            if worst.excess <= TOLERANCE * self.scale or not self.add(worst.coalition):
                break
        return float(found.fun - whole) * self.scale, rounds
