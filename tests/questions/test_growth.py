"""Nested growth against every pair of nested plans."""

from itertools import pairwise

import pytest

from optimiser.questions.growth import growth, nested
from optimiser.solution import Evaluation, Status
from tests.questions.every import bench_of, broken, case_of, feasible, judged

SEEDS = [s for s in feasible(30) if case_of(s).scenario.budget.capital_eur is not None][:4]
RULE = "capital_budget"


def within(evaluation: Evaluation, euros: float) -> bool:
    others = {rule for rule, _ in broken(evaluation)} <= {RULE}
    return others and evaluation.costs.capital_eur <= euros + 1.0


def budgets(seed: int) -> tuple[float, float]:
    spent = sorted(
        {e.costs.capital_eur for _, e in judged(seed) if {r for r, _ in broken(e)} <= {RULE}}
    )
    return spent[len(spent) // 4], spent[(2 * len(spent)) // 3]


@pytest.mark.parametrize("seed", SEEDS)
def test_nested_plans_are_the_best_pair_of_all_pairs(seed: int) -> None:
    bench = bench_of(seed)
    small, large = budgets(seed)
    answer = growth(bench, [large, small])
    lower = [(d, e) for d, e in judged(seed) if within(e, small)]
    upper = [(d, e) for d, e in judged(seed) if within(e, large)]
    frees = [max(e.score for _, e in plans) for plans in (lower, upper)]
    assert [s.limit_eur for s in answer.stages] == [small, large]
    assert [s.free.score for s in answer.stages] == pytest.approx(frees, rel=1e-6, abs=1e-3)
    assert answer.status is Status.OPTIMAL
    best = -float("inf")
    lower.sort(key=lambda pair: -pair[1].score)
    for a, first in lower:
        if first.score + frees[1] <= best:
            break
        second = max((e.score for b, e in upper if nested(bench, a, b)), default=-float("inf"))
        best = max(best, first.score + second)
    assert answer.total == pytest.approx(best, rel=1e-5, abs=1e-2)
    assert answer.bound >= best - 1e-4 * abs(best) - 1e-3


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_that_was_done_is_undone(seed: int) -> None:
    bench = bench_of(seed)
    small, large = budgets(seed)
    answer = growth(bench, [small, (small + large) / 2, large], joint=False)
    plans = [stage.nested.decisions for stage in answer.stages]
    for before, after in pairwise(plans):
        assert nested(bench, before, after)
    for stage in answer.stages:
        assert stage.cost >= 0.0
        assert stage.nested.score <= stage.free.score + 1e-6 * abs(stage.free.score)
        assert within(stage.nested.evaluation, stage.limit_eur)


def test_a_budget_that_the_scenario_does_not_set_is_refused() -> None:
    seed = next(s for s in feasible(30) if case_of(s).scenario.budget.capital_eur is None)
    with pytest.raises(ValueError, match="capital_budget"):
        growth(bench_of(seed), [1.0])
