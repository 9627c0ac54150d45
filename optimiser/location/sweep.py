"""A travel value and what sites cost for it, the sum at its least: p-center and p-dispersion.

    min_k  a_k + C(k),   a_1 < a_2 < ...,  C(1) >= C(2) >= ...

An interval of values costs at least its first value plus C at its last: the interval that promises
most is split, and what cannot beat the best is dropped. Without costs this is bisection.
"""

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimiser.units import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Step:
    """What is known at one value.

    Parameters
    ----------
    sites
        Sites that do for the value; None when none were found.
    rank
        Least value for which they do.
    cost
        What they cost; inf without.
    bound
        What none that do cost less than; inf when there are none.
    """

    sites: IntArray | None
    rank: int
    cost: float
    bound: float


@dataclass(frozen=True, eq=False)
class Swept:
    """Best sites, their total, and what no total is less than; inf when there are none."""

    sites: IntArray | None
    total: float
    bound: float


def sweep(
    values: FloatArray,
    start: Swept,
    look: Callable[[int], Step],
    slack: Callable[[float], float],
    stop: Callable[[], bool],
    *,
    near: bool = False,
) -> Swept:
    """Find the least sum.

    Parameters
    ----------
    values
        Values (k,), ascending.
    start
        Sites known beforehand; its bound is one of C alone, at any value.
    look
        Answers for a rank.
    slack
        Distance between total and bound that is as good as none.
    stop
        Whether the time is up.
    near
        Whether what is known may well be the best: the first look is then at what is barely better.

    Returns
    -------
    Swept
        What was found.
    """
    best, total, left = start.sites, start.total, math.inf
    heap: list[tuple[float, int, int, float]] = []

    def put(low: int, high: int, cost: float) -> None:
        # Values from here on cannot beat what is known.
        high = min(high, int(np.searchsorted(values, total - cost)) - 1)
        if low <= high and math.isfinite(cost):
            heapq.heappush(heap, (float(values[low]) + cost, low, high, cost))

    def open_gap() -> bool:
        enough = slack(total) if math.isfinite(total) else 0.0
        return bool(heap) and heap[0][0] < total - enough and not stop()

    put(0, len(values) - 1, start.bound)
    while open_gap():
        _, low, high, floor = heapq.heappop(heap)
        middle = high if near else (low + high) // 2
        near = False
        step = look(middle)
        cost = max(floor, step.bound)
        if step.sites is not None and values[step.rank] + step.cost < total:
            best, total = step.sites, float(values[step.rank]) + step.cost
        put(middle + 1, high, floor)
        if step.sites is None:
            if math.isfinite(step.bound):
                # Neither found nor excluded: this part stays as it is.
                left = min(left, float(values[low]) + cost)
            continue
        left = min(left, float(values[max(low, step.rank)]) + cost)
        put(low, step.rank - 1, cost)
    return Swept(best, total, min(left, heap[0][0] if heap else math.inf, total))
