"""How robust a plan is: draws, counts and regrets."""

import numpy as np
import pytest

from optimiser import check
from optimiser.planning import plan
from optimiser.questions.robustness import Ranges, moved_case, robustness
from optimiser.solution import Solution
from optimiser.solvers import Limits
from tests.questions.every import bench_of, case_of, feasible

SEEDS = feasible(6)


@pytest.mark.parametrize("seed", SEEDS)
def test_figures_stay_within_their_ranges(seed: int) -> None:
    case = case_of(seed)
    ranges = Ranges(weights=0.3, public=0.2, minutes=0.1)
    moved = moved_case(case, ranges, 1, 2)
    assert np.all(np.abs(moved.minutes / case.minutes - 1) <= 0.1 + 1e-12)
    assert np.all(np.abs(moved.public / case.public - 1) <= 0.2 + 1e-12)
    for service in case.services:
        weight = moved.scenario.objective.weights[service.code]
        assert abs(weight / service.weight - 1) <= 0.3 + 1e-12
    again = moved_case(case, ranges, 1, 2)
    assert np.array_equal(moved.minutes, again.minutes)
    assert not np.array_equal(moved.minutes, moved_case(case, ranges, 1, 3).minutes)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_moves_where_the_ranges_are_nil(seed: int) -> None:
    answer = robustness(bench_of(seed), Ranges(0.0, 0.0, 0.0), samples=2, workers=1)
    assert answer.answered == 2
    assert answer.holds == 1.0
    assert answer.regret == pytest.approx((0.0, 0.0), abs=2e-4)


@pytest.mark.parametrize("seed", SEEDS)
def test_regret_is_what_the_plan_lacks_in_each_draw(seed: int) -> None:
    bench, ranges = bench_of(seed), Ranges(0.5, 0.3, 0.3)
    answer = robustness(bench, ranges, samples=5, seed=3, workers=1)
    expected = []
    same = dict.fromkeys(((r.service, r.commune) for r in answer.actions), 0)
    for number in range(5):
        case = moved_case(case_of(seed), ranges, 3, number)
        best = plan(case, Limits(gap=1e-6))
        if isinstance(best, Solution):
            kept = check.evaluate(case, bench.best.decisions).score
            expected.append(max(0.0, (best.score - kept) / abs(best.score)))
    assert answer.answered == len(expected)
    assert answer.regret == pytest.approx(sorted(expected), abs=3e-4)
    assert all(0.0 <= robust.same <= 1.0 for robust in (*answer.actions, *answer.missed))
    assert len(same) == len(answer.actions)
