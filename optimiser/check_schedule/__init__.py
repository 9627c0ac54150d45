"""The judge of schedules: recomputes every year from the raw inputs, and knows no solver.

The network after each year is judged like any plan by `optimiser.check`, the groups by
`optimiser.check_sharing`; the money of each year is added up here, action by action.
"""

from dataclasses import replace

from optimiser.check_schedule.measure import Ledger, measure, money, networks, snapshot
from optimiser.check_schedule.rules import RULES, known_actions
from optimiser.errors import VerificationError
from optimiser.schedule_case import ScheduleCase
from optimiser.schedule_solution import ScheduleEvaluation, Timetable

__all__ = ["Ledger", "evaluate", "money", "networks", "snapshot", "verify"]

_ROUNDING = 1e-5


def evaluate(plan: ScheduleCase, years: Timetable) -> ScheduleEvaluation:
    """Recompute what a timetable is worth and which rules it breaks.

    Parameters
    ----------
    plan
        The plan and its years.
    years
        Year of each action, from 1.

    Returns
    -------
    ScheduleEvaluation
        Networks and money of every year, value and violations.
    """
    strange = tuple(known_actions(plan, years))
    known = {action: t for action, t in years.items() if action in set(plan.actions)}
    found = measure(plan, known)
    if strange:
        return replace(found, violations=strange)
    violations = [violation for rule in RULES for violation in rule(plan, years, found)]
    return replace(found, violations=tuple(violations))


def verify(plan: ScheduleCase, years: Timetable, *, claimed_eur: float) -> ScheduleEvaluation:
    """Evaluate a timetable and refuse it when it breaks a rule or is worth less than claimed.

    Parameters
    ----------
    plan
        The plan and its years.
    years
        Year of each action.
    claimed_eur
        What the solver says that it is worth.

    Returns
    -------
    ScheduleEvaluation
        The recomputed value, with no violation.

    Raises
    ------
    VerificationError
        A rule is broken, or the value does not reach the claim.
    """
    found = evaluate(plan, years)
    complaints = [str(violation) for violation in found.violations]
    value = plan.case.scenario.objective.person_value_eur_per_year
    scale = value * max(1.0, found.networks[0].coverage_points) * plan.years
    if not found.value_eur >= claimed_eur - _ROUNDING * scale:
        complaints.append(f"value {found.value_eur:.2f}, claimed {claimed_eur:.2f}")
    if complaints:
        raise VerificationError(complaints)
    return found
