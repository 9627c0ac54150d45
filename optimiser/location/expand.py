"""A node of the tree: its bound, what that decides, and its children.

An expander changes nothing of the tree and knows what was known when it was called: two of them
work side by side, and the number of threads changes nothing.
"""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from optimiser.location.certificate import NO_WEIGHTS, NONE, Proof
from optimiser.location.core import Core
from optimiser.location.cuts import Pool
from optimiser.location.dive import dive
from optimiser.location.effort import Clock, Effort
from optimiser.location.fixing import fixed
from optimiser.location.kernels.interchange import improve, invite, stand
from optimiser.location.kernels.net import CLOSED, FREE, OPEN
from optimiser.location.linear import Relaxation
from optimiser.location.paced import ascended, filled
from optimiser.location.relaxed import Relaxed, Start
from optimiser.location.sets import shared_sets
from optimiser.units import FloatArray, IntArray

NODE_STEP, NODE_PATIENCE = 0.15, 8
LEAST_SCORE = 1e-3
WHOLE = 0.02
HALF, LOG = 0.5, 65_536


@dataclass(eq=False)
class Leaf:
    """What a node of the tree leaves open.

    Parameters
    ----------
    floor
        Nothing of it costs less.
    state
        What is decided (m,).
    needs
        Numbers of the sets of which a site must be open.
    multipliers
        Where to start from (n,).
    basis
        Where its relaxation stands.
    relaxed
        What the relaxation said; None: not asked yet, or nothing was left to ask.
    plain
        Multipliers (n,) of the first node before cuts.
    proofs
        In the order in which they hold.
    """

    floor: float
    state: NDArray[np.int8]
    needs: tuple[int, ...]
    multipliers: FloatArray
    basis: Start | None = None
    relaxed: Relaxed | None = None
    plain: FloatArray | None = None
    proofs: list[Proof] = field(default_factory=list)

    def child(self) -> "Leaf":
        """The same part of the answers, to decide more in."""
        return Leaf(self.floor, self.state.copy(), self.needs, self.multipliers, self.basis)


@dataclass(eq=False)
class Known:
    """What an expander knows of the solve, and what it finds.

    Parameters
    ----------
    value
        Of the best sites.
    cut
        Bound from which a part holds nothing better by more than the gap.
    clock
        When to stop.
    offers
        Sites of the reduced core that are better, with their value.
    """

    value: float
    cut: float
    clock: Clock
    offers: list[tuple[IntArray, float]] = field(default_factory=list)

    def offer(self, sites: IntArray, value: float) -> None:
        """Take sites that are better."""
        if value < self.value:
            self.value = value
            self.offers.append((sites, value))


@dataclass(frozen=True, eq=False)
class Past:
    """What deciding single candidates has gained so far.

    Parameters
    ----------
    gains, tries
        Sum and number (2, m): opened, closed.
    """

    gains: FloatArray
    tries: FloatArray


class Expander:
    """Takes nodes apart, with a relaxation of its own.

    Parameters
    ----------
    core
        What the root of the tree left.
    pool
        Its cuts.
    relaxation
        None where it is not worth solving.
    kept
        Number of each candidate (m,) in the problem of the certificate.
    sets
        Sets of candidates that nodes decide, shared by all expanders.
    effort
        Amounts of work.
    """

    def __init__(
        self,
        core: Core,
        pool: Pool,
        relaxation: Relaxation | None,
        kept: IntArray,
        sets: list[IntArray],
        effort: Effort,
    ) -> None:
        self.core, self.pool, self.relaxation = core, pool, relaxation
        self.kept, self.sets, self.effort = kept, sets, effort

    def twin(self) -> "Expander":
        """Another one, with a relaxation of its own."""
        relaxation = None if self.relaxation is None else self.relaxation.twin()
        return Expander(self.core, self.pool, relaxation, self.kept, self.sets, self.effort)

    def look(self, leaf: Leaf, known: Known, rounds: int = 0) -> None:
        """Bound a node, and fix what that decides.

        Parameters
        ----------
        leaf
            The node.
        known
            Of the solve.
        rounds
            Of cuts at most.
        """
        if self._finish(leaf, known):
            return
        found = self._relaxed(leaf, known, rounds)
        if found is None:
            found = self._ascended(leaf, known, 1 if rounds == 0 else 4)
        leaf.multipliers, leaf.relaxed = found.multipliers, found
        self.settle(leaf, found, known.cut)
        if leaf.floor < math.inf:
            self._try(leaf.state, found.opening, known)
            self._finish(leaf, known)

    def settle(self, leaf: Leaf, found: Relaxed, cut: float) -> None:
        """Take the bound and the fixings of multipliers.

        Parameters
        ----------
        leaf
            The node that they are of.
        found
            The multipliers.
        cut
            Nothing better costs as much.
        """
        wants = found.needs.astype(np.float32)
        opening, unserved, constant = self.pool.shifted(found.cuts, found.weights)
        if self.relaxation is not None:
            self.relaxation.charge(opening, leaf.needs, wants.astype(np.float64))
        costs = opening, unserved, constant + float(wants.sum(dtype=np.float64))
        goal, cut = cut, cut if self.effort.fixing else math.inf
        proven = fixed(self.core, leaf.state, costs, found.multipliers, cut, goal)
        if proven is None:
            leaf.floor = math.inf
            return
        leaf.state[proven.closed] = CLOSED
        leaf.state[proven.opened] = OPEN
        multipliers = np.concatenate((proven.multipliers, wants))
        opened, closed = self.kept[proven.opened], self.kept[proven.closed]
        leaf.proofs.append(Proof(multipliers, opened, closed, found.cuts, found.weights))
        floor = math.ceil(proven.value - 1e-6) if self.core.integral else proven.value
        leaf.floor = max(leaf.floor, floor)

    def _finish(self, leaf: Leaf, known: Known) -> bool:
        """Take the one answer left; says whether only one is."""
        opened = np.flatnonzero(leaf.state == OPEN)
        if (leaf.state == FREE).any() and len(opened) != self.core.count:
            return False
        if leaf.floor < known.cut:
            value = self.core.value(opened)
            leaf.floor = max(leaf.floor, value)
            known.offer(opened, value)
        return True

    def _relaxed(self, leaf: Leaf, known: Known, rounds: int) -> Relaxed | None:
        """Bound by the linear relaxation and its cuts; None where there is no time for it."""
        relaxation, clock = self.relaxation, known.clock
        if relaxation is None:
            return None
        answer = relaxation.solve(leaf.state, leaf.needs, clock.left, leaf.basis)
        if answer is None:
            return None
        if rounds:
            leaf.plain = answer.multipliers
        target = known.cut - self.core.constant
        answer = relaxation.tighten(leaf.state, leaf.needs, answer, rounds, target, clock)
        leaf.basis = relaxation.start(leaf.needs)
        return answer

    def _ascended(self, leaf: Leaf, known: Known, goes: int) -> Relaxed:
        core, cut = self.core, known.cut
        target = cut - core.constant
        at = ascended(
            core.net,
            leaf.multipliers,
            leaf.state,
            (max(known.value, cut) if math.isfinite(known.value) else cut) - core.constant,
            target + 1e-6 * abs(target),
            goes * self.effort.node,
            NODE_STEP,
            NODE_PATIENCE,
            known.clock,
        )
        none = np.zeros(len(leaf.needs))
        return Relaxed(at.best, NONE, NO_WEIGHTS, none, at.opening, NO_WEIGHTS, -math.inf)

    def split(
        self, leaf: Leaf, number: int, known: Known, past: Past
    ) -> tuple[IntArray, dict[int, Leaf]]:
        """Decide something of a node.

        Parameters
        ----------
        leaf
            The node.
        number
            Place of a new set among the sets.
        known
            Of the solve.
        past
            What deciding single candidates gains.

        Returns
        -------
        tuple
            The candidates decided, and the child in which one is open at least, and in which none.
        """
        sites = self._sites(leaf, number, known, past)
        children: dict[int, Leaf] = {}
        for side in (OPEN, CLOSED):
            child = leaf.child()
            if side == CLOSED or len(sites) == 1:
                child.state[sites] = side
            else:
                child.needs += (number,)
            self.look(child, known)
            children[side] = child
        return sites, children

    def _sites(self, leaf: Leaf, number: int, known: Known, past: Past) -> IntArray:
        """What to decide: a set where the relaxation has one worth it, else a candidate."""
        relaxation, relaxed = self.relaxation, leaf.relaxed
        opening = np.zeros(self.core.candidates) if relaxed is None else relaxed.opening
        alone = np.array([self._choice(leaf, opening, known.cut - leaf.floor, past)])
        if relaxation is None or relaxed is None or leaf.basis is None:
            return alone
        sets = shared_sets(self.core, leaf.state, opening, self.effort.probes)
        if not sets:
            return alone
        low = relaxed.value
        high = max(known.cut - self.core.constant, low)
        found = np.array(relaxation.probe(leaf.state, leaf.needs, leaf.basis, sets, number))
        gains = np.clip(found, low, high) - low
        best = int(np.argmax(np.maximum(gains, LEAST_SCORE * (high - low)).prod(axis=1)))
        self.sets[number] = sets[best]
        return sets[best]

    def _choice(self, leaf: Leaf, opening: FloatArray, distance: float, past: Past) -> int:
        free = np.flatnonzero(leaf.state == FREE)
        split = np.minimum(opening[free], 1.0 - opening[free])
        guess = 0.2 * distance
        tries = past.tries[:, free]
        gain = np.where(tries > 0, past.gains[:, free] / np.maximum(tries, 1.0), guess)
        score = np.maximum(gain, LEAST_SCORE * guess).prod(axis=0) * split
        if split.max() < WHOLE:
            score = opening[free]
        return int(free[np.argmax(score)])

    def dive(self, leaf: Leaf, seed: tuple[int, int], known: Known) -> float:
        """Dive from a node for sites.

        Parameters
        ----------
        leaf
            The node.
        seed
            Its number, and that of the dive.
        known
            Of the solve.

        Returns
        -------
        float
            Value of the sites found; inf when there are none.
        """
        relaxation = self.relaxation
        if relaxation is None or leaf.relaxed is None:
            return math.inf
        answer = relaxation.solve(leaf.state, leaf.needs, known.clock.left, leaf.basis)
        if answer is None:
            return math.inf
        rng = np.random.default_rng(seed) if any(seed) else None
        at, opening = dive(relaxation, leaf.state, leaf.needs, answer.opening, rng, known.clock)
        return self._try(at, opening, known)

    def _try(self, state: NDArray[np.int8], opening: FloatArray, known: Known) -> float:
        """Value of sites from a relaxation: what it mostly opens, filled up and interchanged."""
        core, net = self.core, self.core.net
        weight = np.where(state == OPEN, 2.0, np.where(state == CLOSED, -1.0, opening))
        picks = np.flatnonzero(weight > HALF)
        if core.count is not None:
            picks = picks[np.argsort(-weight[picks], kind="stable")][: core.count]
        at = stand(net, core.penalised, picks.astype(np.int32))
        filled(core, at, known.clock)
        invite(at, np.flatnonzero(state != CLOSED))
        log = np.empty((LOG, 2), np.int32)
        improve(net, core.penalised, at, log, 0, self.effort.rounding)
        sites = np.sort(at.sites[: at.size[0]]).astype(np.int64)
        if core.count is not None and len(sites) != core.count:
            return math.inf
        value = core.value(sites)
        known.offer(sites, value)
        return value
