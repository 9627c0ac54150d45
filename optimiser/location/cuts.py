"""Cuts from odd sets of demands: what they say, how they move the core, and how they are found.

Of an odd number k of demands, the sites that are near an odd or even number a of them serve, and
the demands left out fill up: sum z + sum ceil(a_j / 2) y_j >= (k + 1) / 2. Proven in
docs/mathematics-location.md, "Cuts".
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from optimiser.location.core import Core
from optimiser.location.kernels.odd_sets import odd_triples, spread, widened
from optimiser.units import FloatArray, IntArray

WORTH, SEEDS, LONGEST, MOST_FOUND = 0.96, 1.4, 11, 1_000_000
MOST_SEEDS, MOST_CUTS, TWICE = 200, 300, 6
HALF = 0.5


@dataclass(eq=False)
class Pool:
    """Cuts of a core.

    Parameters
    ----------
    core
        The core.
    demands
        Demands of each cut.
    sites, heights
        Candidates of each cut and their coefficients.
    """

    core: Core
    demands: list[IntArray] = field(default_factory=list)
    sites: list[IntArray] = field(default_factory=list)
    heights: list[FloatArray] = field(default_factory=list)
    known: dict[bytes, int] = field(default_factory=dict)

    def add(self, demands: IntArray) -> bool:
        """Add the cut of an odd set; says whether it is new."""
        before = len(self.demands)
        return self.number(demands) == before

    def number(self, demands: IntArray) -> int:
        """Number of the cut of an odd set, which is added where it is new."""
        demands = np.sort(demands).astype(np.int64)
        known = self.known.setdefault(demands.tobytes(), len(self.demands))
        if known < len(self.demands):
            return known
        core = self.core
        near = np.concatenate([core.site[core.start[i] : core.start[i + 1]] for i in demands])
        sites, times = np.unique(near, return_counts=True)
        self.demands.append(demands)
        self.sites.append(sites.astype(np.int64))
        self.heights.append(((times + 1) // 2).astype(np.float64))
        return known

    def level(self, cut: int) -> float:
        """What the left side of a cut is at least."""
        return float((len(self.demands[cut]) + 1) // 2)

    def shifted(self, cuts: IntArray, weights: FloatArray) -> tuple[FloatArray, FloatArray, float]:
        """Opening costs (m,), costs of leaving unserved (n,) and constant once cuts are priced.

        Parameters
        ----------
        cuts, weights
            Numbers of cuts, and the multiplier of each.
        """
        opening, unserved = self.core.opening.copy(), self.core.unserved.copy()
        constant = self.core.constant
        for cut, weight in zip(cuts.tolist(), weights.tolist(), strict=True):
            opening[self.sites[cut]] -= weight * self.heights[cut]
            unserved[self.demands[cut]] -= weight
            constant += weight * self.level(cut)
        return opening, unserved, constant


def separate(core: Core, pool: Pool, opening: FloatArray, left: FloatArray) -> list[int]:
    """Find cuts that a fractional answer breaks, and add them to a pool.

    Parameters
    ----------
    core
        The core.
    pool
        Where to add them.
    opening, left
        How far each candidate (m,) is open, and each demand (n,) left unserved.

    Returns
    -------
    list of int
        Numbers of the new cuts, most broken first.
    """
    support = np.flatnonzero(opening > 1e-6)  # noqa: PLR2004 - what rounding leaves
    all_near = sparse.csr_array(
        (np.ones(len(core.site)), core.site, core.start), shape=(core.demands, core.candidates)
    )
    near = all_near[:, support].tocsr()
    near.sort_indices()
    amount = opening[support]
    slack = np.maximum(near @ amount + left - 1.0, 0.0) + left
    first = _distinct(near, slack)
    near = near[first].tocsr()
    near.sort_indices()
    slack = slack[first]
    shared = sparse.csr_array(near.multiply(amount[None, :]) @ near.T)
    shared.sort_indices()
    own = near @ amount + slack
    graph = shared.indptr.astype(np.int64), shared.indices.astype(np.int32)
    rows = near.indptr.astype(np.int64), near.indices.astype(np.int32)
    triples, odd = odd_triples(
        *graph, shared.data, own, *rows, amount, max(SEEDS, WORTH), MOST_FOUND
    )
    if len(triples) == 0:
        return []
    seeds = triples[spread(triples, np.argsort(odd, kind="stable"), len(first), TWICE, MOST_SEEDS)]
    sets, sizes, values = widened(seeds, *graph, shared.data, own, slack, *rows, amount, LONGEST)
    return _chosen(pool, first, sets, sizes, values)


def _distinct(near: sparse.csr_array, slack: FloatArray) -> IntArray:
    """Of the demands that are near the same open sites, the one that leaves least over."""
    best: dict[bytes, int] = {}
    width = np.diff(near.indptr)
    for i in np.flatnonzero((slack < HALF) & (width > 1)).tolist():
        key = near.indices[near.indptr[i] : near.indptr[i + 1]].tobytes()
        if key not in best or slack[i] < slack[best[key]]:
            best[key] = i
    return np.array(sorted(best.values()), dtype=np.int64)


def _chosen(
    pool: Pool,
    first: IntArray,
    sets: NDArray[np.int32],
    sizes: NDArray[np.int64],
    values: FloatArray,
) -> list[int]:
    used = np.zeros(len(first), dtype=np.int64)
    new: list[int] = []
    for s in np.argsort(values, kind="stable"):
        members = sets[s, : sizes[s]]
        if values[s] >= WORTH or len(new) >= MOST_CUTS:
            break
        # Many cuts through one demand say the same.
        if used[members].max() >= TWICE:
            continue
        if pool.add(first[members]):
            used[members] += 1
            new.append(len(pool.demands) - 1)
    return new
