"""Search zones: what is left of the space of several axes once some points are known.

A zone is a corner u and stands for every p > u. It starts as the whole space; a known point z cuts
every zone that holds it into one for each axis, u with u_j raised to z_j; zones inside others are
dropped. Together the zones hold exactly what no known point covers (Klamroth, Lacour &
Vanderpooten 2015).
"""

from collections.abc import Iterable

import numpy as np

from optimiser.units import FloatArray


class Zones:
    """The zones that are left.

    Parameters
    ----------
    axes
        Number of axes; more is better on each.

    Attributes
    ----------
    open
        Corners (axes,) of the zones not looked at yet; -inf where an axis has no limit.
    """

    def __init__(self, axes: int) -> None:
        self.open: list[FloatArray] = [np.full(axes, -np.inf)]
        self._empty: list[FloatArray] = []

    def cover(self, point: FloatArray) -> None:
        """Take away what a point (axes,) covers: every p <= point."""
        hit = [u for u in self.open if (u < point).all()]
        if not hit:
            return
        kept = [u for u in self.open if not (u < point).all()]
        parts = [self._raised(u, j, point[j]) for u in hit for j in range(len(point))]
        self.open = kept + _outermost(parts, kept)

    def close(self, zone: FloatArray) -> None:
        """Take away a zone that is known to hold nothing, and those inside it."""
        self._empty.append(zone)
        self.open = [u for u in self.open if not (u >= zone).all()]

    def largest(self, worst: FloatArray, best: FloatArray) -> FloatArray | None:
        """Find the zone that leaves most room between worst and best values (axes,); None: none.

        Zones without room, and those within one that is known to be empty, are closed on the way.
        """
        self.open = [
            u
            for u in self.open
            if (u < best).all() and not any((u >= e).all() for e in self._empty)
        ]
        if not self.open:
            return None
        span = np.where(best > worst, best - worst, 1.0)
        rooms = [float(np.prod((best - np.maximum(u, worst)) / span)) for u in self.open]
        return self.open[int(np.argmax(rooms))]

    @staticmethod
    def _raised(zone: FloatArray, axis: int, value: float) -> FloatArray:
        raised = zone.copy()
        raised[axis] = value
        return raised


def _outermost(parts: Iterable[FloatArray], kept: list[FloatArray]) -> list[FloatArray]:
    """Keep the zones that lie in no other one."""
    found: list[FloatArray] = []
    for part in sorted(parts, key=lambda u: u.tolist()):
        if not any((part >= other).all() for other in [*kept, *found]):
            found.append(part)
    return found
