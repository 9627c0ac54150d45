"""Exact reductions: what can be merged or dropped without losing an optimal answer.

Each rule is proven in docs/mathematics-location.md under the name that its function carries.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from optimiser.location.core import Core
from optimiser.location.effort import Clock
from optimiser.location.kernels.net import Net
from optimiser.location.layers import layered
from optimiser.units import BoolArray, FloatArray, IntArray

ROUNDS = 8
SHARE, PAIRS_AT_ONCE, NO_END = 0.25, 20_000_000, 1 << 62

Rule = Callable[[Net, NDArray[np.int64], FloatArray, int, int], int]
"""Looks at candidates or demands from one on, and at so many pairs; says where it stopped."""


class Step(NamedTuple):
    """One reduction and why it is right, for the judge.

    Parameters
    ----------
    rule
        ``allowed``, ``merge``, ``layers``, ``dominated`` or ``implied``.
    because
        For ``allowed`` whether each candidate stays, for ``layers`` nothing; else the demand (or
        candidate) that each one gives way to, itself where it stays.
    """

    rule: str
    because: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Reduced:
    """A smaller core with the same optimal value.

    Parameters
    ----------
    core
        What is left.
    kept
        Candidate of the original core behind each candidate left.
    steps
        What was done, in order.
    counts
        Sizes before and after.
    """

    core: Core
    kept: IntArray
    steps: tuple[Step, ...]
    counts: dict[str, int]

    @property
    def allowed(self) -> BoolArray | None:
        """Candidates of the problem that may open; None: all."""
        return self.steps[0].because.astype(bool) if self.steps else None


def reduce(
    core: Core,
    allowed: BoolArray,
    *,
    wanted: bool = True,
    layers: bool = False,
    clock: Clock | None = None,
) -> Reduced:
    """Apply every rule until none finds more, cheapest first.

    Parameters
    ----------
    core
        The problem.
    allowed
        Candidates (m,) that may open.
    wanted
        False: only drop what may not open.
    layers
        Whether to split demands into layers, which leaves a covering problem.
    clock
        Of its time left a share goes to the rules; what they were not applied to stays. None: any
        time.

    Returns
    -------
    Reduced
        The smaller problem.
    """
    counts = {"candidates": core.candidates, "demands": core.demands, "pairs": len(core.site)}
    steps = [Step("allowed", allowed.astype(np.int64))]
    core, kept = keep_candidates(core, allowed)
    left = None if clock is None or clock.left is None else SHARE * clock.left
    until = Clock(left)
    if wanted and not until.out:
        core = _merged(core, steps)
        if layers:
            steps.append(Step("layers", np.empty(0, dtype=np.int64)))
            core = _merged(layered(core), steps)
        for _ in range(ROUNDS):
            if until.out:
                break
            before = core.candidates, core.demands
            core, kept = _undominated(core, kept, steps, until)
            if np.isinf(core.unserved).any():
                because = _last(_found(implied_demands, core, core.demands, until))
                steps.append(Step("implied", because))
                core = drop_demands(core, because == np.arange(core.demands))
            core = _merged(core, steps)
            if (core.candidates, core.demands) == before:
                break
    counts["candidates_left"] = core.candidates
    counts["demands_left"] = core.demands
    counts["pairs_left"] = len(core.site)
    return Reduced(core, kept, tuple(steps), counts)


def _merged(core: Core, steps: list[Step]) -> Core:
    leader = alike_demands(core)
    steps.append(Step("merge", leader))
    return merge_demands(core, leader)


def _last(because: NDArray[np.int64]) -> NDArray[np.int64]:
    # Both relations are transitive: follow each chain to the one that stays.
    while True:
        further = because[because]
        if np.array_equal(further, because):
            return because
        because = further


def _found(rule: Rule, core: Core, number: int, until: Clock) -> NDArray[np.int64]:
    """What a rule finds about each of some candidates or demands, as far as there is time."""
    because, scratch = np.arange(number), np.full(max(core.demands, core.candidates), np.inf)
    part, at = NO_END if until.left is None else PAIRS_AT_ONCE, 0
    while at < number and not until.out:
        at = rule(core.net, because, scratch, at, part)
    return because


def _undominated(
    core: Core, kept: IntArray, steps: list[Step], until: Clock
) -> tuple[Core, IntArray]:
    # With a fixed number of dearer and cheaper sites, a dominated one may still be the cheapest
    # way to make up the number.
    if core.count is not None and len(np.unique(core.opening)) > 1:
        return core, kept
    because = _last(_found(dominated_candidates, core, core.candidates, until))
    alive = because == np.arange(core.candidates)
    if core.count is not None and int(alive.sum()) < core.count:
        spare = np.flatnonzero(~alive)[: core.count - int(alive.sum())]
        because[spare] = spare
        alive[spare] = True
    steps.append(Step("dominated", because))
    core, left = keep_candidates(core, alive)
    return core, kept[left]


def keep_candidates(core: Core, alive: BoolArray) -> tuple[Core, IntArray]:
    """Renumber to the candidates alive (m,); returns the core and the old number of each."""
    kept = np.flatnonzero(alive)
    number = np.full(core.candidates, -1, dtype=np.int32)
    number[kept] = np.arange(len(kept), dtype=np.int32)
    core = core.useful(alive)
    return replace(core, site=number[core.site], opening=core.opening[kept]), kept


def drop_demands(core: Core, alive: BoolArray) -> Core:
    """Keep the demands alive (n,); the others must cost nothing whatever is open."""
    width = np.diff(core.start)
    keep = np.repeat(alive, width)
    return replace(
        core,
        start=np.concatenate(([0], np.cumsum(width[alive]))),
        site=core.site[keep],
        cost=core.cost[keep],
        unserved=core.unserved[alive],
    )


def alike_demands(core: Core) -> NDArray[np.int64]:
    """Find the first demand (n,) that ranks the same candidates the same way as each does."""
    return _leaders(core.start, core.site, *_fingerprints(core.start, core.site))


def merge_demands(core: Core, leader: NDArray[np.int64]) -> Core:
    """Add each demand to its leader (n,).

    A demand without a pair left costs its ``unserved`` whatever is open: it joins the constant.
    """
    alive = leader == np.arange(core.demands)
    if not alive.all():
        cost, unserved = _add_up(core.start, core.cost, core.unserved, leader)
        core = drop_demands(replace(core, cost=cost, unserved=unserved), alive)
    lonely = (np.diff(core.start) == 0) & np.isfinite(core.unserved)
    constant = core.constant + float(core.unserved[lonely].sum())
    return drop_demands(replace(core, constant=constant), ~lonely)


def _fingerprints(start: IntArray, site: NDArray[np.int32]) -> tuple[IntArray, IntArray]:
    prints = _hashes(start, site)
    order = np.argsort(prints, kind="stable")
    return prints, order


@njit(cache=True)
def _hashes(start: IntArray, site: NDArray[np.int32]) -> NDArray[np.int64]:
    prints = np.empty(start.size - 1, np.int64)
    for i in range(start.size - 1):
        h = np.int64(1469598103934665603)
        for k in range(start[i], start[i + 1]):
            h = (h ^ np.int64(site[k])) * np.int64(1099511628211)
            h ^= h >> np.int64(29)
        prints[i] = h
    return prints


@njit(cache=True)
def _leaders(
    start: IntArray, site: NDArray[np.int32], prints: NDArray[np.int64], order: NDArray[np.int64]
) -> NDArray[np.int64]:
    leader = np.arange(start.size - 1)
    head = 0
    for a in range(1, order.size):
        i = order[a]
        if prints[order[head]] != prints[i]:
            head = a
            continue
        # Two rankings may share a fingerprint: only equal ones merge.
        for b in range(head, a):
            other = order[b]
            if leader[other] != other or _differ(start, site, i, other):
                continue
            leader[i] = other
            break
    return leader


@njit(cache=True)
def _differ(start: IntArray, site: NDArray[np.int32], i: int, other: int) -> bool:
    width = start[i + 1] - start[i]
    if width != start[other + 1] - start[other]:
        return True
    for k in range(width):
        if site[start[i] + k] != site[start[other] + k]:
            return True
    return False


@njit(cache=True)
def _add_up(
    start: IntArray, cost: FloatArray, unserved: FloatArray, leader: NDArray[np.int64]
) -> tuple[FloatArray, FloatArray]:
    cost = cost.copy()
    unserved = unserved.copy()
    for i in range(leader.size):
        head = leader[i]
        if head != i:
            unserved[head] += unserved[i]
            for k in range(start[i + 1] - start[i]):
                cost[start[head] + k] += cost[start[i] + k]
    return cost, unserved


@njit(cache=True)
def dominated_candidates(
    net: Net, because: NDArray[np.int64], price: FloatArray, first: int, work: int
) -> int:
    """Find candidates that serve all of another's demands as cheaply and open as cheaply.

    Parameters
    ----------
    net
        The network.
    because
        The one found for each candidate (m,), itself before; filled in.
    price
        Scratch, inf between calls.
    first, work
        Candidate to begin with, and pairs that may be looked at.

    Returns
    -------
    int
        The candidate to go on with.
    """
    candidates = net.opening.size
    done = 0
    for j in range(first, candidates):
        if done > work:
            return j
        begin = net.column[j]
        end = net.column[j + 1]
        if begin == end:
            continue
        done += 3 * (end - begin)
        narrow = net.demand[begin]
        for k in range(begin, end):
            i = net.demand[k]
            if net.start[i + 1] - net.start[i] < net.start[narrow + 1] - net.start[narrow]:
                narrow = i
        for k in range(begin, end):
            price[net.demand[k]] = net.price[k]
        for q in range(net.start[narrow], net.start[narrow + 1]):
            if net.cost[q] > price[narrow]:
                break
            other = net.site[q]
            done += 1
            if other == j or because[other] != other or net.opening[other] > net.opening[j]:
                continue
            if net.column[other + 1] - net.column[other] < end - begin:
                continue
            done += net.column[other + 1] - net.column[other]
            served = 0
            for k in range(net.column[other], net.column[other + 1]):
                if net.price[k] <= price[net.demand[k]] and price[net.demand[k]] < np.inf:
                    served += 1
            if served == end - begin:
                because[j] = other
                break
        for k in range(begin, end):
            price[net.demand[k]] = np.inf
    return candidates


@njit(cache=True)
def implied_demands(
    net: Net, because: NDArray[np.int64], near: FloatArray, first: int, work: int
) -> int:
    """Find demands whose service serves another too, at no cost.

    Parameters
    ----------
    net
        The network.
    because
        The one found for each demand (n,), itself before; filled in.
    near
        Scratch, inf between calls.
    first, work
        Demand to begin with, and pairs that may be looked at.

    Returns
    -------
    int
        The demand to go on with.
    """
    demands = net.unserved.size
    done = 0
    for i in range(first, demands):
        if done > work:
            return i
        begin = net.start[i]
        end = net.start[i + 1]
        if begin == end or net.cost[end - 1] > 0.0:
            continue
        done += 2 * (end - begin)
        rare = net.site[begin]
        for k in range(begin, end):
            near[net.site[k]] = 0.0
        # A demand inside this one is near every one of its own candidates: any of ours will do
        # as long as all of them are looked at.
        for k in range(begin, end):
            rare = net.site[k]
            done += net.column[rare + 1] - net.column[rare]
            for q in range(net.column[rare], net.column[rare + 1]):
                other = net.demand[q]
                if other == i or because[other] != other or np.isfinite(net.unserved[other]):
                    continue
                begun = net.start[other]
                last = net.start[other + 1]
                if last - begun > end - begin or net.site[begun] != rare:
                    continue
                inside = True
                for r in range(begun, last):
                    done += 1
                    if near[net.site[r]] > 0.0:
                        inside = False
                        break
                if inside:
                    because[i] = other
                    break
            if because[i] != i:
                break
        for k in range(begin, end):
            near[net.site[k]] = np.inf
    return demands
