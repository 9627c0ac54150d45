"""The reductions carried out again, each checked on the way."""

from collections.abc import Sequence
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
