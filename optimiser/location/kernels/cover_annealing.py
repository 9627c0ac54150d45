"""Annealing where serving costs nothing: how many sites cover a demand is all that matters.

The exclusive or of the numbers of the open sites around a demand names the only one when there
is one, so that no list is ever searched.

Source: S. Kirkpatrick, C. Gelatt, M. Vecchi, Optimization by simulated annealing, Science 220
(1983).
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from optimiser.location.kernels.net import Net
from optimiser.units import FloatArray

FAR_MOVES = 0.1
CONTENDERS = 4
LATE = 50.0


class Cover(NamedTuple):
    """Where an annealing stands.

    Parameters
    ----------
    times, names
        Number (n,) of open sites around each demand, and the exclusive or of their numbers.
    loss
        Weight that each open site (m,) alone covers.
    place, sites
        Position (m,) of each site among the open ones (p,), -1 for none.
    best
        Best sites (p,) seen.
    """

    times: NDArray[np.int32]
    names: NDArray[np.int32]
    loss: FloatArray
    place: NDArray[np.int32]
    sites: NDArray[np.int32]
    best: NDArray[np.int32]


@njit(cache=True, nogil=True)
def cover(net: Net, sites: NDArray[np.int32]) -> Cover:
    """Set an annealing up at the given sites."""
    demands = net.unserved.size
    candidates = net.opening.size
    at = Cover(
        np.zeros(demands, np.int32),
        np.zeros(demands, np.int32),
        np.zeros(candidates),
        np.full(candidates, -1, np.int32),
        sites.copy(),
        sites.copy(),
    )
    for a in range(sites.size):
        at.place[sites[a]] = a
        for k in range(net.column[sites[a]], net.column[sites[a] + 1]):
            at.times[net.demand[k]] += 1
            at.names[net.demand[k]] ^= sites[a]
    for i in range(demands):
        if at.times[i] == 1:
            at.loss[at.names[i]] += net.unserved[i]
    return at


@njit(cache=True, nogil=True)
def _move(net: Net, unserved: FloatArray, at: Cover, j: int, r: int) -> None:
    for k in range(net.column[j], net.column[j + 1]):
        i = net.demand[k]
        if at.times[i] == 0:
            at.loss[j] += unserved[i]
        elif at.times[i] == 1:
            at.loss[at.names[i]] -= unserved[i]
        at.times[i] += 1
        at.names[i] ^= j
    for k in range(net.column[r], net.column[r + 1]):
        i = net.demand[k]
        at.times[i] -= 1
        at.names[i] ^= r
        if at.times[i] == 1:
            at.loss[at.names[i]] += unserved[i]
    at.loss[r] = 0.0
    a = at.place[r]
    at.place[r] = -1
    at.place[j] = a
    at.sites[a] = j


@njit(cache=True, nogil=True)
def anneal_cover(
    net: Net,
    unserved: FloatArray,
    at: Cover,
    seed: int,
    hot: float,
    cold: float,
    begun: int,
    whole: int,
    work: int,
    standing: float,
    record: float,
) -> tuple[int, float, float]:
    """Do a part of an annealing.

    Parameters
    ----------
    net, unserved, at
        The network, what leaving each demand (n,) unserved costs, and where the annealing is.
    seed
        Of this part.
    hot, cold
        First and last temperature.
    begun, whole, work
        Work done before, of the whole annealing, and of this part.
    standing, record
        Change of the value so far, and the least seen.

    Returns
    -------
    tuple
        Work done then, change of the value, and the least seen, whose sites are ``at.best``.
    """
    np.random.seed(seed)
    ratio = np.log(cold / hot)
    heat = hot
    done = 0
    rounds = 0
    opened = at.sites.size
    while done < work and begun + done < whole:
        if rounds % 64 == 0:
            heat = hot * np.exp(ratio * (begun + done) / whole)
        rounds += 1
        r = at.sites[np.random.randint(opened)]
        far = np.random.random() < FAR_MOVES or net.column[r + 1] == net.column[r]
        if far:
            for _ in range(CONTENDERS - 1):
                other = at.sites[np.random.randint(opened)]
                if at.loss[other] - net.opening[other] < at.loss[r] - net.opening[r]:
                    r = other
            j = np.random.randint(net.opening.size)
        else:
            i = net.demand[net.column[r] + np.random.randint(net.column[r + 1] - net.column[r])]
            j = net.site[net.start[i] + np.random.randint(net.start[i + 1] - net.start[i])]
        done += 8
        if at.place[j] >= 0:
            continue
        done += net.column[j + 1] - net.column[j]
        change = net.opening[j] - net.opening[r] + at.loss[r]
        for k in range(net.column[j], net.column[j + 1]):
            i = net.demand[k]
            if at.times[i] == 0 or (at.times[i] == 1 and at.names[i] == r):
                change -= unserved[i]
        if change <= 0.0 or np.random.random() < np.exp(-change / heat):
            done += 2 * (net.column[j + 1] - net.column[j])
            _move(net, unserved, at, j, r)
            standing += change
            # Copying the sites at every improvement would cost more than the moves.
            if standing < record - 1e-9 and heat < LATE * cold:
                record = standing
                at.best[:] = at.sites
    return begun + done, standing, record
