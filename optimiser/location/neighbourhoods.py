"""Better sites for a large covering problem: one neighbourhood after the other, solved anew.

The sites outside a neighbourhood stay, and as many as stood inside are placed anew by the engine,
with its cuts and dives, where annealing moves one site at a time.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from optimiser.location.core import Core
from optimiser.location.effort import Clock
from optimiser.location.found import Found
from optimiser.location.kernels.balls import around, ball
from optimiser.units import IntArray

Solve = Callable[[Core, IntArray], Found]
LEAST_SITES, SIDE_BY_SIDE, PASSED_OVER = 2, 2, 20


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """Sites to be placed anew, all others standing.

    Parameters
    ----------
    core
        The problem of placing them.
    kept
        Its candidates, ascending.
    inside
        Where they stand.
    reach
        All demands near a candidate of it.
    """

    core: Core
    kept: IntArray
    inside: IntArray
    reach: IntArray


def placed_anew(
    core: Core,
    sites: IntArray,
    size: int,
    seed: int,
    clock: Clock,
    until: float,
    threads: int,
    solve: Solve,
) -> IntArray:
    """Place the sites of one neighbourhood after the other anew, two at a time that lie apart.

    Parameters
    ----------
    core
        The core, with a number of sites; serving costs nothing.
    sites
        Where to start.
    size
        How many sites to place at a time, or somewhat more.
    seed
        Of the order.
    clock, until
        When to stop: with so many seconds left, or when no neighbourhood is better.
    threads
        How many may work; they change nothing.
    solve
        Solves a small core from its present sites.

    Returns
    -------
    IntArray
        Sites, ascending, better or not.
    """
    standing = _Standing(core, sites)
    waiting = np.random.default_rng(seed).permutation(sites).tolist()
    with ThreadPoolExecutor(min(threads, SIDE_BY_SIDE)) as pool:
        while waiting and not (clock.left is not None and clock.left <= until):
            group = standing.apart(waiting, size)
            cores = [part.core for part in group]
            starts = [np.searchsorted(part.kept, part.inside) for part in group]
            answers = pool.map(solve, cores, starts)
            for part, start, found in zip(group, starts, answers, strict=True):
                new = start if found.sites is None else found.sites.astype(np.int64)
                if part.core.value(new) < part.core.value(start):
                    standing.move(part.inside, part.kept[new])
                    # What is near what has moved may move in turn.
                    waiting += part.kept[new].tolist()
    return np.flatnonzero(standing.opened)


class _Standing:
    """Sites that stand, and how many of them each demand is near."""

    def __init__(self, core: Core, sites: IntArray) -> None:
        self.core = core
        self.opened = np.zeros(core.candidates, dtype=bool)
        self.opened[sites] = True
        self.times = np.zeros(core.demands, dtype=np.int64)
        for s in sites.tolist():
            self.times[self._near(s)] += 1

    def _near(self, site: int) -> IntArray:
        net = self.core.net
        return net.demand[net.column[site] : net.column[site + 1]].astype(np.int64)

    def move(self, old: IntArray, new: IntArray) -> None:
        """Close some sites, and open others."""
        for sites, step in ((old, -1), (new, 1)):
            self.opened[sites] = step > 0
            for s in sites.tolist():
                self.times[self._near(s)] += step

    def apart(self, waiting: list[int], size: int) -> list[Neighbourhood]:
        """Take neighbourhoods, of which no demand is near candidates of two, out of a queue."""
        group: list[Neighbourhood] = []
        taken = np.zeros(self.core.demands, dtype=bool)
        passed: list[int] = []
        while waiting and len(group) < SIDE_BY_SIDE and len(passed) < PASSED_OVER:
            centre = waiting.pop(0)
            part = self._around(centre, size) if self.opened[centre] else None
            if part is None:
                continue
            if taken[part.reach].any():
                passed.append(centre)
                continue
            taken[part.reach] = True
            group.append(part)
        waiting[:0] = passed
        return group

    def _around(self, centre: int, size: int) -> Neighbourhood | None:
        """The neighbourhood of an open site; None where it is alone."""
        net, core = self.core.net, self.core
        if net.column[centre] == net.column[centre + 1]:
            return None
        start, demands = int(net.demand[net.column[centre]]), 64
        while True:
            inside = around(net, ball(net, start, demands), self.opened)
            if len(inside) >= size or demands >= core.demands:
                inside = np.sort(inside[:size] if len(inside) > 2 * size else inside)
                break
            demands *= 2
        return None if len(inside) < LEAST_SITES else self._part(inside.astype(np.int64))

    def _part(self, inside: IntArray) -> Neighbourhood:
        core = self.core
        near = np.bincount(
            np.concatenate([self._near(s) for s in inside.tolist()]), minlength=core.demands
        )
        left = self.times - near == 0
        # Candidates near what the sites alone serve, and all that these would serve.
        reach = np.zeros(core.candidates, dtype=bool)
        for i in np.flatnonzero((near > 0) & left).tolist():
            reach[core.site[core.start[i] : core.start[i + 1]]] = True
        reach[inside] = True
        kept = np.flatnonzero(reach)
        served = np.unique(np.concatenate([self._near(s) for s in kept.tolist()]))
        demands = served[left[served]]
        part = core.among(demands, kept, core.opening[kept], core.unserved[demands])
        return Neighbourhood(replace(part, count=len(inside)), kept, inside, served)
