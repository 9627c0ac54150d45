"""The reductions carried out again, each checked on the way."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from optimiser.errors import VerificationError
from optimiser.location.core import Core
from optimiser.location.kernels.rechecked import (
    kept_pairs,
    merged_costs,
    not_implied,
    undominated,
)
from optimiser.location.reduce import Step
from optimiser.units import BoolArray, IntArray


def replay(core: Core, steps: Sequence[Step], allowed: BoolArray | None = None) -> Core:
    """Carry reductions out again, checking each.

    Parameters
    ----------
    core
        The problem.
    steps
        The reductions.
    allowed
        Candidates (m,) that may open, which no first step may drop; None: all.

    Returns
    -------
    Core
        What they leave.

    Raises
    ------
    VerificationError
        One is wrong.
    """
    may = np.ones(core.candidates, dtype=bool) if allowed is None else allowed
    for number, step in enumerate(steps):
        if step.rule == "allowed" and (number > 0 or len(step.because) != len(may)):
            raise VerificationError(("what may open is said once, and first",))
        if step.rule == "allowed" and not step.because[may].all():
            raise VerificationError(("candidates that may open are left out",))
        sizes = {"layers": 0, "merge": core.demands, "implied": core.demands}
        if len(step.because) != sizes.get(step.rule, core.candidates):
            raise VerificationError((f"{step.rule} speaks of another core",))
        core = RULES[step.rule](core, step.because)
    return core


def _allow(core: Core, allowed: IntArray) -> Core:
    alive = allowed.astype(bool)
    return _keep(core, alive, np.ones(core.demands, dtype=bool))


def _merge(core: Core, leader: IntArray) -> Core:
    if np.any(leader[leader] != leader):
        raise VerificationError(("demands merged that differ",))
    alike, cost, unserved = merged_costs(core.start, core.site, core.cost, core.unserved, leader)
    if not alike:
        raise VerificationError(("demands merged that differ",))
    lonely = np.diff(core.start) == 0
    alone = lonely & np.isfinite(core.unserved)
    constant = core.constant + float(core.unserved[alone].sum())
    alive = (leader == np.arange(core.demands)) & ~(lonely & np.isfinite(unserved))
    merged = replace(core, cost=cost, unserved=unserved, constant=constant)
    return _keep(merged, np.ones(core.candidates, dtype=bool), alive)


def _layer(core: Core, _: IntArray) -> Core:
    width = np.diff(core.start)
    demand = np.repeat(np.arange(core.demands), width)
    if np.any(core.cost >= core.unserved[demand]):
        raise VerificationError(("a layer brings nothing",))
    # The last pair of each cost ends a layer; what comes next is dearer, or nobody's.
    following = np.append(core.cost[1:], np.inf)
    last = core.start[1:][width > 0] - 1
    following[last] = core.unserved[width > 0]
    end = np.flatnonzero(following > core.cost)
    if np.any(np.diff(core.cost)[demand[1:] == demand[:-1]] < 0.0):
        raise VerificationError(("costs out of order",))
    lonely = np.flatnonzero(width == 0)
    owner = np.concatenate((demand[end], lonely))
    size = np.concatenate((end + 1 - core.start[demand[end]], np.zeros(len(lonely), dtype=int)))
    price = np.concatenate((following[end] - core.cost[end], core.unserved[lonely]))
    order = np.lexsort((size, owner))
    owner, size, price = owner[order], size[order], price[order]
    start = np.concatenate(([0], np.cumsum(size)))
    layer = np.repeat(np.arange(len(size)), size)
    place = core.start[owner][layer] + np.arange(start[-1]) - start[layer]
    site = core.site[place]
    return replace(
        core,
        start=start,
        site=site[np.lexsort((site, layer))],
        cost=np.zeros(len(site)),
        unserved=price,
        constant=core.constant + float(core.cost[core.start[:-1][width > 0]].sum()),
    )


def _dominate(core: Core, because: IntArray) -> Core:
    alive = because == np.arange(core.candidates)
    if core.count is not None:
        if len(set(core.opening.tolist())) > 1:
            raise VerificationError(("dominance among sites of different cost",))
        if alive.sum() < core.count:
            raise VerificationError(("too few candidates left",))
    if np.any(~alive[because]):
        raise VerificationError(("dominated by a candidate that is gone",))
    net, order = core.net, np.argsort(because, kind="stable")
    pairs = net.column, net.demand, net.price
    wrong = undominated(*pairs, core.opening, because, order, core.demands)
    if wrong >= 0:
        raise VerificationError((f"candidate {wrong} is not dominated",))
    return _keep(core, alive, np.ones(core.demands, dtype=bool))


def _imply(core: Core, because: IntArray) -> Core:
    alive = because == np.arange(core.demands)
    if np.any(~alive[because]):
        raise VerificationError(("implied by a demand that is gone",))
    pairs = core.start, core.site, core.cost
    wrong = not_implied(*pairs, core.unserved, because, core.candidates)
    if wrong >= 0:
        raise VerificationError((f"demand {wrong} is not implied",))
    return _keep(core, np.ones(core.candidates, dtype=bool), alive)


def _keep(core: Core, candidates: BoolArray, demands: BoolArray) -> Core:
    start, site, cost = kept_pairs(
        core.start, core.site, core.cost, core.unserved, candidates, demands
    )
    return replace(
        core,
        start=start,
        site=site,
        cost=cost,
        unserved=core.unserved[demands],
        opening=core.opening[candidates],
    )


RULES: dict[str, Callable[[Core, IntArray], Core]] = {
    "allowed": _allow,
    "merge": _merge,
    "layers": _layer,
    "dominated": _dominate,
    "implied": _imply,
}
