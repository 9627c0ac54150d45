"""Scenarios side by side."""

from dataclasses import replace

import pytest

from optimiser.questions.compare import compare, merged, replace_key
from optimiser.questions.workbench import Workbench
from optimiser.scenario import Budget, Lock, Scenario
from optimiser.solution import Status
from tests.questions.every import EXACT, bench_of, case_of, feasible, infeasible
from tests.questions.test_portfolio import distance

SEEDS = feasible(7)


def other(seed: int, **changes: object) -> Workbench:
    case = case_of(seed)
    scenario = case.scenario.model_copy(update=changes)
    return Workbench(replace(case, scenario=scenario), EXACT)


@pytest.mark.parametrize("seed", SEEDS)
def test_only_differences_are_told_and_all_of_them(seed: int) -> None:
    free = other(seed, budget=Budget(capital_eur=None, running_increase_eur_per_year=None))
    benches = [bench_of(seed), free]
    answer = compare(benches)
    plans = [bench.best for bench in benches]
    assert len(answer.choices) == distance(plans[0].decisions, plans[1].decisions)
    for choice in answer.choices:
        assert choice.sites[0] != choice.sites[1]
    before, after = (plan.evaluation.guaranteed.sum(axis=0) for plan in plans)
    told = {b.basin for b in answer.basins}
    assert told == {
        code for b, code in enumerate(benches[0].case.basins) if abs(before[b] - after[b]) > 1e-6
    }
    keys = {i.key for i in answer.inputs}
    assert keys <= {
        "budget.capital_eur",
        "budget.running_increase_eur_per_year",
        "budget.discount_rate",
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_a_reason_is_an_input_that_alone_makes_the_decision(seed: int) -> None:
    budget = Budget(capital_eur=None, running_increase_eur_per_year=None)
    free = other(seed, budget=budget, objective=case_of(seed + 1).scenario.objective)
    answer = compare([bench_of(seed), free])
    for choice in answer.choices:
        for key in choice.reasons[0]:
            scenario = replace_key(case_of(seed).scenario, free.case.scenario, key)
            alone = Workbench(replace(case_of(seed), scenario=scenario), EXACT).best.decisions
            place = (choice.service, choice.commune)
            count = int(place in alone.agreements) or alone.sites.get(place, 0)
            assert count == choice.sites[1]


def test_a_scenario_beside_itself_differs_in_nothing() -> None:
    for seed in SEEDS[:4]:
        answer = compare([bench_of(seed), bench_of(seed)])
        assert answer.inputs == answer.choices == answer.basins == ()
        assert answer.status is Status.OPTIMAL


def test_a_scenario_without_a_plan_is_told_so() -> None:
    seed = infeasible(1)[0]
    bare = Scenario(epci="E", services=case_of(seed).scenario.services)
    easy = Workbench(replace(case_of(seed), scenario=bare), EXACT)
    answer = compare([easy, bench_of(seed)], explain=False)
    assert answer.totals[1].status is Status.INFEASIBLE
    assert answer.plans[1] is None
    assert not answer.choices


def test_locks_are_merged_and_contradictions_left() -> None:
    a = Lock(service="s0", commune="00000")
    b = Lock(service="s0", commune="00001")
    into = Scenario(forced=(a,), forbidden=())
    source = Scenario(forced=(b,), forbidden=(a,))
    result, refused = merged(into, source)
    assert result.forced == (a, b)
    assert result.forbidden == ()
    assert refused == (a,)
