"""The nucleolus: the division whose aggrieved coalitions are aggrieved least (Schmeidler 1969).

A sequence of linear programmes (Kopelowitz 1967; Maschler, Peleg & Shapley 1979): minimise the
greatest excess, hold the coalitions that bear it in every optimum, and go on with those whose
shares are not settled by the ones held. Rows are added as an oracle finds them violated, so that
the coalitions need not be laid out.
"""

from dataclasses import dataclass

import numpy as np

from optimiser.sharing.core import Oracle, blocking, oracle_of
from optimiser.sharing.games import Game
from optimiser.sharing.programmes import Bound, minimise
from optimiser.sharing.span import Span
from optimiser.units import BoolArray, FloatArray

_TOLERANCE = 1e-9
_TOLERANCE_LARGE = 1e-7
"""Of the greatest worth: excesses that differ by less are the same."""
_ADDED = 100


@dataclass(frozen=True, slots=True, eq=False)
class Nucleolus:
    """Nucleolus of a game.

    Parameters
    ----------
    values
        Share (n,) of each player.
    excess
        What the most aggrieved coalition would gain by leaving.
    programmes
        Linear programmes solved.
    """

    values: FloatArray
    excess: float
    programmes: int


def nucleolus(game: Game, oracle: Oracle | None = None) -> Nucleolus:
    """Nucleolus of a game.

    Parameters
    ----------
    game
        The game.
    oracle
        Of a large game; None: every coalition is looked at.

    Returns
    -------
    Nucleolus
        Shares. Nobody gets less than alone, where the worth of all allows it; else the
        prenucleolus is returned.

    Raises
    ------
    ValueError
        Too many players to look at every coalition.

    Examples
    --------
    >>> claims = (100, 200, 300)
    >>> def left(s):  # what a coalition gets of 200 once the others are paid (Talmud)
    ...     return max(0.0, 200 - sum(c for c, inside in zip(claims, s) if not inside))
    >>> nucleolus(Game.of(("a", "b", "c"), left)).values.round(6).tolist()
    [50.0, 75.0, 75.0]
    """
    if game.size == 1:
        return Nucleolus(np.array([game.whole]), 0.0, 0)
    find = oracle or oracle_of(game)
    levels = _Levels(game, find)
    while levels.span.free:
        levels.lower()
    worst = blocking(game, levels.shares * levels.scale, find)
    return Nucleolus(levels.shares * levels.scale, worst.excess, levels.programmes)


class _Levels:
    """Coalitions known and held so far, and the span of the latter."""

    def __init__(self, game: Game, find: Oracle) -> None:
        n = game.size
        self.game = game
        self.find = find
        top = np.abs(game.table).max() if game.is_small else abs(game.whole)
        self.scale = max(1e-12, float(top))
        self.tolerance = _TOLERANCE if game.is_small else _TOLERANCE_LARGE
        whole = game.whole / self.scale
        self.held: list[BoolArray] = [np.ones(n, dtype=bool)]
        self.held_worth: list[float] = [whole]
        self.span = Span.whole(n)
        self.single = game.singles / self.scale
        rational = whole >= float(self.single.sum())
        self.bounds: list[Bound] = [(s if rational else None, None) for s in self.single.tolist()]
        self.known = np.vstack([np.eye(n, dtype=bool), ~np.eye(n, dtype=bool)])[: 2 * n]
        self.known = np.unique(self.known, axis=0)
        self.worth = game.worth(self.known) / self.scale
        self.rows = np.ones(len(self.known), dtype=bool)
        self.shares = np.full(n, whole / n)
        self.programmes = 0

    def lower(self) -> None:
        """Minimise the greatest excess of the coalitions that are not settled yet."""
        self.rows &= self.span.outside(self.known)
        while True:
            level, duals = self._minimise()
            if not self._add(level):
                break
        self._hold(level, duals)

    def _minimise(self) -> tuple[float, FloatArray]:
        n = self.game.size
        inside = self.known[self.rows].astype(np.float64)
        held = np.array(self.held, dtype=np.float64)
        found = minimise(
            np.append(np.zeros(n), 1.0),
            -np.hstack([inside, np.ones((len(inside), 1))]),
            -self.worth[self.rows],
            equal=(np.hstack([held, np.zeros((len(held), 1))]), self.held_worth),
            bounds=[*self.bounds, (None, None)],
        )
        self.programmes += 1
        self.shares = found.values[:n]
        return float(found.values[n]), found.duals

    def _add(self, level: float) -> bool:
        """Add rows that are broken by more than a level, known ones first; false: none is."""
        excess = self.worth - self.known @ self.shares
        excess[self.rows | ~self.span.outside(self.known)] = -np.inf
        broken = np.argsort(-excess)[:_ADDED]
        broken = broken[excess[broken] > level + self.tolerance]
        if len(broken):
            self.rows[broken] = True
            return True
        limit = (level + self.tolerance) * self.scale
        found = self.find(self.shares * self.scale, limit, self.span)
        worth = self.game.worth(found) / self.scale
        found = found[worth - found @ self.shares > level + self.tolerance][:_ADDED]
        seen = {row.tobytes() for row in self.known}
        new = np.array([row for row in found if row.tobytes() not in seen]).reshape(
            -1, found.shape[1]
        )
        self.known = np.vstack([self.known, new.astype(bool)])
        self.worth = np.append(self.worth, self.game.worth(new.astype(bool)) / self.scale)
        self.rows = np.append(self.rows, np.ones(len(new), dtype=bool))
        return len(new) > 0

    def _hold(self, level: float, duals: FloatArray) -> None:
        """Hold the coalitions that bear the level in every optimum: those with a dual price."""
        places = np.flatnonzero(self.rows)
        for place in np.argsort(duals):
            if duals[place] > -self.tolerance:
                break
            row = places[place]
            span = self.span.with_row(self.known[row])
            if span is not self.span:
                self.span = span
                self.held.append(self.known[row])
                self.held_worth.append(float(self.worth[row]) - level)
