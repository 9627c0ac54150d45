"""Covering everything with one site less, demands that stay uncovered weighing ever more.

Source: C. Gao, X. Yao, T. Weise, J. Li, An efficient local search heuristic with row weighting
for the unicost set covering problem, European Journal of Operational Research 246 (2015); gains
are computed when asked for instead of kept up, which costs less on sparse networks.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from optimiser.location.kernels.net import Net
from optimiser.units import FloatArray, IntArray


@njit(cache=True, nogil=True)
def _close(
    net: Net,
    weight: FloatArray,
    times: IntArray,
    names: IntArray,
    loss: FloatArray,
    r: int,
    lost: IntArray,
    spot: IntArray,
    left: int,
) -> int:
    for k in range(net.column[r], net.column[r + 1]):
        i = net.demand[k]
        times[i] -= 1
        names[i] ^= r
        if times[i] == 1:
            loss[names[i]] += weight[i]
        elif times[i] == 0:
            spot[i] = left
            lost[left] = i
            left += 1
    loss[r] = 0.0
    return left


@njit(cache=True, nogil=True)
def _open(
    net: Net,
    weight: FloatArray,
    times: IntArray,
    names: IntArray,
    loss: FloatArray,
    j: int,
    lost: IntArray,
    spot: IntArray,
    left: int,
) -> int:
    loss[j] = 0.0
    for k in range(net.column[j], net.column[j + 1]):
        i = net.demand[k]
        if times[i] == 0:
            loss[j] += weight[i]
            left -= 1
            lost[spot[i]] = lost[left]
            spot[lost[left]] = spot[i]
        elif times[i] == 1:
            loss[names[i]] -= weight[i]
        times[i] += 1
        names[i] ^= j
    return left


@njit(cache=True, nogil=True)
def cover_with_fewer(
    net: Net, sites: NDArray[np.int32], least: int, seed: int, work: int, sideways: bool
) -> tuple[NDArray[np.int32], int]:
    """Look for a cover with fewer sites.

    Parameters
    ----------
    net
        The network; every demand must be covered.
    sites
        Sites that cover all demands.
    least
        Number of sites at which to stop.
    seed
        Of the random choices.
    work
        Pairs that may be looked at.
    sideways
        Whether another cover of as many sites is as welcome as the one given.

    Returns
    -------
    tuple
        The smallest cover found, of several of that size the last, and the work done.
    """
    np.random.seed(seed)
    demands = net.unserved.size
    candidates = net.opening.size
    weight = np.ones(demands)
    times = np.zeros(demands, np.int64)
    names = np.zeros(demands, np.int64)
    loss = np.zeros(candidates)
    lost = np.arange(demands)
    spot = np.arange(demands)
    left = demands
    stamp = np.zeros(candidates, np.int64)
    current = np.empty(candidates, np.int32)
    place = np.full(candidates, -1, np.int64)
    size = 0
    for s in sites:
        left = _open(net, weight, times, names, loss, s, lost, spot, left)
        place[s] = size
        current[size] = s
        size += 1
    best = sites.copy()
    done = 0
    step = 0
    added = -1
    while done < work:
        step += 1
        complete = left == 0
        if complete:
            best = current[:size].copy()
            if size <= least:
                break
        worst = -1
        for a in range(size):
            s = current[a]
            if s == added and not complete:
                continue
            if (
                worst < 0
                or loss[s] < loss[worst]
                or (loss[s] == loss[worst] and stamp[s] < stamp[worst])
            ):
                worst = s
        done += size // 4 + 32
        if worst < 0:
            break
        left = _close(net, weight, times, names, loss, worst, lost, spot, left)
        size -= 1
        current[place[worst]] = current[size]
        place[current[size]] = place[worst]
        place[worst] = -1
        stamp[worst] = step
        if complete:
            # One site less from here on; the next round exchanges.
            added = -1
            continue
        i = lost[np.random.randint(left)]
        chosen = -1
        most = -1.0
        for q in range(net.start[i], net.start[i + 1]):
            j = net.site[q]
            if j == worst and net.start[i + 1] - net.start[i] > 1:
                continue
            gain = 0.0
            for k in range(net.column[j], net.column[j + 1]):
                if times[net.demand[k]] == 0:
                    gain += weight[net.demand[k]]
            done += net.column[j + 1] - net.column[j]
            if gain > most or (gain == most and stamp[j] < stamp[chosen]):
                most = gain
                chosen = j
        left = _open(net, weight, times, names, loss, chosen, lost, spot, left)
        place[chosen] = size
        current[size] = chosen
        size += 1
        stamp[chosen] = step
        added = chosen
        for a in range(left):
            weight[lost[a]] += 1.0
        if sideways and left == 1 and size + 1 == best.size:
            # One more site makes this a cover, and another one than before.
            i = lost[0]
            best[:size] = current[:size]
            best[size] = net.site[net.start[i] + np.random.randint(net.start[i + 1] - net.start[i])]
    return best, done
