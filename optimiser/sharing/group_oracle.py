"""Finds the coalitions that gain most by leaving a large group, and proves that there is no better.

For one host and one straight piece of the cost curve the gain of a coalition is a sum over its
members: a knapsack. Every pair of host and piece is searched to its end.
"""

import numpy as np

from optimiser.sharing.core import TOLERANCE, Oracle, oracle_of
from optimiser.sharing.group_game import GroupGame
from optimiser.sharing.knapsack import FREE, IN, OUT, Tasks, search
from optimiser.sharing.span import Span
from optimiser.units import BoolArray, FloatArray

NODES = 100_000_000
"""Nodes that the searches in one group may look at, unless told otherwise: about a minute."""

_MOST = 200
"""Coalitions that one search hands back."""
_SLACK = 1e-9
"""Relative slack of the limits of a piece of the curve."""
_LOOSE = 0.05
"""Of the saving: among coalitions beyond the level, near the best is good enough."""


def oracle_for(table: GroupGame, nodes: int = NODES) -> Oracle:
    """Oracle of a group: every coalition of a small one, a search in a large one.

    Parameters
    ----------
    table
        The group.
    nodes
        Nodes of all searches in a large group; those beyond are cut short.

    Returns
    -------
    Oracle
        For `optimiser.sharing.core`.
    """
    return oracle_of(table.game) if table.game.is_small else GroupOracle(table, nodes)


class GroupOracle:
    """Search for the coalitions of one large group.

    Parameters
    ----------
    table
        The group.
    nodes
        Nodes of all searches together.

    Attributes
    ----------
    exact
        Whether every search so far was carried to its end.
    kept
        Coalitions (k, n) found so far, the members alone among them.
    """

    def __init__(self, table: GroupGame, nodes: int = NODES) -> None:
        self.table = table
        self._nodes = nodes
        self.exact = True
        self.kept = np.eye(len(table.members), dtype=bool)
        state = np.where(np.isfinite(table.gains_eur), FREE, OUT)
        self._state = np.where(table.own, IN, state).astype(np.int8)
        self._scale = max(1.0, abs(table.saving_eur))

    def __call__(
        self, shares: FloatArray, level: float, span: Span, inside: BoolArray | None = None
    ) -> BoolArray:
        """Coalitions that gain more than the level; at no finite level, the one that gains most.

        Parameters
        ----------
        shares
            Shares (n,) that are offered.
        level
            Gain to exceed; inf: the coalition that gains most is wanted.
        span
            Coalitions in it do not count.
        inside
            Players (n,) that a coalition may hold; None: all.

        Returns
        -------
        ndarray
            Coalitions (k, n), those that gain most first.
        """
        best = not np.isfinite(level)
        known = self.kept[span.outside(self.kept)]
        if inside is not None:
            known = known[~(known & ~inside).any(axis=1)]
        excess = self.table.worth(known) - known @ shares
        if best:
            level = float(excess.max(initial=-np.inf))
        if best or not (excess > level).any():
            tasks = self._tasks(shares, inside)
            step = TOLERANCE / 10 * self._scale
            loose = step if best else _LOOSE * self._scale
            rows, ended, spent = search(
                tasks, span.directions, level, step, loose, self._nodes, rising=best
            )
            self.exact &= ended
            self._nodes -= spent
            rows = np.unique(rows.astype(bool), axis=0)
            known = np.vstack([known, rows])
            excess = np.append(excess, self.table.worth(rows) - rows @ shares)
            self.kept = np.unique(np.vstack([self.kept, rows]), axis=0)
        order = np.argsort(-excess)
        return known[order[: min(_MOST, max(1, int((excess > level).sum())))]]

    def _tasks(self, shares: FloatArray, inside: BoolArray | None) -> Tasks:
        state, usable = self._state, np.ones(len(self._state), dtype=bool)
        if inside is not None:
            usable = ~((self._state == IN) & ~inside).any(axis=1)
            state = np.where(inside, self._state, OUT)
        lines = np.array(self.table.lines).reshape(-1, 5)[usable]
        return Tasks(
            np.where(state == OUT, -np.inf, self.table.gains_eur - shares)[usable],
            -lines[:, 3],
            lines[:, 1] * (1 - _SLACK),
            lines[:, 2] * (1 + _SLACK),
            state[usable].astype(np.int8),
            self.table.volumes,
        )
