"""Choice and years at once: which plan, and in which year each of its actions, in one programme.

The plan's own model (F1) decides the last year's network with every rule of the scenario; the
schedule's model (F4) spreads it. Both stand in one matrix, tied together in the last year. It is
much larger than the two stages, and rarely proven at this size: its bound says what deciding in
two stages can lose.
"""

import time
from dataclasses import replace

import numpy as np
from scipy import sparse

from optimiser import check, check_schedule
from optimiser.case import Case
from optimiser.planning.decode import decode as decode_plan
from optimiser.planning.families import build as build_plan
from optimiser.planning.model import PlanModel
from optimiser.schedule.families import build
from optimiser.schedule.model import ScheduleModel
from optimiser.schedule.solve import decode, judged
from optimiser.schedule_case import ScheduleCase
from optimiser.schedule_solution import Action, ScheduleAnswer, ScheduleInfeasible
from optimiser.solution import Decisions, Infeasible, NoAnswer, Status, StopReason
from optimiser.solvers import BACKENDS, Limits, LinearModel, Outcome

_ROUNDING = 1e-6


def schedule_jointly(
    case: Case, limits: Limits | None = None, *, solver: str = "highs"
) -> tuple[ScheduleCase, ScheduleAnswer]:
    """Choose a plan and its years together, and let both judges recompute them.

    Parameters
    ----------
    case
        The case; support functions are not chosen here. A yearly capital of ``even`` is the capital
        budget divided by the years, since the plan's cost is not known beforehand.
    limits
        Where to stop; by default at a proven gap of 0.1 %.
    solver
        Key of `optimiser.solvers.BACKENDS`.

    Returns
    -------
    (ScheduleCase, ScheduleSolution, ScheduleInfeasible or NoAnswer)
        The plan and its timetable, whose bound holds for every plan.

    Raises
    ------
    VerificationError
        A judge refuses the answer: a defect of ours.
    """
    limits = limits or Limits(gap=1e-3)
    began = time.perf_counter()
    case = with_envelope(case)
    plan_model = build_plan(case)
    nothing = ScheduleCase(case, check.today(case))
    model = build(ScheduleModel(nothing, everything(plan_model), choose=True))
    plan_matrix = LinearModel.from_pulp(plan_model.problem)
    years_matrix = LinearModel.from_pulp(model.problem)
    matrix = _tied(plan_model, plan_matrix, model, years_matrix)
    built = time.perf_counter()
    outcome = BACKENDS[solver](matrix, limits)
    seconds = {"build": built - began, **outcome.seconds}
    if outcome.status is Status.INFEASIBLE:
        why = Infeasible((), (), proven=True, seconds=seconds)
        return nothing, ScheduleInfeasible(why, None)
    if outcome.values is None or outcome.objective is None:
        return nothing, NoAnswer(outcome.stop, seconds)
    columns = len(plan_matrix.names)
    decisions = decode_plan(plan_model, outcome.values[:columns])
    years = decode(model, outcome.values[columns:])
    plan, outcome = _accepted(case, decisions, years, outcome)
    found = judged(plan, years, outcome, seconds)
    if found.status is Status.OPTIMAL and found.gap > limits.gap + _ROUNDING:
        # The judge finds less than was claimed: the bound holds, and the proof does not.
        found = replace(found, status=Status.FEASIBLE, stop=StopReason.SOLVER)
    return plan, found


def with_envelope(case: Case) -> Case:
    """Write an even envelope out as euros a year.

    Parameters
    ----------
    case
        The case.

    Returns
    -------
    Case
        Its yearly capital is the capital budget divided by the years; no limit without a budget.
    """
    asked, budget = case.scenario.schedule, case.scenario.budget.capital_eur
    if asked.capital_eur_per_year != "even":
        return case
    limit = None if budget is None else budget / asked.years
    schedule = asked.model_copy(update={"capital_eur_per_year": limit})
    return replace(case, scenario=case.scenario.model_copy(update={"schedule": schedule}))


def everything(model: PlanModel) -> list[Action]:
    """Every action that any plan may do.

    Parameters
    ----------
    model
        The plan's model.

    Returns
    -------
    list of Action
        Openings, closings of each site that may go, and agreements.
    """
    case = model.case
    codes = [commune.code for commune in case.territory.communes]
    found = [Action("open", case.services[k].code, codes[j]) for k, j in model.opened]
    for k in np.flatnonzero(case.can_close).tolist():
        for j, count in enumerate(case.existing_members(k).tolist()):
            service = case.services[k].code
            found += [Action("close", service, codes[j], n) for n in range(1, count + 1)]
    return found + [Action("agreement", case.services[k].code, codes[j]) for k, j in model.agreed]


def _tied(
    plan: PlanModel, plan_matrix: LinearModel, years: ScheduleModel, matrix: LinearModel
) -> LinearModel:
    """Both models in one matrix: the last year's network is the plan's."""
    first, second = len(plan_matrix.names), len(matrix.names)
    place = {name: n for n, name in enumerate(plan_matrix.names)}
    other = {name: first + n for n, name in enumerate(matrix.names)}
    rows: list[dict[int, float]] = []
    limits: list[float] = []

    def last(action: Action) -> int:
        return other[years.done[action][-1].name]

    for key, action in years.opens.items():
        rows.append({place[plan.opened[key].name]: 1.0, last(action): -1.0})
        limits.append(0.0)
    for key, action in years.agreed.items():
        rows.append({place[plan.agreed[key].name]: 1.0, last(action): -1.0})
        limits.append(0.0)
    for (k, j), closings in years.closes.items():
        # Sites that stay and sites that go are those of today.
        row = {place[column.name]: 1.0 for column, _ in plan.count(k, [j])}
        row |= {last(action): 1.0 for action in closings}
        rows.append(row)
        limits.append(float(plan.case.existing[k, j]))
    # Moves are counted in the years: those of the plan's own model earn nothing here.
    tie = sparse.csr_array(
        (
            np.array([x for row in rows for x in row.values()], dtype=np.float64),
            (
                np.array([n for n, row in enumerate(rows) for _ in row], dtype=np.int32),
                np.array([column for row in rows for column in row], dtype=np.int32),
            ),
        ),
        shape=(len(rows), first + second),
    )
    both = sparse.block_diag([plan_matrix.rows, matrix.rows], format="csr")
    return LinearModel(
        names=(*(f"plan_{name}" for name in plan_matrix.names), *matrix.names),
        cost=np.concatenate([np.zeros(first), matrix.cost]),
        offset=matrix.offset,
        maximise=True,
        lower=np.concatenate([plan_matrix.lower, matrix.lower]),
        upper=np.concatenate([plan_matrix.upper, matrix.upper]),
        integer=np.concatenate([plan_matrix.integer, matrix.integer]),
        rows=sparse.csr_array(sparse.vstack([both, tie])),
        row_lower=np.concatenate([plan_matrix.row_lower, matrix.row_lower, limits]),
        row_upper=np.concatenate([plan_matrix.row_upper, matrix.row_upper, limits]),
    )


def _accepted(
    case: Case, decisions: Decisions, years: dict[Action, int], outcome: Outcome
) -> tuple[ScheduleCase, Outcome]:
    """Keep the moves that the years allow: those whose opening comes no later than the closing.

    The programme may pay a closing that moves before one that does not; the judge pays the moves
    last, so that what it finds can be a little less than the claim.
    """
    ready = []
    for move in decisions.transfers:
        opened = years.get(Action("open", move.service, move.destination))
        closings = sorted(
            year
            for action, year in years.items()
            if (action.kind, action.what, action.where) == ("close", move.service, move.origin)
        )
        if opened is not None and closings and opened <= closings[-1]:
            ready.append(move)
    plan = ScheduleCase(case, replace(decisions, transfers=tuple(ready)))
    while plan.decisions.transfers and any(
        violation.rule == "replacement"
        for violation in check_schedule.evaluate(plan, years).violations
    ):
        kept = plan.decisions.transfers[:-1]
        plan = ScheduleCase(case, replace(plan.decisions, transfers=kept))
    value = check_schedule.evaluate(plan, years).value_eur
    claimed = value if outcome.objective is None else outcome.objective
    return plan, replace(outcome, objective=min(claimed, value))
