"""Cooperative games: what every coalition of players can gain on its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np

from optimiser.units import BoolArray, FloatArray

Worth: TypeAlias = Callable[[BoolArray], FloatArray]
"""Worth (m,) of coalitions (m, n), one a row."""

TABLE_MOST = 16
"""Most players for which the worth of all 2^n coalitions is laid out."""


@dataclass(frozen=True)
class Game:
    """Players and what each coalition of them is worth.

    Parameters
    ----------
    players
        Names (n).
    worth
        Worth of coalitions; 0 for the empty one.

    Examples
    --------
    >>> gloves = Game.of(("left", "left too", "right"), lambda s: float(s[2] and (s[0] or s[1])))
    >>> gloves.whole
    1.0
    """

    players: tuple[str, ...]
    worth: Worth

    @classmethod
    def of(cls, players: Sequence[str], worth: Callable[[Sequence[bool]], float]) -> "Game":
        """Game from the worth of one coalition.

        Parameters
        ----------
        players
            Names (n).
        worth
            Worth of a coalition, given for each player whether it is in.

        Returns
        -------
        Game
            The game.
        """

        def all_of_them(coalitions: BoolArray) -> FloatArray:
            return np.array([worth(row) for row in coalitions.tolist()], dtype=np.float64)

        return cls(tuple(players), all_of_them)

    @property
    def size(self) -> int:
        """Number of players."""
        return len(self.players)

    @cached_property
    def whole(self) -> float:
        """Worth of all players together."""
        return float(self.worth(np.ones((1, self.size), dtype=bool))[0])

    @cached_property
    def singles(self) -> FloatArray:
        """Worth (n,) of each player on its own."""
        return self.worth(np.eye(self.size, dtype=bool))

    @cached_property
    def table(self) -> FloatArray:
        """Worth (2^n,) of every coalition; bit p of the index says whether player p is in.

        Raises
        ------
        ValueError
            More than `TABLE_MOST` players.
        """
        return self.worth(self.coalitions)

    @cached_property
    def coalitions(self) -> BoolArray:
        """Every coalition (2^n, n), in the order of `table`."""
        if self.size > TABLE_MOST:
            msg = f"{self.size} players: at most {TABLE_MOST}"
            raise ValueError(msg)
        index = np.arange(1 << self.size)
        return (index[:, None] >> np.arange(self.size) & 1).astype(bool)

    @property
    def is_small(self) -> bool:
        """Whether every coalition can be laid out."""
        return self.size <= TABLE_MOST
