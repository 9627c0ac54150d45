"""Better sites for a large covering problem: one neighbourhood after the other, solved anew.

The sites outside a neighbourhood stay, and as many as stood inside are placed anew by the engine,
with its cuts and dives, where annealing moves one site at a time.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from optimiser.location.core import Core
from optimiser.location.effort import Clock
from optimiser.location.found import Found
from optimiser.location.kernels.balls import around, ball
from optimiser.units import IntArray

Solve = Callable[[Core, IntArray], Found]
SITES, LEAST_SITES = 8, 2


def placed_anew(
    core: Core, sites: IntArray, seed: int, clock: Clock, until: float, solve: Solve
) -> IntArray:
    """Place the sites of one neighbourhood after the other anew.

    Parameters
    ----------
    core
        The core, with a number of sites; serving costs nothing.
    sites
        Where to start.
    seed
        Of the order.
    clock, until
        When to stop: with so many seconds left, or when no neighbourhood is better.
    solve
        Solves a small core from its present sites.

    Returns
    -------
    IntArray
        Sites, ascending, better or not.
    """
    net, rng = core.net, np.random.default_rng(seed)
    opened = np.zeros(core.candidates, dtype=bool)
    opened[sites] = True
    times = np.zeros(core.demands, dtype=np.int64)
    for s in sites.tolist():
        times[net.demand[net.column[s] : net.column[s + 1]]] += 1
    waiting = rng.permutation(sites).tolist()
    while waiting and not (clock.left is not None and clock.left <= until):
        centre = waiting.pop(0)
        if not opened[centre]:
            continue
        inside = _around(core, centre, opened)
        if len(inside) < LEAST_SITES:
            continue
        for s in inside.tolist():
            times[net.demand[net.column[s] : net.column[s + 1]]] -= 1
        part, kept = _part(core, inside, times)
        opened[inside] = False
        found = solve(part, np.searchsorted(kept, inside))
        new = inside if found.sites is None else kept[found.sites]
        before = part.value(np.searchsorted(kept, inside))
        if part.value(np.searchsorted(kept, new)) < before:
            # What is near what has moved may move in turn.
            waiting += new.tolist()
        else:
            new = inside
        opened[new] = True
        for s in new.tolist():
            times[net.demand[net.column[s] : net.column[s + 1]]] += 1
    return np.flatnonzero(opened)


def _around(core: Core, centre: int, opened: np.ndarray) -> IntArray:
    """Open sites around one, about as many as are placed at a time."""
    net = core.net
    if net.column[centre] == net.column[centre + 1]:
        return np.empty(0, dtype=np.int64)
    start, size = int(net.demand[net.column[centre]]), 64
    while True:
        inside = around(net, ball(net, start, size), opened)
        if len(inside) >= SITES or size >= core.demands:
            return np.sort(inside[:SITES] if len(inside) > 2 * SITES else inside)
        size *= 2


def _part(core: Core, inside: IntArray, times: IntArray) -> tuple[Core, IntArray]:
    """The problem of placing some sites anew, and its candidates; ``times`` counts the others."""
    net = core.net
    near = np.zeros(core.demands, dtype=bool)
    for s in inside.tolist():
        near[net.demand[net.column[s] : net.column[s + 1]]] = True
    # Candidates near what the sites serve, and all that these would serve.
    reach = np.zeros(core.candidates, dtype=bool)
    for i in np.flatnonzero(near & (times == 0)).tolist():
        reach[core.site[core.start[i] : core.start[i + 1]]] = True
    reach[inside] = True
    kept = np.flatnonzero(reach)
    served = np.zeros(core.demands, dtype=bool)
    for s in kept.tolist():
        served[net.demand[net.column[s] : net.column[s + 1]]] = True
    demands = np.flatnonzero(served & (times == 0))
    part = core.among(demands, kept, core.opening[kept], core.unserved[demands])
    return replace(part, count=len(inside)), kept
