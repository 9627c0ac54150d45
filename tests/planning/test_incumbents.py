"""Answers on the way, and answers of a search that was cut short."""

import pytest

from optimiser import check
from optimiser.planning import plan
from optimiser.planning.decode import decode
from optimiser.planning.families import build
from optimiser.scenario import Scenario
from optimiser.solution import Decisions, Infeasible, Solution, Status, StopReason
from optimiser.solvers import BACKENDS, Limits, LinearModel, Progress
from optimiser.sources import open_case
from tests.small_cases import small_case


def test_every_answer_on_the_way_is_worth_what_it_claims_or_more() -> None:
    case = open_case(Scenario())
    model = build(case)
    matrix = LinearModel.from_pulp(model.problem)
    seen: list[Progress] = []
    BACKENDS["highs"](matrix, Limits(gap=0.0), watch=seen.append)
    found = [progress.values for progress in seen if progress.values is not None]
    assert found
    for values in found:
        claimed = matrix.objective(values)
        assert not check.verify(case, decode(model, values), claimed_score=claimed).violations


@pytest.mark.parametrize("seconds", [0.001, 0.02, 0.05, 0.1])
def test_a_search_cut_short_leaves_a_plan_no_worse_than_today(seconds: float) -> None:
    answer = plan(open_case(Scenario()), Limits(seconds=seconds))
    assert isinstance(answer, Solution)
    assert answer.score >= answer.today.score
    assert answer.bound >= answer.score
    assert not answer.evaluation.violations


def test_a_start_that_breaks_the_rules_does_not_take_todays_network_away() -> None:
    case = open_case(Scenario())
    nothing = Decisions(sites={})
    assert check.evaluate(case, nothing).violations
    answer = plan(case, Limits(seconds=0.001), start=nothing)
    assert isinstance(answer, Solution)
    assert answer.score >= answer.today.score


def test_a_wish_to_stop_before_the_start_is_an_interrupt() -> None:
    case = open_case(Scenario())
    answer = plan(case, separate=True, cancelled=lambda: True)
    assert isinstance(answer, Solution)
    assert answer.stop is StopReason.INTERRUPT
    assert answer.status is Status.FEASIBLE


def test_the_least_concession_in_millions_of_euros_is_exact() -> None:
    scenario = Scenario.model_validate(
        {"budget": {"capital_eur": 0, "running_increase_eur_per_year": -8_000_000}}
    )
    answer = plan(open_case(scenario))
    assert isinstance(answer, Infeasible)
    (only,) = answer.relaxation
    assert only.rule == "running_budget"
    eased = scenario.model_copy(
        update={
            "budget": scenario.budget.model_copy(
                update={"running_increase_eur_per_year": only.needed}
            )
        }
    )
    assert isinstance(plan(open_case(eased)), Solution)
    tighter = scenario.model_copy(
        update={
            "budget": scenario.budget.model_copy(
                update={"running_increase_eur_per_year": only.needed - 1000}
            )
        }
    )
    assert isinstance(plan(open_case(tighter)), Infeasible)


@pytest.mark.parametrize("solver", BACKENDS)
def test_optimal_means_within_the_gap_of_the_score(solver: str) -> None:
    for seed in range(0, 30, 3):
        answer = plan(small_case(seed, members=4), Limits(gap=0.02), solver=solver)
        if isinstance(answer, Solution) and answer.status is Status.OPTIMAL:
            assert answer.gap <= 0.02 + 1e-5
