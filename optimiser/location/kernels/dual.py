"""Ascent of the Lagrangian bound by averaged subgradients (the volume algorithm).

Source: F. Barahona, R. Anbil, The volume algorithm, Mathematical Programming 87 (2000); step
length after B. T. Polyak. The rules are proven in docs/mathematics-location.md. An ascent is
done in parts of so many iterations; in how many makes no difference.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from optimiser.location.kernels.net import Net, cheapest, reduced_costs, unmet
from optimiser.units import FloatArray

STEP_GROWTH, STEP_CUT, LONGEST_STEP, SHORTEST_STEP = 1.1, 0.66, 2.0, 1e-6
LARGEST_SHARE, SHARE_CUT, SMALLEST_SHARE, SHARE_EVERY = 0.1, 0.8, 1e-4, 100
FLAT = 1e-12


class Ascent(NamedTuple):
    """Where an ascent stands.

    Parameters
    ----------
    best
        Best multipliers (n,).
    direction
        Averaged subgradient (n,).
    opening
        Averaged opening (m,) of the sites.
    numbers
        Bound of the best multipliers, inf when the decisions leave no pick; step length, relative
        to Polyak's; largest weight of the newest subgradient.
    counts
        Iterations since the last better bound, and all.
    """

    best: FloatArray
    direction: FloatArray
    opening: FloatArray
    numbers: FloatArray
    counts: NDArray[np.int64]


@njit(cache=True, nogil=True)
def begin(net: Net, multipliers: FloatArray, state: NDArray[np.int8], step: float) -> Ascent:
    """Set an ascent up.

    Parameters
    ----------
    net
        The network.
    multipliers
        Where to start (n,).
    state
        What is decided (m,): `FREE`, `OPEN` or `CLOSED`.
    step
        First step length, relative to Polyak's.
    """
    best = multipliers.copy()
    opening = np.zeros(net.opening.size)
    reduced = reduced_costs(net, best)
    sites, _, _, possible = cheapest(reduced, state, net.number)
    numbers = np.array([np.inf, step, LARGEST_SHARE])
    if possible:
        numbers[0] = best.sum() + reduced[sites].sum()
        opening[sites] = 1.0
    direction = unmet(net, best, sites)
    return Ascent(best, direction, opening, numbers, np.zeros(2, np.int64))


@njit(cache=True, nogil=True)
def ascend(
    net: Net,
    at: Ascent,
    state: NDArray[np.int8],
    upper: float,
    target: float,
    iterations: int,
    patience: int,
) -> bool:
    """Raise the bound, in place.

    Parameters
    ----------
    net, at, state
        As of `begin`, and what it made.
    upper
        Value that the step length aims at.
    target
        Bound at which to stop.
    iterations
        How many at most, this time.
    patience
        Iterations without a better bound before the step shrinks.

    Returns
    -------
    bool
        Whether it came to its end before.
    """
    best, direction, opening = at.best, at.direction, at.opening
    bound, step, largest = at.numbers
    idle, done = at.counts
    demands = best.size
    last = done + iterations
    ended = False
    current = np.empty(demands)
    while done < last:
        if not (bound < target and step > SHORTEST_STEP):
            ended = True
            break
        length = 0.0
        for i in range(demands):
            d = direction[i]
            if (d > 0.0 and best[i] >= net.unserved[i]) or (d < 0.0 and best[i] <= 0.0):
                continue
            length += d * d
        if length < FLAT:
            ended = True
            break
        stride = step * (upper - bound) / length
        for i in range(demands):
            current[i] = min(max(best[i] + stride * direction[i], 0.0), net.unserved[i])
        reduced = reduced_costs(net, current)
        sites, _, _, _ = cheapest(reduced, state, net.number)
        value = current.sum() + reduced[sites].sum()
        slope = unmet(net, current, sites)
        if value > bound:
            agree = 0.0
            for i in range(demands):
                agree += slope[i] * direction[i]
            if agree >= 0.0:
                step = min(step * STEP_GROWTH, LONGEST_STEP)
            if value - bound > 1e-6 * (upper - bound):
                idle = 0
            bound = value
            best[:] = current
        else:
            idle += 1
            if idle >= patience:
                step *= STEP_CUT
                idle = 0
        square = 0.0
        across = 0.0
        for i in range(demands):
            d = slope[i] - direction[i]
            square += d * d
            across -= d * direction[i]
        share = across / square if square > 0.0 else largest
        share = min(max(share, largest / 10.0), largest)
        for i in range(demands):
            direction[i] += share * (slope[i] - direction[i])
        for j in range(opening.size):
            opening[j] *= 1.0 - share
        for s in sites:
            opening[s] += share
        done += 1
        if done % SHARE_EVERY == 0:
            largest = max(largest * SHARE_CUT, SMALLEST_SHARE)
    at.numbers[0] = bound
    at.numbers[1] = step
    at.numbers[2] = largest
    at.counts[0] = idle
    at.counts[1] = done
    return ended
