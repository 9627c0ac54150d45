"""The nucleolus: the division whose aggrieved coalitions are aggrieved least (Schmeidler 1969).

A sequence of linear programmes (Kopelowitz 1967; Maschler, Peleg & Shapley 1979): minimise the
greatest excess, hold the coalitions that bear it in every optimum, and go on with the others.
Rows are added as they are found violated.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import null_space

from optimiser.sharing.core import blocking, oracle_of
from optimiser.sharing.games import Game
from optimiser.sharing.programmes import Bound, minimise
from optimiser.units import BoolArray, FloatArray

_TOLERANCE = 1e-9
_DIRECTION = 1e-8
"""A coalition whose shares move by less than this along every free direction is determined."""
_ADDED = 100


@dataclass(frozen=True, slots=True, eq=False)
class Nucleolus:
    """Nucleolus of a small game.

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


def nucleolus(game: Game) -> Nucleolus:
    """Nucleolus of a game whose coalitions can be laid out.

    Parameters
    ----------
    game
        At most `optimiser.sharing.games.TABLE_MOST` players.

    Returns
    -------
    Nucleolus
        Shares. Nobody gets less than alone, where the worth of all allows it; else the
        prenucleolus is returned.

    Raises
    ------
    ValueError
        Too many players.

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
    levels = _Levels(game)
    while levels.free.shape[1]:
        levels.lower()
    worst = blocking(game, levels.shares * levels.scale, oracle_of(game))
    return Nucleolus(levels.shares * levels.scale, worst.excess, levels.programmes)


class _Levels:
    """Coalitions held so far, and the directions in which the shares can still move."""

    def __init__(self, game: Game) -> None:
        n = game.size
        self.game = game
        self.scale = max(1e-12, float(np.abs(game.table).max()))
        self.worth = game.table / self.scale
        self.held: list[BoolArray] = [np.ones(n, dtype=bool)]
        self.held_worth: list[float] = [float(self.worth[-1])]
        self.rational = float(self.worth[-1]) >= float(game.singles.sum()) / self.scale
        self.free = null_space(np.ones((1, n)))
        self.rows = sorted(
            {1 << p for p in range(n)} | {len(self.worth) - 1 - (1 << p) for p in range(n)}
        )
        self.shares = np.full(n, self.worth[-1] / n)
        self.programmes = 0

    def lower(self) -> None:
        """Minimise the greatest excess of the coalitions that are not determined yet."""
        n = self.game.size
        moving = np.abs(self.game.coalitions @ self.free).max(axis=1) > _DIRECTION
        rows = [row for row in self.rows if moving[row]]
        single = self.game.singles / self.scale
        bounds: list[Bound] = [(s if self.rational else None, None) for s in single.tolist()]
        while True:
            inside = self.game.coalitions[rows].astype(np.float64)
            held = np.array(self.held, dtype=np.float64)
            found = minimise(
                np.append(np.zeros(n), 1.0),
                -np.hstack([inside, np.ones((len(rows), 1))]),
                -self.worth[rows],
                equal=(np.hstack([held, np.zeros((len(held), 1))]), self.held_worth),
                bounds=[*bounds, (None, None)],
            )
            self.programmes += 1
            self.shares, level = found.values[:n], float(found.values[n])
            excess = self.worth - self.game.coalitions @ self.shares
            excess[~moving] = -np.inf
            broken = np.flatnonzero(excess > level + _TOLERANCE)
            if not len(broken):
                break
            rows += broken[np.argsort(-excess[broken])][:_ADDED].tolist()
        self.rows = sorted(set(self.rows) | set(rows))
        self._hold(rows, found.duals, level)

    def _hold(self, rows: list[int], duals: FloatArray, level: float) -> None:
        """Hold the coalitions that bear the level in every optimum: those with a dual price."""
        for place in np.argsort(duals):
            if duals[place] > -_TOLERANCE:
                break
            coalition = self.game.coalitions[rows[place]]
            if np.abs(coalition @ self.free).max() > _DIRECTION:
                self.held.append(coalition)
                self.held_worth.append(float(self.worth[rows[place]]) - level)
                self.free = null_space(np.array(self.held, dtype=float))
            if not self.free.shape[1]:
                break
