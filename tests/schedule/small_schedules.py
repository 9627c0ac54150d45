"""Small plans, drawn at random, whose every timetable can be tried."""

import itertools
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from optimiser import check, check_schedule, check_sharing
from optimiser.case import Case
from optimiser.functions import Cases, FunctionCatalogue, ScaleCurve, VolumeRule
from optimiser.planning import plan
from optimiser.schedule_case import ScheduleCase
from optimiser.schedule_scenario import Finances, Schedule, Subsidy
from optimiser.schedule_solution import Timetable
from optimiser.sharing_case import SharingCase
from optimiser.sharing_scenario import Sharing
from optimiser.sharing_solution import Group, SharingDecisions
from optimiser.solution import Decisions, Solution
from optimiser.territory import Finances as Accounts
from tests.planning.test_cells import with_cells
from tests.sharing.small_sharing import function
from tests.small_cases import every_plan, small_case

YEARS = 3


def some_plan(case: Case, rng: np.random.Generator) -> Decisions | None:
    """A plan that breaks no rule and does something: the best one, or any other."""
    answer = plan(case)
    sound = [answer.decisions] if isinstance(answer, Solution) else []
    others = list(itertools.islice(every_plan(case), 4000))
    for n in rng.permutation(len(others))[:150].tolist():
        if not check.evaluate(case, others[n]).violations:
            sound.append(others[n])
            break
    rng.shuffle(sound)  # type: ignore[arg-type]
    for decisions in sound:
        if 2 <= len(ScheduleCase(case, decisions).actions) <= 6:
            return decisions
    return None


def small_schedule(seed: int, *, cells: int = 0) -> ScheduleCase | None:
    """A plan with every limit switched on or off at random; None where it does too little.

    The public lives in so many cells where there are any.
    """
    rng = np.random.default_rng(seed)
    case = small_case(seed, members=4, services=2)
    members = tuple(
        replace(c, finances=Accounts(500.0, float(rng.integers(200, 1500)), 90.0, 150.0))
        if c.member
        else c
        for c in case.territory.communes
    )
    territory = replace(case.territory, communes=members)
    rules = case.scenario.coverage.model_copy(update={"basin_floor": "today"})
    scenario = case.scenario.model_copy(
        update={"schedule": settings(rng), "finances": purse(rng), "coverage": rules}
    )
    case = replace(case, territory=territory, scenario=scenario)
    if cells:
        case = with_cells(case, seed, cells)
    decisions = some_plan(case, rng)
    return None if decisions is None else ScheduleCase(case, decisions)


def small_funded(seed: int, transition: int) -> ScheduleCase | None:
    """A plan with openings that only a group's saving pays for; None where there is none.

    Nothing else is limited: years differ by the running costs that savings of the year can carry.
    """
    rng = np.random.default_rng(seed)
    case = small_case(seed, members=3, services=2)
    members = tuple(c.code for c in case.members)
    group = SharingDecisions((Group("f", members[0], members),))
    asked = Schedule(
        years=YEARS,
        capital_eur_per_year=None,
        build_years={"s0": 1, "s1": 1},
        transition_years=transition,
    )
    shared = Sharing(funds_facilities=True, minutes_most=None, hosts="communes")
    free = {"running_increase_eur_per_year": None, "capital_eur": None}
    budget = case.scenario.budget
    objective = case.scenario.objective.model_copy(update={"person_value_eur_per_year": 2_000.0})
    case = changed(
        case,
        schedule=asked,
        finances=Finances(debt_ceiling_years=None),
        sharing=shared,
        objective=objective,
        budget=budget.model_copy(update=free),
    )
    best = plan(case)
    if not isinstance(best, Solution):
        return None
    rise = best.evaluation.costs.recurrent_eur - best.today.costs.recurrent_eur
    sharing = shared_case(case, rng, unit_eur=10.0)
    saved = check_sharing.evaluate(sharing, group).recurrent_saving_eur
    if min(rise, saved) <= 0:
        return None
    # What is saved is the rise, or a little more: every euro of it is needed in the end.
    unit = 10.0 * rise / saved * float(rng.uniform(1.0, 1.6))
    sharing = shared_case(case, rng, unit_eur=unit)
    saved = check_sharing.evaluate(sharing, group).recurrent_saving_eur
    tight = {"running_increase_eur_per_year": saved, "capital_eur": None}
    case = changed(case, budget=budget.model_copy(update=tight))
    found = ScheduleCase(case, best.decisions, sharing, group)
    return found if len(found.actions) <= 5 else None


def shared_case(case: Case, rng: np.random.Generator, *, unit_eur: float) -> SharingCase:
    """One function that saves in proportion to what a unit of it costs."""
    nothing = Cases(low=0.0, base=0.0, high=0.0)
    curve = ScaleCurve(
        kind="scale",
        unit_cost_eur=unit_eur,
        from_volume=500.0,
        to_volume=5_000.0,
        turn_volume=None,
        rise_beyond=0.0,
        saving=Cases(low=0.0, base=0.3, high=0.4),
    )
    free = {"minimum_volume": 0.0, "minimum_host": 0.0, "minute_eur": 0.0, "curve": curve}
    free |= dict.fromkeys(("partner_eur", "leakage", "transition"), nothing)
    free["volume"] = VolumeRule(per="inhabitant", rate=1.0, source="test")
    functions = FunctionCatalogue(functions={"f": function("f", rng, **free)})
    return SharingCase(case.territory, functions, case.travel, case.scenario)


def changed(case: Case, **changes: object) -> Case:
    """The same case with other sections of its scenario."""
    return replace(case, scenario=case.scenario.model_copy(update=changes))


def settings(rng: np.random.Generator) -> Schedule:
    """Limits of a schedule."""

    def sometimes(value: object, otherwise: object = None) -> object:
        return value if rng.random() < 0.5 else otherwise

    return Schedule(
        years=YEARS,
        capital_eur_per_year=sometimes("even", sometimes(float(rng.integers(200, 4000)) * 1000)),
        carry_over=bool(rng.random() < 0.7),
        change_eur_per_year=sometimes(float(rng.integers(100, 3000)) * 1000),
        build_years=sometimes({"s0": int(rng.integers(1, 4))}, {}),
        temporary_rise_eur_per_year=float(rng.choice([0.0, 50_000.0, 1e7])),
        subsidies=sometimes(
            (
                Subsidy(service="s0", share=0.4, first_year=2027),
                Subsidy(service="s1", share=0.3, most_eur_per_year=100_000),
            ),
            (),
        ),
    )


def purse(rng: np.random.Generator) -> Finances:
    """Finances under a ceiling that may bind."""
    return Finances(
        debt_ceiling_years=float(rng.choice([4.0, 8.0, 12.0])) if rng.random() < 0.7 else None,
        own_funds_eur_per_year=float(rng.choice([0.0, 100_000.0])),
        caf_growth=float(rng.choice([0.0, 0.02])),
    )


def every_timetable(case: ScheduleCase) -> Iterator[Timetable]:
    """Each year for each action."""
    for years in itertools.product(range(1, case.years + 1), repeat=len(case.actions)):
        yield dict(zip(case.actions, years, strict=True))


def best_by_trying(case: ScheduleCase) -> float | None:
    """Best value over every timetable that breaks no rule; None where each breaks one."""
    best: float | None = None
    for years in every_timetable(case):
        found = check_schedule.evaluate(case, years)
        if not found.violations and (best is None or found.value_eur > best):
            best = found.value_eur
    return best
