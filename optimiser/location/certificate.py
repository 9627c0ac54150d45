"""The judge of bounds: rebuilds every claimed bound from its certificate, whoever made it.

It shares nothing with the search: it replays the reductions with its own checks, recomputes the
bound of each node of the tree from the node's multipliers with all rounding against itself, and
takes the least of what is left open. The proofs are in docs/mathematics-location.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from optimiser.errors import VerificationError
from optimiser.location.apart import check_apart, shared_bound
from optimiser.location.core import Core
from optimiser.location.kernels.balls_closed import safe_without
from optimiser.location.kernels.safe import safe_bound
from optimiser.location.reduce import Step
from optimiser.location.replay import replay
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
        One for each demand (n) of the reduced core, then one for each set of which the node and
        its ancestors, the eldest first, want a site.
    opened, closed
        Candidates that every answer better than the bound opens, or leaves closed.
    cuts, weights
        Numbers of cuts of the certificate, and their multipliers.
    """

    multipliers: NDArray[np.floating]
    opened: IntArray
    closed: IntArray
    cuts: IntArray = field(default_factory=lambda: NONE)
    weights: FloatArray = field(default_factory=lambda: NO_WEIGHTS)


@dataclass(eq=False)
class Node:
    """A part of the answers: what the parent leaves open, with a set of candidates decided.

    Parameters
    ----------
    parent
        Number of the parent; `ROOT` for the first.
    sites, state
        Candidates, and what is decided of them: `OPEN`, one of them at least, or `CLOSED`, all.
    proofs
        In the order in which they hold.
    """

    parent: int
    sites: IntArray
    state: int
    proofs: list[Proof] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Reach:
    """Multipliers, and what they prove about how far demands go.

    Parameters
    ----------
    multipliers
        One for each demand (n,).
    size
        Of its first so many free candidates each demand (n,) has one open in every answer better
        than the bound; -1: nothing is said.
    """

    multipliers: NDArray[np.float32]
    size: IntArray


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
class Share:
    """A part of a core that shares with others but the number of sites.

    Parameters
    ----------
    demands, candidates
        Those of the reduced core, ascending.
    priced
        Prices of a site, 0 or more, each with evidence for the part with any number of sites at it.
    counted
        Numbers of sites, each with evidence for the part with so many.
    """

    demands: IntArray
    candidates: IntArray
    priced: tuple[tuple[float, "Certificate"], ...]
    counted: tuple[tuple[int, "Certificate"], ...]


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
    reach
        How far demands go in what the rest says nothing about, and why; None: it is whole.
    parts
        Instead of a tree: the parts into which the reduced core falls.
    shares
        The same where a number of sites is shared.
    """

    steps: tuple[Step, ...]
    nodes: Sequence[Node]
    cuts: Sequence[IntArray] = ()
    rest: "Certificate | None" = None
    reach: Reach | None = None
    parts: tuple[Part, ...] = ()
    shares: tuple[Share, ...] = ()


def derive(core: Core, certificate: Certificate, allowed: BoolArray | None = None) -> float:
    """Bound that a certificate proves.

    Parameters
    ----------
    core
        The problem, before any reduction.
    certificate
        The evidence.
    allowed
        Candidates (m,) that may open; None: all.

    Returns
    -------
    float
        No answer costs less; inf when there is no answer.

    Raises
    ------
    VerificationError
        A reduction or the tree is not what it says.
    """
    small = replay(core, certificate.steps, allowed)
    if certificate.parts:
        return added_up(core, small.constant, _apart(small, certificate.parts))
    terms = core.demands
    if any(step.rule == "layers" for step in certificate.steps):
        # As many layers may be merged as there are pairs.
        terms += len(core.site)
    if certificate.shares:
        return _rounded(core, shared_bound(small, certificate.shares, derive), terms)
    return _rounded(core, _tree(small, certificate), terms)


def added_up(core: Core, constant: float, bounds: Sequence[float]) -> float:
    """Bound of a core whose parts have the given bounds, rounding against itself.

    The reduced core costs the constant in any case; infinite where a part has no answer.
    """
    total = constant + sum(bounds)
    if math.isfinite(total):
        total -= 2.0 * (len(bounds) + 1.0) * UNIT * (constant + sum(abs(b) for b in bounds))
    return _rounded(core, total, core.demands)


def _apart(core: Core, parts: Sequence[Part]) -> list[float]:
    """Bound of each part, once it is sure that no pair crosses and no demand is left out."""
    if core.count is not None:
        raise VerificationError(("parts share a number of sites",))
    check_apart(core, parts)
    return [derive(core.among(part.demands, part.candidates), part.certificate) for part in parts]


def _tree(small: Core, certificate: Certificate) -> float:
    """Least bound of what the tree leaves open."""
    states: dict[int, NDArray[np.int8]] = {}
    bounds: dict[int, float] = {}
    children = np.zeros(len(certificate.nodes), dtype=np.int64)
    sides: dict[int, set[tuple[bytes, int]]] = {}
    needs: dict[int, tuple[IntArray, ...]] = {}
    for node in certificate.nodes:
        if node.parent != ROOT:
            children[node.parent] += 1
            sides.setdefault(node.parent, set()).add((node.sites.tobytes(), node.state))
    _check_sides(certificate.nodes, sides)
    cuts = checked_cuts(small, certificate.cuts)
    least = math.inf
    for number, node in enumerate(certificate.nodes):
        if node.parent == ROOT:
            state, best = np.zeros(small.candidates, dtype=np.int8), -math.inf
            wanted: tuple[IntArray, ...] = ()
        else:
            state, best = states[node.parent].copy(), bounds[node.parent]
            wanted = needs[node.parent]
            if node.state == CLOSED and np.any(state[node.sites] == OPEN):
                best = math.inf
            if node.state == CLOSED:
                state[node.sites] = CLOSED
            elif len(node.sites) > 1:
                wanted = (*wanted, node.sites)
            else:
                best = math.inf if state[node.sites[0]] == CLOSED else best
                state[node.sites] = OPEN
            children[node.parent] -= 1
            if children[node.parent] == 0:
                del states[node.parent], needs[node.parent]
        best, excluded = _follow(small.needing(wanted), cuts, node, state, best)
        least = min(least, excluded)
        if number in sides:
            states[number], bounds[number], needs[number] = state, best, wanted
        elif certificate.rest is not None:
            least = min(least, _remainder(small, state, certificate, best))
        else:
            least = min(least, max(best, _single(small, state)))
    return least


def _rounded(core: Core, least: float, terms: int) -> float:
    """Bound of a core, from that of what its reductions leave, where so many terms are merged."""
    if not core.integral:
        # Merged costs are sums of as many rounded terms at most.
        least -= 4.0 * (terms + 4.0) * UNIT * (core.worst + abs(core.constant))
    # No cost is negative.
    least = max(least, core.constant)
    return math.ceil(least) if core.integral and math.isfinite(least) else least


def _remainder(
    core: Core, state: NDArray[np.int8], certificate: Certificate, known: float
) -> float:
    rest = certificate.rest
    if rest is None or len(certificate.nodes) > 1:
        raise VerificationError(("only a lone node may be followed by a certificate",))
    left, excluded = core.open_always(np.flatnonzero(state == OPEN)), math.inf
    if certificate.reach is not None:
        left = left.useful(state == FREE)
        excluded = max(known, _beyond(left, state, certificate.reach))
        left = left.reaching(certificate.reach.size)
    bound = max(known, derive(left, rest, state == FREE))
    # Every answer costs less than the worst: a bound beyond it leaves none.
    bound = math.inf if bound >= left.worst + abs(left.constant) else bound
    return min(bound, excluded)


def _beyond(core: Core, state: NDArray[np.int8], reach: Reach) -> float:
    """Least bound of the answers in which a demand goes farther than it is said to."""
    if {len(reach.size), len(reach.multipliers)} != {core.demands}:
        raise VerificationError(("the reach is of other demands",))
    if np.any(reach.size < -1) or np.any(reach.size > np.diff(core.start)):
        raise VerificationError(("a demand reaches farther than its list",))
    multipliers = np.clip(reach.multipliers.astype(np.float64), 0.0, core.unserved)
    none = np.zeros(0, dtype=np.int64)
    bound, low, _, _ = safe_bound(
        core.start,
        core.site,
        core.cost,
        core.opening,
        core.unserved,
        core.net.number,
        multipliers,
        np.where(state == FREE, FREE, CLOSED).astype(np.int8),
        np.zeros(1, dtype=np.int64),
        none,
        NO_WEIGHTS,
    )
    low[state != FREE] = np.inf
    bound += core.constant - abs(core.constant) * 4 * UNIT
    bound -= abs(bound) * 4 * UNIT
    return float(safe_without(core.net, multipliers, low, bound, reach.size))


def _check_sides(nodes: Sequence[Node], sides: dict[int, set[tuple[bytes, int]]]) -> None:
    if not nodes or nodes[0].parent != ROOT or any(node.parent == ROOT for node in nodes[1:]):
        raise VerificationError(("a tree has one root",))
    for number, node in enumerate(nodes):
        if node.parent >= number:
            raise VerificationError((f"node {number} precedes its parent",))
    for parent, found in sides.items():
        sets = {sites for sites, _ in found}
        if len(sets) != 1 or not all(sets) or {state for _, state in found} != {OPEN, CLOSED}:
            raise VerificationError((f"the children of node {parent} leave answers out",))


def _follow(
    core: Core, cuts: Sequence[IntArray] | Stack, node: Node, state: NDArray[np.int8], best: float
) -> tuple[float, float]:
    excluded = math.inf
    for proof in node.proofs:
        if len(proof.multipliers) != core.demands:
            raise VerificationError(("a proof has multipliers for other demands",))
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
