"""The tree: sites opened or closed, best bound first, each part with its own multipliers."""

import heapq
import math
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from optimiser.location.certificate import NONE, ROOT, Node, Reach
from optimiser.location.core import Core
from optimiser.location.cuts import Pool
from optimiser.location.effort import Clock, Effort
from optimiser.location.expand import Expander, Known, Leaf, Past
from optimiser.location.fixing import fixed
from optimiser.location.kernels.net import FREE, OPEN, reduced_costs
from optimiser.location.linear import Relaxation
from optimiser.location.reach import shorter
from optimiser.location.reduce import keep_candidates
from optimiser.solution import StopReason
from optimiser.units import FloatArray, IntArray

LINEAR_PAIRS = 400_000
RESTART = 0.6
LEAST_COLUMNS, COLUMNS_PER_SITE = 300, 8
SIDE_BY_SIDE, IDLE_DIVES = 2, 3


class Run(Protocol):
    """What the tree needs of the solve that it belongs to."""

    clock: Clock
    value: float
    bound: float
    toll: float

    @property
    def cut(self) -> float:
        """Bound from which a part holds nothing better by more than the gap."""

    @property
    def done(self) -> bool:
        """Whether enough is known."""

    def offer(self, sites: IntArray, value: float) -> None:
        """Take sites that are better."""


class Tree:
    """A search tree over the candidates that the root left free.

    Where nodes have a relaxation the two most promising are taken apart at a time, whatever the
    number of threads.

    Parameters
    ----------
    core
        The reduced core.
    state
        What the root decided (m,).
    multipliers
        The root's (n,).
    bound
        The root's.
    effort
        Amounts of work.
    threads
        How many may work.
    """

    def __init__(
        self,
        core: Core,
        state: NDArray[np.int8],
        multipliers: FloatArray,
        bound: float,
        effort: Effort,
        threads: int,
    ) -> None:
        self.effort = effort
        # Starts a thread when there is something to do side by side, and none before.
        self.threads = ThreadPoolExecutor(min(threads, SIDE_BY_SIDE))
        self.opened = np.flatnonzero(state == OPEN)
        small = core.open_always(self.opened)
        self.core, self.kept = keep_candidates(small, state == FREE)
        multipliers = np.minimum(multipliers, self.core.unserved)
        # Nothing but leaving it unserved is left to a demand without pairs.
        lonely = (np.diff(self.core.start) == 0) & np.isfinite(self.core.unserved)
        multipliers[lonely] = self.core.unserved[lonely]
        self.pool, self.sets = Pool(self.core), list[IntArray]()
        relaxation = None
        if effort.cuts and linear(self.core):
            reduced = reduced_costs(self.core.net, multipliers)
            columns = _first_columns(self.core)
            relaxation = Relaxation(self.core, self.pool, self.sets, reduced, columns, threads)
        self.expanders = [Expander(self.core, self.pool, relaxation, self.kept, self.sets, effort)]
        self.nodes = [Node(ROOT, NONE, FREE)]
        self.root = Leaf(bound, np.zeros(self.core.candidates, dtype=np.int8), (), multipliers)
        self.nodes[0].proofs = self.root.proofs
        self.leaves = {0: self.root}
        self.heap: list[tuple[float, int]] = [(bound, 0)]
        self.next_dive = 0
        self.reach: Reach | None = None
        self.value = math.inf
        self.past = Past(np.zeros((2, self.core.candidates)), np.zeros((2, self.core.candidates)))

    def close(self) -> None:
        """Let the threads go."""
        self.threads.shutdown()

    def begin(self, run: Run) -> bool:
        """Bound the root, dive from it, and fix what the sites found decide.

        Parameters
        ----------
        run
            The solve.

        Returns
        -------
        bool
            Whether to grow from it; False where so little is left that it is a problem of its own.
        """
        known, first = _known(run), self.expanders[0]
        first.look(self.root, known, self.effort.cut_rounds)
        self._offer(known, run)
        run.bound = max(run.bound, min(self.root.floor, run.value))
        if run.done or run.clock.out:
            return False
        before = run.value
        self._dive(run)
        if run.value < before and self.root.relaxed is not None:
            first.settle(self.root, self.root.relaxed, run.cut)
        if not self.effort.reductions:
            return True
        if self.effort.fixing and self.root.plain is not None:
            self.reach = shorter(self.core, self.root.state, self.root.plain, run.cut)
        left = int((self.root.state == FREE).sum())
        return left >= RESTART * self.core.candidates and self.reach is None

    def _dive(self, run: Run) -> None:
        """Dive from the root: once, then by twos, until dives bring nothing new."""
        idle, turns = 0, range(min(self.effort.dives, 1))
        while turns and idle < IDLE_DIVES and not run.clock.out:
            before, knowns = run.value, [_known(run) for _ in turns]

            def dive(at: int, turns: range = turns, knowns: list[Known] = knowns) -> float:
                return self.expanders[at].dive(self.root, (0, turns[at]), knowns[at])

            values = list(self.threads.map(dive, range(len(turns))))
            for known in knowns:
                self._offer(known, run)
            if before in values or not math.isfinite(min(values)):
                # Two ways that meet rarely meet anywhere but at the best.
                return
            idle = 0 if run.value < before else idle + len(turns)
            self._pair()
            turns = range(turns.stop, min(turns.stop + SIDE_BY_SIDE, self.effort.dives))

    def _pair(self) -> None:
        """Have two expanders, where a node costs a linear programme."""
        if self.expanders[0].relaxation is None:
            return
        while len(self.expanders) < SIDE_BY_SIDE:
            self.expanders.append(self.expanders[0].twin())

    def _offer(self, known: Known, run: Run) -> None:
        for sites, value in known.offers:
            run.offer(np.concatenate((self.opened, self.kept[sites])), value)

    def _shrinks(self, run: Run) -> bool:
        """Whether better sites decide so much at the root that it is time to start again."""
        root = self.root
        if root.relaxed is None or not self.effort.reductions or not run.value < self.value:
            return False
        self.value = run.value
        costs = self.pool.shifted(root.relaxed.cuts, root.relaxed.weights)
        proven = fixed(self.core, root.state, costs, root.relaxed.multipliers, run.cut, run.cut)
        left = int((root.state == FREE).sum())
        decided = left if proven is None else len(proven.closed) + len(proven.opened)
        if left - decided >= RESTART * left:
            return False
        self.expanders[0].settle(root, root.relaxed, run.cut)
        return True

    def grow(self, run: Run) -> StopReason | None:
        """Grow until nothing better can be left, or the time, the memory or the nodes are out.

        Parameters
        ----------
        run
            The solve.

        Returns
        -------
        StopReason or None
            Why it ended; None where so little is left that it is a problem of its own.
        """
        limit = min(self.effort.nodes, self.effort.tree_bytes // (8 * self.core.demands + 64))
        self.value = run.value
        self._pair()
        while self.heap:
            if self._shrinks(run):
                return None
            run.bound = max(run.bound, min(self.heap[0][0], run.value))
            if self.heap[0][0] >= run.cut or run.done:
                return StopReason.PROOF
            if run.clock.out:
                return StopReason.TIME
            if len(self.nodes) >= limit:
                return StopReason.MEMORY
            self._round(run)
        run.bound = max(run.bound, run.cut)
        return StopReason.PROOF

    def _round(self, run: Run) -> None:
        """Take the most promising nodes apart."""
        numbers: list[int] = []
        while self.heap and len(numbers) < len(self.expanders) and self.heap[0][0] < run.cut:
            numbers.append(heapq.heappop(self.heap)[1])
        knowns, sets, dives = [], [], []
        for _ in numbers:
            knowns.append(_known(run))
            sets.append(len(self.sets))
            self.sets.append(NONE)
            dives.append(len(self.nodes) >= self.next_dive)
            if dives[-1]:
                self.next_dive = len(self.nodes) + self.effort.between_dives

        def expand(at: int) -> tuple[IntArray, dict[int, Leaf]]:
            leaf, expander = self.leaves[numbers[at]], self.expanders[at]
            if dives[at]:
                expander.dive(leaf, (numbers[at], 0), knowns[at])
            return expander.split(leaf, sets[at], knowns[at], self.past)

        found = list(self.threads.map(expand, range(len(numbers))))
        for known in knowns:
            self._offer(known, run)
        for number, (sites, children) in zip(numbers, found, strict=True):
            self._take(number, sites, children, run)

    def _take(self, number: int, sites: IntArray, children: dict[int, Leaf], run: Run) -> None:
        """Put the children of a node into the tree."""
        parent = self.leaves.pop(number)
        for side, child in children.items():
            if len(sites) == 1:
                gain = min(child.floor, run.cut) - parent.floor
                self.past.gains[side - 1, sites[0]] += max(gain, 0.0)
                self.past.tries[side - 1, sites[0]] += 1
            if child.floor < run.cut:
                self.leaves[len(self.nodes)] = child
                heapq.heappush(self.heap, (child.floor, len(self.nodes)))
            run.clock.owed += run.toll
            self.nodes.append(Node(number, self.kept[sites], side, child.proofs))


def _known(run: Run) -> Known:
    return Known(run.value, run.cut, run.clock)


def linear(core: Core) -> bool:
    """Whether the linear relaxation is worth solving: covering, and not too large."""
    return not core.cost.any() and 0 < len(core.site) <= LINEAR_PAIRS


def _first_columns(core: Core) -> int:
    return LEAST_COLUMNS + COLUMNS_PER_SITE * (core.count or 0)
