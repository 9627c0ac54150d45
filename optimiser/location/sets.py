"""Sets of candidates to branch on: those near both of two demands.

A single candidate is a poor thing to decide where its neighbours do nearly the same: closed, one of
them stands in. Whether any site at all is near both of two demands moves the answer either way.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from optimiser.location.core import Core
from optimiser.location.kernels.net import FREE
from optimiser.units import FloatArray, IntArray

LEAST_SHARED, MOST_SHARED = 0.05, 0.95
HEAVIEST, LEAST_OPEN = 400, 1e-6


def shared_sets(
    core: Core, state: NDArray[np.int8], opening: FloatArray, number: int
) -> list[IntArray]:
    """Sets whose members are open neither wholly nor not at all, the most promising first.

    Parameters
    ----------
    core
        The core; serving costs nothing.
    state
        What is decided (m,).
    opening
        How far each candidate (m,) is open.
    number
        How many at most.

    Returns
    -------
    list of array
        Free candidates, ascending; of each set two and more.
    """
    support = np.flatnonzero((opening > LEAST_OPEN) & (state == FREE))
    all_near = sparse.csr_array(
        (np.ones(len(core.site)), core.site, core.start), shape=(core.demands, core.candidates)
    )
    near = all_near[:, support].tocsr()
    near.sort_indices()
    first = _heaviest(near, core.penalised)
    near = near[first]
    amount = opening[support]
    shared = sparse.coo_array(sparse.triu(near.multiply(amount[None, :]) @ near.T, 1))
    inside = (shared.data > LEAST_SHARED) & (shared.data < MOST_SHARED)
    one, two, part = shared.row[inside], shared.col[inside], shared.data[inside]
    weight = core.penalised[first]
    score = np.minimum(part, 1.0 - part) * np.log1p(np.minimum(weight[one], weight[two]))
    seen: set[bytes] = set()
    sets: list[IntArray] = []
    for pair in np.argsort(-score, kind="stable"):
        i, k = first[one[pair]], first[two[pair]]
        both = np.intersect1d(
            core.site[core.start[i] : core.start[i + 1]],
            core.site[core.start[k] : core.start[k + 1]],
        ).astype(np.int64)
        both = both[state[both] == FREE]
        key = both[opening[both] > LEAST_OPEN].tobytes()
        if key in seen or len(both) < 2:  # noqa: PLR2004 - a pair
            continue
        seen.add(key)
        sets.append(both)
        if len(sets) == number:
            break
    return sets


def _heaviest(near: sparse.csr_array, weight: FloatArray) -> IntArray:
    """Of the demands near the same open sites the heaviest, and of those the heaviest ones."""
    best: dict[bytes, int] = {}
    for i in np.flatnonzero(np.diff(near.indptr) > 1).tolist():
        key = near.indices[near.indptr[i] : near.indptr[i + 1]].tobytes()
        if key not in best or weight[i] > weight[best[key]]:
            best[key] = i
    found = np.array(sorted(best.values()), dtype=np.int64)
    return np.sort(found[np.argsort(-weight[found], kind="stable")[:HEAVIEST]])
