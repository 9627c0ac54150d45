"""Price tags of rules and of the budget, against every plan."""

import pytest

from optimiser.questions.prices import budget_curve, prices
from optimiser.solution import Status
from tests.questions.every import allowed, bench_of, broken, case_of, feasible, judged

SEEDS = feasible(8)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_family_costs_what_trying_every_plan_without_it_says(seed: int) -> None:
    bench = bench_of(seed)
    answer = prices(bench)
    best = max(e.score for _, e in allowed(seed))
    asked = {rule.asked.name for rule in bench.model.rules}
    assert {price.rule for price in answer.families} == asked
    assert answer.status is Status.OPTIMAL
    for price in answer.families:
        without = max(
            e.score for _, e in judged(seed) if {rule for rule, _ in broken(e)} <= {price.rule}
        )
        assert price.points == pytest.approx(without - best, abs=1e-5 * max(1.0, abs(best)))
        assert price.most >= price.points - 1e-6


@pytest.mark.parametrize("seed", SEEDS)
def test_single_rules_that_cost_something_are_all_listed(seed: int) -> None:
    bench = bench_of(seed)
    answer = prices(bench)
    best = max(e.score for _, e in allowed(seed))
    listed = {(price.rule, price.subject): price.points for price in answer.singles}
    for rule in bench.model.rules:
        key = (rule.asked.name, rule.asked.subject)
        without = max(e.score for _, e in judged(seed) if broken(e) <= {key})
        tolerance = 1e-5 * max(1.0, abs(best))
        assert listed.get(key, 0.0) == pytest.approx(without - best, abs=tolerance)


@pytest.mark.parametrize("rule", ["capital_budget", "running_budget"])
def test_each_point_of_the_curve_is_the_best_plan_of_its_budget(rule: str) -> None:
    curves = 0
    for seed in SEEDS:
        bench, case = bench_of(seed), case_of(seed)
        curve = budget_curve(bench, rule=rule, points=4)
        if not curve:
            assert rule not in {r.asked.name for r in bench.model.rules}
            continue
        curves += 1
        for point in curve:
            limit = point.limit_eur + (case.running_today_eur if rule == "running_budget" else 0)
            best = max(
                e.score
                for _, e in judged(seed)
                if {r for r, _ in broken(e)} <= {rule} and spent(e, rule) <= limit + 1.0
            )
            assert point.score == pytest.approx(best, rel=1e-6, abs=1e-3)
        assert [p.score for p in curve] == sorted(p.score for p in curve)
    assert curves >= 3


def spent(evaluation: object, rule: str) -> float:
    costs = evaluation.costs  # type: ignore[attr-defined]
    return float(costs.capital_eur if rule == "capital_budget" else costs.recurrent_eur)


def test_a_curve_starts_where_the_first_plan_exists() -> None:
    for seed in SEEDS:
        curve = budget_curve(bench_of(seed), points=3)
        if curve:
            least = min(
                spent(e, "capital_budget")
                for _, e in judged(seed)
                if {r for r, _ in broken(e)} <= {"capital_budget"}
            )
            assert curve[0].limit_eur == pytest.approx(least, abs=1.0)
