"""Trade-offs: the plans that nothing beats on two axes or more at once, each proven.

Epsilon-constraint (Haimes, Lasdon & Wismer 1971) on search zones (`optimiser.questions.zones`): in
each zone the sum of the axes, each from 0 to 1, is made as large as possible. What comes out is
beaten by no plan: whatever is at least as good on every axis lies in the zone too, and would have a
larger sum. A point covers what is better than it by less than a step on every axis; when no zone is
left, every plan is covered by a point, and with a step of nothing the front is complete.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimiser.errors import VerificationError
from optimiser.questions.axes import (
    CLAIM,
    Axis,
    Reached,
    axis_model,
    best_on,
    measures,
    signed,
)
from optimiser.questions.rows import Row, with_rows
from optimiser.questions.workbench import Aimed, Blocked, Workbench
from optimiser.questions.zones import Zones
from optimiser.solution import Solution, Status
from optimiser.solvers import LinearModel
from optimiser.units import FloatArray, Share

_STEP = 1e-6
"""Least step of a complete front, as a part of the range: less is the solver's rounding."""

_LEAST: Mapping[Axis, float] = {
    "coverage": 1e-5,
    "cost": 1e-5,
    "equity": 1e-8,
    "car_km": 1e-5,
    "ede": 1e-8,
    "low_income": 1e-8,
}
"""Least step in the unit of the axis."""


@dataclass(frozen=True)
class Point:
    """A plan that nothing beats.

    Parameters
    ----------
    plan
        The plan, with its decisions.
    values
        Its measure on every axis, those of the front and the others.
    knee
        True for the point farthest beyond the line, or plane, through the ends: from there on, a
        little more of one axis costs much of the others.
    """

    plan: Solution
    values: dict[Axis, float]
    knee: bool = False


@dataclass(frozen=True)
class Front:
    """The plans that nothing beats.

    Parameters
    ----------
    axes
        What is traded off.
    points
        Best on the first axis first.
    today
        Measures of today's network.
    steps
        By axis, in its unit: every plan that the rules allow is at most so much better, on every
        axis, than some point; those steps are proven where ``covered``.
    covered
        True where that is proven.
    complete
        True where the front holds every plan that nothing beats, up to the solver's rounding.
    gap
        Of each point: no plan exceeds its sum of the axes, each from 0 to 1, by a larger part.
    solves
        Programmes solved.
    """

    axes: tuple[Axis, ...]
    points: tuple[Point, ...]
    today: dict[Axis, float]
    steps: dict[Axis, float]
    covered: bool
    complete: bool
    gap: Share
    solves: int

    @property
    def first(self) -> Axis:
        """First axis."""
        return self.axes[0]

    @property
    def second(self) -> Axis:
        """Second axis."""
        return self.axes[1]

    @property
    def status(self) -> Status:
        """``optimal`` where every point is proven."""
        proven = all(point.plan.status is Status.OPTIMAL for point in self.points)
        return Status.OPTIMAL if proven and self.points else Status.FEASIBLE


def pareto(
    bench: Workbench, *axes: Axis, points: int | None = 12, most: int | None = None
) -> Front:
    """Find the front of two axes or more.

    Parameters
    ----------
    bench
        The case.
    axes
        Axes, each once; two at least.
    points
        Steps into which the range of each axis is divided; None: every point of the front.
    most
        Points after which to stop, the rest uncovered; None: no limit.

    Returns
    -------
    Front
        Points, the knee, and today's network.

    Raises
    ------
    ValueError
        Fewer than two axes, or one twice.
    VerificationError
        The judge measures less on an axis than the solver claims: a defect of ours.
    """
    if len(axes) < 2 or len(set(axes)) < len(axes):  # noqa: PLR2004
        msg = "two different axes at least"
        raise ValueError(msg)
    search = _Search(bench, axes)
    covered = search.corners() and search.fill(points, most)
    found = sorted(search.unbeaten(), key=lambda p: [-signed(a, p.values[a]) for a in axes])
    return Front(
        axes=axes,
        points=tuple(_knee(found, axes)),
        today=measures(bench.case, bench.today),
        steps=dict(zip(axes, search.step.tolist(), strict=True)),
        covered=covered,
        complete=covered and points is None,
        gap=bench.limits.gap,
        solves=search.solves,
    )


class _Search:
    """The points found so far, and what they do not cover."""

    def __init__(self, bench: Workbench, axes: Sequence[Axis]) -> None:
        self.bench, self.axes = bench, axes
        self.model = axis_model(bench, axes)
        self.found: list[Point] = []
        self.solves = 0
        self.step = self.worst = self.span = np.zeros(len(axes))
        self.best = np.full(len(axes), np.inf)

    def corners(self) -> bool:
        """Find the best plan on each axis, and among those the best on the others."""
        alone: list[Reached] = []
        for axis in self.axes:
            reply = best_on(self.bench, self.model, axis)
            self.solves += 1
            if isinstance(reply, Blocked):
                return False
            alone.append(reply)
        self._measure([reply.plan for reply in alone])
        for axis, reply in zip(self.axes, alone, strict=True):
            held = self.model.held(axis, reply.value)
            again = self._solve(self._sum(), [held])
            plan = reply.plan if isinstance(again, Blocked) else self._checked(again)
            if isinstance(again, Blocked) or reply.plan.status is not Status.OPTIMAL:
                plan = replace(plan, status=Status.FEASIBLE)
            self._add(plan)
        self._measure([point.plan for point in self.found])
        self.best = np.array([reply.bound for reply in alone])
        return True

    def fill(self, steps: int | None, most: int | None) -> bool:
        """Look into zone after zone, the largest first; True where every plan is covered."""
        least = np.array([_LEAST[axis] for axis in self.axes])
        self.step = np.maximum(self.span * (_STEP if steps is None else 1.0 / steps), least)
        zones = Zones(len(self.axes))
        for point in self.found:
            zones.cover(self._values(point.plan) + self.step)
        covered = True
        while (zone := zones.largest(self.worst, self.best)) is not None:
            if most is not None and len(self.found) >= most:
                return False
            covered &= self._look(zone, zones)
        return covered

    def _look(self, zone: FloatArray, zones: Zones) -> bool:
        """Find a plan in a zone; False where that there is none was not proven.

        Solvers take a column that is a millionth off for whole: where the step drowns in that, it
        is made longer.
        """
        for longer in (0.0, 10.0, 100.0):
            rows = [
                self.model.at_least(axis, least + longer * step)
                for axis, least, step in zip(self.axes, zone, self.step, strict=True)
                if np.isfinite(least)
            ]
            reply = self._solve(self._sum(), rows)
            if isinstance(reply, Blocked):
                zones.close(zone)
                return reply.status is Status.INFEASIBLE
            plan = self._checked(reply)
            reached = self._values(plan) + self.step
            if (reached > zone).all():
                self._add(plan)
                zones.cover(reached)
                return True
        zones.close(zone)
        return False

    def unbeaten(self) -> list[Point]:
        """Points that no other point beats: within the gap, one may be found that another does."""
        values = np.array([self._values(point.plan) for point in self.found])
        kept: list[int] = []
        for n, each in enumerate(values):
            others = np.delete(values, n, axis=0)
            beaten = (others >= each).all(axis=1) & (others > each).any(axis=1)
            same = any((values[other] == each).all() for other in kept)
            if not beaten.any() and not same:
                kept.append(n)
        return [self.found[n] for n in kept]

    def _solve(self, matrix: LinearModel, rows: Sequence[Row]) -> Aimed | Blocked:
        self.solves += 1
        return self.bench.aim(with_rows(matrix, rows))

    def _sum(self) -> LinearModel:
        """Model of the sum of the axes, each 0 at its worst and 1 at its best."""
        matrix = self.model.towards(self._weights())
        return replace(matrix, offset=matrix.offset - self._total(self.worst))

    def _weights(self) -> dict[Axis, float]:
        spans = np.where(self.span > 0, self.span, 1.0)
        return dict(zip(self.axes, (1.0 / spans).tolist(), strict=True))

    def _total(self, values: FloatArray) -> float:
        weights = self._weights()
        linear = (self.model.linear(a, v) for a, v in zip(self.axes, values.tolist(), strict=True))
        return sum(weights[axis] * each for axis, each in zip(self.axes, linear, strict=True))

    def _checked(self, reply: Aimed) -> Solution:
        """Plan of a sum of the axes, which the judge's measures must reach."""
        reached = self._total(self._values(reply.plan)) - self._total(self.worst)
        if reached < reply.objective - CLAIM * max(1.0, abs(self._total(self.worst))):
            raise VerificationError((f"axes {reached:.6f}, claimed {reply.objective:.6f}",))
        return reply.plan

    def _add(self, plan: Solution) -> None:
        self.found.append(Point(plan, measures(self.bench.case, plan.evaluation)))

    def _values(self, plan: Solution) -> FloatArray:
        values = measures(self.bench.case, plan.evaluation)
        return np.array([signed(axis, values[axis]) for axis in self.axes])

    def _measure(self, plans: Sequence[Solution]) -> None:
        """Take the range of each axis from the best plans on every axis."""
        values = np.array([self._values(plan) for plan in plans])
        self.worst, self.span = values.min(axis=0), np.ptp(values, axis=0)


def _knee(found: list[Point], axes: Sequence[Axis]) -> list[Point]:
    values = np.array([[signed(axis, p.values[axis]) for axis in axes] for p in found])
    if len(found) < 3 or (np.ptp(values, axis=0) <= 0).any():  # noqa: PLR2004
        return found
    # Every axis from 0 to 1: the ends lie on one plane, on which the axes sum up to a constant.
    beyond = ((values - values.min(axis=0)) / np.ptp(values, axis=0)).sum(axis=1)
    knee = int(np.argmax(beyond))
    return [replace(p, knee=n == knee) for n, p in enumerate(found)]
