"""The judge of schedules: every rule, in every year, broken alone."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from optimiser import check_schedule
from optimiser.check_schedule.rules import RULES
from optimiser.errors import VerificationError
from optimiser.schedule import schedule
from optimiser.schedule_case import ScheduleCase
from optimiser.schedule_scenario import Finances, Schedule
from optimiser.schedule_solution import (
    Action,
    ScheduleEvaluation,
    ScheduleInfeasible,
    ScheduleSolution,
    Timetable,
)
from optimiser.sharing_scenario import Participation
from optimiser.sharing_solution import SharingDecisions
from optimiser.solvers import Limits
from tests.schedule.small_schedules import best_by_trying
from tests.schedule.test_schedule import caph, changed, solved, with_functions
from tests.small_cases import every_plan, small_case

LIBRARY = Action("open", "library", "59238")
VENUE = Action("open", "performing_arts_venue", "59632")
MOVED_VENUE = Action("close", "performing_arts_venue", "59172")
DUPLICATE = Action("close", "library", "59192")


def plan() -> ScheduleCase:
    return changed(caph().plan, capital_eur_per_year=None)


def years(**_: object) -> dict[Action, int]:
    return dict(solved(caph()).years)


def rules_broken(case: ScheduleCase, timetable: Timetable) -> set[str]:
    return {violation.rule for violation in check_schedule.evaluate(case, timetable).violations}


def with_finances(case: ScheduleCase, **changes: object) -> ScheduleCase:
    finances = Finances.model_validate(case.finances.model_dump() | changes)
    scenario = case.case.scenario.model_copy(update={"finances": finances})
    return replace(case, case=replace(case.case, scenario=scenario))


def test_the_timetable_found_breaks_nothing() -> None:
    assert not rules_broken(caph().plan, years())


def test_each_action_is_done_once() -> None:
    missing = years()
    del missing[LIBRARY]
    assert rules_broken(plan(), missing) == {"once"}
    assert rules_broken(plan(), years() | {Action("open", "library", "59001"): 2}) == {"once"}
    assert rules_broken(plan(), years() | {LIBRARY: 9}) == {"once"}
    assert rules_broken(plan(), years() | {LIBRARY: 0}) == {"once"}


def test_works_take_their_years() -> None:
    case = changed(plan(), build_years={"performing_arts_venue": 4})
    for year in (1, 3, 4, 8):
        moved = years() | {VENUE: year, MOVED_VENUE: year}
        assert ("works" in rules_broken(case, moved)) == (year < 4)


@pytest.mark.parametrize("year", range(1, 9))
def test_a_move_closes_only_once_its_destination_is_open(year: int) -> None:
    moved = years() | {VENUE: 6, MOVED_VENUE: year}
    assert ("replacement" in rules_broken(plan(), moved)) == (year < 6)


def test_nobody_is_left_unserved_meanwhile() -> None:
    found = caph()
    limits = np.array([s.guarantee_minutes for s in found.case.services])[:, None] + 1e-9
    broken = set()
    for action in found.plan.actions:
        if action.kind != "close":
            continue
        early = dict.fromkeys(found.plan.actions, found.plan.years) | {action: 1}
        networks = check_schedule.networks(found.plan, early)
        within = [network.minutes <= limits for network in networks]
        gap = bool((within[0] & within[-1] & ~within[1]).any())
        assert gap == ("unserved" in rules_broken(plan(), early))
        broken.add(gap)
    assert broken == {True, False}


@pytest.mark.parametrize("year", range(1, 9))
def test_running_costs_stay_within_their_limit_in_every_year(year: int) -> None:
    # Every opening first, and what pays for them last.
    early = {
        action: year if action.kind == "open" and action.what == "france_services" else 8
        for action in plan().actions
    }
    assert ("temporary_rise" in rules_broken(plan(), early)) == (year < 8)
    allowed = changed(plan(), temporary_rise_eur_per_year=1_000_000)
    assert "temporary_rise" not in rules_broken(allowed, early)


def opened_first(seed: int, number: int) -> tuple[ScheduleCase, Timetable]:
    """The number-th plan of a small case, everything opened in the first year of two."""
    case = small_case(seed, members=3, services=2)
    decisions = next(itertools.islice(every_plan(case), number, None))
    asked = Schedule(
        years=2,
        capital_eur_per_year=None,
        temporary_rise_eur_per_year=1e9,
        build_years={"s0": 1, "s1": 1},
    )
    free = {"schedule": asked, "finances": Finances(debt_ceiling_years=None)}
    scenario = case.scenario.model_copy(update=free)
    small = ScheduleCase(replace(case, scenario=scenario), decisions)
    return small, {a: 1 if a.kind != "close" else 2 for a in small.actions}


@pytest.mark.parametrize(
    ("rule", "seed", "number"), [("new_duplicate", 55, 28), ("concentration", 64, 20)]
)
def test_a_rule_of_the_plan_that_today_keeps_is_kept_meanwhile(
    rule: str, seed: int, number: int
) -> None:
    small, early = opened_first(seed, number)
    broken = check_schedule.evaluate(small, early).violations
    assert ("nested", rule, "1") in {(v.rule, v.subject[0], v.subject[-1]) for v in broken}
    assert not check_schedule.evaluate(small, dict.fromkeys(early, 2)).violations
    answer = schedule(small, Limits(gap=0.0))
    assert isinstance(answer, ScheduleSolution)
    assert answer.value_eur == pytest.approx(best_by_trying(small), abs=1.0)


def test_posts_moved_in_a_year_stay_within_their_limit() -> None:
    found = with_functions()
    answer = solved(found)
    shares = [action for action in found.plan.actions if action.kind == "share"]
    assert len(shares) > 2
    staff = answer.evaluation.staff
    closed = [a.what for a in found.plan.actions if a.kind == "close"]
    known = [found.case.catalogue[what].posts for what in closed]
    sites = sum(posts.base for posts in known if posts is not None)
    assert sites > 0
    groups = sum(c.staff for _, c in found.plan.groups.values())
    assert staff.sum() == pytest.approx(groups + sites)
    limit = float(staff.sum()) / 3
    together = dict(answer.years) | dict.fromkeys(shares, 2)
    limited = changed(found.plan, staff_moved_per_year=limit, capital_eur_per_year=None)
    broken = check_schedule.evaluate(limited, together).violations
    assert ("2",) in {v.subject for v in broken if v.rule == "staff_moved"}
    spread = schedule(limited)
    if isinstance(spread, ScheduleSolution):
        assert spread.evaluation.staff.max() <= limit + 1e-6
    else:
        assert isinstance(spread, ScheduleInfeasible)
        assert max(c.staff for _, c in found.plan.groups.values()) > limit


def test_shared_functions_save_in_steps_from_the_year_after() -> None:
    found = with_functions()
    money = found.plan.groups
    shares = dict.fromkeys(found.plan.actions, 2)
    saved = check_schedule.Ledger.of(
        found.plan, shares, check_schedule.networks(found.plan, shares)
    ).sharing_eur
    full = sum(c.saving_eur + c.moving_eur_per_year for _, c in money.values())
    steps = [0, 0, 1 / 3, 2 / 3, 1, 1, 1, 1]
    assert saved == pytest.approx([full * step for step in steps])


def test_a_group_that_must_be_is_asked_for_in_the_last_year_only() -> None:
    found = with_functions()
    assert found.plan.sharing is not None
    group = found.plan.shared.groups[0]
    wish = Participation(commune=group.members[-1], function=group.function)
    asked = found.plan.sharing.asked.model_copy(update={"joins": (wish,)})
    scenario = found.plan.sharing.scenario.model_copy(update={"sharing": asked})
    wished = replace(found.plan, sharing=replace(found.plan.sharing, scenario=scenario))
    assert not rules_broken(wished, solved(found).years)
    lacking = replace(wished, shared=SharingDecisions(wished.shared.groups[1:]))
    fewer = {a: y for a, y in solved(found).years.items() if a in lacking.actions}
    broken = check_schedule.evaluate(lacking, fewer).violations
    assert {v.subject[-1] for v in broken if v.subject[:1] == ("joins",)} <= {"8"}
    assert "nested" in {violation.rule for violation in broken}


@pytest.mark.parametrize("limit", [1_000_000, 1_376_000])
def test_the_capital_of_a_year_is_carried_over_or_not(limit: int) -> None:
    spent = solved(caph()).evaluation.spending_eur
    carried = changed(plan(), capital_eur_per_year=limit)
    broken = check_schedule.evaluate(carried, years()).violations
    expected = {str(t + 1) for t in range(8) if spent[: t + 1].sum() > (t + 1) * limit}
    assert {v.subject[0] for v in broken if v.rule == "yearly_capital"} == expected
    single = changed(plan(), capital_eur_per_year=limit, carry_over=False)
    broken = check_schedule.evaluate(single, years()).violations
    expected = {str(t + 1) for t in range(8) if spent[t] > limit}
    assert {v.subject[0] for v in broken if v.rule == "yearly_capital"} == expected


def test_investment_changes_little_from_year_to_year() -> None:
    spent = solved(caph()).evaluation.spending_eur
    case = changed(plan(), change_eur_per_year=1_000_000)
    broken = check_schedule.evaluate(case, years()).violations
    steps = np.abs(np.diff(spent))
    expected = {str(t + 2) for t in range(7) if steps[t] > 1_000_000}
    assert expected
    assert {v.subject[0] for v in broken if v.rule == "smooth_capital"} == expected


def test_debt_stays_under_its_ceiling_in_every_year() -> None:
    usual = solved(caph()).evaluation.money
    case = with_finances(plan(), debt_ceiling_years=usual.debt_years(5))
    found = check_schedule.evaluate(case, years())
    expected = {
        str(t) for t in range(1, 9) if found.money.debt_years(t) > usual.debt_years(5) + 1e-6
    }
    assert 0 < len(expected) < 8
    assert {v.subject[0] for v in found.violations if v.rule == "debt_ceiling"} == expected


def test_a_territory_without_self_financing_may_owe_nothing() -> None:
    case = with_finances(plan(), caf_eur_per_year=-1_000_000, debt_eur=0)
    assert "debt_ceiling" in rules_broken(case, years())


def test_a_claim_above_the_value_is_refused() -> None:
    value = solved(caph()).value_eur
    check_schedule.verify(caph().plan, years(), claimed_eur=value)
    with pytest.raises(VerificationError, match="claimed"):
        check_schedule.verify(caph().plan, years(), claimed_eur=value * 1.5)


def test_every_rule_has_a_name_that_a_violation_bears() -> None:
    names = {rule.__name__ for rule in RULES}
    assert names == {
        "_works", "_order", "_replacement", "_nested", "_groups", "_spending", "_staff", "_debt",
    }  # fmt: skip


def test_sites_of_one_commune_close_in_the_order_of_their_numbers() -> None:
    case = plan()
    first = Action("close", "indoor_multisport", "59172", 1)
    second = replace(first, number=2)
    count = case.case.territory.count("59172", "indoor_multisport")
    assert count > 2
    sites = dict(case.decisions.sites) | {("indoor_multisport", "59172"): count - 2}
    wider = replace(case, decisions=replace(case.decisions, sites=sites))
    assert {first, second} <= set(wider.actions)
    swapped = years() | {first: 4, second: 2}
    assert "order" in rules_broken(wider, swapped)
    assert "order" not in rules_broken(wider, years() | {first: 2, second: 4})


def test_money_follows_its_identity() -> None:
    found: ScheduleEvaluation = solved(caph()).evaluation
    money = found.money
    invested = money.invested_eur - money.subsidies_eur.sum(axis=0)
    left = money.caf_eur - money.other_investment_eur
    assert np.diff(money.debt_eur) == pytest.approx(invested - left)
    saved = money.sharing_eur - money.running_eur.sum(axis=0) - money.lines_eur
    interest = money.interest_eur - caph().plan.finances.interest_rate * money.debt_eur[0]
    assert money.caf_eur == pytest.approx(caph().plan.caf_today_eur + saved - interest)
    assert Schedule().years == 8
