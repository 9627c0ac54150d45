"""Schedules: the best by trying everything, the year of stopping, and answers in words."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from optimiser import check, check_schedule
from optimiser.ahead import Ahead, look_ahead
from optimiser.impact.measures import measure
from optimiser.report.indicators import indicators
from optimiser.scenario import Scenario
from optimiser.schedule import schedule
from optimiser.schedule_case import ScheduleCase
from optimiser.schedule_scenario import Schedule, Subsidy
from optimiser.schedule_solution import ScheduleInfeasible, ScheduleSolution
from optimiser.sharing_case import SharingCase
from optimiser.solution import Status
from optimiser.solvers import Limits
from optimiser.sources import data_folder, open_case, read_scenario
from optimiser.sources.functions_file import load_functions
from optimiser.sources.land_file import load_land
from optimiser.sources.mobility_file import load_mobility
from tests.schedule.small_schedules import (
    best_by_trying,
    every_timetable,
    small_funded,
    small_schedule,
)

SEEDS = (4, 5, 7, 9, 10, 12, 14, 15, 17, 21, 25, 29, 30, 36, 39)


@cache
def caph() -> Ahead:
    scenario = read_scenario(data_folder() / "scenarios" / "porte-du-hainaut.toml")
    return look_ahead(open_case(scenario))


@cache
def with_functions(*functions: str) -> Ahead:
    scenario = read_scenario(data_folder() / "scenarios" / "porte-du-hainaut.toml")
    case = open_case(scenario)
    asked = scenario.sharing.model_copy(
        update={"functions": functions or ("procurement", "finance_accounting")}
    )
    scenario = scenario.model_copy(update={"sharing": asked})
    sharing = SharingCase(case.territory, load_functions(), case.travel, scenario)
    return look_ahead(case, sharing)


def solved(found: Ahead) -> ScheduleSolution:
    assert isinstance(found.answer, ScheduleSolution)
    return found.answer


def changed(plan: ScheduleCase, **changes: object) -> ScheduleCase:
    """The same plan under other limits of its schedule."""
    asked = Schedule.model_validate(plan.asked.model_dump() | changes)
    scenario = plan.case.scenario.model_copy(update={"schedule": asked})
    return replace(plan, case=replace(plan.case, scenario=scenario))


@pytest.mark.parametrize("solver", ["highs", "cbc"])
@pytest.mark.parametrize("seed", SEEDS)
def test_no_timetable_is_better_than_the_one_found(seed: int, solver: str) -> None:
    plan = small_schedule(seed)
    assert plan is not None
    best = best_by_trying(plan)
    answer = schedule(plan, Limits(gap=0.0), solver=solver)
    if best is None:
        assert isinstance(answer, ScheduleInfeasible)
    else:
        assert isinstance(answer, ScheduleSolution)
        assert answer.value_eur == pytest.approx(best, rel=1e-4, abs=1.0)
        assert answer.bound >= best * (1 - 1e-6) - 1.0


@pytest.mark.parametrize("seed", [19, 24, 31, 33])
def test_facilities_wait_for_the_savings_that_pay_for_them(seed: int) -> None:
    values = []
    for transition in (1, 3):
        plan = small_funded(seed, transition)
        assert plan is not None
        answer = schedule(plan, Limits(gap=0.0))
        assert isinstance(answer, ScheduleSolution)
        assert answer.value_eur == pytest.approx(best_by_trying(plan), rel=1e-6, abs=1.0)
        values.append(answer.value_eur)
        early = dict.fromkeys(plan.actions, 1)
        broken = {v.rule for v in check_schedule.evaluate(plan, early).violations}
        assert ("temporary_rise" in broken) == (transition > 1)
    assert values[0] > values[1] + 1.0


def test_small_schedules_cover_both_answers() -> None:
    answers = {type(schedule(plan)) for seed in SEEDS if (plan := small_schedule(seed))}
    assert {ScheduleSolution, ScheduleInfeasible} <= answers


def test_the_porte_du_hainaut_over_eight_years_is_proven() -> None:
    answer = solved(caph())
    assert answer.status is Status.OPTIMAL
    assert answer.gap <= 1e-3
    assert len(answer.years) == 24
    assert answer.value_eur == pytest.approx(6_901_178, rel=1e-3)
    assert answer.evaluation.spending_eur.sum() == pytest.approx(11_010_000)


def test_stopping_after_any_year_leaves_a_complete_network() -> None:
    found = caph()
    case, answer = found.case, solved(found)
    start = check.evaluate(case, check.today(case))
    limits = np.array([s.guarantee_minutes for s in case.services])[:, None] + 1e-9
    lost_by_plan = (start.minutes <= limits) & (found.solution.evaluation.minutes > limits)
    broken_today = {(v.rule, v.subject): abs(v.amount - v.limit) for v in start.violations}
    for t in range(1, found.plan.years + 1):
        stopped = check.evaluate(case, check_schedule.snapshot(found.plan, answer.years, t))
        for violation in stopped.violations:
            # Only what today's network lacks may still be lacking, and by no more.
            missing = abs(violation.amount - violation.limit)
            assert missing <= broken_today[violation.rule, violation.subject] + 1e-6
        lost = (start.minutes <= limits) & (stopped.minutes > limits)
        assert not (lost & ~lost_by_plan).any()
        assert (stopped.guaranteed.sum(axis=1) >= start.guaranteed.sum(axis=1) - 1e-6).all()
    assert not stopped.violations
    assert stopped.score == pytest.approx(found.solution.score)


def test_a_longer_horizon_is_found_where_the_years_are_too_few() -> None:
    plan = changed(caph().plan, years=2, capital_eur_per_year=2_000_000, build_years={"library": 1})
    answer = schedule(plan)
    assert isinstance(answer, ScheduleInfeasible)
    assert answer.why.proven
    needed = answer.years_needed
    assert needed is not None
    assert isinstance(schedule(changed(plan, years=needed)), ScheduleSolution)
    assert isinstance(schedule(changed(plan, years=needed - 1)), ScheduleInfeasible)


def test_the_smallest_relaxation_suffices_and_less_does_not() -> None:
    plan = changed(caph().plan, capital_eur_per_year=1_000_000)
    answer = schedule(plan)
    assert isinstance(answer, ScheduleInfeasible)
    (relaxation,) = answer.why.relaxation
    assert relaxation.rule == "yearly_capital"
    enough = changed(plan, capital_eur_per_year=relaxation.needed)
    assert isinstance(schedule(enough), ScheduleSolution)
    less = changed(plan, capital_eur_per_year=relaxation.needed * 0.98)
    assert isinstance(schedule(less), ScheduleInfeasible)


def test_works_longer_than_the_horizon_are_named() -> None:
    plan = changed(caph().plan, years=4, build_years={"library": 6})
    answer = schedule(plan)
    assert isinstance(answer, ScheduleInfeasible)
    assert answer.why.conflict == (("works", ()),)
    assert answer.years_needed is not None
    assert answer.years_needed >= 6


def test_tighter_limits_are_never_worth_more() -> None:
    plan = caph().plan
    values = []
    for euros in (None, 3_000_000, 1_500_000):
        answer = schedule(changed(plan, capital_eur_per_year=euros), Limits(gap=0.0))
        assert isinstance(answer, ScheduleSolution)
        values.append(answer.value_eur)
    assert values == sorted(values, reverse=True)


def test_smooth_investment_is_smooth() -> None:
    answer = schedule(changed(caph().plan, change_eur_per_year=2_500_000))
    assert isinstance(answer, ScheduleSolution)
    assert np.abs(np.diff(answer.evaluation.spending_eur)).max() <= 2_500_001


def test_subsidies_are_paid_in_their_years_and_within_their_most() -> None:
    plan = changed(
        caph().plan,
        capital_eur_per_year=None,
        subsidies=(
            Subsidy(service="library", share=0.5, first_year=2029, most_eur_per_year=300_000),
        ),
    )
    answer = schedule(plan)
    assert isinstance(answer, ScheduleSolution)
    paid = answer.evaluation.money.subsidies_eur.sum(axis=0)
    assert paid[:3].sum() == 0
    assert paid.max() == pytest.approx(300_000)


def test_a_territory_whose_plan_changes_nothing_has_an_empty_timetable() -> None:
    scenario = Scenario(services=("care_home",))
    found = look_ahead(open_case(scenario))
    answer = solved(found)
    assert not answer.years
    assert answer.evaluation.money.debt_eur == pytest.approx(found.plan.debt_today_eur)


def test_what_shared_functions_save_widens_the_budget_of_facilities_and_lowers_the_debt() -> None:
    scenario = read_scenario(data_folder() / "scenarios" / "porte-du-hainaut.toml")
    few = {"functions": ("finance_accounting",), "funds_facilities": True}
    asked = scenario.model_copy(update={"sharing": scenario.sharing.model_copy(update=few)})
    case = open_case(asked)
    found = look_ahead(case, SharingCase(case.territory, load_functions(), case.travel, asked))
    answer, before = solved(found), case.scenario.budget.running_increase_eur_per_year
    funded = found.case.scenario.budget.running_increase_eur_per_year
    assert before is not None
    assert funded is not None
    assert funded > before
    assert answer.evaluation.money.sharing_eur[-1] > 0
    assert {"open", "share"} <= {action.kind for action in answer.years}


def test_access_is_the_plans_own_figure_wherever_it_is_said() -> None:
    found = caph()
    networks = solved(found).evaluation.networks
    figures = indicators(found.case, found.solution.today, found.solution.evaluation)
    mobility, land = load_mobility(), load_land()
    parts = measure(found.case, networks[0], networks[-1], mobility=mobility, land=land)
    assert figures.now == networks[0].mean_share() == parts.of("access").today
    assert figures.planned == networks[-1].mean_share() == parts.of("access").value
    shares = [networks[-1].share(k) for k in range(len(found.case.services))]
    assert figures.planned == pytest.approx(np.mean([s for s in shares if s is not None]))
    worst = min(row.planned for row in figures.basins if row.planned is not None)
    assert worst == networks[-1].worst_share() == parts.of("equity").value


CELL_SEEDS = (5, 11, 12, 14, 17, 22, 26, 30, 55)


@pytest.mark.parametrize("seed", CELL_SEEDS)
def test_no_timetable_on_cells_is_better_than_the_one_found(seed: int) -> None:
    plan = small_schedule(seed, cells=12)
    assert plan is not None
    best, answer = best_by_trying(plan), schedule(plan, Limits(gap=0.0))
    if best is None:
        assert isinstance(answer, ScheduleInfeasible)
    else:
        assert isinstance(answer, ScheduleSolution)
        assert answer.value_eur == pytest.approx(best, rel=1e-4, abs=1.0)


def test_the_judge_finds_the_commune_whose_cells_are_left_unserved() -> None:
    plan = small_schedule(14, cells=12)
    assert plan is not None
    cells = plan.case.cells
    assert cells is not None
    told = 0
    for years in every_timetable(plan):
        found = check_schedule.evaluate(plan, years)
        for k, service in enumerate(plan.case.services):
            near = [
                cells.nearest(plan.case.serving(net.sites[k], net.agreed[k]))
                <= service.guarantee_minutes
                for net in found.networks
            ]
            for t in range(1, plan.years):
                left = set(cells.home[near[0] & near[-1] & ~near[t]].tolist())
                subjects = {(service.code, plan.case.members[i].code, str(t)) for i in left}
                unserved = {v.subject for v in found.violations if v.rule == "unserved"}
                here = {s for s in unserved if (s[0], s[2]) == (service.code, str(t))}
                assert here == subjects
                told += len(here)
    assert told
