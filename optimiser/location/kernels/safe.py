"""The judge's arithmetic: a bound with every rounding error charged against it."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from optimiser.units import FloatArray, IntArray


@njit(cache=True, nogil=True)
def safe_bound(
    start: IntArray,
    site: NDArray[np.int32],
    cost: FloatArray,
    opening: FloatArray,
    unserved: FloatArray,
    count: int,
    multipliers: FloatArray,
    state: NDArray[np.int8],
    cut_start: IntArray,
    cut_demand: IntArray,
    cut_weight: FloatArray,
) -> tuple[float, FloatArray, float, float]:
    """Lagrangian bound with every rounding error charged against it.

    Parameters
    ----------
    start, site, cost, opening, unserved, count
        The core; count -1: any number.
    multipliers
        One (n,) for each demand, 0 or more; what is too much is taken off.
    state
        What is decided (m,).
    cut_start, cut_demand, cut_weight
        Cuts: demands of cut c are ``cut_demand[cut_start[c]:cut_start[c + 1]]``, an odd number of
        different ones; and the multiplier of each, 0 or more.

    Returns
    -------
    tuple
        Bound, safe reduced costs (m,), the dearest that it picks and the cheapest that it leaves.
    """
    candidates = opening.size
    demands = multipliers.size
    unit = 2.0**-53
    reduced = opening.copy()
    size = np.abs(opening)
    terms = np.full(candidates, 4.0)
    room = unserved.copy()
    taken = np.zeros(demands)
    parts = np.zeros(demands)
    total = 0.0
    spread = 0.0
    times = np.zeros(candidates, np.int64)
    for c in range(cut_weight.size):
        weight = cut_weight[c]
        members = cut_start[c + 1] - cut_start[c]
        level = (members + 1) // 2
        total += weight * level
        spread += weight * level
        for a in range(cut_start[c], cut_start[c + 1]):
            i = cut_demand[a]
            taken[i] += weight
            parts[i] += 1.0
            for k in range(start[i], start[i + 1]):
                times[site[k]] += 1
        for a in range(cut_start[c], cut_start[c + 1]):
            i = cut_demand[a]
            for k in range(start[i], start[i + 1]):
                j = site[k]
                if times[j] > 0:
                    height = (times[j] + 1) // 2
                    reduced[j] -= weight * height
                    size[j] += weight * height
                    terms[j] += 2.0
                    times[j] = 0
    for i in range(demands):
        pays = multipliers[i]
        if parts[i] > 0.0 and np.isfinite(unserved[i]):
            # What cuts and multiplier take of a demand left unserved is no more than it costs.
            safe = taken[i] + 2.0 * (parts[i] + 2.0) * unit * taken[i]
            room[i] = unserved[i] - safe
            room[i] -= 2.0 * unit * (unserved[i] + safe)
        pays = min(pays, room[i])
        if pays < 0.0:
            total += pays
            spread -= pays
            pays = 0.0
        total += pays
        spread += pays
        for k in range(start[i], start[i + 1]):
            saving = cost[k] - pays
            if saving < 0.0:
                j = site[k]
                reduced[j] += saving
                size[j] -= saving
                terms[j] += 1.0
    # A sum of t terms, each itself rounded once, errs by less than 2 t units of its size.
    total -= 2.0 * (demands + 2.0 * cut_weight.size + 4.0) * unit * spread
    for j in range(candidates):
        reduced[j] -= 2.0 * terms[j] * unit * size[j]
    chosen = 0.0
    wide = 0.0
    wanted = count
    free = 0
    for j in range(candidates):
        if state[j] == 1:
            chosen += reduced[j]
            wide += abs(reduced[j])
            wanted -= 1
        elif state[j] == 0:
            free += 1
    inside = 0.0
    outside = 0.0
    if count >= 0:
        if wanted < 0 or wanted > free:
            return np.inf, reduced, 0.0, 0.0
        values = np.sort(reduced[state == 0])
        for a in range(wanted):
            chosen += values[a]
            wide += abs(values[a])
        inside = values[wanted - 1] if wanted > 0 else -np.inf
        outside = values[wanted] if wanted < free else np.inf
    else:
        for j in range(candidates):
            if state[j] == 0 and reduced[j] < 0.0:
                chosen += reduced[j]
                wide -= reduced[j]
    bound = total + chosen
    bound -= 2.0 * (candidates + 4.0) * unit * (wide + abs(total))
    return bound, reduced, inside, outside
