"""Fronts against the plans that nothing beats among all plans."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from optimiser import check
from optimiser.questions.axes import AXES, FOUR, Axis, axis_model, best_on, measures, signed
from optimiser.questions.pareto import Front, pareto
from optimiser.questions.workbench import Blocked, Workbench
from optimiser.solution import Status
from tests.questions.every import EXACT, allowed, bench_of, case_of, feasible

SEEDS = feasible(7)
PAIRS = list(itertools.combinations(AXES, 2))


def unbeaten(seed: int, first: Axis, second: Axis) -> list[tuple[float, float]]:
    case = case_of(seed)
    found = set()
    for _, e in allowed(seed):
        values = measures(case, e)
        found.add(
            (round(signed(first, values[first]), 7), round(signed(second, values[second]), 7))
        )
    ordered, best = [], -float("inf")
    for x, y in sorted(found, reverse=True):
        if y > best + 1e-6 * max(1.0, abs(y)):
            ordered.append((x, y))
            best = y
    return ordered


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("axis", AXES)
def test_each_axis_alone_reaches_the_best_of_all_plans(seed: int, axis: Axis) -> None:
    bench, case = bench_of(seed), case_of(seed)
    model = axis_model(bench, [axis])
    reply = best_on(bench, model, axis)
    assert not isinstance(reply, Blocked)
    best = max(signed(axis, measures(case, e)[axis]) for _, e in allowed(seed))
    assert reply.value == pytest.approx(best, rel=1e-6, abs=1e-6)
    assert reply.bound >= best - 1e-6 * max(1.0, abs(best))


@pytest.mark.parametrize("seed", SEEDS)
def test_road_kilometres_are_those_of_the_site_nearest_in_minutes(seed: int) -> None:
    plain = case_of(seed)
    km = np.random.default_rng(seed).uniform(1, 30, plain.travel.minutes.shape)
    case = replace(plain, travel=replace(plain.travel, km=km))
    bench = Workbench(case, EXACT)
    reply = best_on(bench, axis_model(bench, ["car_km"]), "car_km")
    assert not isinstance(reply, Blocked)
    least = min(measures(case, check.evaluate(case, d))["car_km"] for d, _ in allowed(seed))
    assert -reply.value == pytest.approx(least, rel=1e-6)


@pytest.mark.parametrize(("first", "second"), PAIRS)
@pytest.mark.parametrize("seed", SEEDS[:5])
def test_the_front_holds_every_plan_that_nothing_beats(
    seed: int, first: Axis, second: Axis
) -> None:
    expected = unbeaten(seed, first, second)
    if len(expected) > 25:
        pytest.skip("too many points for a test")
    answer = pareto(bench_of(seed), first, second, points=None)
    found = [
        (signed(first, p.values[first]), signed(second, p.values[second])) for p in answer.points
    ]
    assert answer.complete
    assert answer.status is Status.OPTIMAL
    assert len(found) == len(expected)
    for point, wanted in zip(found, expected, strict=True):
        assert point == pytest.approx(wanted, rel=1e-5, abs=1e-4)


def of_all_plans(seed: int, axes: tuple[Axis, ...]) -> np.ndarray:
    """Values of every plan that breaks no rule, more being better."""
    case = case_of(seed)
    values = [measures(case, e) for _, e in allowed(seed)]
    return np.array([[signed(axis, v[axis]) for axis in axes] for v in values])


def of_points(answer: Front) -> np.ndarray:
    return np.array([[signed(axis, p.values[axis]) for axis in answer.axes] for p in answer.points])


def beats(values: np.ndarray, point: np.ndarray, hair: np.ndarray) -> np.ndarray:
    """Which rows are as good as a point on every axis and better on one."""
    return (values >= point - hair).all(axis=1) & (values > point + 10 * hair).any(axis=1)


@pytest.mark.parametrize("axes", [FOUR, ("cost", "ede", "low_income")])
@pytest.mark.parametrize("seed", SEEDS[:5])
def test_a_joint_front_covers_every_plan_within_its_steps(
    seed: int, axes: tuple[Axis, ...]
) -> None:
    every = of_all_plans(seed, axes)
    answer = pareto(bench_of(seed), *axes, points=4)
    found = of_points(answer)
    hair = 1e-6 * np.maximum(1.0, np.abs(every).max(axis=0))
    step = np.array([answer.steps[axis] for axis in axes])
    assert answer.covered
    assert answer.status is Status.OPTIMAL
    for point in found:
        assert not beats(every, point, hair).any()
    for plan in every:
        assert (found + step + hair >= plan).all(axis=1).any()
    assert sum(point.knee for point in answer.points) <= 1
    assert all(point.plan.decisions.sites is not None for point in answer.points)


@pytest.mark.parametrize("seed", SEEDS[:3])
def test_a_joint_front_of_three_axes_may_be_complete(seed: int) -> None:
    axes: tuple[Axis, ...] = ("coverage", "cost", "equity")
    every = of_all_plans(seed, axes)
    hair = 1e-6 * np.maximum(1.0, np.abs(every).max(axis=0))
    expected = {tuple(np.round(p / hair / 100)) for p in every if not beats(every, p, hair).any()}
    answer = pareto(bench_of(seed), *axes, points=None)
    assert answer.complete
    assert {tuple(np.round(p / hair / 100)) for p in of_points(answer)} == expected


def test_a_stopped_front_says_that_it_does_not_cover_everything() -> None:
    answer = pareto(bench_of(SEEDS[0]), *FOUR, points=8, most=2)
    assert answer.points
    assert not answer.covered
    assert not answer.complete


def test_one_axis_is_no_front() -> None:
    with pytest.raises(ValueError, match="two"):
        pareto(bench_of(SEEDS[0]), "cost", "cost")
