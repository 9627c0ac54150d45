"""Large covering problems, a neighbourhood at a time: fewer sites, and a better bound.

Both keep the rest as it is: the sites that stand, or the multipliers that hold. What a part gains
is a gain of the whole.
"""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from optimiser.location.core import Core
from optimiser.location.cuts import Pool
from optimiser.location.effort import Clock
from optimiser.location.kernels.balls import around, ball, served_only
from optimiser.location.kernels.net import cheapest, reduced_costs
from optimiser.location.kernels.row_weighting import cover_with_fewer
from optimiser.location.linear import Relaxation
from optimiser.units import FloatArray, IntArray

SiteNumbers = NDArray[np.int32]
PART_DEMANDS, PART_WORK, SIDE_BY_SIDE = 300, 4_000_000, 2
BLOCK, INNER, BLOCK_ROUNDS, BLOCK_COLUMNS = 700, 350, 6, 250


def part_of(core: Core, demands: IntArray) -> tuple[Core, IntArray]:
    """The core of some demands, and the candidates near them; the number of sites is free.

    Parameters
    ----------
    core
        The core; serving costs nothing.
    demands
        Demands.

    Returns
    -------
    tuple
        The smaller core, and the number of each of its candidates in the larger one.
    """
    width = np.diff(core.start)[demands]
    start = np.concatenate(([0], np.cumsum(width)))
    place = np.repeat(core.start[demands] - start[:-1], width) + np.arange(start[-1])
    near = core.site[place]
    kept, site = np.unique(near, return_inverse=True)
    small = replace(
        core,
        start=start,
        site=site.astype(np.int32),
        cost=np.zeros(len(site)),
        unserved=core.unserved[demands],
        opening=core.opening[kept],
        count=None,
        constant=0.0,
    )
    return small, kept.astype(np.int64)


def fewer_by_parts(
    core: Core, sites: SiteNumbers, least: int, seed: int, work: int, clock: Clock, threads: int = 1
) -> SiteNumbers:
    """Cover with fewer sites, two neighbourhoods at a time that have no demand in common.

    Parameters
    ----------
    core
        The core; all sites cost the same, every demand must be covered.
    sites
        A cover.
    least
        Number of sites at which to stop.
    seed
        Of the random choices.
    work
        Pairs that may be looked at.
    clock
        When to stop.
    threads
        How many to use; the cover does not depend on it.

    Returns
    -------
    SiteNumbers
        A cover, smaller or not.
    """
    net, rng = core.net, np.random.default_rng(seed)
    opened = np.zeros(core.candidates, dtype=bool)
    opened[sites] = True
    times = np.zeros(core.demands, dtype=np.int64)
    for s in sites:
        times[net.demand[net.column[s] : net.column[s + 1]]] += 1
    round_ = 0
    with ThreadPoolExecutor(min(threads, SIDE_BY_SIDE)) as pool:
        while work > 0 and int(opened.sum()) > least and not clock.out:
            windows: list[_Window] = []
            touched = np.zeros(core.demands, dtype=bool)
            for _ in range(SIDE_BY_SIDE):
                round_ += 1
                size = PART_DEMANDS * (1 + round_ % 3) // 2
                near = ball(net, int(rng.integers(core.demands)), size)
                inside = around(net, near, opened)
                work -= len(inside) + size
                reached = [net.demand[net.column[s] : net.column[s + 1]] for s in inside]
                if any(touched[demands].any() for demands in reached):
                    continue
                for demands in reached:
                    touched[demands] = True
                demands = served_only(net, inside, times)
                if len(demands):
                    windows.append(_window(core, inside, demands, int(rng.integers(1 << 30))))
            for window, (found, done) in zip(windows, pool.map(_squeeze, windows), strict=True):
                work -= max(done, window.core.demands)
                new = window.kept[found]
                opened[window.inside] = False
                opened[new] = True
                for s in window.inside:
                    times[net.demand[net.column[s] : net.column[s + 1]]] -= 1
                for s in new:
                    times[net.demand[net.column[s] : net.column[s + 1]]] += 1
    return np.flatnonzero(opened).astype(np.int32)


@dataclass(frozen=True, eq=False)
class _Window:
    """Sites inside, the core of the demands that only these serve, and a seed."""

    inside: IntArray
    core: Core
    kept: IntArray
    start: SiteNumbers
    seed: int


def _window(core: Core, inside: IntArray, demands: IntArray, seed: int) -> _Window:
    small, kept = part_of(core, demands)
    number = np.full(core.candidates, -1, dtype=np.int32)
    number[kept] = np.arange(len(kept), dtype=np.int32)
    start = number[inside]
    return _Window(inside, small, kept, start[start >= 0], seed)


def _squeeze(window: _Window) -> tuple[SiteNumbers, int]:
    least = len(window.start) - 1
    return cover_with_fewer(window.core.net, window.start, least, window.seed, PART_WORK, True)


class Priced:
    """Multipliers and cuts of a large covering core, raised a block of demands at a time.

    Parameters
    ----------
    core
        The core.
    multipliers
        Where to start (n,).
    threads
        Of the solver.
    """

    def __init__(self, core: Core, multipliers: FloatArray, threads: int) -> None:
        self.core, self.threads = core, threads
        self.multipliers = np.minimum(multipliers, core.unserved)
        self.pool = Pool(core)
        self.weights: dict[int, float] = {}

    @property
    def cuts(self) -> tuple[IntArray, FloatArray]:
        """Numbers of the cuts that count, and their multipliers."""
        numbers = np.array(sorted(self.weights), dtype=np.int64)
        return numbers, np.array([self.weights[cut] for cut in numbers.tolist()])

    def climb(self, seed: int, clock: Clock, until: float) -> None:
        """Raise blocks until each demand was well inside one, or the time is nearly up.

        Parameters
        ----------
        seed
            Of the order.
        clock, until
            When to stop: with so many seconds left.
        """
        waiting = np.ones(self.core.demands, dtype=bool)
        waiting[np.diff(self.core.start) == 0] = False
        price = self._price()
        for centre in np.random.default_rng(seed).permutation(self.core.demands):
            if not waiting[centre]:
                continue
            if clock.left is not None and clock.left <= until:
                return
            block = ball(self.core.net, int(centre), BLOCK)
            waiting[block[:INNER]] = False
            self._raise(np.sort(block), price, clock)

    def _price(self) -> float:
        """What one more site brings, where their number is fixed."""
        if self.core.count is None:
            return 0.0
        opening, unserved, _ = self.pool.shifted(*self.cuts)
        pays = np.minimum(self.multipliers, np.maximum(unserved, 0.0))
        reduced = reduced_costs(self.core.net._replace(opening=opening), pays)
        state = np.zeros(self.core.candidates, dtype=np.int8)
        _, inside, outside, _ = cheapest(reduced, state, self.core.net.number)
        return inside if not np.isfinite(outside) else 0.5 * (inside + outside)

    def _raise(self, block: IntArray, price: float, clock: Clock) -> None:
        core, net = self.core, self.core.net
        member = np.zeros(core.demands, dtype=bool)
        member[block] = True
        within = [cut for cut in self.weights if member[self.pool.demands[cut]].all()]
        others = [cut for cut in self.weights if not member[self.pool.demands[cut]].all()]
        held = np.array(others, dtype=np.int64)
        opening, unserved, _ = self.pool.shifted(held, np.array([self.weights[c] for c in others]))
        outside = np.where(member, 0.0, np.minimum(self.multipliers, np.maximum(unserved, 0.0)))
        residual = reduced_costs(net._replace(opening=opening), outside) - price
        small, kept = part_of(core, block)
        # What the other cuts took of a demand is no longer there to take.
        small = replace(small, opening=residual[kept], unserved=np.maximum(unserved[block], 0.0))
        before = self._standing(small, block, kept, within)
        at_old = reduced_costs(small.net, np.minimum(self.multipliers[block], small.unserved))
        relaxation = Relaxation(small, Pool(small), [], at_old, BLOCK_COLUMNS, self.threads)
        state = np.zeros(small.candidates, dtype=np.int8)
        answer = relaxation.solve(state, (), clock.left)
        if answer is None:
            return
        answer = relaxation.tighten(state, (), answer, BLOCK_ROUNDS, math.inf, clock)
        opening, unserved, constant = relaxation.pool.shifted(answer.cuts, answer.weights)
        pays = np.minimum(answer.multipliers, np.maximum(unserved, 0.0))
        reduced = reduced_costs(small.net._replace(opening=opening), pays)
        after = constant + float(pays.sum() + np.minimum(reduced, 0.0).sum())
        after += float(np.minimum(unserved, 0.0).sum())
        if after <= before:
            return
        self.multipliers[block] = answer.multipliers
        for cut in within:
            del self.weights[cut]
        for cut, weight in zip(answer.cuts.tolist(), answer.weights.tolist(), strict=True):
            number = self.pool.number(block[relaxation.pool.demands[cut]])
            self.weights[number] = self.weights.get(number, 0.0) + weight

    def _standing(self, small: Core, block: IntArray, kept: IntArray, within: list[int]) -> float:
        """What the present multipliers make of a block."""
        opening, unserved = small.opening.copy(), small.unserved.copy()
        place = np.full(self.core.candidates, -1, dtype=np.int64)
        place[kept] = np.arange(len(kept))
        value = 0.0
        for cut in within:
            weight, pool = self.weights[cut], self.pool
            opening[place[pool.sites[cut]]] -= weight * pool.heights[cut]
            unserved[np.searchsorted(block, pool.demands[cut])] -= weight
            value += weight * pool.level(cut)
        pays = np.minimum(self.multipliers[block], np.maximum(unserved, 0.0))
        reduced = reduced_costs(small.net._replace(opening=opening), pays)
        return value + float(pays.sum() + np.minimum(reduced, 0.0).sum())
