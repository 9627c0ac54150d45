"""Demand finer than the commune: inhabited cells, and their minutes to where sites can stand."""

from dataclasses import dataclass

import numpy as np

from optimiser.units import BoolArray, FloatArray, IntArray, Minutes, Persons


@dataclass(frozen=True, eq=False)
class CellDemand:
    """Where the public of each member lives.

    A cell knows inhabitants only: the public of every type is spread over the cells of a commune
    as its inhabitants are. Populations of the grid are rescaled to those of the communes.

    Parameters
    ----------
    home
        Position (c,) of each cell's commune among the members.
    share
        Part (c,) of its commune's inhabitants; parts of a commune sum to 1.
    start, cell, minutes
        Cells that reach the town hall of commune j (members first, then neighbours) and their
        minutes: entries ``start[j]:start[j + 1]``. What is missing lies beyond the limit.
    limit
        Minutes up to which times are known.
    source
        File, and edition where it is known.
    counted
        Inhabitants that the grid counts in the members, before they are rescaled.
    lon, lat
        Centre (c,) of each cell, degrees; None where it is not needed.
    """

    home: IntArray
    share: FloatArray
    start: IntArray
    cell: IntArray
    minutes: FloatArray
    limit: Minutes
    source: str = ""
    counted: Persons = 0.0
    lon: FloatArray | None = None
    lat: FloatArray | None = None

    def __post_init__(self) -> None:
        """Refuse parts that do not make up their communes.

        Raises
        ------
        ValueError
            Lengths differ, or the parts of a commune do not sum to 1.
        """
        if len(self.home) != len(self.share) or len(self.cell) != len(self.minutes):
            raise ValueError("cells: lengths differ")
        whole = np.bincount(self.home, weights=self.share)
        if bool((self.share < 0).any()) or not np.allclose(whole, 1.0, atol=1e-6):
            raise ValueError("cells: parts of a commune do not sum to 1")

    def __len__(self) -> int:
        """Number of cells."""
        return len(self.home)

    def nearest(self, serving: BoolArray) -> FloatArray:
        """Minutes (c,) to the nearest of the communes (m,) that serve; inf beyond the limit."""
        best = np.full(len(self), np.inf)
        for j in np.flatnonzero(serving).tolist():
            at = slice(int(self.start[j]), int(self.start[j + 1]))
            rows = self.cell[at]
            best[rows] = np.minimum(best[rows], self.minutes[at])
        return best
