"""A better bound for large covering problems: multipliers and cuts, a block of demands at a time.

As `optimiser.location.parts`, for problems in which every demand must be served: cuts may rest on
other cuts, and blocks that no candidate joins are raised side by side.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from optimiser.location.core import Core
from optimiser.location.cuts import Pool
from optimiser.location.effort import Clock
from optimiser.location.halves import Halves, separated
from optimiser.location.kernels.balls import ball
from optimiser.location.kernels.net import reduced_costs
from optimiser.location.parts import Priced
from optimiser.solvers.highs import quiet_highs
from optimiser.units import FloatArray, IntArray

BLOCK, INNER, ROUNDS = 250, 125, 5
SIDE_BY_SIDE = 2
STALLED, STALLS = 0.002, 3
NOTHING = 1e-9


@dataclass(frozen=True, eq=False)
class Block:
    """Some demands, and what the rest leaves of the candidates near them.

    Parameters
    ----------
    demands, sites
        Numbers in the core, ascending.
    matrix, level
        Rows of the demands, then the cuts that rest on them alone: whole coefficients (k + c, s)
        and right sides.
    opening
        Cost (s,) of each site less what the rest pays for it.
    cuts
        Numbers of those cuts.
    value
        What the multipliers so far make of it.
    """

    demands: IntArray
    sites: NDArray[np.int64]
    matrix: sparse.csr_array
    level: NDArray[np.int64]
    opening: FloatArray
    cuts: list[int]
    value: float


@dataclass(frozen=True, eq=False)
class Raised:
    """Multipliers that make more of a block.

    Parameters
    ----------
    multipliers
        One (k,) for each of its demands.
    old
        Multiplier of each of its cuts that counts, by number.
    new
        Members of each cut found, as constraints of the block: demands, its cuts, new cuts.
    weights
        Multiplier of each new cut.
    """

    multipliers: FloatArray
    old: dict[int, float]
    new: list[IntArray]
    weights: FloatArray


class Climb:
    """Multipliers and cuts of a covering core; parameters as of `Priced`."""

    def __init__(self, core: Core, multipliers: FloatArray, threads: int) -> None:
        self.core, self.threads = core, threads
        self.multipliers = np.minimum(multipliers, core.unserved)
        self.pool = Halves(core)
        self.weights: dict[int, float] = {}
        self.reduced = reduced_costs(core.net, self.multipliers)

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
        raised_block = partial(raise_block, threads=self.threads)
        with ThreadPoolExecutor(min(self.threads, SIDE_BY_SIDE)) as pool:
            for group in self._groups(seed):
                if clock.left is not None and clock.left <= until:
                    return
                blocks = [self._block(demands) for demands in group]
                # Both see the same prices, so that the number of threads changes nothing.
                for block, raised in zip(blocks, pool.map(raised_block, blocks), strict=True):
                    if raised is not None:
                        self._take(block, raised)

    def _groups(self, seed: int) -> Iterator[list[IntArray]]:
        """Blocks of demands, two by two where no candidate is near both."""
        core, net = self.core, self.core.net
        waiting = np.diff(core.start) > 0
        held: list[IntArray] = []
        taken = np.zeros(core.candidates, dtype=bool)
        for centre in np.random.default_rng(seed).permutation(core.demands):
            if not waiting[centre]:
                continue
            demands = ball(net, int(centre), BLOCK)
            sites = np.concatenate([core.site[core.start[i] : core.start[i + 1]] for i in demands])
            if taken[sites].any():
                continue
            waiting[demands[:INNER]] = False
            held.append(np.sort(demands))
            taken[sites] = True
            if len(held) == SIDE_BY_SIDE:
                yield held
                held = []
                taken[:] = False
        if held:
            yield held
        for centre in np.flatnonzero(waiting):
            if waiting[centre]:
                demands = ball(net, int(centre), BLOCK)
                waiting[demands[:INNER]] = False
                yield [np.sort(demands)]

    def _block(self, demands: IntArray) -> Block:
        core = self.core
        member = np.zeros(core.demands, dtype=bool)
        member[demands] = True
        cuts = [
            cut
            for cut in self.weights
            if member[self.pool.rows[cut][0]] and member[self.pool.rows[cut]].all()
        ]
        width = np.diff(core.start)[demands]
        start = np.concatenate(([0], np.cumsum(width)))
        place = np.repeat(core.start[demands] - start[:-1], width) + np.arange(start[-1])
        sites, site = np.unique(core.site[place], return_inverse=True)
        shape = len(demands), len(sites)
        rows = [sparse.csr_array((np.ones(len(site)), site, start), shape=shape)]
        value = float(self.multipliers[demands].sum() + np.minimum(self.reduced[sites], 0.0).sum())
        left = self.reduced[sites] + rows[0].T @ self.multipliers[demands]
        for cut in cuts:
            weight, at = self.weights[cut], np.searchsorted(sites, self.pool.sites[cut])
            value += weight * self.pool.levels[cut]
            left[at] += weight * self.pool.heights[cut]
            rows.append(_row(at, self.pool.heights[cut], len(sites)))
        levels = [1] * len(demands) + [self.pool.levels[cut] for cut in cuts]
        level = np.array(levels, dtype=np.int64)
        matrix = sparse.csr_array(sparse.vstack(rows))
        return Block(demands, sites.astype(np.int64), matrix, level, left, cuts, value)

    def _take(self, block: Block, raised: Raised) -> None:
        pool, n, k = self.pool, self.core.demands, len(block.demands)
        for cut in block.cuts:
            del self.weights[cut]
        numbers: dict[int, int] = {}
        first = k + len(block.cuts)
        for c in needed(raised, first):
            members = raised.new[c]
            own = block.demands[members[members < k]]
            named = [
                block.cuts[a - k] if a < first else numbers[a - first]
                for a in members[members >= k].tolist()
            ]
            inner = n + np.array(named, dtype=np.int64)
            numbers[c] = pool.number(np.concatenate((own, inner)))
        self.multipliers[block.demands] = raised.multipliers
        near = block.matrix[: len(block.demands)]
        self.reduced[block.sites] = block.opening - near.T @ raised.multipliers
        found = [(number, float(raised.weights[c])) for c, number in numbers.items()]
        for cut, weight in [*raised.old.items(), *found]:
            if weight > NOTHING:
                self.weights[cut] = self.weights.get(cut, 0.0) + weight
                self.reduced[pool.sites[cut]] -= weight * pool.heights[cut]


def raise_block(block: Block, threads: int) -> Raised | None:
    """Solve the relaxation of a block, cut after cut.

    Parameters
    ----------
    block
        The block.
    threads
        As of `optimiser.solvers.highs.quiet_highs`.

    Returns
    -------
    Raised or None
        What makes more of it than its multipliers so far; None where nothing does.
    """
    k, given = len(block.demands), block.matrix.shape[0]
    solver = quiet_highs(threads)
    count = len(block.sites)
    solver.addVars(count, np.zeros(count), np.ones(count))
    solver.changeColsCost(count, np.arange(count, dtype=np.int32), block.opening)
    _add_rows(solver, block.matrix, block.level)
    matrix, level = block.matrix, block.level
    # Which cut each row beyond the demands is: one of the block's, then the new ones.
    named = list(range(given))
    members: list[IntArray] = []
    value, stalls = -np.inf, 0
    for turn in range(ROUNDS + 1):
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = solver.getSolution()
        dual = np.maximum(np.array(solution.row_dual), 0.0)
        before, value = value, solver.getInfo().objective_function_value
        stalls = stalls + 1 if value - before < STALLED else 0
        if turn == ROUNDS or stalls >= STALLS:
            break
        idle = k + np.flatnonzero(dual[k:] <= NOTHING)
        if len(idle):
            solver.deleteRows(len(idle), idle.astype(np.int32))
            stay = np.setdiff1d(np.arange(len(named)), idle)
            matrix, level, dual = sparse.csr_array(matrix[stay]), level[stay], dual[stay]
            named = [named[a] for a in stay]
        sets = separated(matrix, level, np.array(solution.col_value))
        if not sets:
            break
        picks = np.concatenate(sets), np.cumsum([0, *map(len, sets)])
        ones = np.ones(len(picks[0]))
        new = sparse.csr_array((ones, *picks), shape=(len(sets), len(level))) @ matrix
        new.data = np.ceil(0.5 * new.data)
        sides = np.array([(int(level[rows].sum()) + 1) // 2 for rows in sets], dtype=np.int64)
        for rows in sets:
            named.append(given + len(members))
            members.append(np.array([named[a] for a in rows], dtype=np.int64))
        _add_rows(solver, new, sides)
        matrix, level = sparse.csr_array(sparse.vstack((matrix, new))), np.append(level, sides)
    left = block.opening - matrix.T @ dual
    if float(dual @ level + np.minimum(left, 0.0).sum()) <= block.value + NOTHING:
        return None
    weights = np.zeros(given + len(members))
    weights[named] = dual
    old = dict(zip(block.cuts, weights[k:given].tolist(), strict=True))
    return Raised(weights[:k], old, members, weights[given:])


def needed(raised: Raised, first: int) -> list[int]:
    """Numbers, ascending, of the new cuts that count or on which one that counts rests.

    Parameters
    ----------
    raised
        Multipliers and cuts of a block.
    first
        The constraint that the first new cut is.
    """
    wanted = raised.weights > NOTHING
    for c in range(len(wanted) - 1, -1, -1):
        if wanted[c]:
            members = raised.new[c]
            wanted[members[members >= first] - first] = True
    return np.flatnonzero(wanted).tolist()


def _row(at: IntArray, heights: FloatArray, width: int) -> sparse.csr_array:
    return sparse.csr_array((heights, at, [0, len(at)]), shape=(1, width))


def _add_rows(solver: highspy.Highs, rows: sparse.csr_array, level: NDArray[np.int64]) -> None:
    count = rows.shape[0]
    solver.addRows(
        count,
        level.astype(float),
        np.full(count, highspy.kHighsInf),
        rows.nnz,
        rows.indptr[:-1].astype(np.int32),
        rows.indices.astype(np.int32),
        rows.data.astype(float),
    )


def climber(pool: Pool, core: Core, multipliers: FloatArray, threads: int) -> Climb | Priced:
    """What raises multipliers and cuts of a core whose cuts go to a pool."""
    kind = Climb if isinstance(pool, Halves) else Priced
    return kind(core, multipliers, threads)


def passed_on(pool: Pool, climb: Climb | Priced) -> tuple[IntArray, FloatArray]:
    """Numbers in a pool of the cuts that count, and their multipliers."""
    numbers, weights = climb.cuts
    if isinstance(pool, Halves) and isinstance(climb, Climb):
        return pool.taken(climb.pool, numbers), weights
    added = [pool.number(climb.pool.demands[cut]) for cut in numbers.tolist()]
    return np.array(added, dtype=np.int64), weights
