"""Trade-offs: the plans that nothing beats on two axes at once, each proven.

Epsilon-constraint (Haimes, Lasdon & Wismer 1971) in two stages: the first axis as good as possible
while the second reaches epsilon; then the second as good as possible without losing on the first.
What comes out is beaten by no plan on both axes.
"""

from dataclasses import dataclass, replace

import numpy as np

from optimiser.questions.axes import RISES, Axis, AxisModel, axis_model, measures
from optimiser.questions.workbench import Blocked, Row, Workbench, with_rows
from optimiser.solution import Solution, Status, StopReason
from optimiser.units import Share

_STEP, _LEAST_STEP = 1e-6, 1e-5
"""Least improvement, of the range of an axis and in its unit: less is the solver's rounding."""


@dataclass(frozen=True)
class Point:
    """A plan that nothing beats.

    Parameters
    ----------
    plan
        The plan.
    values
        Its measure on every axis, those of the front and the others.
    knee
        True for the point farthest from the line between the ends: beyond it, a little more of
        one axis costs much of the other.
    """

    plan: Solution
    values: dict[Axis, float]
    knee: bool = False


@dataclass(frozen=True)
class Front:
    """The plans that nothing beats on two axes.

    Parameters
    ----------
    first, second
        The axes.
    points
        Best on the first axis first.
    today
        Measures of today's network.
    complete
        True where the front holds every such plan; False: evenly spread ones.
    gap
        Relative gap to which each point is proven.
    """

    first: Axis
    second: Axis
    points: tuple[Point, ...]
    today: dict[Axis, float]
    complete: bool
    gap: Share

    @property
    def status(self) -> Status:
        """``optimal`` where every point is proven."""
        proven = all(point.plan.status is Status.OPTIMAL for point in self.points)
        return Status.OPTIMAL if proven and self.points else Status.FEASIBLE


def pareto(bench: Workbench, first: Axis, second: Axis, *, points: int | None = 12) -> Front:
    """Find the front of two axes.

    Parameters
    ----------
    bench
        The case.
    first, second
        Axes, not the same.
    points
        Values of the second axis to look at, evenly spread between the ends; None: every point of
        the front.

    Returns
    -------
    Front
        Points, the knee, and today's network.
    """
    model = axis_model(bench, (first, second))
    now = measures(bench.case, bench.today)
    start = _point(bench, model, (first, second), None)
    end = _point(bench, model, (second, first), None)
    if isinstance(start, Blocked) or isinstance(end, Blocked):
        return Front(first, second, (), now, complete=False, gap=bench.limits.gap)
    low, high = (_signed(second, point.values[second]) for point in (start, end))
    step = max(_STEP * (high - low), _LEAST_STEP)
    found, complete = [start], False
    if points is None:
        point = _next(bench, model, start, (first, second), step)
        while isinstance(point, Point):
            found.append(point)
            point = _next(bench, model, point, (first, second), step)
        at_end = _signed(second, found[-1].values[second]) >= high - step
        complete = point.status is Status.INFEASIBLE or at_end
    else:
        for least in np.linspace(low, high, max(2, points))[1:-1].tolist():
            if least > _signed(second, found[-1].values[second]) + step:
                point = _point(bench, model, (first, second), least)
                found += [point] if isinstance(point, Point) else []
        if high > _signed(second, found[-1].values[second]) + step:
            found.append(end)
    front = tuple(_knee(found, first, second))
    return Front(first, second, front, now, complete, bench.limits.gap)


def _signed(axis: Axis, value: float) -> float:
    return value if RISES[axis] else -value


def _point(
    bench: Workbench, model: AxisModel, axes: tuple[Axis, Axis], least: float | None
) -> Point | Blocked:
    """Best plan on one axis, and then on the other, that reaches a value on the other."""
    one, other = axes
    rows: list[Row] = [] if least is None else [model.at_least(other, least)]
    reply = bench.solve(with_rows(model.towards(one), rows), own_score=False)
    if isinstance(reply, Blocked):
        return reply
    reached = _signed(one, measures(bench.case, reply.evaluation)[one])
    # A hair less, so that the plan just found is not rounded away.
    held = model.at_least(one, reached - 1e-9 * max(1.0, abs(reached)))
    again = bench.solve(with_rows(model.towards(other), [*rows, held]), own_score=False)
    plan = reply if isinstance(again, Blocked) else again
    if isinstance(again, Blocked) or reply.status is not Status.OPTIMAL:
        plan = replace(plan, status=Status.FEASIBLE)
    return Point(plan, measures(bench.case, plan.evaluation))


def _next(
    bench: Workbench, model: AxisModel, last: Point, axes: tuple[Axis, Axis], step: float
) -> Point | Blocked:
    """Next point of the front, or why there is none.

    Solvers take a column that is a millionth off for whole: where the step drowns in that, it is
    made longer.
    """
    reached = _signed(axes[1], last.values[axes[1]])
    for longer in (1.0, 10.0, 100.0):
        point = _point(bench, model, axes, reached + step * longer)
        if isinstance(point, Blocked):
            return point
        if _signed(axes[1], point.values[axes[1]]) > reached + step / 2:
            return point
    return Blocked(Status.NO_ANSWER, StopReason.SOLVER)


def _knee(found: list[Point], first: Axis, second: Axis) -> list[Point]:
    x = np.array([_signed(first, point.values[first]) for point in found])
    y = np.array([_signed(second, point.values[second]) for point in found])
    if len(found) < 3 or np.ptp(x) <= 0 or np.ptp(y) <= 0:  # noqa: PLR2004
        return found
    # Both axes from 0 to 1: the ends lie on x + y = 1, and the front beyond that line.
    beyond = (x - x.min()) / np.ptp(x) + (y - y.min()) / np.ptp(y) - 1.0
    knee = int(np.argmax(beyond))
    return [Point(p.plan, p.values, n == knee) for n, p in enumerate(found)]
