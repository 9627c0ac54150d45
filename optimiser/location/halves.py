"""Cuts that rest on other cuts, where every demand must be served and serving costs nothing.

Of rows and cuts whose levels add up to an odd number, half the sum, every coefficient and then the
level rounded up, holds too. Member k < n of a cut is demand k, member n + c is cut c. Proven in
docs/mathematics-location.md, "Cuts of cuts".
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from optimiser.location.branch import linear
from optimiser.location.core import Core
from optimiser.location.cuts import HALF, Pool
from optimiser.location.kernels.odd_sets import odd_triples, spread, widened
from optimiser.units import FloatArray, IntArray

WORTH, SEEDS, LONGEST, MOST_FOUND = 0.96, 1.0, 5, 1_000_000
MOST_SEEDS, MOST_CUTS, TWICE = 60, 300, 6


@dataclass(eq=False)
class Halves(Pool):
    """Cuts of a core, of demands and of cuts before them.

    Parameters
    ----------
    levels
        What the left side of each cut is at least.
    rows
        Demands on which each cut rests, ascending, through other cuts or at once.
    """

    levels: list[int] = field(default_factory=list)
    rows: list[IntArray] = field(default_factory=list)

    def number(self, demands: IntArray) -> int:
        """Number of the cut of some members, which is added where it is new."""
        members = np.sort(demands).astype(np.int64)
        known = self.known.setdefault(members.tobytes(), len(self.demands))
        if known < len(self.demands):
            return known
        core, n = self.core, self.core.demands
        own, others = members[members < n], (members[members >= n] - n).tolist()
        near = [core.site[core.start[i] : core.start[i + 1]] for i in own]
        sites = np.concatenate(near + [self.sites[cut] for cut in others])
        ones = [np.ones(sum(map(len, near)))]
        heights = np.concatenate(ones + [self.heights[cut] for cut in others])
        union, place = np.unique(sites, return_inverse=True)
        total = np.bincount(place, weights=heights)
        level = len(own) + sum(self.levels[cut] for cut in others)
        self.demands.append(members)
        self.sites.append(union.astype(np.int64))
        self.heights.append(np.ceil(0.5 * total))
        self.levels.append((level + 1) // 2)
        self.rows.append(np.unique(np.concatenate([own] + [self.rows[cut] for cut in others])))
        return known

    def level(self, cut: int) -> float:
        """What the left side of a cut is at least."""
        return float(self.levels[cut])

    def shifted(self, cuts: IntArray, weights: FloatArray) -> tuple[FloatArray, FloatArray, float]:
        """Opening costs (m,), costs of leaving unserved (n,) and constant once cuts are priced.

        Parameters
        ----------
        cuts, weights
            Numbers of cuts, and the multiplier of each.
        """
        opening, constant = self.core.opening.copy(), self.core.constant
        for cut, weight in zip(cuts.tolist(), weights.tolist(), strict=True):
            opening[self.sites[cut]] -= weight * self.heights[cut]
            constant += weight * self.levels[cut]
        return opening, self.core.unserved, constant

    def taken(self, other: "Halves", cuts: IntArray) -> IntArray:
        """Numbers here of another pool's cuts, which are added with all that they rest on."""
        n = self.core.demands
        here: dict[int, int] = {}
        waiting = cuts.tolist()
        while waiting:
            cut = waiting[-1]
            members = other.demands[cut]
            inner = (members[members >= n] - n).tolist()
            missing = [c for c in inner if c not in here]
            if missing:
                waiting += missing
                continue
            own = members[members < n]
            here[cut] = self.number(
                np.concatenate((own, n + np.array([here[c] for c in inner], dtype=np.int64)))
            )
            waiting.pop()
        return np.array([here[cut] for cut in cuts.tolist()], dtype=np.int64)


def pool_of(core: Core) -> Pool:
    """Make the pool for the cuts of a core: cuts of cuts where they are understood."""
    must = core.count is None and not core.cost.any() and bool(np.isinf(core.unserved).all())
    return Halves(core) if must and not linear(core) else Pool(core)


def separated(
    matrix: sparse.csr_array, level: NDArray[np.int64], opening: FloatArray
) -> list[IntArray]:
    """Find sets of constraints whose halved sum cuts a fractional answer off.

    Parameters
    ----------
    matrix
        Whole coefficients (k, m) of constraints.
    level
        Their right sides (k,).
    opening
        How far each candidate (m,) is open.

    Returns
    -------
    list of IntArray
        Constraints of each set, most broken first.
    """
    support = np.flatnonzero(opening > 1e-6)  # noqa: PLR2004 - what rounding leaves
    amount = opening[support]
    inside = sparse.csr_array(matrix[:, support])
    slack = np.maximum(inside @ amount - level, 0.0)
    odd = inside.copy()
    odd.data = odd.data % 2
    odd.eliminate_zeros()
    odd.sort_indices()
    first = _distinct(odd, slack, level)
    if len(first) == 0:
        return []
    near = sparse.csr_array(odd[first])
    near.sort_indices()
    slack = slack[first]
    shared = sparse.csr_array(near.multiply(amount[None, :]) @ near.T)
    shared.sort_indices()
    own = near @ amount + slack
    graph = shared.indptr.astype(np.int64), shared.indices.astype(np.int32)
    rows = near.indptr.astype(np.int64), near.indices.astype(np.int32)
    triples, left = odd_triples(
        *graph, shared.data, own, *rows, amount, max(SEEDS, WORTH), MOST_FOUND
    )
    if len(triples) == 0:
        return []
    seeds = triples[spread(triples, np.argsort(left, kind="stable"), len(first), TWICE, MOST_SEEDS)]
    sets, sizes, values = widened(seeds, *graph, shared.data, own, slack, *rows, amount, LONGEST)
    used = np.zeros(len(first), dtype=np.int64)
    chosen: list[IntArray] = []
    for s in np.argsort(values, kind="stable"):
        members = sets[s, : sizes[s]]
        if values[s] >= WORTH or len(chosen) >= MOST_CUTS:
            break
        # Many cuts through one constraint say the same.
        if used[members].max() < TWICE:
            used[members] += 1
            chosen.append(first[members])
    return chosen


def _distinct(odd: sparse.csr_array, slack: FloatArray, level: NDArray[np.int64]) -> IntArray:
    """Of the constraints that are odd in the same open sites, the one that leaves least over."""
    best: dict[bytes, int] = {}
    width = np.diff(odd.indptr)
    for c in np.flatnonzero((level % 2 == 1) & (slack < HALF) & (width > 0)).tolist():
        key = odd.indices[odd.indptr[c] : odd.indptr[c + 1]].tobytes()
        if key not in best or slack[c] < slack[best[key]]:
            best[key] = c
    return np.array(sorted(best.values()), dtype=np.int64)
