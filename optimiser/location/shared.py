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
from optimiser.solution import StopReason
from optimiser.solvers import Limits
from optimiser.units import FloatArray, IntArray

LARGE, SHAKES = 60, 2
EVEN, TRACE = 1e-9, 1e-13
NEAR, STEP, TWICE = 4, 0.05, 2
Solve = Callable[..., Found]
"""The engine."""


class Run(Protocol):
    """What is needed of the solve that the parts belong to."""

    core: Core
    price: float | None
    clock: Clock
    limits: Limits
    effort: Effort
    bound: float
    shares: tuple[Share, ...]
    work: tuple[int, int]
    stop: StopReason

    @property
    def done(self) -> bool:
        """Whether enough is known."""

    @property
    def cut(self) -> float:
        """Value from which nothing is of use."""

    def offer(self, sites: IntArray, value: float) -> None:
        """Take sites that are better."""


@dataclass(eq=False)
class _Part:
    """A part, and what is known of it for every number of sites from 0 up.

    Parameters
    ----------
    members, core
        The part, alone.
    bounds, values
        By number of sites.
    sites
        Those of the values.
    found
        Price, number of sites (None: any) and outcome of every solve.
    asked
        How far a number of sites was asked: once whether it is of use, `TWICE` what it costs.
    """

    members: Members
    core: Core
    bounds: FloatArray
    values: FloatArray
    sites: dict[int, IntArray] = field(default_factory=dict)
    found: list[tuple[float, int | None, Found]] = field(default_factory=list)
    asked: dict[int, int] = field(default_factory=dict)

    def toward(self, scale: float) -> FloatArray:
        """The bounds, a trace dearer the farther from numbers that were found: ties go there."""
        numbers = np.arange(len(self.bounds))
        known = np.array(sorted(self.sites), dtype=np.int64)
        if len(known) == 0:
            return self.bounds
        far = np.abs(numbers[:, None] - known[None, :]).min(axis=1)
        # Small parts are asked first.
        return self.bounds + scale * self.core.candidates * far**2

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
    alone = np.setdiff1d(np.arange(core.candidates), core.site)
    demands, candidates = ([part[side] for part in small] for side in (0, 1))
    if small or len(alone):
        none = np.empty(0, dtype=np.int64)
        others = np.concatenate([none, *demands]), np.concatenate([alone, *candidates])
        large.insert(0, (np.sort(others[0]), np.sort(others[1])))
    return large


def solved_together(run: Run, solve: Solve) -> bool:
    """Solve parts that share the number of sites, until their sum is as good as it gets.

    Parameters
    ----------
    run
        The solve, which takes what comes of it.
    solve
        Solves a part, as the engine does.

    Returns
    -------
    bool
        Whether there are such parts, and what one more site is worth is known.
    """
    core, price = run.core, run.price
    members = [] if price is None else sharing(core)
    if price is None or not members:
        return False
    known: dict[tuple[bytes, ...], Found] = {}
    count, effort = core.count or 0, replace(run.effort, shakes=min(run.effort.shakes, SHAKES))
    parts = []
    for demands, candidates in members:
        alone = replace(core.among(demands, candidates), count=None)
        size = min(count, len(candidates)) + 1
        parts.append(_Part((demands, candidates), alone, np.zeros(size), np.full(size, np.inf)))

    def ask(
        part: _Part, number: int | None, price: float = 0.0, enough: float | None = None
    ) -> None:
        problem = replace(part.core, count=number)
        if number is None:
            problem = replace(problem, opening=problem.opening + price)
        # Parts that are alike, as those of a regular drawing are, are solved once.
        arrays = (problem.start, problem.site, problem.unserved, problem.opening)
        key = (*(array.tobytes() for array in arrays), f"{number} {enough}".encode())
        if key not in known:
            clock, judge = run.clock, run.clock.seconds.get("judge", 0.0)
            own = Clock(clock.left, clock.seconds)
            known[key] = solve(problem, run.limits, effort=effort, clock=own, enough=enough)
            # The judge of the whole does it all again.
            clock.owed += clock.seconds.get("judge", 0.0) - judge
        part.learn(known[key], price, number)

    for part in parts:
        if not run.clock.out:
            ask(part, None, price)
    while True:
        bound, sure = _least([part.bounds for part in parts], count)
        value, taken = _least([part.values for part in parts], count)
        if math.isfinite(value):
            chosen = [p.members[1][p.sites[k]] for p, k in zip(parts, taken, strict=True)]
            best = np.sort(np.concatenate(chosen))
            run.offer(best, core.value(best))
        bound += core.constant
        if math.isinf(bound) or bound >= run.cut or run.clock.out:
            break
        scale = TRACE * (1.0 + abs(bound))
        _, near = _least([part.toward(scale) for part in parts], count)
        asked = _doubtful(parts, near) or _doubtful(parts, sure)
        if not asked:
            break
        # All that are in doubt are asked: another sum would ask for most of them again.
        for n, k in asked:
            if run.clock.out:
                break
            other = parts[n].price_for(k, core.integral)
            if other is not None:
                ask(parts[n], None, other)
                continue
            # First whether so many sites are of use at all, which is proven sooner than the best.
            first = core.integral and k not in parts[n].asked
            parts[n].asked[k] = parts[n].asked.get(k, 0) + (1 if first else 2)
            worth = parts[n].bounds[k] + math.ceil(run.cut - bound) - 1.0
            ask(parts[n], k, enough=worth if first else None)
    run.shares = tuple(
        Share(
            *part.members,
            tuple((price, f.certificate) for price, k, f in part.found if k is None),
            tuple((k, f.certificate) for _, k, f in part.found if k is not None),
        )
        for part in parts
    )
    work = [(found.counts["nodes"], found.counts["cuts"]) for found in known.values()]
    run.bound = max(run.bound, bound)
    run.work = sum(nodes for nodes, _ in work), sum(cuts for _, cuts in work)
    run.stop = StopReason.PROOF if run.done else StopReason.SOLVER
    return True


def _doubtful(parts: Sequence[_Part], numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Parts that may cost more than is proven with these numbers of sites, and the numbers."""
    found = []
    for n, (part, k) in enumerate(zip(parts, numbers, strict=True)):
        gap = part.values[k] - part.bounds[k]
        if part.asked.get(k, 0) < TWICE and gap > EVEN * (1.0 + abs(part.bounds[k])):
            found.append((n, k))
    return found


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
