"""Small plans, drawn at random, whose every timetable can be tried."""

import itertools
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from optimiser import check, check_schedule
from optimiser.case import Case
from optimiser.planning import plan
from optimiser.schedule_case import ScheduleCase
from optimiser.schedule_scenario import Finances, Schedule, Subsidy
from optimiser.schedule_solution import Timetable
from optimiser.solution import Decisions, Solution
from optimiser.territory import Finances as Accounts
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


def small_schedule(seed: int) -> ScheduleCase | None:
    """A plan with every limit switched on or off at random; None where it does too little."""
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
    decisions = some_plan(case, rng)
    return None if decisions is None else ScheduleCase(case, decisions)


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
