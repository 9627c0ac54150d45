"""Coalitions whose shares are settled: the span of those held so far.

Once some coalitions are held at their shares, those of every combination of them are settled too,
and leave the programmes of the nucleolus. A coalition is outside the span exactly where one of the
directions, in which the shares can still move, changes its share.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optimiser.units import BoolArray, FloatArray

_ZERO = 1e-8


@dataclass(frozen=True, eq=False)
class Span:
    """Rows held, in reduced echelon form.

    Parameters
    ----------
    rows
        Independent rows (r, n); each has 1 in its pivot's column, where all the others have 0.
    pivots
        Columns (r) of the pivots.
    """

    rows: FloatArray
    pivots: tuple[int, ...]

    @classmethod
    def whole(cls, size: int) -> "Span":
        """Span of the coalition of all players."""
        return cls(np.ones((1, size)), (0,))

    @property
    def free(self) -> int:
        """Number of independent directions in which the shares can still move."""
        return int(self.rows.shape[1]) - len(self.pivots)

    def with_row(self, coalition: BoolArray) -> "Span":
        """Span with one coalition (n,) more; the same object where it lies inside already."""
        left = coalition.astype(np.float64)
        left = left - left[list(self.pivots)] @ self.rows
        pivot = int(np.argmax(np.abs(left)))
        if abs(left[pivot]) < _ZERO:
            return self
        left /= left[pivot]
        rows = np.vstack([self.rows - np.outer(self.rows[:, pivot], left), left])
        whole = np.round(rows)
        rows = np.where(np.abs(rows - whole) < _ZERO, whole, rows)
        return Span(rows, (*self.pivots, pivot))

    @cached_property
    def directions(self) -> FloatArray:
        """Directions (free, n) that leave the shares of every row as they are; few players each.

        One for each column without a pivot; players that every row treats alike are compared with
        each other.
        """
        found, like = [], dict[bytes, int]()
        for pivot in self.pivots:
            like.setdefault(self.rows[:, pivot].tobytes(), pivot)
        for k in sorted(set(range(self.rows.shape[1])) - set(self.pivots)):
            direction = np.zeros(self.rows.shape[1])
            direction[k] = 1.0
            twin = like.setdefault((self.rows[:, k] + 0.0).tobytes(), k)
            if twin == k:
                direction[list(self.pivots)] = -self.rows[:, k]
            else:
                direction[twin] = -1.0
            found.append(direction)
        return np.array(found).reshape(-1, self.rows.shape[1])

    def outside(self, coalitions: BoolArray) -> BoolArray:
        """Whether (m,) coalitions (m, n) are outside the span: their shares can still move."""
        change = np.abs(coalitions @ self.directions.T)
        return np.asarray((change > _ZERO * 10).any(axis=1), dtype=bool)
