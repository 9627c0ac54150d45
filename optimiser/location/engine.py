"""From a core to proven sites: reduce, search, bound, fix, branch."""

import math
from contextlib import closing
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from optimiser.location.branch import Tree, linear
from optimiser.location.certificate import (
    NO_WEIGHTS,
    NONE,
    ROOT,
    Certificate,
    Node,
    Proof,
    Reach,
    Share,
    derive,
)
from optimiser.location.components import components, solved_apart
from optimiser.location.core import Core
from optimiser.location.covering import climber, passed_on
from optimiser.location.effort import Clock, Effort
from optimiser.location.first import first_multipliers
from optimiser.location.fixing import fixed
from optimiser.location.found import Found
from optimiser.location.halves import pool_of
from optimiser.location.interchanged import interchanged, most_open
from optimiser.location.kernels.interchange import Place, stand
from optimiser.location.kernels.net import CLOSED, FREE, OPEN
from optimiser.location.neighbourhoods import placed_anew
from optimiser.location.paced import ascended, filled, toll
from optimiser.location.polish import polished
from optimiser.location.reduce import Reduced, keep_candidates, reduce
from optimiser.location.remainder import Remainder, in_layers, remainder
from optimiser.location.shared import solved_together
from optimiser.solution import StopReason
from optimiser.solvers import Limits
from optimiser.units import BoolArray, FloatArray, IntArray

STALLED, LEAST_GOES = 0.01, 3
SPARE, CLIMBED = 0.04, 0.002
PLACING, PLACING_SHARE, PLACED, PLACING_PAIRS = 5.0, 0.25, 1e-4, 50_000
PLACED_SITES, MORE_SITES = 8, 12
SMALL = Effort(anneal=100, ascents=2, cut_rounds=4, dives=4, nodes=20, climbs=0, placing=False)


def solve(
    core: Core,
    limits: Limits,
    *,
    allowed: BoolArray | None = None,
    effort: Effort | None = None,
    worth: float | None = None,
    start: IntArray | None = None,
    clock: Clock | None = None,
    enough: float | None = None,
) -> Found:
    """Solve a core.

    Parameters
    ----------
    core
        The problem.
    limits
        Where to stop.
    allowed
        Candidates (m,) that may open; None: all.
    effort
        Amounts of work.
    worth
        The gap is relative to ``abs(worth - value)``; None: to ``abs(value)``.
    start
        Sites to start from.
    clock
        Goes on counting; None: a new one.
    enough
        Stop as soon as the value is no more than this, or is proven to be more.

    Returns
    -------
    Found
        Sites, value and bound; bound inf when no answer exists.
    """
    effort = effort or Effort()
    clock = clock or Clock(limits.seconds)
    allowed = np.ones(core.candidates, dtype=bool) if allowed is None else allowed
    with clock.stage("reduce"):
        reduced = reduce(core, allowed, wanted=effort.reductions, clock=clock)
        whole = not effort.reductions or enough is not None or clock.out
        members = [] if whole else components(reduced.core)
    if not members:
        return _Run(core, reduced, limits, effort, clock, worth, enough).all(start)

    def alone(part: Core, start: IntArray | None, clock: Clock) -> Found:
        own = None if worth is None else float(part.unserved.sum())
        left = Reduced(part, np.arange(part.candidates), (), {})
        return _Run(part, left, limits, effort, clock, own, None).all(start)

    return solved_apart(core, reduced, members, start, clock, alone)


class _Run:
    """One solve under way, on the reduced core."""

    def __init__(
        self,
        core: Core,
        reduced: Reduced,
        limits: Limits,
        effort: Effort,
        clock: Clock,
        worth: float | None,
        enough: float | None,
    ) -> None:
        self.original, self.reduced, self.core = core, reduced, reduced.core
        self.limits, self.effort, self.clock = limits, effort, clock
        self.worth = 0.0 if worth is None else worth
        self.enough = enough
        self.sites: NDArray[np.int32] | None = None
        self.value = math.inf
        self.bound = -math.inf
        self.state = np.zeros(self.core.candidates, dtype=np.int8)
        self.root = Node(ROOT, NONE, FREE)
        self.nodes = [self.root]
        self.pool = pool_of(self.core)
        self.cuts = self.pool.demands
        self.rest: Certificate | None = None
        self.reach: Reach | None = None
        self.price: float | None = None
        self.shares: tuple[Share, ...] = ()
        self.work = 0, 0
        self.toll = toll(core, self.core, clock)
        self.multipliers = np.zeros(self.core.demands)
        self.step = 1.0
        self.iterations = 0
        self.stop = StopReason.PROOF

    @property
    def cut(self) -> float:
        """Bound from which nothing can be better by more than the gap."""
        if math.isinf(self.value):
            return self.original.worst + abs(self.original.constant)
        if self.enough is not None and self.core.integral:
            # No answer between what is enough and what is known is of any use.
            return min(self.value, math.floor(self.enough) + 1.0) - (1.0 - 1e-6)
        if self.core.integral:
            slack = max(1.0 - 1e-6, self.limits.gap * abs(self.worth - self.value))
        else:
            # A little less than counts as proof: what the judge takes off for rounding.
            slack = 0.99 * max(self.limits.gap, 1e-9) * abs(self.worth - self.value)
        return self.value - slack

    @property
    def done(self) -> bool:
        """Whether the gap is closed."""
        if self.enough is not None and (self.value <= self.enough or self.bound > self.enough):
            return True
        return self.bound >= self.cut

    def all(self, start: IntArray | None) -> Found:
        """Search, bound and branch."""
        self.search(start)
        self.ascend()
        self.polish()
        self.branch()
        return self.found()

    def search(self, start: IntArray | None) -> None:
        """First sites: greedy, then interchange."""
        core, net, penalised = self.core, self.core.net, self.core.penalised
        if core.count is not None and core.count > core.candidates:
            return
        with self.clock.stage("search"):
            given = np.empty(0, dtype=np.int32)
            if start is not None:
                number = np.full(self.original.candidates, -1, dtype=np.int32)
                number[self.reduced.kept] = np.arange(core.candidates, dtype=np.int32)
                given = number[start]
            at = stand(net, penalised, given[given >= 0])
            filled(core, at, self.clock)
            self._improve(at, self.effort.first)

    def _improve(self, at: Place, work: int) -> None:
        free, seed = self.state == FREE, self.limits.seed
        sites = interchanged(self.core, at, free, seed, work, self.clock)
        self.offer(sites, self.core.value(sites))

    def ascend(self) -> None:
        """Raise the root bound, search around it, and fix what it decides."""
        core, net = self.core, self.core.net
        if core.count is not None and core.count > core.candidates:
            self.bound = math.inf
            return
        with self.clock.stage("bound"):
            self.multipliers = first_multipliers(self.core, self.sites)
        for go in range(self.effort.ascents):
            before = self.bound
            with self.clock.stage("bound"):
                upper = self.value if math.isfinite(self.value) else max(core.worst, self.cut + 1)
                target = self.cut - core.constant
                aim = upper - core.constant, target + 1e-7 * abs(target)
                begin = net, self.multipliers, self.state
                at = ascended(*begin, *aim, self.effort.ascent, self.step, 20, self.clock)
                self.multipliers, self.step = at.best, float(at.numbers[1])
                self.iterations += int(at.counts[1])
                self._prove()
            if self.done or self.clock.out:
                break
            with self.clock.stage("search"):
                self._around(at.opening)
            if self.done or self.clock.out:
                break
            distance = self.cut - before
            if go >= LEAST_GOES and self.bound - before < STALLED * distance:
                break

    def _prove(self, cuts: IntArray = NONE, weights: FloatArray = NO_WEIGHTS) -> None:
        """Take the bound and the fixings of the present multipliers and cuts."""
        cut = self.cut if self.effort.fixing and math.isfinite(self.value) else math.inf
        costs = self.pool.shifted(cuts, weights)
        found = fixed(self.core, self.state, costs, self.multipliers, cut, self.cut)
        if found is None:
            self.bound = math.inf
            return
        if found.value > self.bound or len(found.closed) or len(found.opened):
            self.clock.owed += self.toll
            self.root.proofs.append(
                Proof(found.multipliers, found.opened, found.closed, cuts, weights)
            )
            self.state[found.closed] = CLOSED
            self.state[found.opened] = OPEN
            self.bound = max(self.bound, self._whole(found.value))

    def _whole(self, value: float) -> float:
        return math.ceil(value - 1e-6) if self.core.integral else value

    def _around(self, opening: FloatArray) -> None:
        self._improve(most_open(self.core, opening, self.clock), self.effort.round)

    def polish(self) -> None:
        """Perturb the best sites, keep what is better."""
        if self.done or self.clock.out or self.sites is None or len(self.sites) == 0:
            return
        with self.clock.stage("search"):
            least = max(self.bound, self.bound if self.enough is None else self.enough)
            seed, threads = self.limits.seed, self.limits.threads
            sites = polished(self.core, self.sites, least, self.effort, seed, self.clock, threads)
            self._improve(stand(self.core.net, self.core.penalised, sites), self.effort.round)
        with self.clock.stage("bound"):
            self._prove()

    def branch(self) -> None:
        """Close what gap is left by cuts, by starting again on what they leave, and by a tree."""
        if self.done or self.clock.out:
            return
        if self.effort.placing and len(self.core.site) > PLACING_PAIRS:
            with self.clock.stage("search"):
                self._place(PLACED_SITES, (1.0 - PLACING_SHARE) * (self.clock.left or 0.0))
        if self.effort.cuts and not self.core.cost.any() and not linear(self.core):
            with self.clock.stage("cuts"):
                self._climb()
            if self.effort.placing and self.clock.left:
                with self.clock.stage("search"):
                    self._place(MORE_SITES, SPARE * (self.clock.limit or 0.0))
            return
        if solved_together(self, solve):
            return
        layers = self._in_layers()
        with self.clock.stage("branch"):
            effort = replace(self.effort, nodes=layers[1]) if layers else self.effort
            at = self.core, self.state, self.multipliers, self.bound
            tree = Tree(*at, effort, self.limits.threads)
            known = self.bound
            with closing(tree):
                stop = tree.grow(self) if tree.begin(self) else None
        self.root.proofs += tree.nodes[0].proofs
        self.cuts = tree.pool.demands
        if stop is not None and (layers is None or stop is not StopReason.MEMORY):
            self.stop = stop
            self.nodes += tree.nodes[1:]
            return
        # What the nodes proved goes with them.
        self.bound = max(known, min(tree.root.floor, self.value))
        self.state[tree.kept] = np.maximum(self.state[tree.kept], tree.root.state)
        if not (self.done or self.clock.out):
            self._again(tree.reach, layers=stop is not None)

    def _in_layers(self) -> tuple[Remainder, int] | None:
        at = self.core, self.state, self.multipliers, self.cut
        return in_layers(*at, self.effort, self.clock)

    def _place(self, size: int, until: float) -> None:
        """Place sites anew, where their number is fixed and demands may be left."""
        leaves = bool(np.isfinite(self.core.unserved).all())
        if self.core.count is None or self.core.cost.any() or self.sites is None or not leaves:
            return

        def alone(part: Core, start: IntArray) -> Found:
            spare = self.clock.left
            own, left = float(part.unserved.sum()), Clock(spare and min(spare, PLACING))
            at = replace(self.limits, gap=PLACED)
            return solve(part, at, effort=SMALL, worth=own, start=start, clock=left)

        old, seed, threads = self.sites.astype(np.int64), self.limits.seed, self.limits.threads
        sites = placed_anew(self.core, old, size, seed, self.clock, until, threads, alone)
        self.offer(sites, self.core.value(sites))

    def _climb(self) -> None:
        """Raise the bound a neighbourhood at a time, where the whole is too large for a tree."""
        opened = np.flatnonzero(self.state == OPEN)
        small, _ = keep_candidates(self.core.open_always(opened), self.state == FREE)
        priced = climber(self.pool, small, self.multipliers, self.limits.threads)
        for turn in range(self.effort.climbs):
            before = self.bound
            priced.climb(self.limits.seed + turn, self.clock, SPARE * (self.clock.limit or 0.0))
            self.multipliers = priced.multipliers
            self._prove(*passed_on(self.pool, priced))
            if self.done or self.clock.out or self.bound - before < CLIMBED * (self.cut - before):
                break
        self.stop = StopReason.SOLVER

    def _again(self, near: Reach | None, *, layers: bool) -> None:
        """Solve anew what the fixings leave, the reductions biting deeper on it."""
        told = self._in_layers() if layers else None
        left = told[0] if told else remainder(self.core, self.state, near, self.clock)
        limits, effort = self.limits, self.effort
        inner = _Run(left.core, left.reduced, limits, effort, self.clock, self.worth, self.enough)
        inner.value, inner.bound = self.value, self.bound
        inner.price = left.price
        inner.multipliers = np.zeros(left.reduced.core.demands)
        inner.branch()
        if inner.sites is not None:
            self.offer(np.concatenate((left.opened, left.reduced.kept[inner.sites])), inner.value)
        self.bound, self.stop = inner.bound, inner.stop
        self.rest, self.reach = inner.certificate, left.reach
        self.work = inner.nodes_done, inner.cuts_found

    @property
    def certificate(self) -> Certificate:
        """What is proven, for the judge."""
        steps, nodes = self.reduced.steps, () if self.shares else self.nodes
        return Certificate(steps, nodes, self.cuts, self.rest, self.reach, shares=self.shares)

    @property
    def nodes_done(self) -> int:
        """Nodes of all trees."""
        return len(self.nodes) + self.work[0]

    @property
    def cuts_found(self) -> int:
        """Cuts of all relaxations."""
        return len(self.cuts) + self.work[1]

    def offer(self, sites: IntArray, value: float) -> None:
        """Take sites that are better."""
        if value < self.value:
            self.sites, self.value = np.sort(sites).astype(np.int32), value

    def found(self) -> Found:
        """Let the judge derive the bound, and sum up."""
        certificate, late = self.certificate, self.clock.out
        with self.clock.stage("judge"):
            bound = self._derived(certificate)
            sites = None if self.sites is None else np.sort(self.reduced.kept[self.sites])
            value = math.inf if sites is None else self.original.value(sites)
        self.clock.owed = 0.0
        if math.isinf(value):
            sites = None
            # Every answer costs less than the worst: a bound beyond it leaves none.
            bound = math.inf if bound >= self.cut else bound
        self.value = value
        stop = StopReason.PROOF
        if not (bound >= self.cut or (sites is None and math.isinf(bound))):
            stop = StopReason.TIME if late else self.stop
            stop = StopReason.SOLVER if stop is StopReason.PROOF else stop
        return Found(
            sites=sites,
            value=value,
            bound=min(bound, value),
            certificate=certificate,
            stop=stop,
            counts=self.reduced.counts
            | {
                "iterations": self.iterations,
                "nodes": self.nodes_done,
                "cuts": self.cuts_found,
                "fixed": int((self.state != FREE).sum()),
            },
            seconds=self.clock.seconds,
        )

    def _derived(self, certificate: Certificate) -> float:
        """What the judge derives; where nothing was tried, whether there are too few candidates."""
        if self.root.proofs:
            return derive(self.original, certificate, self.reduced.allowed)
        impossible = self.core.count is not None and self.core.count > self.core.candidates
        return math.inf if impossible else -math.inf
