"""The tree: sites opened or closed, best bound first, each part with its own multipliers."""

import heapq
import math
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from optimiser.location.certificate import NO_WEIGHTS, NONE, ROOT, Node, Proof, Reach
from optimiser.location.core import Core
from optimiser.location.cuts import Pool
from optimiser.location.dive import dive
from optimiser.location.effort import Clock, Effort
from optimiser.location.fixing import fixed
from optimiser.location.kernels.dual import ascend
from optimiser.location.kernels.interchange import greedy, improve, invite, stand
from optimiser.location.kernels.net import CLOSED, FREE, OPEN, reduced_costs
from optimiser.location.linear import Relaxation, Relaxed, Start
from optimiser.location.reach import shorter
from optimiser.location.reduce import keep_candidates
from optimiser.location.sets import shared_sets
from optimiser.solution import StopReason
from optimiser.units import FloatArray, IntArray

NODE_STEP, NODE_PATIENCE = 0.15, 8
LEAST_SCORE = 1e-3
PROBE_ITERATIONS = 20
IDLE_DIVES = 3
WHOLE = 0.02
HALF, LOG = 0.5, 65_536
LINEAR_PAIRS = 400_000
RESTART = 0.8
LEAST_COLUMNS, COLUMNS_PER_SITE = 300, 8


class Run(Protocol):
    """What the tree needs of the solve that it belongs to."""

    clock: Clock
    value: float
    bound: float

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
        Of the solver of the relaxation.
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
        self.whole, self.effort = core, effort
        self.opened = np.flatnonzero(state == OPEN)
        small = core.open_always(self.opened)
        self.core, self.kept = keep_candidates(small, state == FREE)
        multipliers = np.minimum(multipliers, self.core.unserved)
        # Nothing but leaving it unserved is left to a demand without pairs.
        lonely = (np.diff(self.core.start) == 0) & np.isfinite(self.core.unserved)
        multipliers[lonely] = self.core.unserved[lonely]
        self.nodes = [Node(ROOT, NONE, FREE)]
        self.states = {0: np.zeros(self.core.candidates, dtype=np.int8)}
        self.starts = {0: multipliers}
        self.needs: dict[int, tuple[int, ...]] = {0: ()}
        self.bases: dict[int, Start | None] = {0: None}
        self.openings: dict[int, FloatArray] = {}
        self.floors = [bound]
        self.heap: list[tuple[float, int]] = [(bound, 0)]
        self.relaxation: Relaxation | None = None
        self.pool = Pool(self.core)
        if effort.cuts and linear(self.core):
            reduced = reduced_costs(self.core.net, multipliers)
            self.relaxation = Relaxation(self.core, reduced, _first_columns(self.core), threads)
            self.pool = self.relaxation.pool
        self.next_dive = 0
        self.root = self.states[0]
        self.first: Relaxed | None = None
        self.plain: FloatArray | None = None
        self.reach: Reach | None = None
        self.value = math.inf
        self.gains = np.zeros((2, self.core.candidates))
        self.tries = np.zeros((2, self.core.candidates))

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
        self.look(0, run)
        self.root = self.states[0]
        run.bound = max(run.bound, min(self.floors[0], run.value))
        if run.done or run.clock.out:
            return False
        if self.relaxation is not None and self.first is not None:
            known = run.value
            self._dive(0, run)
            if run.value < known:
                self._settle(0, self.first, run)
        if not self.effort.reductions:
            return True
        if self.effort.fixing and self.plain is not None:
            self.reach = shorter(self.core, self.root, self.plain, run.cut)
        left = int((self.root == FREE).sum())
        return left >= RESTART * self.core.candidates and self.reach is None

    def _shrinks(self, run: Run) -> bool:
        """Whether better sites decide so much at the root that it is time to start again."""
        if self.first is None or not self.effort.reductions or not run.value < self.value:
            return False
        self.value = run.value
        costs = self.pool.shifted(self.first.cuts, self.first.weights)
        proven = fixed(self.core, self.root, costs, self.first.multipliers, run.cut)
        left = int((self.root == FREE).sum())
        decided = left if proven is None else len(proven.closed) + len(proven.opened)
        if left - decided >= RESTART * left:
            return False
        self.states[0], self.needs[0] = self.root, ()
        self._settle(0, self.first, run)
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
        self.value, self.root = run.value, self.root.copy()
        while self.heap:
            if self._shrinks(run):
                return None
            floor, number = heapq.heappop(self.heap)
            run.bound = max(run.bound, min(floor, run.value))
            if floor >= run.cut or run.done:
                return StopReason.PROOF
            if run.clock.out:
                return StopReason.TIME
            if len(self.nodes) >= limit:
                return StopReason.MEMORY
            if number not in self.openings:
                self.look(number, run)
                if self.floors[number] >= run.cut:
                    continue
            self._split(number, run)
        run.bound = max(run.bound, run.cut)
        return StopReason.PROOF

    def _split(self, number: int, run: Run) -> None:
        state = self.states[number]
        sites = self._sites(number, run)
        alone = len(sites) == 1
        for side in (OPEN, CLOSED):
            child = len(self.nodes)
            self.nodes.append(Node(number, self.kept[sites], side))
            self.floors.append(self.floors[number])
            self.states[child] = state.copy()
            self.needs[child] = self.needs[number]
            if side == CLOSED or alone:
                self.states[child][sites] = side
            elif self.relaxation is not None:
                self.needs[child] += (self.relaxation.wanting(sites),)
            self.starts[child] = self.starts[number]
            self.bases[child] = self.bases[number]
            self.look(child, run)
            if alone:
                gain = min(self.floors[child], run.cut) - self.floors[number]
                self.gains[side - 1, sites[0]] += max(gain, 0.0)
                self.tries[side - 1, sites[0]] += 1
            if self.floors[child] < run.cut:
                heapq.heappush(self.heap, (self.floors[child], child))
            else:
                self._forget(child)
        self._forget(number)

    def _sites(self, number: int, run: Run) -> IntArray:
        """What to decide: a set where the relaxation has one worth it, else a candidate."""
        state, opening = self.states[number], self.openings[number]
        distance = run.cut - self.floors[number]
        alone = np.array([self._choice(state, opening, distance)])
        if self.relaxation is None:
            return alone
        sets = shared_sets(self.core, state, opening, self.effort.probes)
        if not sets:
            return alone
        needs, basis = self.needs[number], self.bases[number]
        if len(self.nodes) >= self.next_dive:
            self._dive(number, run)
        answer = self.relaxation.solve(state, needs, run.clock.left, basis)
        if answer is None:
            return alone
        low, high = answer.value, max(run.cut - self.core.constant, answer.value)
        found = np.array(self.relaxation.probe(sets, PROBE_ITERATIONS))
        gains = np.clip(found, low, high) - low
        return sets[int(np.argmax(np.maximum(gains, LEAST_SCORE * (high - low)).prod(axis=1)))]

    def _forget(self, number: int) -> None:
        for table in (self.states, self.starts, self.openings, self.needs, self.bases):
            table.pop(number, None)

    def _choice(self, state: NDArray[np.int8], opening: FloatArray, distance: float) -> int:
        free = np.flatnonzero(state == FREE)
        split = np.minimum(opening[free], 1.0 - opening[free])
        guess = 0.2 * distance
        tries = np.maximum(self.tries[:, free], 1.0)
        gain = np.where(self.tries[:, free] > 0, self.gains[:, free] / tries, guess)
        score = np.maximum(gain, LEAST_SCORE * guess).prod(axis=0) * split
        if split.max() < WHOLE:
            score = opening[free]
        return int(free[np.argmax(score)])

    def look(self, number: int, run: Run) -> None:
        """Bound a node, and fix what that decides.

        Parameters
        ----------
        number
            The node.
        run
            The solve.
        """
        state = self.states[number]
        if self._finish(number, run):
            return
        found = self._relaxed(number, run)
        if found is None:
            found = self._ascended(number, run)
        self.starts[number], self.openings[number] = found.multipliers, found.opening
        if number == 0:
            self.first = found
        self._settle(number, found, run)
        if self.floors[number] < math.inf:
            self._try(state, found.opening, run)
            self._finish(number, run)

    def _settle(self, number: int, found: Relaxed, run: Run) -> None:
        """Take the bound and the fixings of multipliers."""
        core, state, needs = self.core, self.states[number], self.needs[number]
        wants = found.needs.astype(np.float32)
        opening, unserved, constant = self.pool.shifted(found.cuts, found.weights)
        if self.relaxation is not None:
            self.relaxation.charge(opening, needs, wants.astype(np.float64))
        costs = opening, unserved, constant + float(wants.sum(dtype=np.float64))
        cut = run.cut if self.effort.fixing else math.inf
        proven = fixed(core, state, costs, found.multipliers, cut)
        if proven is None:
            self.floors[number] = math.inf
            return
        state[proven.closed] = CLOSED
        state[proven.opened] = OPEN
        self.nodes[number].proofs.append(
            Proof(
                np.concatenate((proven.multipliers, wants)),
                self.kept[proven.opened],
                self.kept[proven.closed],
                found.cuts,
                found.weights,
            )
        )
        floor = math.ceil(proven.value - 1e-6) if core.integral else proven.value
        self.floors[number] = max(self.floors[number], floor)

    def _finish(self, number: int, run: Run) -> bool:
        """Take the one answer left; says whether only one is."""
        state = self.states[number]
        opened = np.flatnonzero(state == OPEN)
        if (state == FREE).any() and len(opened) != self.core.count:
            return False
        if self.floors[number] < run.cut:
            value = self.core.value(opened)
            self.floors[number] = max(self.floors[number], value)
            run.offer(np.concatenate((self.opened, self.kept[opened])), value)
        return True

    def _relaxed(self, number: int, run: Run) -> Relaxed | None:
        """Bound by the linear relaxation and its cuts; None where there is no time for it."""
        if self.relaxation is None:
            return None
        state, needs = self.states[number], self.needs[number]
        answer = self.relaxation.solve(state, needs, run.clock.left, self.bases[number])
        if answer is None:
            return None
        if number == 0:
            self.plain = answer.multipliers
        target = run.cut - self.core.constant
        if answer.value < target:
            rounds = self.effort.cut_rounds if number == 0 else self.effort.node_rounds
            answer = self.relaxation.tighten(state, needs, answer, rounds, target, run.clock)
        self.bases[number] = self.relaxation.start(needs)
        return answer

    def _ascended(self, number: int, run: Run) -> Relaxed:
        core, cut = self.core, run.cut
        target = cut - core.constant
        best, _, opening, _, _ = ascend(
            core.net,
            self.starts[number],
            self.states[number],
            (max(run.value, cut) if math.isfinite(run.value) else cut) - core.constant,
            target + 1e-6 * abs(target),
            self.effort.node if number else 4 * self.effort.node,
            NODE_STEP,
            NODE_PATIENCE,
        )
        none = np.zeros(len(self.needs[number]))
        return Relaxed(best, NONE, NO_WEIGHTS, none, opening, NO_WEIGHTS, -math.inf)

    def _dive(self, number: int, run: Run) -> None:
        """Dive from a node: often from the first, then at times."""
        state, needs, relaxation = self.states[number], self.needs[number], self.relaxation
        if relaxation is None:
            return
        self.next_dive = len(self.nodes) + self.effort.between_dives
        idle = 0
        for turn in range(self.effort.dives if number == 0 else 1):
            answer = relaxation.solve(state, needs, run.clock.left, self.bases[number])
            if answer is None or idle == IDLE_DIVES:
                return
            rng = np.random.default_rng((number, turn)) if number or turn else None
            at, opening = dive(relaxation, state, needs, answer.opening, rng, run.clock)
            known, value = run.value, self._try(at, opening, run)
            if value == known:
                # Two ways that meet rarely meet anywhere but at the best.
                return
            idle = 0 if value < known else idle + 1

    def _try(self, state: NDArray[np.int8], opening: FloatArray, run: Run) -> float:
        """Value of sites from a relaxation: what it mostly opens, filled up and interchanged."""
        core, net = self.core, self.core.net
        weight = np.where(state == OPEN, 2.0, np.where(state == CLOSED, -1.0, opening))
        picks = np.flatnonzero(weight > HALF)
        if core.count is not None:
            picks = picks[np.argsort(-weight[picks], kind="stable")][: core.count]
        at = stand(net, core.penalised, picks.astype(np.int32))
        greedy(net, at, net.number)
        invite(at, np.flatnonzero(state != CLOSED))
        log = np.empty((LOG, 2), np.int32)
        improve(net, core.penalised, at, log, 0, self.effort.rounding)
        sites = np.sort(at.sites[: at.size[0]]).astype(np.int64)
        if core.count is not None and len(sites) != core.count:
            return math.inf
        value = core.value(sites)
        run.offer(np.concatenate((self.opened, self.kept[sites])), value)
        return value


def linear(core: Core) -> bool:
    """Whether the linear relaxation is worth solving: covering, and not too large."""
    return not core.cost.any() and 0 < len(core.site) <= LINEAR_PAIRS


def _first_columns(core: Core) -> int:
    return LEAST_COLUMNS + COLUMNS_PER_SITE * (core.count or 0)
