"""Both halves under one budget: budgets hold, and the bound covers every joint decision."""

import numpy as np
import pytest

from optimiser import check_sharing
from optimiser.case import Case
from optimiser.functions import Cases, FunctionCatalogue, ScaleCurve, VolumeRule
from optimiser.joint import Joint, plan_together
from optimiser.scenario import Budget
from optimiser.sharing_case import SharingCase
from optimiser.sharing_scenario import Sharing
from optimiser.sharing_solution import SharingSolution
from optimiser.solution import Solution
from optimiser.solvers import Limits
from tests.sharing.small_sharing import every_decision, function
from tests.small_cases import best_by_trying, small_case


def halves(seed: int) -> tuple[Case, SharingCase]:
    case = small_case(seed, services=1)
    rng = np.random.default_rng(seed)
    curve = ScaleCurve(
        kind="scale",
        unit_cost_eur=100,
        from_volume=1_000,
        to_volume=3_000,
        saving=Cases(low=0, base=0.3, high=0.4),
    )
    rule = VolumeRule(per="inhabitant", rate=1, source="test")
    simple = function("f0", rng, minimum_volume=0, minimum_host=0, curve=curve, volume=rule)
    functions = FunctionCatalogue(functions={"f0": simple})
    asked = Sharing(minutes_most=None, funds_facilities=True)
    scenario = case.scenario.model_copy(update={"sharing": asked})
    case = Case(case.territory, case.catalogue, case.travel, scenario)
    return case, SharingCase(case.territory, functions, case.travel, scenario)


def best_together(case: Case, other: SharingCase) -> float | None:
    """Greatest value over every way of sharing, each with the best plan that it leaves."""
    best: float | None = None
    budget = case.scenario.budget
    for decisions in every_decision(other):
        found = check_sharing.evaluate(other, decisions)
        changes: dict[str, float] = {}
        if budget.capital_eur is not None:
            changes["capital_eur"] = budget.capital_eur - found.moving_eur
        if budget.running_increase_eur_per_year is not None:
            rise = budget.running_increase_eur_per_year + found.recurrent_saving_eur
            changes["running_increase_eur_per_year"] = rise
        if found.violations or changes.get("capital_eur", 0.0) < 0:
            continue
        changed = budget.model_copy(update=changes)
        scenario = case.scenario.model_copy(update={"budget": changed})
        score = best_by_trying(Case(case.territory, case.catalogue, case.travel, scenario))
        if score is not None:
            value = score + found.saving_eur / case.scenario.objective.person_value_eur_per_year
            best = value if best is None else max(best, value)
    return best


@pytest.mark.parametrize("seed", range(25))
def test_the_bound_covers_every_joint_decision(seed: int) -> None:
    case, other = halves(seed)
    joint = plan_together(case, other, Limits(gap=0.0))
    best = best_together(case, other)
    if not isinstance(joint.plan, Solution):
        return
    assert best is not None
    assert joint.value <= best + 1e-6 * abs(best)
    assert best <= joint.most + 1e-3 * max(1.0, abs(best))
    assert joint.loss >= 0


def solved() -> list[Joint]:
    found = [plan_together(*halves(seed)) for seed in range(25)]
    return [joint for joint in found if isinstance(joint.plan, Solution)]


def test_capital_and_recurrent_money_are_counted_once() -> None:
    joints = solved()
    assert len(joints) > 8
    for joint in joints:
        assert isinstance(joint.plan, Solution)
        assert isinstance(joint.sharing, SharingSolution)
        budget = halves_budget(joint)
        costs = joint.plan.evaluation.costs
        if budget.capital_eur is not None:
            assert costs.capital_eur + joint.capital_eur <= budget.capital_eur + 1e-3
        rise = budget.running_increase_eur_per_year
        if rise is not None:
            more = costs.recurrent_eur - joint.case.running_today_eur
            assert more <= rise + joint.recurrent_eur + 1e-3


def halves_budget(joint: Joint) -> Budget:
    return joint.sharing_case.scenario.budget


def test_savings_pay_no_more_than_they_are() -> None:
    paid_something = 0
    for joint in solved():
        paid = sum(payment.eur_per_year for payment in joint.payments)
        assert paid + joint.unspent_eur <= max(0.0, joint.recurrent_eur) + 1e-6
        assert all(payment.eur_per_year > 0 for payment in joint.payments)
        paid_something += bool(joint.payments)
    assert paid_something
