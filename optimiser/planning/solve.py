"""The road from a case to a verified plan."""

import time
from collections.abc import Sequence

import numpy as np

from optimiser import check
from optimiser.case import Case
from optimiser.errors import VerificationError
from optimiser.planning.decode import decode, encode
from optimiser.planning.families import build
from optimiser.planning.infeasible import explain
from optimiser.planning.model import PlanModel
from optimiser.solution import (
    Answer,
    Decisions,
    Evaluation,
    NoAnswer,
    Solution,
    Status,
    StopReason,
)
from optimiser.solvers import BACKENDS, Cancelled, Limits, LinearModel, Outcome, Watcher, isolated
from optimiser.units import FloatArray

_ROUNDING = 1e-5


def plan(
    case: Case,
    limits: Limits | None = None,
    *,
    solver: str = "highs",
    start: Decisions | None = None,
    watch: Watcher | None = None,
    cancelled: Cancelled | None = None,
    separate: bool = False,
) -> Answer:
    """Find the best plan of a case, prove it, and let the judge recompute it.

    Parameters
    ----------
    case
        The question.
    limits
        Where to stop; by default at a proven gap of 0.01 %.
    solver
        Key of `optimiser.solvers.BACKENDS`.
    start
        Decisions to start from, such as those of the scenario before this one; today's network
        otherwise. Need not satisfy the rules.
    watch, cancelled
        Progress, and the wish to stop; see `optimiser.solvers.highs.solve`.
    separate
        True: solve in another process, whose end by the system cannot take the answer with it.

    Returns
    -------
    Solution, Infeasible or NoAnswer
        The verified plan; or which rules conflict and the smallest relaxation; or nothing, when
        the limits were reached before any plan was found.

    Raises
    ------
    VerificationError
        The judge refuses the plan: a defect of the model, never of the user.
    """
    limits = limits or Limits()
    began = time.perf_counter()
    present = check.evaluate(case, check.today(case))
    model = build(case)
    matrix = LinearModel.from_pulp(model.problem)
    first = _first(case, present, start)
    built = time.perf_counter()
    begin = encode(model, first) if first is not None else None
    outcome = _solve(
        matrix, limits, solver, begin, watch=watch, cancelled=cancelled, separate=separate
    )
    seconds = {"build": built - began, **outcome.seconds}
    if outcome.status is Status.INFEASIBLE:
        return explain(model, matrix, limits, seconds)
    decided = _decide(case, model, outcome, (first, check.today(case)))
    if decided is None:
        return NoAnswer(outcome.stop, seconds)
    decisions, evaluation = decided
    bound = _bound(case, outcome)
    if outcome.status is Status.OPTIMAL and evaluation.score > bound + _ROUNDING * abs(bound):
        raise VerificationError((f"score {evaluation.score:.6f}, bound {bound:.6f}",))
    seconds["check"] = time.perf_counter() - began - sum(seconds.values())
    return Solution(
        decisions=decisions,
        evaluation=evaluation,
        today=present,
        status=outcome.status if outcome.values is not None else Status.FEASIBLE,
        stop=outcome.stop,
        bound=bound,
        solver=outcome.solver or solver,
        seconds=seconds,
        nodes=outcome.nodes,
    )


def _solve(
    matrix: LinearModel,
    limits: Limits,
    solver: str,
    begin: FloatArray | None,
    *,
    watch: Watcher | None,
    cancelled: Cancelled | None,
    separate: bool,
) -> Outcome:
    if separate:
        return isolated.solve(solver, matrix, limits, start=begin, watch=watch, cancelled=cancelled)
    try:
        return BACKENDS[solver](matrix, limits, start=begin, watch=watch, cancelled=cancelled)
    except MemoryError:
        return Outcome(Status.NO_ANSWER, StopReason.MEMORY, None, None, None, solver)


def _first(case: Case, present: Evaluation, start: Decisions | None) -> Decisions | None:
    """Choose decisions to start from: the caller's, or today's where the rules allow it."""
    if start is not None:
        return start
    return None if present.violations else check.today(case)


def _decide(
    case: Case, model: PlanModel, outcome: Outcome, others: Sequence[Decisions | None]
) -> tuple[Decisions, Evaluation] | None:
    """Judge the outcome; where it was cut short, also what is known besides, and keep the best."""
    found: list[tuple[Decisions, Evaluation]] = []
    if outcome.values is not None and outcome.objective is not None:
        decisions = decode(model, outcome.values)
        try:
            claimed = outcome.objective
            found.append((decisions, check.verify(case, decisions, claimed_score=claimed)))
        except VerificationError:
            if outcome.status is Status.OPTIMAL:
                raise
    if outcome.status is not Status.OPTIMAL:
        known = ((other, check.evaluate(case, other)) for other in others if other is not None)
        found += [(other, value) for other, value in known if not value.violations]
    return max(found, key=lambda pair: pair[1].score) if found else None


def _bound(case: Case, outcome: Outcome) -> float:
    """Take the solver's bound, or what no plan can exceed whatever the solver did."""
    extra = case.scenario.without_car.weight if case.without_car is not None else 0.0
    everyone = float(
        np.sum(
            case.importance
            * case.demand.sum(axis=1)
            * [service.tiers[0].weight + extra for service in case.services]
        )
    )
    saved = case.running_today_eur / case.scenario.objective.person_value_eur_per_year
    ceiling = everyone + saved
    return ceiling if outcome.bound is None else min(ceiling, outcome.bound)
