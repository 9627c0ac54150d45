"""Interchange: one site for another while it pays, with what every change would bring kept up.

Sources: R. A. Whitaker, A fast algorithm for the greedy interchange for large-scale clustering
and median location problems, INFOR 21 (1983); M. G. C. Resende, R. F. Werneck, A fast
swap-based local search procedure for location problems, Annals of Operations Research 150 (2007).
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from optimiser.location.kernels.net import ANY_NUMBER, Net
from optimiser.units import BoolArray, FloatArray

LEAST_GAIN = 1e-9
TOUCHED = 1e-300
NO_SITE = -1
IDLE_WORK = 50


class Place(NamedTuple):
    """Where a search stands.

    Parameters
    ----------
    opened
        Whether each site (m,) is open.
    first, first_cost, second, second_cost
        Cheapest and next cheapest open site (n,) of each demand, -1 where there is none.
    loss
        What closing each site (m,) would cost its demands.
    sites, place
        Open sites (m,), of which the first ``size[0]`` count, and the position of each in it.
    queue, queued, size
        Candidates worth a look, in a ring; ``size`` holds open sites, head, tail and work done.
    extra
        Scratch (m,), zero between calls.
    """

    opened: BoolArray
    first: NDArray[np.int32]
    first_cost: FloatArray
    second: NDArray[np.int32]
    second_cost: FloatArray
    loss: FloatArray
    sites: NDArray[np.int32]
    place: NDArray[np.int32]
    queue: NDArray[np.int32]
    queued: BoolArray
    size: NDArray[np.int64]
    extra: FloatArray


@njit(cache=True, nogil=True)
def _look(net: Net, unserved: FloatArray, at: Place, i: int) -> None:
    at.first[i] = NO_SITE
    at.second[i] = NO_SITE
    at.first_cost[i] = unserved[i]
    at.second_cost[i] = unserved[i]
    for k in range(net.start[i], net.start[i + 1]):
        j = net.site[k]
        if at.opened[j]:
            if at.first[i] < 0:
                at.first[i] = j
                at.first_cost[i] = net.cost[k]
            else:
                at.second[i] = j
                at.second_cost[i] = net.cost[k]
                at.size[3] += k - net.start[i]
                return
    at.size[3] += net.start[i + 1] - net.start[i]


@njit(cache=True, nogil=True)
def stand(net: Net, unserved: FloatArray, sites: NDArray[np.int32]) -> Place:
    """Set a search up at the given sites; every closed candidate is worth a look."""
    candidates = net.opening.size
    demands = unserved.size
    at = Place(
        np.zeros(candidates, np.bool_),
        np.empty(demands, np.int32),
        np.empty(demands),
        np.empty(demands, np.int32),
        np.empty(demands),
        np.zeros(candidates),
        np.empty(candidates, np.int32),
        np.full(candidates, -1, np.int32),
        np.empty(candidates, np.int32),
        np.zeros(candidates, np.bool_),
        np.zeros(4, np.int64),
        np.zeros(candidates),
    )
    for s in sites:
        at.opened[s] = True
        at.sites[at.size[0]] = s
        at.place[s] = at.size[0]
        at.size[0] += 1
    for i in range(demands):
        _look(net, unserved, at, i)
        if at.first[i] >= 0:
            at.loss[at.first[i]] += at.second_cost[i] - at.first_cost[i]
    return at


@njit(cache=True, nogil=True)
def invite(at: Place, order: NDArray[np.int64]) -> None:
    """Queue candidates in the given order."""
    for j in order:
        if not at.queued[j]:
            at.queued[j] = True
            at.queue[at.size[2] % at.queue.size] = j
            at.size[2] += 1


@njit(cache=True, nogil=True)
def _invite_around(net: Net, at: Place, s: int) -> None:
    for k in range(net.column[s], net.column[s + 1]):
        i = net.demand[k]
        if net.price[k] > at.second_cost[i]:
            continue
        for q in range(net.start[i], net.start[i + 1]):
            if net.cost[q] >= at.second_cost[i]:
                break
            at.size[3] += 1
            j = net.site[q]
            if not at.queued[j]:
                at.queued[j] = True
                at.queue[at.size[2] % at.queue.size] = j
                at.size[2] += 1


@njit(cache=True, nogil=True)
def open_site(net: Net, at: Place, j: int) -> float:
    """Open a site; returns the change of the value."""
    change = net.opening[j]
    at.opened[j] = True
    at.place[j] = at.size[0]
    at.sites[at.size[0]] = j
    at.size[0] += 1
    at.size[3] += net.column[j + 1] - net.column[j]
    for k in range(net.column[j], net.column[j + 1]):
        i = net.demand[k]
        c = net.price[k]
        if c < at.second_cost[i]:
            if at.first[i] >= 0:
                at.loss[at.first[i]] -= at.second_cost[i] - at.first_cost[i]
            if c < at.first_cost[i]:
                change += c - at.first_cost[i]
                at.second[i] = at.first[i]
                at.second_cost[i] = at.first_cost[i]
                at.first[i] = j
                at.first_cost[i] = c
            else:
                at.second[i] = j
                at.second_cost[i] = c
            at.loss[at.first[i]] += at.second_cost[i] - at.first_cost[i]
    return change


@njit(cache=True, nogil=True)
def close_site(net: Net, unserved: FloatArray, at: Place, r: int) -> float:
    """Close a site; returns the change of the value."""
    change = -net.opening[r]
    at.opened[r] = False
    last = at.sites[at.size[0] - 1]
    at.sites[at.place[r]] = last
    at.place[last] = at.place[r]
    at.place[r] = -1
    at.size[0] -= 1
    at.size[3] += net.column[r + 1] - net.column[r]
    for k in range(net.column[r], net.column[r + 1]):
        i = net.demand[k]
        if at.first[i] == r or at.second[i] == r:
            at.loss[at.first[i]] -= at.second_cost[i] - at.first_cost[i]
            change -= at.first_cost[i]
            _look(net, unserved, at, i)
            change += at.first_cost[i]
            if at.first[i] >= 0:
                at.loss[at.first[i]] += at.second_cost[i] - at.first_cost[i]
    # What rounding left of a sum that is zero would pass for a reason to act.
    at.loss[r] = 0.0
    return change


@njit(cache=True, nogil=True)
def _least_loss(net: Net, at: Place) -> tuple[float, int]:
    least = np.inf
    which = NO_SITE
    for a in range(at.size[0]):
        s = at.sites[a]
        if at.loss[s] - net.opening[s] < least:
            least = at.loss[s] - net.opening[s]
            which = s
    return least, which


@njit(cache=True, nogil=True)
def _weigh(net: Net, at: Place, j: int, least: float, which: int) -> tuple[float, float, int]:
    gain = -net.opening[j]
    touched = np.empty(net.column[j + 1] - net.column[j], np.int32)
    t = 0
    for k in range(net.column[j], net.column[j + 1]):
        i = net.demand[k]
        c = net.price[k]
        if c < at.second_cost[i]:
            spared = at.second_cost[i] - c
            if c < at.first_cost[i]:
                gain += at.first_cost[i] - c
                spared = at.second_cost[i] - at.first_cost[i]
            r = at.first[i]
            if r >= 0:
                if at.extra[r] == 0.0:
                    at.extra[r] = TOUCHED
                    touched[t] = r
                    t += 1
                at.extra[r] += spared
    for a in range(t):
        r = touched[a]
        value = at.loss[r] - at.extra[r] - net.opening[r]
        at.extra[r] = 0.0
        if value < least:
            least = value
            which = r
    at.size[3] += net.column[j + 1] - net.column[j]
    return gain, least, which


@njit(cache=True, nogil=True)
def improve(
    net: Net, unserved: FloatArray, at: Place, log: NDArray[np.int32], logged: int, work: int
) -> tuple[float, int]:
    """Take every change that pays until the queue is empty, the work is done or the log is full.

    Returns the change of the value and the length of the log; a row of the log is what opened
    and what closed, -1 for nothing.
    """
    total = 0.0
    least, which = _least_loss(net, at)
    limit = at.size[3] + work
    while at.size[1] < at.size[2] and at.size[3] < limit and logged < log.shape[0]:
        j = at.queue[at.size[1] % at.queue.size]
        at.size[1] += 1
        at.queued[j] = False
        opens = NO_SITE
        closes = NO_SITE
        if net.number == ANY_NUMBER and least < -LEAST_GAIN:
            closes = which
            at.queue[at.size[2] % at.queue.size] = j
            at.size[2] += 1
            at.queued[j] = True
        elif not at.opened[j]:
            gain, value, r = _weigh(net, at, j, least, which)
            if r >= 0 and gain - value > LEAST_GAIN * (1.0 + abs(gain)):
                opens = j
                closes = r
            if net.number == ANY_NUMBER and gain > LEAST_GAIN and gain >= gain - value:
                opens = j
                closes = NO_SITE
        if opens < 0 and closes < 0:
            continue
        if opens >= 0:
            total += open_site(net, at, opens)
        if closes >= 0:
            total += close_site(net, unserved, at, closes)
        log[logged, 0] = opens
        log[logged, 1] = closes
        logged += 1
        if opens >= 0:
            _invite_around(net, at, opens)
        if closes >= 0:
            _invite_around(net, at, closes)
        least, which = _least_loss(net, at)
    return total, logged


@njit(cache=True, nogil=True)
def _kick(
    net: Net, unserved: FloatArray, at: Place, log: NDArray[np.int32], strength: int
) -> tuple[float, int]:
    total = 0.0
    logged = 0
    if at.size[0] == 0:
        return total, logged
    r = at.sites[np.random.randint(at.size[0])]
    for _ in range(1 + np.random.randint(strength)):
        if net.column[r + 1] == net.column[r]:
            break
        i = net.demand[net.column[r] + np.random.randint(net.column[r + 1] - net.column[r])]
        # A candidate beyond the second site is no neighbour of the one that it replaces.
        end = net.start[i] + 1
        while end < net.start[i + 1] and net.cost[end] < at.second_cost[i]:
            end += 1
        j = net.site[net.start[i] + np.random.randint(end - net.start[i])]
        if at.opened[j]:
            continue
        total += open_site(net, at, j)
        total += close_site(net, unserved, at, r)
        log[logged, 0] = j
        log[logged, 1] = r
        logged += 1
        _invite_around(net, at, j)
        _invite_around(net, at, r)
        i = net.demand[net.column[j] + np.random.randint(net.column[j + 1] - net.column[j])]
        r = at.first[i]
        if at.second[i] >= 0 and np.random.randint(2) == 0:
            r = at.second[i]
        if r < 0:
            break
    return total, logged


@njit(cache=True, nogil=True)
def shake(
    net: Net, unserved: FloatArray, at: Place, seed: int, strength: int, rounds: int, work: int
) -> tuple[float, int]:
    """Move a few neighbouring sites at random, improve around them, keep what is no worse.

    Returns the change of the value and the rounds that made it better.
    """
    np.random.seed(seed)
    log = np.empty((4096, 2), np.int32)
    total = 0.0
    better = 0
    limit = at.size[3] + work
    for _ in range(rounds):
        if at.size[3] >= limit:
            break
        # A round that finds nothing to move is work too, or it would go on for ever.
        at.size[3] += IDLE_WORK
        kicked, logged = _kick(net, unserved, at, log, strength)
        if logged == 0:
            continue
        gained, logged = improve(net, unserved, at, log, logged, work)
        if kicked + gained <= 0.0:
            total += kicked + gained
            if kicked + gained < -LEAST_GAIN * (1.0 + abs(total)):
                better += 1
        else:
            for t in range(logged - 1, -1, -1):
                if log[t, 1] >= 0:
                    open_site(net, at, log[t, 1])
                if log[t, 0] >= 0:
                    close_site(net, unserved, at, log[t, 0])
        while at.size[1] < at.size[2]:
            at.queued[at.queue[at.size[1] % at.queue.size]] = False
            at.size[1] += 1
    return total, better
