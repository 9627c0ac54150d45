"""The years ahead of one scenario: its plan, its groups, and what is done in which year."""

from dataclasses import dataclass

from optimiser import check_sharing
from optimiser.case import Case
from optimiser.errors import NoPlanError
from optimiser.impact.measures import Impact, measure
from optimiser.joint import plan_together
from optimiser.land import Land
from optimiser.mobility import Mobility
from optimiser.planning import plan
from optimiser.schedule import schedule, schedule_jointly
from optimiser.schedule.solve import GAP
from optimiser.schedule_case import ScheduleCase
from optimiser.schedule_solution import ScheduleAnswer
from optimiser.sharing import share
from optimiser.sharing_case import SharingCase
from optimiser.sharing_solution import SharingDecisions, SharingSolution
from optimiser.solution import Answer, Infeasible, Solution, Status
from optimiser.solvers import Limits


@dataclass(frozen=True, eq=False)
class Ahead:
    """A scenario's plan and its timetable.

    Parameters
    ----------
    solution
        The accepted plan; where years are chosen with it, the best plan without them.
    plan
        The plan, its groups and its years.
    answer
        The timetable, or why there is none.
    """

    solution: Solution
    plan: ScheduleCase
    answer: ScheduleAnswer

    @property
    def case(self) -> Case:
        """Case of the plan, with the budgets that shared functions leave it."""
        return self.plan.case


def look_ahead(
    case: Case,
    sharing: SharingCase | None = None,
    limits: Limits | None = None,
    *,
    solver: str = "highs",
    accepted: Solution | None = None,
) -> Ahead:
    """Plan, share where the scenario has that half, and find the years.

    Parameters
    ----------
    case
        The facilities' case.
    sharing
        The other half; None: facilities alone.
    limits
        Of each solve.
    solver
        Key of `optimiser.solvers.BACKENDS`.
    accepted
        Plan of the case, where it is known already; used without shared functions' savings.

    Returns
    -------
    Ahead
        Plan and timetable.

    Raises
    ------
    NoPlanError
        The scenario has no plan to spread over years.
    """
    limits = limits or Limits(gap=1e-4)
    years = Limits(limits.seconds, GAP, limits.threads, limits.seed)
    case, solution, sharing, shared = _decided(case, sharing, limits, solver, accepted)
    spread = ScheduleCase(case, solution.decisions, sharing if shared.groups else None, shared)
    return Ahead(solution, spread, schedule(spread, years, solver=solver))


def look_ahead_jointly(case: Case, limits: Limits | None = None) -> tuple[Ahead, Ahead]:
    """Choose a plan and its years at once, and in two stages under the same limits.

    Parameters
    ----------
    case
        The facilities' case.
    limits
        Of each solve.

    Returns
    -------
    (Ahead, Ahead)
        Chosen together; and the plan first, its years then. Both have the same yearly capital.

    Raises
    ------
    NoPlanError
        The scenario has no plan.
    """
    limits = limits or Limits(gap=1e-4)
    years = Limits(limits.seconds, GAP, limits.threads, limits.seed)
    together, answer = schedule_jointly(case, years)
    solution = _plan(plan(together.case, limits))
    staged = ScheduleCase(together.case, solution.decisions)
    return Ahead(solution, together, answer), Ahead(solution, staged, schedule(staged, years))


def measured(
    case: Case,
    sharing: SharingCase | None,
    mobility: Mobility,
    land: Land,
    limits: Limits | None = None,
    *,
    accepted: Solution | None = None,
) -> tuple[Solution, Impact]:
    """Plan, share where the scenario has that half, and measure what comes of it.

    Parameters
    ----------
    case, sharing
        As in `look_ahead`.
    mobility, land
        Factors of car use, and m² of new sites.
    limits
        Of each solve.
    accepted
        Plan of the case, where it is known already.

    Returns
    -------
    (Solution, Impact)
        The plan, and the parts of its impact score.

    Raises
    ------
    NoPlanError
        The scenario has no plan.
    """
    case, solution, sharing, shared = _decided(case, sharing, limits or Limits(), "highs", accepted)
    saved = posts = 0.0
    if sharing is not None:
        money = check_sharing.evaluate(sharing, shared)
        saved = money.recurrent_saving_eur
        posts = sum(group.staff for group in money.groups)
    impact = measure(
        case,
        solution.today,
        solution.evaluation,
        mobility=mobility,
        land=land,
        saved_eur=saved,
        posts=posts,
    )
    return solution, impact


def _decided(
    case: Case,
    sharing: SharingCase | None,
    limits: Limits,
    solver: str,
    accepted: Solution | None,
) -> tuple[Case, Solution, SharingCase | None, SharingDecisions]:
    """Case with its budgets, plan, and groups of both halves."""
    if sharing is not None and case.scenario.sharing.funds_facilities:
        joint = plan_together(case, sharing, limits, solver=solver)
        solution, groups = _plan(joint.plan), joint.sharing
        case, sharing = joint.case, joint.sharing_case
    else:
        solution = accepted or _plan(plan(case, limits, solver=solver))
        if sharing is None:
            return case, solution, None, SharingDecisions()
        rough = Limits(limits.seconds, GAP, limits.threads, limits.seed)
        groups = share(sharing, rough, solver=solver)
    if not isinstance(groups, SharingSolution):
        raise NoPlanError(_status(groups))
    return case, solution, sharing, groups.decisions


def _plan(answer: Answer) -> Solution:
    if not isinstance(answer, Solution):
        raise NoPlanError(_status(answer))
    return answer


def _status(answer: object) -> str:
    return (Status.INFEASIBLE if isinstance(answer, Infeasible) else Status.NO_ANSWER).value
