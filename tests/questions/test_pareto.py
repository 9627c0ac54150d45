"""Fronts against the plans that nothing beats among all plans."""

import itertools

import pytest

from optimiser.questions.axes import AXES, RISES, Axis, axis_model, measures
from optimiser.questions.pareto import pareto
from optimiser.questions.workbench import Blocked
from optimiser.solution import Status
from tests.questions.every import allowed, bench_of, case_of, feasible

SEEDS = feasible(7)
PAIRS = list(itertools.combinations(AXES, 2))


def signed(axis: Axis, value: float) -> float:
    return value if RISES[axis] else -value


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
    reply = bench.solve(model.towards(axis), own_score=False)
    assert not isinstance(reply, Blocked)
    best = max(signed(axis, measures(case, e)[axis]) for _, e in allowed(seed))
    reached = signed(axis, measures(case, reply.evaluation)[axis])
    assert reached == pytest.approx(best, rel=1e-6, abs=1e-6)


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


@pytest.mark.parametrize("seed", SEEDS[:4])
def test_a_spread_of_the_front_lies_on_it_and_holds_its_ends(seed: int) -> None:
    expected = unbeaten(seed, "coverage", "cost")
    answer = pareto(bench_of(seed), "coverage", "cost", points=4)
    found = [(p.values["coverage"], -p.values["cost"]) for p in answer.points]
    for point in found:
        assert any(point == pytest.approx(wanted, rel=1e-5, abs=1e-2) for wanted in expected)
    assert found[0] == pytest.approx(expected[0], rel=1e-5, abs=1e-2)
    assert found[-1] == pytest.approx(expected[-1], rel=1e-5, abs=1e-2)
    assert sum(point.knee for point in answer.points) <= 1
