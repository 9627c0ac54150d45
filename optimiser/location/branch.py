"""The tree: sites opened or closed, best bound first, each part with its own multipliers."""

import heapq
import math
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from optimiser.location.certificate import NO_WEIGHTS, NONE, ROOT, Node, Proof
from optimiser.location.core import Core
from optimiser.location.cuts import Pool
from optimiser.location.effort import Clock, Effort
from optimiser.location.kernels.dual import ascend
from optimiser.location.kernels.net import CLOSED, FREE, OPEN, cheapest, reduced_costs
from optimiser.location.linear import Relaxation, Start
from optimiser.location.reduce import keep_candidates
from optimiser.location.sets import shared_sets
from optimiser.solution import StopReason
from optimiser.units import FloatArray, IntArray

NODE_STEP, NODE_PATIENCE = 0.15, 8
LEAST_SCORE = 1e-3
PROBE_ITERATIONS = 60
WHOLE = 0.02
HALF = 0.5
LINEAR_PAIRS = 400_000
LEAST_COLUMNS, COLUMNS_PER_SITE = 300, 8


Found = tuple[FloatArray, FloatArray, IntArray, FloatArray, FloatArray]
"""Multipliers (n,), how far each candidate (m,) is open, cuts, theirs, and those of the sets."""


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
        self.gains = np.zeros((2, self.core.candidates))
        self.tries = np.zeros((2, self.core.candidates))

    def grow(self, run: Run) -> StopReason:
        """Grow until nothing better can be left, or the time, the memory or the nodes are out.

        Parameters
        ----------
        run
            The solve.

        Returns
        -------
        StopReason
            Why it ended.
        """
        limit = min(self.effort.nodes, self.effort.tree_bytes // (8 * self.core.demands + 64))
        while self.heap:
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
        core, net, state = self.core, self.core.net, self.states[number]
        opened = np.flatnonzero(state == OPEN)
        if self._complete(state, opened):
            value = core.value(opened)
            self.floors[number] = max(self.floors[number], value)
            run.offer(np.concatenate((self.opened, self.kept[opened])), value)
            return
        cut = run.cut
        found = self._relaxed(number, run)
        if found is None:
            found = self._ascended(number, run)
        multipliers, opening, cuts, weights, wants = found
        wants = wants.astype(np.float32).astype(np.float64)
        rounded = multipliers.astype(np.float32)
        costs, unserved, constant = self.pool.shifted(cuts, weights)
        exact = np.minimum(rounded.astype(np.float64), np.maximum(unserved, 0.0))
        constant += float(wants.sum())
        if self.relaxation is not None:
            self.relaxation.charge(costs, self.needs[number], wants)
        reduced = reduced_costs(net._replace(opening=costs), exact)
        sites, inside, outside, possible = cheapest(reduced, state, net.number)
        if not possible:
            self.floors[number] = math.inf
            return
        value = float(exact.sum() + reduced[sites].sum()) + constant
        value += float(np.minimum(unserved, 0.0).sum())
        closed = opened = np.empty(0, dtype=np.int64)
        if self.effort.fixing:
            margin = cut + 1e-9 * (abs(cut) + 1.0)
            free = state == FREE
            closed = np.flatnonzero(
                free & (reduced > inside) & (value + reduced - inside >= margin)
            )
            opened = np.flatnonzero(
                free
                & (reduced < outside)
                & (reduced <= inside)
                & (value - reduced + outside >= margin)
            )
            state[closed] = CLOSED
            state[opened] = OPEN
        self.nodes[number].proofs.append(
            Proof(
                np.concatenate((rounded, wants.astype(np.float32))),
                self.kept[opened],
                self.kept[closed],
                cuts,
                weights,
            )
        )
        floor = math.ceil(value - 1e-6) if core.integral else value
        self.floors[number] = max(self.floors[number], floor)
        self.starts[number] = multipliers
        self.openings[number] = opening
        self._try(state, opening, run)
        opened = np.flatnonzero(state == OPEN)
        if self.floors[number] < cut and self._complete(state, opened):
            value = core.value(opened)
            self.floors[number] = max(self.floors[number], value)
            run.offer(np.concatenate((self.opened, self.kept[opened])), value)

    def _relaxed(self, number: int, run: Run) -> Found | None:
        """Bound by the linear relaxation and its cuts; None where there is no time for it."""
        if self.relaxation is None:
            return None
        state, needs = self.states[number], self.needs[number]
        answer = self.relaxation.solve(state, needs, run.clock.left, self.bases[number])
        if answer is None:
            return None
        target = run.cut - self.core.constant
        if answer.value < target:
            rounds = self.effort.cut_rounds if number == 0 else self.effort.node_rounds
            answer = self.relaxation.tighten(state, needs, answer, rounds, target, run.clock)
        self.bases[number] = self.relaxation.start(needs)
        return answer.multipliers, answer.opening, answer.cuts, answer.weights, answer.needs

    def _ascended(self, number: int, run: Run) -> Found:
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
        return best, opening, NONE, NO_WEIGHTS, np.zeros(len(self.needs[number]))

    def _complete(self, state: NDArray[np.int8], opened: IntArray) -> bool:
        return not (state == FREE).any() or len(opened) == self.core.count

    def _try(self, state: NDArray[np.int8], opening: FloatArray, run: Run) -> None:
        weight = np.where(state == OPEN, 2.0, np.where(state == CLOSED, -1.0, opening))
        if self.core.count is None:
            sites = np.flatnonzero(weight > HALF)
        else:
            sites = np.argsort(-weight, kind="stable")[: self.core.count]
            if len(sites) < self.core.count or weight[sites].min() < 0.0:
                return
        value = self.core.value(sites)
        run.offer(np.concatenate((self.opened, self.kept[sites])), value)


def linear(core: Core) -> bool:
    """Whether the linear relaxation is worth solving: covering, and not too large."""
    return not core.cost.any() and 0 < len(core.site) <= LINEAR_PAIRS


def _first_columns(core: Core) -> int:
    return LEAST_COLUMNS + COLUMNS_PER_SITE * (core.count or 0)
