"""The best coalitions of a host on a straight piece of the cost curve, by branch and bound.

Within one piece the gain of a coalition is a sum over its members, and its volume lies between two
limits: a knapsack. The bound fills it in the order of gain by volume, with a part of one member
(Dantzig 1957), and that member is branched on. A condition keeps the search outside the span of
coalitions that are settled: a weighted sum over a few players, the head, must not be 0; these are
branched on first.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from optimiser.units import FloatArray

OUT, IN, FREE = 0, 1, 2
_NODES = 200_000
_SAME = 1e-7


class Tasks(NamedTuple):
    """One knapsack for each host and piece of the curve.

    Parameters
    ----------
    gains
        Gain (T, n) of taking each member in.
    fixed
        Gain (T,) of the coalition beside those of its members.
    least, most
        Limits (T,) of its volume.
    state
        What is decided (T, n): `OUT`, `IN` or `FREE`.
    volumes
        Volume (n,) of each member, positive.
    """

    gains: FloatArray
    fixed: FloatArray
    least: FloatArray
    most: FloatArray
    state: NDArray[np.int8]
    volumes: FloatArray


@njit(cache=True)
def search(
    tasks: Tasks,
    heads: FloatArray,
    level: float,
    step: float,
    loose: float,
    nodes: int,
    *,
    rising: bool,
) -> tuple[NDArray[np.int8], bool, int]:
    """Find coalitions that gain more than a level and lie outside a span.

    Parameters
    ----------
    tasks
        Knapsacks.
    heads
        Directions (k, n); a coalition counts where one of them changes its share.
    level
        Gain to exceed.
    step
        Gains that differ by less than this from the level are the same.
    loose
        A coalition found is good enough where none of its search gains this much more.
    nodes
        Nodes to look at in all, at most; then what is left is not searched.
    rising
        True: each coalition found must gain more than the one before, so that the last one gains
        most; false: the best of each task and direction.

    Returns
    -------
    tuple
        Coalitions (m, n) found, whether what was not found is proven not to be there, and the
        nodes looked at.
    """
    many, n = tasks.gains.shape
    found = np.zeros((many * len(heads) + 1, n), np.int8)
    count = 0
    ended, spent = True, 0
    chosen = np.zeros(n, np.int8)
    for t in range(many):
        order = np.argsort(tasks.gains[t] / tasks.volumes)
        if _relaxed(tasks, t, order, tasks.state[t], chosen)[0] <= level + step:
            continue
        for k in range(len(heads)):
            most = min(_NODES, nodes - spent)
            value, whole, looked = _best(
                tasks, t, order, heads[k], level, step, loose, most, chosen
            )
            spent += looked
            ended = ended and (whole or (value > level and not rising))
            if value > level:
                found[count] = chosen
                count += 1
                if rising:
                    level = value
    return found[:count], ended, spent


@njit(cache=True)
def _best(
    tasks: Tasks,
    t: int,
    order: NDArray[np.int64],
    head: FloatArray,
    level: float,
    step: float,
    loose: float,
    most: int,
    chosen: NDArray[np.int8],
) -> tuple[float, bool, int]:
    """Best coalition of one task and direction, whether the search ended, and its nodes."""
    n = order.size
    state = tasks.state[t].copy()
    taken = np.zeros(n, np.int8)
    items = np.zeros(n + 1, np.int64)
    turned = np.zeros(n + 1, np.bool_)
    depth = 0
    best = level
    for node in range(most):
        bound, critical = _relaxed(tasks, t, order, state, taken)
        branch = -1
        if bound > best + (loose if best > level else step):
            total, undecided = 0.0, -1
            for i in range(n):
                if head[i] != 0.0:
                    total += head[i] * taken[i]
                    if state[i] == FREE and undecided < 0:
                        undecided = i
            outside = abs(total) > _SAME
            if critical < 0 and outside:
                best = bound
                chosen[:] = taken
            elif undecided >= 0:
                branch = undecided
            elif outside:
                branch = critical
        if branch >= 0:
            items[depth] = branch
            turned[depth] = False
            state[branch] = taken[branch]
            depth += 1
            continue
        while depth > 0 and turned[depth - 1]:
            depth -= 1
            state[items[depth]] = FREE
        if depth == 0:
            return best, True, node + 1
        turned[depth - 1] = True
        state[items[depth - 1]] = IN - state[items[depth - 1]]
    return best, False, most


@njit(cache=True)
def _relaxed(
    tasks: Tasks,
    t: int,
    order: NDArray[np.int64],
    state: NDArray[np.int8],
    taken: NDArray[np.int8],
) -> tuple[float, int]:
    """Gain of the best coalition that may hold a part of one member; that member, or -1."""
    gains, volumes = tasks.gains[t], tasks.volumes
    total, volume = tasks.fixed[t], 0.0
    for i in range(order.size):
        taken[i] = IN if state[i] == IN or (state[i] == FREE and gains[i] > 0) else OUT
        if taken[i] == IN:
            total += gains[i]
            volume += volumes[i]
    if volume > tasks.most[t]:
        for i in order:
            if state[i] == FREE and taken[i] == IN:
                over = volume - tasks.most[t]
                if volumes[i] > over:
                    return total - gains[i] * over / volumes[i], i
                taken[i] = OUT
                total -= gains[i]
                volume -= volumes[i]
                if volume <= tasks.most[t]:
                    break
        if volume > tasks.most[t]:
            return -np.inf, -1
    if volume < tasks.least[t]:
        for i in order[::-1]:
            if state[i] == FREE and taken[i] == OUT:
                short = tasks.least[t] - volume
                if volumes[i] > short:
                    return total + gains[i] * short / volumes[i], i
                taken[i] = IN
                total += gains[i]
                volume += volumes[i]
                if volume >= tasks.least[t]:
                    break
        if volume < tasks.least[t]:
            return -np.inf, -1
    return total, -1
