"""A problem that falls apart: where the number of sites is free, its parts do not know each other.

The rule is proven in docs/mathematics-location.md, "Components".
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

from optimiser.location.certificate import Certificate, Part, added_up
from optimiser.location.core import Core
from optimiser.location.effort import Clock
from optimiser.location.found import Found
from optimiser.location.reduce import Reduced
from optimiser.solution import StopReason
from optimiser.units import IntArray

NO_START = np.empty(0, dtype=np.int64)
Members = tuple[IntArray, IntArray]
"""Demands and candidates of a part, ascending."""
Solve = Callable[[Core, IntArray | None, Clock], Found]
"""Solves a part from sites to start from, by a clock."""


def components(core: Core) -> list[Members]:
    """Find the parts without a pair from one to the other.

    Parameters
    ----------
    core
        The problem.

    Returns
    -------
    list
        Members of each part, the one of the fewest pairs first; empty where the problem is whole:
        where the number of sites is fixed, or a demand has no pair. Candidates without a pair are
        in none. All demands that are alone make one part: there may be thousands, and the first
        bound proves them all.
    """
    width = np.diff(core.start)
    if core.count is not None or core.demands == 0 or not width.all():
        return []
    n = core.demands
    label = joined(core.start, core.site, core.candidates)
    parts = int(label.max()) + 2
    lone = np.flatnonzero(np.bincount(label[:n], minlength=parts) == 1)
    label[np.isin(label, lone)] = parts - 1
    pairs = np.bincount(label[:n], weights=width, minlength=parts)
    if np.count_nonzero(pairs) < 2:  # noqa: PLR2004 - one part is the whole
        return []
    useful = np.zeros(core.candidates, dtype=bool)
    useful[core.site] = True
    candidates = np.flatnonzero(useful)
    demands = np.argsort(label[:n], kind="stable")
    candidates = candidates[np.argsort(label[n + candidates], kind="stable")]
    here = np.searchsorted(label[demands], np.arange(parts + 1))
    there = np.searchsorted(label[n + candidates], np.arange(parts + 1))
    order = np.argsort(pairs, kind="stable")
    return [
        (demands[here[k] : here[k + 1]], candidates[there[k] : there[k + 1]])
        for k in order.tolist()
        if pairs[k]
    ]


@njit(cache=True)
def joined(start: IntArray, site: NDArray[np.int32], candidates: int) -> NDArray[np.int64]:
    """Part of each demand, then of each candidate (n + m,), counted as they come.

    Parameters
    ----------
    start, site
        Pairs.
    candidates
        Number m.

    Returns
    -------
    NDArray
        Those that pairs join have the same; a candidate without a pair is a part of its own.
    """
    n = start.size - 1
    eldest = np.arange(n + candidates)
    for i in range(n):
        for k in range(start[i], start[i + 1]):
            a, b = i, n + site[k]
            while eldest[a] != a:
                eldest[a] = eldest[eldest[a]]
                a = eldest[a]
            while eldest[b] != b:
                eldest[b] = eldest[eldest[b]]
                b = eldest[b]
            eldest[max(a, b)] = min(a, b)
    label = np.empty(n + candidates, np.int64)
    parts = 0
    # The eldest of each part comes first.
    for a in range(n + candidates):
        if eldest[a] == a:
            label[a] = parts
            parts += 1
        else:
            label[a] = label[eldest[a]]
    return label


def solved_apart(
    core: Core,
    reduced: Reduced,
    members: Sequence[Members],
    start: IntArray | None,
    clock: Clock,
    solve: Solve,
) -> Found:
    """Solve each part, and put the answers and their evidence together.

    Parameters
    ----------
    core
        The problem before its reductions.
    reduced
        What they left.
    members
        Its parts, as `components` finds them.
    start
        Sites to start from.
    clock
        When to stop: each part may use as much of the time left as each one after it.
    solve
        Solves a part.

    Returns
    -------
    Found
        The sum of the values and of the bounds.
    """
    known = np.zeros(core.candidates, dtype=bool)
    known[NO_START if start is None else start] = True
    found: list[Found] = []
    for number, (demands, candidates) in enumerate(members):
        left = clock.left
        share = Clock(None if left is None else left / (len(members) - number), clock.seconds)
        first = None if start is None else np.flatnonzero(known[reduced.kept[candidates]])
        found.append(solve(reduced.core.among(demands, candidates), first, share))
    parts = [
        Part(demands, candidates, part.certificate)
        for (demands, candidates), part in zip(members, found, strict=True)
    ]
    sites, value = None, math.inf
    opened = [part.sites for part in found if part.sites is not None]
    if len(opened) == len(found):
        picks = [part.candidates[chosen] for part, chosen in zip(parts, opened, strict=True)]
        sites = np.sort(reduced.kept[np.concatenate(picks)])
        value = core.value(sites)
    bound = added_up(core, reduced.core.constant, [part.bound for part in found])
    stops = [part.stop for part in found if part.stop is not StopReason.PROOF]
    work = {name: sum(part.counts[name] for part in found) for name in found[0].counts}
    return Found(
        sites=sites,
        value=value,
        bound=min(bound, value),
        certificate=Certificate(reduced.steps, (), parts=tuple(parts)),
        stop=stops[0] if stops else StopReason.PROOF,
        counts=reduced.counts | work | {"components": len(found)},
        seconds=clock.seconds,
    )
