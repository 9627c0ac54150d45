"""What the linear relaxation answers, and where its answer stands."""

from dataclasses import dataclass

import highspy
import numpy as np

from optimiser.units import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Relaxed:
    """An answer of the relaxation.

    Parameters
    ----------
    multipliers
        One (n,) for each demand.
    cuts, weights
        Cuts with a multiplier, and theirs.
    needs
        Multipliers of the sets of which a site must be open, as they were given.
    opening, left
        How far each candidate (m,) is open, and each demand (n,) left unserved.
    value
        What HiGHS gives it, the core's constant aside.
    """

    multipliers: FloatArray
    cuts: IntArray
    weights: FloatArray
    needs: FloatArray
    opening: FloatArray
    left: FloatArray
    value: float


@dataclass(frozen=True, eq=False)
class Start:
    """Where an answer of a relaxation stands.

    Parameters
    ----------
    basis
        HiGHS's.
    columns
        Candidates that have a column, in their order.
    cuts, needs
        What else the programme was made of.
    """

    basis: highspy.HighsBasis
    columns: IntArray
    cuts: list[int]
    needs: tuple[int, ...]

    def widened(self, columns: IntArray, place: IntArray) -> highspy.HighsBasis:
        """The basis among more columns, none of them open; ``place`` tells where each is."""
        if np.array_equal(columns, self.columns):
            return self.basis
        status = list(self.basis.col_status)
        first = len(status) - len(self.columns)
        sites = [highspy.HighsBasisStatus.kLower] * len(columns)
        for at, own in zip(place[self.columns].tolist(), status[first:], strict=True):
            sites[at] = own
        basis = highspy.HighsBasis()
        basis.valid = True
        basis.row_status = self.basis.row_status
        basis.col_status = status[:first] + sites
        return basis
