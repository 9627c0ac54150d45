"""Finds the coalitions that gain most by leaving a large group, and proves that there is no better.

For one host and one straight piece of the cost curve the gain of a coalition is a sum over its
members, so that the best one is a knapsack. Coalitions that are quick to find come first: changes
of one member in those found before, and greedy fillings; programmes are solved only where none of
them will do (column generation with a heuristic and an exact pricing).
"""

from typing import TypeAlias

import numpy as np
from scipy import sparse

from optimiser.sharing.core import Oracle, oracle_of
from optimiser.sharing.group_game import GroupGame
from optimiser.solvers import BACKENDS, Limits, LinearModel
from optimiser.units import BoolArray, FloatArray

Piece: TypeAlias = tuple[float, float, float, float]

_GAP = 1e-6
_KEPT = 60
_PROGRAMMES = 6
"""Programmes after which a coalition that gains more than the level is enough."""


def oracle_for(table: GroupGame) -> Oracle:
    """Oracle of a group: every coalition of a small one, a search in a large one.

    Parameters
    ----------
    table
        The group.

    Returns
    -------
    Oracle
        For `optimiser.sharing.core`.
    """
    return oracle_of(table.game) if table.game.is_small else GroupOracle(table)


class GroupOracle:
    """Search for the coalitions of one large group.

    Parameters
    ----------
    table
        The group.
    """

    def __init__(self, table: GroupGame) -> None:
        self.table = table
        n = len(table.members)
        self.kept = np.vstack([np.eye(n, dtype=bool), ~np.eye(n, dtype=bool)])
        curve = table.case.curves[table.function]
        self.tasks = [
            (place, piece)
            for place in range(len(table.hosts))
            for piece in curve.segments(float(table.volumes.sum()))
        ]

    def __call__(self, shares: FloatArray, level: float) -> BoolArray:
        """Coalitions that gain more than the level; where none does, the one that gains most."""
        found = self._quick(shares)
        excess = self.table.worth(found) - found @ shares
        if excess.max() <= level:
            found, excess = self._proven(shares, level, found, excess)
        order = np.argsort(-excess)
        self.kept = found[order[:_KEPT]]
        return found[order[: min(_KEPT, max(1, int((excess > level).sum())))]]

    def _quick(self, shares: FloatArray) -> BoolArray:
        """Coalitions found before, greedy ones, and all that differ from the best by a member."""
        n = len(self.table.members)
        greedy = [self._greedy(self._gains(shares, *task), *task) for task in self.tasks]
        found = np.vstack([self.kept, np.array(greedy)])
        flips = np.eye(n, dtype=bool)
        for _ in range(3):
            excess = self.table.worth(found) - found @ shares
            best = found[np.argsort(-excess)[:12]]
            near = (best[:, None, :] ^ flips[None]).reshape(-1, n)
            found = np.unique(np.vstack([found, near]), axis=0)
            found = found[~found.all(axis=1) & found.any(axis=1)]
        return found

    def _proven(
        self, shares: FloatArray, level: float, found: BoolArray, excess: FloatArray
    ) -> tuple[BoolArray, FloatArray]:
        """Solve knapsacks while they may gain more than what is found, or than the level."""
        bounded = [(self._ceiling(shares, *task), task) for task in self.tasks]
        floor = level if np.isfinite(level) else -np.inf
        for count, (ceiling, task) in enumerate(sorted(bounded, key=lambda t: -t[0])):
            enough = excess.max() > floor and count >= _PROGRAMMES and np.isfinite(level)
            if enough or ceiling <= max(floor, excess.max()):
                break
            coalition = self._knapsack(shares, *task)
            if coalition is not None:
                found = np.vstack([found, coalition[None]])
                gained = self.table.worth(coalition[None])[0] - shares[coalition].sum()
                excess = np.append(excess, gained)
        return found, excess

    def _gains(self, shares: FloatArray, place: int, piece: Piece) -> FloatArray:
        """Gain (n,) of taking each member into a coalition; -inf where it cannot join."""
        table = self.table
        return table.alone_eur - piece[3] * table.volumes - table.joining_eur[:, place] - shares

    def _ceiling(self, shares: FloatArray, place: int, piece: Piece) -> float:
        """Gain that no coalition of the host exceeds, from the continuous knapsack."""
        table = self.table
        gains = self._gains(shares, place, piece)
        own = table.members == table.hosts[place]
        inside = own | (gains > 0)
        total, volume = float(gains[inside].sum()) - piece[2], float(table.volumes[inside].sum())
        ratio = gains / np.maximum(table.volumes, 1e-12)
        over = volume > piece[1]
        line = [i for i in np.argsort(ratio if over else -ratio) if bool(inside[i]) is over]
        for i in line:
            gap = (volume - piece[1]) if over else (piece[0] - volume)
            if gap <= 0 or own[i]:
                continue
            part = min(1.0, gap / max(float(table.volumes[i]), 1e-12))
            total += -part * float(gains[i]) if over else part * float(gains[i])
            volume += (-part if over else part) * float(table.volumes[i])
        return total if volume >= piece[0] * (1 - 1e-9) else -np.inf

    def _greedy(self, gains: FloatArray, place: int, piece: Piece) -> BoolArray:
        """Those who gain, until the volume lies within the piece, the best by volume first."""
        table = self.table
        own = table.members == table.hosts[place]
        inside: BoolArray = own | (gains > 0)
        order = np.argsort(gains / np.maximum(table.volumes, 1e-12))
        for i in order:
            if float(table.volumes[inside].sum()) <= piece[1]:
                break
            inside[i] &= own[i]
        for i in order[::-1]:
            if float(table.volumes[inside].sum()) >= piece[0]:
                break
            inside[i] |= bool(np.isfinite(gains[i]))
        return inside

    def _knapsack(self, shares: FloatArray, place: int, piece: Piece) -> BoolArray | None:
        """Best coalition within one piece, the whole group left out; None where there is none."""
        table = self.table
        n = len(table.members)
        gains = self._gains(shares, place, piece)
        free = np.isfinite(gains)
        least = max(piece[0], table.case.planned[table.function].minimum_volume)
        whole = float(table.volumes.sum())
        model = LinearModel(
            names=tuple(f"in_{i}" for i in range(n)),
            cost=np.where(free, gains, 0.0),
            offset=-piece[2],
            maximise=True,
            lower=(table.members == table.hosts[place]).astype(float),
            upper=free.astype(float),
            integer=np.ones(n, dtype=bool),
            rows=sparse.csr_array(np.vstack([table.volumes / whole, np.ones(n)])),
            row_lower=np.array([least / whole, 2.0]),
            row_upper=np.array([piece[1] / whole + 1e-12, n - 1.0]),
        )
        outcome = BACKENDS["highs"](model, Limits(gap=_GAP, threads=1))
        return None if outcome.values is None else outcome.values > 0.5  # noqa: PLR2004
