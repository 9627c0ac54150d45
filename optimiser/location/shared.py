"""A problem that falls apart but for the number of sites, which its parts share.

Each part is solved with a price on every site, which bounds it for every number of sites at once,
and then for the numbers that the least sum of these bounds asks for, until that sum is an answer.
The rule is proven in docs/mathematics-location.md, "Parts that share a number".
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from optimiser.location.certificate import Share
from optimiser.location.components import Members, components
from optimiser.location.core import Core
from optimiser.location.effort import Clock, Effort
from optimiser.location.found import Found
from optimiser.solvers import Limits
from optimiser.units import FloatArray, IntArray

LARGE = 60
EVEN, TRACE = 1e-9, 1e-13
NEAR, STEP = 2, 0.05
Solve = Callable[..., Found]
"""The engine."""


class Run(Protocol):
    """What is needed of the solve that the parts belong to."""

    clock: Clock
    limits: Limits
    effort: Effort

    @property
    def cut(self) -> float:
        """Value from which nothing is of use."""

    def offer(self, sites: IntArray, value: float) -> None:
        """Take sites that are better."""


@dataclass(eq=False)
class _Part:
    """A part, and what is known of it for every number of sites from 0 up."""

    members: Members
    core: Core
    bounds: FloatArray
    values: FloatArray
    sites: dict[int, IntArray] = field(default_factory=dict)
    found: list[tuple[float, int | None, Found]] = field(default_factory=list)

    def toward(self, scale: float) -> FloatArray:
        """The bounds, a trace dearer the farther from numbers that were found: ties go there."""
        numbers = np.arange(len(self.bounds))
        known = np.array(sorted(self.sites), dtype=np.int64)
        if len(known) == 0:
            return self.bounds
        far = np.abs(numbers[:, None] - known[None, :]).min(axis=1)
        return self.bounds + scale * far**2

    def price_for(self, number: int, whole: bool) -> float | None:
        """A price that gives about so many sites; None where the number itself is to be asked."""
        known = [len(f.sites) for _, k, f in self.found if k is None and f.sites is not None]
        prices = [price for price, k, _ in self.found if k is None]
        if not known or min(known) - NEAR <= number <= max(known) + NEAR:
            return None
        step = max(STEP * max(prices), 1.0 if whole else 0.0)
        price = max(0.0, min(prices) - step) if number > max(known) else max(prices) + step
        price = float(round(price)) if whole else price
        return None if price in prices else price

    def learn(self, found: Found, price: float, count: int | None) -> None:
        """Take what a solve proves and what it found."""
        numbers = np.arange(len(self.bounds))
        if count is None:
            least = found.bound - price * numbers
            least = np.ceil(least - EVEN) if self.core.integral else least
            self.bounds = np.maximum(self.bounds, least)
        else:
            self.bounds[count] = max(self.bounds[count], found.bound)
        self.found.append((price, count, found))
        if found.sites is not None and len(found.sites) < len(numbers):
            opened = found.sites
            value = self.core.value(opened)
            if value < self.values[len(opened)]:
                self.values[len(opened)], self.sites[len(opened)] = value, opened


@dataclass(eq=False)
class Together:
    """What is known of the whole.

    Parameters
    ----------
    sites
        The best found; None where there are none.
    bound
        What no answer costs less than.
    shares
        Evidence of it.
    work
        Nodes and cuts of all solves.
    """

    sites: IntArray | None
    bound: float
    shares: tuple[Share, ...]
    work: tuple[int, int]


def sharing(core: Core) -> list[Members]:
    """Find the parts that share the number of sites, the large ones each and the others as one.

    Parameters
    ----------
    core
        The problem, with a number of sites.

    Returns
    -------
    list
        Demands and candidates of each part; empty where there are not two large ones.
    """
    if core.count is None:
        return []
    parts = components(replace(core, count=None))
    large = [part for part in parts if len(part[1]) >= LARGE]
    small = [part for part in parts if len(part[1]) < LARGE]
    if len(large) < 2:  # noqa: PLR2004 - one part is nearly the whole
        return []
    if small:
        demands, candidates = (np.sort(np.concatenate(side)) for side in zip(*small, strict=True))
        large.insert(0, (demands, candidates))
    return large


def solved_together(
    core: Core,
    members: Sequence[Members],
    price: float,
    run: Run,
    solve: Solve,
) -> Together:
    """Solve parts until their sum is as good as it gets.

    Parameters
    ----------
    core
        The problem.
    members
        Its parts.
    price
        What one more site is worth, about.
    run
        The solve.
    solve
        Solves a part, as the engine does.

    Returns
    -------
    Together
        What is known.
    """
    known: dict[tuple[bytes, ...], Found] = {}
    count = core.count or 0
    parts = []
    for demands, candidates in members:
        alone = replace(core.among(demands, candidates), count=None)
        size = min(count, len(candidates)) + 1
        parts.append(_Part((demands, candidates), alone, np.zeros(size), np.full(size, np.inf)))
    spare = np.setdiff1d(np.arange(core.candidates), np.concatenate([c for _, c in members]))
    idle = np.zeros(min(count, len(spare)) + 1)

    def ask(part: _Part, number: int | None, price: float = 0.0) -> None:
        problem = replace(part.core, count=number)
        if number is None:
            problem = replace(problem, opening=problem.opening + price)
        # Parts that are alike, as those of a regular drawing are, are solved once.
        arrays = (problem.start, problem.site, problem.unserved, problem.opening)
        key = (*(array.tobytes() for array in arrays), str(number).encode())
        if key not in known:
            known[key] = solve(problem, run.limits, effort=run.effort, clock=run.clock)
        part.learn(known[key], price, number)

    for part in parts:
        ask(part, None, price)
    best: IntArray | None = None
    while True:
        bound, _ = _least([part.bounds for part in parts] + [idle], count)
        scale = TRACE * (1.0 + abs(bound))
        _, numbers = _least([part.toward(scale) for part in parts] + [idle], count)
        value, taken = _least([part.values for part in parts] + [idle], count)
        if math.isfinite(value):
            chosen = [p.members[1][p.sites[k]] for p, k in zip(parts, taken, strict=False)]
            best = np.sort(np.concatenate([*chosen, spare[: taken[-1]]]))
            run.offer(best, core.value(best))
        bound += core.constant
        if bound >= run.cut or run.clock.out:
            break
        gaps = [p.values[k] - p.bounds[k] for p, k in zip(parts, numbers, strict=False)]
        asked = [(n, k) for n, k in enumerate(numbers[:-1]) if not _counted(parts[n], k)]
        asked = [(n, k) for n, k in asked if gaps[n] > EVEN * (1.0 + abs(parts[n].bounds[k]))]
        if not asked:
            break
        # All that are in doubt are asked: another sum would ask for most of them again.
        for n, k in asked:
            if run.clock.out:
                break
            other = parts[n].price_for(k, core.integral)
            if other is None:
                ask(parts[n], k)
            else:
                ask(parts[n], None, other)
    shares = tuple(
        Share(
            *part.members,
            tuple((price, f.certificate) for price, k, f in part.found if k is None),
            tuple((k, f.certificate) for _, k, f in part.found if k is not None),
        )
        for part in parts
    )
    work = (
        sum(f.counts["nodes"] for f in known.values()),
        sum(f.counts["cuts"] for f in known.values()),
    )
    return Together(best, bound, shares, work)


def _counted(part: _Part, number: int) -> bool:
    """Whether a part was solved for a number of sites."""
    return any(count == number for _, count, _ in part.found)


def _least(tables: Sequence[FloatArray], count: int) -> tuple[float, list[int]]:
    """Least sum of one entry of each table, their places adding up to a number; and the places."""
    total = np.full(count + 1, np.inf)
    total[0] = 0.0
    back: list[IntArray] = []
    for table in tables:
        sums = np.full(count + 1, np.inf)
        place = np.zeros(count + 1, dtype=np.int64)
        for k, entry in enumerate(table.tolist()):
            tried = total[: count + 1 - k] + entry
            better = tried < sums[k:]
            sums[k:][better] = tried[better]
            place[k:][better] = k
        back.append(place)
        total = sums
    numbers, left = [], count
    for place in reversed(back):
        numbers.append(int(place[left]))
        left -= numbers[-1]
    return float(total[count]), numbers[::-1]
