"""Who pays and who gains: what leaves one line enters another; and the three cases."""

from dataclasses import replace

import numpy as np
import pytest

from optimiser.ahead import Ahead
from optimiser.check_schedule import evaluate
from optimiser.impact.cases import finance_cases
from optimiser.impact.payers import payers
from optimiser.schedule_case import ScheduleCase
from optimiser.schedule_scenario import Finances, Line, Subsidy
from optimiser.schedule_solution import ScheduleSolution
from tests.schedule.test_schedule import caph, changed, solved, with_functions


def with_finances(plan: ScheduleCase, **changes: object) -> ScheduleCase:
    finances = Finances.model_validate(plan.finances.model_dump() | changes)
    scenario = plan.case.scenario.model_copy(update={"finances": finances})
    return replace(plan, case=replace(plan.case, scenario=scenario))


def judged(plan: ScheduleCase, found: Ahead) -> ScheduleSolution:
    """The same years under other finances."""
    return replace(solved(found), evaluation=evaluate(plan, solved(found).years))


LINES = (
    Line(name="DSC", kind="redistribution", eur_per_year=8e6, change_eur_per_year=2e5),
    Line(
        name="SM", kind="contribution", eur_per_year=3e6, change_eur_per_year=-1e5, first_year=2028
    ),
)


@pytest.mark.parametrize("functions", [False, True])
@pytest.mark.parametrize(("structuring", "local"), [(1.0, 0.0), (0.3, 0.6)])
def test_the_lines_of_all_payers_are_those_of_the_schedule(
    *, functions: bool, structuring: float, local: float
) -> None:
    found = with_functions("finance_accounting") if functions else caph()
    subsidised = changed(found.plan, subsidies=(Subsidy(service="library", share=0.4),))
    plan = with_finances(
        subsidised, lines=LINES, epci_share_structuring=structuring, epci_share_local=local
    )
    answer = judged(plan, found)
    money, who = answer.evaluation.money, payers(plan, answer)
    works = money.capital_eur.sum(axis=0) - money.subsidies_eur.sum(axis=0)
    assert who.works_eur.sum(axis=0) == pytest.approx(works)
    assert who.running_eur.sum(axis=0) == pytest.approx(money.running_eur.sum(axis=0))
    assert who.moving_eur.sum(axis=0) == pytest.approx(money.moving_eur)
    assert who.sharing_eur.sum(axis=0) == pytest.approx(money.sharing_eur, abs=1e-6)
    assert who.contributions_eur.sum(axis=0) == pytest.approx(money.lines_eur)
    # Redistribution stays inside: what the EPCI gives, the communes receive.
    assert who.redistribution_eur.sum(axis=0) == pytest.approx(np.zeros(plan.years), abs=1e-6)
    assert who.redistribution_eur[0] == pytest.approx(np.full(plan.years, -2e5))
    assert money.lines_eur.tolist() == [0.0, 0.0, *[-1e5] * 6]


def test_the_balance_of_all_is_what_moves_the_debt_besides_interest() -> None:
    plan = with_finances(caph().plan, lines=LINES, own_funds_eur_per_year=500_000)
    answer = judged(plan, caph())
    money, who = answer.evaluation.money, payers(plan, answer)
    dearer = money.interest_eur - plan.finances.interest_rate * money.debt_eur[0]
    moved = -np.diff(money.debt_eur)
    assert moved == pytest.approx(who.balance_eur.sum(axis=0) + 500_000 - dearer)


def test_debt_without_a_plan_stays_as_it_is() -> None:
    plan = replace(caph().plan, decisions=replace(caph().plan.decisions, sites={}, transfers=()))
    today = {
        (s.code, c.code): plan.case.territory.count(c.code, s.code)
        for s in plan.case.services
        for c in plan.case.members
    }
    nothing = replace(
        plan, decisions=replace(plan.decisions, sites=today, agreements=frozenset(), themes={})
    )
    assert not nothing.actions
    debt = evaluate(nothing, {}).money.debt_eur
    assert debt == pytest.approx(np.full(9, debt[0]))


def test_debt_and_self_financing_come_from_the_accounts_or_the_scenario() -> None:
    plan = with_finances(caph().plan, debt_years_today=None)
    known = [(c.population, c.finances) for c in plan.case.members if c.finances]
    debt = sum(people * accounts.debt_eur for people, accounts in known)
    net = sum(people * accounts.net_saving_eur for people, accounts in known)
    assert plan.debt_today_eur == pytest.approx(debt)
    assert plan.caf_today_eur == pytest.approx(net + debt / plan.finances.repayment_years)
    asked = with_finances(plan, caf_eur_per_year=20e6, debt_years_today=4)
    assert asked.debt_today_eur == pytest.approx(80e6)
    assert with_finances(plan, debt_eur=5.0, debt_years_today=4).debt_today_eur == pytest.approx(5)


def test_the_low_case_is_never_kinder_than_the_high_one() -> None:
    for found in (caph(), with_functions()):
        cases = finance_cases(found.plan, solved(found))
        low, base, high = (cases[name] for name in ("low", "base", "high"))
        assert low.capital_eur >= base.capital_eur >= high.capital_eur
        assert low.sharing_eur <= base.sharing_eur <= high.sharing_eur
        assert low.debt_years >= base.debt_years >= high.debt_years
        money = solved(found).evaluation.money
        assert base.money.debt_eur == pytest.approx(money.debt_eur)


def test_a_low_ceiling_is_not_survived() -> None:
    usual = finance_cases(caph().plan, solved(caph()))
    between = (usual["base"].debt_years + usual["low"].debt_years) / 2
    plan = with_finances(caph().plan, debt_ceiling_years=between)
    cases = finance_cases(plan, judged(plan, caph()))
    assert cases["base"].survives
    assert not cases["low"].survives
