"""The years ahead of one scenario: its plan, its groups, and what is done in which year."""

from dataclasses import dataclass

from optimiser.case import Case
from optimiser.errors import NoPlanError
from optimiser.joint import plan_together
from optimiser.planning import plan
from optimiser.schedule import schedule
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
        The accepted plan.
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
    shared = SharingDecisions()
    if sharing is not None and case.scenario.sharing.funds_facilities:
        joint = plan_together(case, sharing, limits, solver=solver)
        case, sharing, found = joint.case, joint.sharing_case, joint.plan
        solution = _plan(found)
        if isinstance(joint.sharing, SharingSolution):
            shared = joint.sharing.decisions
    else:
        solution = accepted or _plan(plan(case, limits, solver=solver))
        if sharing is not None:
            groups = share(sharing, years, solver=solver)
            if not isinstance(groups, SharingSolution):
                raise NoPlanError(_status(groups))
            shared = groups.decisions
    spread = ScheduleCase(case, solution.decisions, sharing if shared.groups else None, shared)
    return Ahead(solution, spread, schedule(spread, years, solver=solver))


def _plan(answer: Answer) -> Solution:
    if not isinstance(answer, Solution):
        raise NoPlanError(_status(answer))
    return answer


def _status(answer: object) -> str:
    return (Status.INFEASIBLE if isinstance(answer, Infeasible) else Status.NO_ANSWER).value
