"""The judge's view of cuts that rest on other cuts: what they say, and what pricing them leaves."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.errors import VerificationError
from optimiser.location.core import Core
from optimiser.units import FloatArray, IntArray

UNIT = 2.0**-53
LARGEST_EXACT = 2.0**53


@dataclass(frozen=True, eq=False)
class Stack:
    """Cuts of cuts, recomputed from their members.

    Parameters
    ----------
    core
        The core; every demand must be served.
    sites, heights
        Candidates of each cut and their whole coefficients.
    levels
        What the left side of each cut is at least.
    """

    core: Core
    sites: tuple[IntArray, ...]
    heights: tuple[FloatArray, ...]
    levels: tuple[int, ...]

    def priced(self, cuts: IntArray, weights: FloatArray) -> tuple[FloatArray, float]:
        """Opening costs (m,) left once cuts are priced, and what these bring, both rounded down.

        Parameters
        ----------
        cuts, weights
            Numbers of cuts, and the multiplier of each, 0 or more.
        """
        m = self.core.candidates
        if len(cuts) == 0:
            return self.core.opening, 0.0
        sites = np.concatenate([self.sites[cut] for cut in cuts])
        shares = np.concatenate(
            [weight * self.heights[cut] for cut, weight in zip(cuts, weights, strict=True)]
        )
        taken = np.bincount(sites, weights=shares, minlength=m)
        terms = np.bincount(sites, minlength=m) + 4.0
        brought = float(sum(w * self.levels[cut] for cut, w in zip(cuts, weights, strict=True)))
        # A sum of t products errs by less than 2 t units of its size.
        opening = self.core.opening - taken
        opening -= 2.0 * terms * UNIT * (np.abs(self.core.opening) + taken)
        return opening, brought - 2.0 * (len(cuts) + 4.0) * UNIT * brought


def checked_cuts(core: Core, cuts: Sequence[IntArray]) -> Sequence[IntArray] | Stack:
    """Check what cuts are made of.

    Parameters
    ----------
    core
        The core.
    cuts
        Members of each: demands, and n + c for cut c before it.

    Returns
    -------
    Sequence of IntArray or Stack
        The cuts as they are, where all are odd sets of demands; else what they say.

    Raises
    ------
    VerificationError
        A cut has a member twice or one that does not come before it, or levels that add up to an
        even number, or rests on cuts where a demand may stay unserved.
    """
    n = core.demands
    for number, members in enumerate(cuts):
        inside = len(members) > 0 and members.min() >= 0 and members.max() < n + number
        if not inside or len(np.unique(members)) < len(members):
            raise VerificationError((f"cut {number} is no odd set of what comes before it",))
    if all(members.max() < n for members in cuts):
        for number, members in enumerate(cuts):
            if len(members) % 2 == 0:
                raise VerificationError((f"cut {number} is no odd set of demands",))
        return cuts
    if np.isfinite(core.unserved).any():
        raise VerificationError(("cuts of cuts where demands may stay unserved",))
    return _stacked(core, cuts)


def _stacked(core: Core, cuts: Sequence[IntArray]) -> Stack:
    sites: list[IntArray] = []
    heights: list[FloatArray] = []
    levels: list[int] = []
    for number, members in enumerate(cuts):
        sums: dict[int, float] = {}
        level = 0
        for member in members.tolist():
            if member < core.demands:
                level += 1
                for j in core.site[core.start[member] : core.start[member + 1]].tolist():
                    sums[j] = sums.get(j, 0.0) + 1.0
                continue
            inner = member - core.demands
            level += levels[inner]
            for j, height in zip(sites[inner].tolist(), heights[inner].tolist(), strict=True):
                sums[j] = sums.get(j, 0.0) + height
        if level % 2 == 0 or max(sums.values(), default=0.0) >= LARGEST_EXACT:
            raise VerificationError((f"cut {number} is no odd set of what comes before it",))
        sites.append(np.fromiter(sums.keys(), dtype=np.int64, count=len(sums)))
        heights.append(np.ceil(np.fromiter(sums.values(), dtype=float, count=len(sums)) / 2.0))
        levels.append((level + 1) // 2)
    return Stack(core, tuple(sites), tuple(heights), tuple(levels))
