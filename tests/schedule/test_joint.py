"""Plan and years chosen at once: never worse than two stages, and the best by trying everything."""

import itertools
from dataclasses import replace

import pytest

from optimiser import check, check_schedule
from optimiser.ahead import look_ahead_jointly
from optimiser.planning import plan
from optimiser.schedule import schedule, schedule_jointly
from optimiser.schedule_case import ScheduleCase
from optimiser.schedule_scenario import Finances, Schedule
from optimiser.schedule_solution import ScheduleInfeasible, ScheduleSolution
from optimiser.solution import Solution, Status
from optimiser.solvers import Limits
from tests.schedule.small_schedules import every_timetable
from tests.schedule.test_schedule import caph, solved
from tests.small_cases import every_plan, small_case

EXACT = Limits(gap=0.0)


def case_of(seed: int, services: int):  # type: ignore[no-untyped-def]
    case = small_case(seed, members=3, services=services)
    asked = Schedule(
        years=2,
        capital_eur_per_year=1_500_000 if seed % 2 else None,
        build_years={f"s{k}": 1 + (seed + k) % 2 for k in range(services)},
        temporary_rise_eur_per_year=50_000,
    )
    free = {"schedule": asked, "finances": Finances(debt_ceiling_years=None)}
    return replace(case, scenario=case.scenario.model_copy(update=free))


@pytest.mark.parametrize("seed", range(12))
def test_no_plan_with_no_timetable_is_worth_more(seed: int) -> None:
    case = case_of(seed, services=1)
    best = None
    for decisions in every_plan(case):
        if check.evaluate(case, decisions).violations:
            continue
        tried = ScheduleCase(case, decisions)
        if len(tried.actions) > 6:
            continue
        for years in every_timetable(tried):
            found = check_schedule.evaluate(tried, years)
            if not found.violations and (best is None or found.value_eur > best):
                best = found.value_eur
    _, answer = schedule_jointly(case, EXACT)
    if best is None:
        assert isinstance(answer, ScheduleInfeasible)
        return
    assert isinstance(answer, ScheduleSolution)
    assert answer.bound >= best - max(1.0, 1e-6 * abs(best))
    if answer.status is Status.OPTIMAL:
        assert answer.value_eur == pytest.approx(best, rel=1e-4, abs=5.0)


@pytest.mark.parametrize("seed", range(20, 30))
def test_two_stages_are_never_above_the_joint_bound(seed: int) -> None:
    case = case_of(seed, services=2)
    first = plan(case, EXACT)
    _, answer = schedule_jointly(case, EXACT)
    if not isinstance(first, Solution):
        assert isinstance(answer, ScheduleInfeasible)
        return
    staged = schedule(ScheduleCase(case, first.decisions), EXACT)
    if isinstance(staged, ScheduleSolution):
        assert isinstance(answer, ScheduleSolution)
        assert answer.bound >= staged.value_eur - max(1.0, 1e-6 * abs(staged.value_eur))


def test_two_stages_lose_little_on_the_porte_du_hainaut() -> None:
    together, staged = look_ahead_jointly(caph().case, Limits(seconds=120))
    joint, two = solved(together), solved(staged)
    assert joint.bound >= two.value_eur - 1
    assert joint.bound - two.value_eur <= 0.02 * two.value_eur
    assert set(itertools.chain(joint.years.values())) <= set(range(1, 9))
