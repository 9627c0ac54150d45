"""The road from a plan to a verified timetable."""

import time
from collections.abc import Mapping

from optimiser import check_schedule
from optimiser.errors import VerificationError
from optimiser.planning.infeasible import explain
from optimiser.schedule.families import build
from optimiser.schedule.model import ScheduleModel
from optimiser.schedule_case import ScheduleCase
from optimiser.schedule_solution import (
    Action,
    ScheduleAnswer,
    ScheduleInfeasible,
    ScheduleSolution,
    Timetable,
)
from optimiser.solution import Infeasible, NoAnswer, Status
from optimiser.solvers import BACKENDS, Cancelled, Limits, LinearModel, Outcome, Watcher
from optimiser.units import FloatArray

GAP = 1e-3
"""Proven to 0.1 % unless the limits say otherwise."""

LONGEST_YEARS = 20


def schedule(
    plan: ScheduleCase,
    limits: Limits | None = None,
    *,
    solver: str = "highs",
    watch: Watcher | None = None,
    cancelled: Cancelled | None = None,
) -> ScheduleAnswer:
    """Find the best years of a plan's actions, prove it, and let the judge recompute every year.

    Parameters
    ----------
    plan
        The plan and its years.
    limits
        Where to stop; by default at a proven gap of 0.1 %.
    solver
        Key of `optimiser.solvers.BACKENDS`.
    watch, cancelled
        Progress, and the wish to stop; see `optimiser.solvers.highs.solve`.

    Returns
    -------
    ScheduleSolution, ScheduleInfeasible or NoAnswer
        The verified timetable; or which limits conflict, the smallest relaxation and the fewest
        years; or nothing, when time ran out first.

    Raises
    ------
    VerificationError
        The judge refuses the timetable: a defect of ours.
    """
    limits = limits or Limits(gap=GAP)
    began = time.perf_counter()
    longest = _longest_works(plan)
    if longest > plan.years:
        why = Infeasible((("works", ()),), (), proven=True, seconds={})
        return ScheduleInfeasible(why, _years_needed(plan, longest, limits, solver))
    model = build(ScheduleModel(plan, plan.actions))
    matrix = LinearModel.from_pulp(model.problem)
    built = time.perf_counter()
    outcome = BACKENDS[solver](matrix, limits, watch=watch, cancelled=cancelled)
    seconds = {"build": built - began, **outcome.seconds}
    if outcome.status is Status.INFEASIBLE:
        why = explain(model, matrix, limits, seconds)
        return ScheduleInfeasible(why, _years_needed(plan, plan.years + 1, limits, solver))
    if outcome.values is None or outcome.objective is None:
        return NoAnswer(outcome.stop, seconds)
    years = decode(model, outcome.values)
    return judged(plan, years, outcome, seconds)


def judged(
    plan: ScheduleCase, years: Timetable, outcome: Outcome, seconds: Mapping[str, float]
) -> ScheduleSolution:
    """Let the judge recompute an outcome.

    Parameters
    ----------
    plan, years
        The plan and its timetable.
    outcome
        What the solver reports.
    seconds
        Wall time so far.

    Returns
    -------
    ScheduleSolution
        Verified.

    Raises
    ------
    VerificationError
        A rule is broken, or the value is not the solver's.
    """
    began = time.perf_counter()
    claimed = outcome.objective if outcome.objective is not None else float("-inf")
    found = check_schedule.verify(plan, years, claimed_eur=claimed)
    bound = float("inf") if outcome.bound is None else outcome.bound
    scale = 1e-4 * max(1.0, abs(bound))
    if outcome.status is Status.OPTIMAL and found.value_eur > bound + scale:
        raise VerificationError((f"value {found.value_eur:.2f}, bound {bound:.2f}",))
    return ScheduleSolution(
        years=years,
        evaluation=found,
        status=outcome.status,
        stop=outcome.stop,
        bound=max(bound, found.value_eur),
        solver=outcome.solver,
        seconds={**seconds, "check": time.perf_counter() - began},
        nodes=outcome.nodes,
    )


def decode(model: ScheduleModel, values: FloatArray) -> dict[Action, int]:
    """Year of each action that an answer does.

    Parameters
    ----------
    model
        The model.
    values
        Value (columns,) of each variable, in the order of ``problem.variables()``.

    Returns
    -------
    dict
        From 1; actions that are not done are left out.
    """
    column = dict(zip(model.problem.variables(), values.tolist(), strict=True))
    years: dict[Action, int] = {}
    for action, columns in model.done.items():
        done = [t for t, each in enumerate(columns, 1) if round(column[each])]
        if done:
            years[action] = done[0]
    return years


def _longest_works(plan: ScheduleCase) -> int:
    opened = [plan.place(action) for action in plan.actions if action.kind == "open"]
    return max((plan.works_years(k, j) for k, j in opened), default=1)


def _years_needed(plan: ScheduleCase, first: int, limits: Limits, solver: str) -> int | None:
    """Fewest years under the same limits that have a timetable."""
    if plan.too_many_posts:
        return None
    for years in range(first, LONGEST_YEARS + 1):
        longer = plan.with_years(years)
        model = build(ScheduleModel(longer, longer.actions))
        matrix = LinearModel.from_pulp(model.problem)
        outcome = BACKENDS[solver](matrix, Limits(limits.seconds, 0.5, limits.threads, limits.seed))
        if outcome.values is not None:
            return years
    return None
