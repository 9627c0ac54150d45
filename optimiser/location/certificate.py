"""The judge of bounds: rebuilds every claimed bound from its certificate, whoever made it.

It shares nothing with the search: it replays the reductions with its own checks, recomputes the
bound of each node of the tree from the node's multipliers with all rounding against itself, and
takes the least of what is left open. The proofs are in docs/mathematics-location.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from optimiser.errors import VerificationError
from optimiser.location.core import Core
from optimiser.location.kernels.safe import safe_bound
from optimiser.location.reduce import Step
from optimiser.location.stacked import Stack, checked_cuts
from optimiser.units import BoolArray, FloatArray, IntArray

FREE, OPEN, CLOSED = 0, 1, 2
ROOT = -1
UNIT = 2.0**-53
NONE, NO_WEIGHTS = np.empty(0, dtype=np.int64), np.empty(0)


@dataclass(frozen=True, eq=False)
class Proof:
    """Multipliers, and what they prove about single candidates.

    Parameters
    ----------
    multipliers
        One (n,) for each demand of the reduced core.
    opened, closed
        Candidates that every answer better than the bound opens, or leaves closed.
    cuts, weights
        Numbers of cuts of the certificate, and their multipliers.
    """

    multipliers: NDArray[np.float32] | FloatArray
    opened: IntArray
    closed: IntArray
    cuts: IntArray = field(default_factory=lambda: NONE)
    weights: FloatArray = field(default_factory=lambda: NO_WEIGHTS)


@dataclass(eq=False)
class Node:
    """A part of the answers: what the parent leaves open, with one candidate decided.

    Parameters
    ----------
    parent
        Number of the parent; `ROOT` for the first.
    candidate, state
        What is decided, `OPEN` or `CLOSED`.
    proofs
        In the order in which they hold.
    """

    parent: int
    candidate: int
    state: int
    proofs: list[Proof] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Part:
    """A part of a core that no pair joins to another, and why nothing of it is better.

    Parameters
    ----------
    demands, candidates
        Those of the reduced core, ascending.
    certificate
        Evidence for the part alone.
    """

    demands: IntArray
    candidates: IntArray
    certificate: "Certificate"


@dataclass(frozen=True, eq=False)
class Certificate:
    """Why nothing is better than the bound.

    Parameters
    ----------
    steps
        Reductions from the problem's core to the one of the tree.
    nodes
        The tree; parents come before their children.
    cuts
        Odd sets of demands of the reduced core; or with cuts among them, as in `stacked`.
    rest
        Evidence for what the fixings of the first and only node leave; its first reduction keeps
        all that they leave free.
    parts
        Instead of a tree: the parts into which the reduced core falls.
    """

    steps: tuple[Step, ...]
    nodes: Sequence[Node]
    cuts: Sequence[IntArray] = ()
    rest: "Certificate | None" = None
    parts: tuple[Part, ...] = ()


def derive(core: Core, certificate: Certificate) -> float:
    """Bound that a certificate proves.

    Parameters
    ----------
    core
        The problem, before any reduction.
    certificate
        The evidence.

    Returns
    -------
    float
        No answer costs less; inf when there is no answer.

    Raises
    ------
    VerificationError
        A reduction or the tree is not what it says.
    """
    small = replay(core, certificate.steps)
    if certificate.parts:
        return added_up(core, small.constant, _apart(small, certificate.parts))
    return _rounded(core, _tree(small, certificate))


def added_up(core: Core, constant: float, bounds: Sequence[float]) -> float:
    """Bound of a core whose parts have the given bounds, rounding against itself.

    The reduced core costs the constant in any case; infinite where a part has no answer.
    """
    total = constant + sum(bounds)
    if math.isfinite(total):
        total -= 2.0 * (len(bounds) + 1.0) * UNIT * (constant + sum(abs(b) for b in bounds))
    return _rounded(core, total)


def _apart(core: Core, parts: Sequence[Part]) -> list[float]:
    """Bound of each part, once it is sure that no pair crosses and no demand is left out."""
    if core.count is not None:
        raise VerificationError(("parts share a number of sites",))
    of_demand = np.full(core.demands, len(parts))
    of_candidate = np.full(core.candidates, len(parts))
    for number, part in enumerate(parts):
        for members, label in ((part.demands, of_demand), (part.candidates, of_candidate)):
            inside = members.min(initial=0) >= 0 and members.max(initial=-1) < len(label)
            if not inside or np.any(np.diff(members) <= 0) or np.any(label[members] < len(parts)):
                raise VerificationError((f"part {number} shares members",))
            label[members] = number
    if np.any(of_demand == len(parts)) or np.any(core.opening[of_candidate == len(parts)] < 0.0):
        raise VerificationError(("the parts leave something out",))
    if np.any(of_candidate[core.site] != np.repeat(of_demand, np.diff(core.start))):
        raise VerificationError(("a pair crosses from part to part",))
    return [derive(core.only(part.demands, part.candidates), part.certificate) for part in parts]


def _tree(small: Core, certificate: Certificate) -> float:
    """Least bound of what the tree leaves open."""
    states: dict[int, NDArray[np.int8]] = {}
    bounds: dict[int, float] = {}
    children = np.zeros(len(certificate.nodes), dtype=np.int64)
    sides: dict[int, set[tuple[int, int]]] = {}
    for node in certificate.nodes:
        if node.parent != ROOT:
            children[node.parent] += 1
            sides.setdefault(node.parent, set()).add((node.candidate, node.state))
    _check_sides(certificate.nodes, sides)
    cuts = checked_cuts(small, certificate.cuts)
    least = math.inf
    for number, node in enumerate(certificate.nodes):
        if node.parent == ROOT:
            state = np.zeros(small.candidates, dtype=np.int8)
            best = -math.inf
        else:
            state, best = states[node.parent].copy(), bounds[node.parent]
            if state[node.candidate] != FREE:
                if state[node.candidate] == node.state:
                    raise VerificationError((f"node {number} decides what is decided",))
                best = math.inf
            state[node.candidate] = node.state
            children[node.parent] -= 1
            if children[node.parent] == 0:
                del states[node.parent]
        best, excluded = _follow(small, cuts, node, state, best)
        least = min(least, excluded)
        if number in sides:
            states[number], bounds[number] = state, best
        elif certificate.rest is not None:
            least = min(least, _remainder(small, state, certificate, best))
        else:
            least = min(least, max(best, _single(small, state)))
    return least


def _rounded(core: Core, least: float) -> float:
    """Bound of a core, from that of what its reductions leave."""
    if not core.integral:
        # Merged costs are sums of as many rounded terms as demands at most.
        least -= 4.0 * (core.demands + 4.0) * UNIT * (core.worst + abs(core.constant))
    # No cost is negative.
    least = max(least, core.constant)
    return math.ceil(least) if core.integral and math.isfinite(least) else least


def _remainder(
    core: Core, state: NDArray[np.int8], certificate: Certificate, known: float
) -> float:
    rest = certificate.rest
    if rest is None or len(certificate.nodes) > 1:
        raise VerificationError(("only a lone node may be followed by a certificate",))
    first = rest.steps[0] if rest.steps else None
    if first is None or first.rule != "allowed" or not first.because[state == FREE].all():
        raise VerificationError(("the remainder leaves candidates out",))
    left = core.open_always(np.flatnonzero(state == OPEN))
    bound = max(known, derive(left, rest))
    # Every answer costs less than the worst: a bound beyond it leaves none.
    return math.inf if bound >= left.worst + abs(left.constant) else bound


def _check_sides(nodes: Sequence[Node], sides: dict[int, set[tuple[int, int]]]) -> None:
    if not nodes or nodes[0].parent != ROOT or any(node.parent == ROOT for node in nodes[1:]):
        raise VerificationError(("a tree has one root",))
    for number, node in enumerate(nodes):
        if node.parent >= number:
            raise VerificationError((f"node {number} precedes its parent",))
    for parent, found in sides.items():
        candidates = {candidate for candidate, _ in found}
        if len(candidates) != 1 or {state for _, state in found} != {OPEN, CLOSED}:
            raise VerificationError((f"the children of node {parent} leave answers out",))


def _follow(
    core: Core, cuts: Sequence[IntArray] | Stack, node: Node, state: NDArray[np.int8], best: float
) -> tuple[float, float]:
    excluded = math.inf
    for proof in node.proofs:
        multipliers = np.clip(proof.multipliers.astype(np.float64), 0.0, core.unserved)
        opening, brought, weights = core.opening, 0.0, np.maximum(proof.weights, 0.0)
        if isinstance(cuts, Stack):
            opening, brought = cuts.priced(proof.cuts, weights)
            members, weights = [], NO_WEIGHTS
        else:
            members = [cuts[cut] for cut in proof.cuts]
        bound, low, inside, outside = safe_bound(
            core.start,
            core.site,
            core.cost,
            opening,
            core.unserved,
            -1 if core.count is None else core.count,
            multipliers,
            state,
            np.concatenate(([0], np.cumsum([len(part) for part in members]))).astype(np.int64),
            np.concatenate([NONE, *members]).astype(np.int64),
            weights,
        )
        bound += core.constant - abs(core.constant) * 4 * UNIT
        if math.isinf(bound):
            best = bound
            continue
        bound += brought - (abs(bound) + brought) * 4 * UNIT
        best = max(best, bound)
        for j in proof.closed:
            if state[j] != FREE:
                raise VerificationError((f"candidate {j} is decided twice",))
            excluded = min(excluded, max(best, bound + max(0.0, float(low[j]) - inside)))
        for j in proof.opened:
            if state[j] != FREE:
                raise VerificationError((f"candidate {j} is decided twice",))
            excluded = min(excluded, max(best, bound + max(0.0, outside - float(low[j]))))
        state[proof.closed] = CLOSED
        state[proof.opened] = OPEN
    return best, excluded


def _single(core: Core, state: NDArray[np.int8]) -> float:
    opened = np.flatnonzero(state == OPEN)
    complete = not (state == FREE).any() or len(opened) == core.count
    if not complete:
        return -math.inf
    value = core.value(opened)
    spread = core.worst + abs(core.constant)
    return value if core.integral else value - spread * (core.demands + len(opened) + 4) * UNIT


def replay(core: Core, steps: Sequence[Step]) -> Core:
    """Carry reductions out again, checking each.

    Parameters
    ----------
    core
        The problem.
    steps
        The reductions.

    Returns
    -------
    Core
        What they leave.

    Raises
    ------
    VerificationError
        One is wrong.
    """
    for step in steps:
        core = {"allowed": _allow, "merge": _merge, "dominated": _dominate, "implied": _imply}[
            step.rule
        ](core, step.because)
    return core


def _allow(core: Core, allowed: IntArray) -> Core:
    alive = allowed.astype(bool)
    return _keep(core, alive, np.ones(core.demands, dtype=bool))


def _merge(core: Core, leader: IntArray) -> Core:
    width = np.diff(core.start)
    moved = np.flatnonzero(leader != np.arange(core.demands))
    if np.any(leader[leader] != leader) or np.any(width[moved] != width[leader[moved]]):
        raise VerificationError(("demands merged that differ",))
    inside = np.arange(len(core.site)) - np.repeat(core.start[:-1], width)
    onto = np.repeat(core.start[:-1][leader], width) + inside
    if np.any(core.site != core.site[onto]):
        raise VerificationError(("demands merged that differ",))
    cost = np.bincount(onto, weights=core.cost, minlength=len(core.site))
    unserved = np.bincount(leader, weights=core.unserved, minlength=core.demands)
    alone = (width == 0) & np.isfinite(core.unserved)
    constant = core.constant + float(core.unserved[alone].sum())
    alive = (leader == np.arange(core.demands)) & ~((width == 0) & np.isfinite(unserved))
    merged = replace(
        core, cost=cost.astype(np.float64), unserved=unserved.astype(np.float64), constant=constant
    )
    return _keep(merged, np.ones(core.candidates, dtype=bool), alive)


def _dominate(core: Core, because: IntArray) -> Core:
    alive = because == np.arange(core.candidates)
    if core.count is not None:
        if len(set(core.opening.tolist())) > 1:
            raise VerificationError(("dominance among sites of different cost",))
        if alive.sum() < core.count:
            raise VerificationError(("too few candidates left",))
    if np.any(~alive[because]):
        raise VerificationError(("dominated by a candidate that is gone",))
    table: dict[int, float] = {}
    net = core.net
    for j in np.flatnonzero(~alive):
        other = because[j]
        theirs = slice(net.column[other], net.column[other + 1])
        table = dict(zip(net.demand[theirs].tolist(), net.price[theirs].tolist(), strict=True))
        ours = slice(net.column[j], net.column[j + 1])
        pairs = zip(net.demand[ours].tolist(), net.price[ours].tolist(), strict=True)
        cheaper = all(table.get(i, math.inf) <= price for i, price in pairs)
        if not cheaper or core.opening[other] > core.opening[j]:
            raise VerificationError((f"candidate {j} is not dominated",))
    return _keep(core, alive, np.ones(core.demands, dtype=bool))


def _imply(core: Core, because: IntArray) -> Core:
    alive = because == np.arange(core.demands)
    if np.any(~alive[because]):
        raise VerificationError(("implied by a demand that is gone",))
    for i in np.flatnonzero(~alive):
        ours = slice(core.start[i], core.start[i + 1])
        other = because[i]
        theirs = core.site[core.start[other] : core.start[other + 1]]
        free = not core.cost[ours].any() and math.isinf(core.unserved[other])
        if not free or not set(theirs.tolist()) <= set(core.site[ours].tolist()):
            raise VerificationError((f"demand {i} is not implied",))
    return _keep(core, np.ones(core.candidates, dtype=bool), alive)


def _keep(core: Core, candidates: BoolArray, demands: BoolArray) -> Core:
    number = np.cumsum(candidates) - 1
    width = np.diff(core.start)
    demand = np.repeat(np.arange(core.demands), width)
    useful = demands[demand] & candidates[core.site] & (core.cost < core.unserved[demand])
    kept = np.bincount(demand[useful], minlength=core.demands)[demands]
    return replace(
        core,
        start=np.concatenate(([0], np.cumsum(kept))),
        site=number[core.site[useful]].astype(np.int32),
        cost=core.cost[useful],
        unserved=core.unserved[demands],
        opening=core.opening[candidates],
    )
