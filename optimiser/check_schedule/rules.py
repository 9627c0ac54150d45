"""Every rule of a schedule, recomputed, under the names of docs/mathematics-schedule.md."""

from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np

from optimiser import check_sharing
from optimiser.check.view import View
from optimiser.check_schedule.measure import group_money, snapshot
from optimiser.schedule_case import ScheduleCase
from optimiser.schedule_solution import ScheduleEvaluation, Timetable
from optimiser.sharing_solution import SharingDecisions
from optimiser.solution import Evaluation, Violation
from optimiser.units import BoolArray, within

TOLERANCE = 1e-6
"""Relative slack granted to sums of floating-point numbers."""

_CENTS = 1.0
"""Euros that a solver's tolerance may hide."""


def _above(
    rule: str, subject: tuple[str, ...], amount: float, limit: float, least: float = 1.0
) -> Iterator[Violation]:
    if amount > limit + TOLERANCE * max(least, abs(limit)):
        yield Violation(rule, subject, amount, limit)


def known_actions(plan: ScheduleCase, years: Timetable) -> Iterator[Violation]:
    """Name actions that are not the plan's, that lack a year, or whose year does not exist.

    Parameters
    ----------
    plan
        The plan and its years.
    years
        Year of each action.

    Yields
    ------
    Violation
        One for each: every action is done once.
    """
    for action in plan.actions:
        if action not in years:
            yield Violation("once", (action.what, action.where), 0, 1)
    for action, year in years.items():
        if action not in plan.actions or year != int(year) or not 1 <= year <= plan.years:
            yield Violation("once", (action.what, action.where), year, plan.years)


def _works(plan: ScheduleCase, years: Timetable, _: ScheduleEvaluation) -> Iterator[Violation]:
    """Works take their years, and begin in the first year at the earliest."""
    view = View.of(plan.case, plan.decisions)
    codes = [service.code for service in view.services]
    communes = [commune.code for commune in plan.case.territory.members]
    for action, year in years.items():
        if action.kind == "open":
            k, j = codes.index(action.what), communes.index(action.where)
            cost = view.euros(k, j, view.services[k].capital_eur)
            least = 1 + sum(cost >= limit for limit in (1e6, 1e7))
            least = plan.asked.build_years.get(action.what, least)
            if year < least:
                yield Violation("works", (action.what, action.where), year, least)


def _order(plan: ScheduleCase, years: Timetable, _: ScheduleEvaluation) -> Iterator[Violation]:
    """The sites of one commune close in the order of their numbers."""
    for action, year in years.items():
        for other, later in years.items():
            same = (other.kind, other.what, other.where) == (action.kind, action.what, action.where)
            if action.kind == "close" and same and other.number > action.number:
                yield from _above("order", (action.what, action.where), year, later)
    del plan


def _replacement(
    plan: ScheduleCase, years: Timetable, found: ScheduleEvaluation
) -> Iterator[Violation]:
    """A move closes once its destination is open; nobody is left unserved meanwhile."""
    moves = Counter((m.service, m.origin) for m in plan.decisions.transfers)
    planned = Counter((a.what, a.where) for a in plan.actions if a.kind == "close")
    for t in range(1, plan.years + 1):
        for place, many in moves.items():
            closed = sum(
                a.kind == "close" and (a.what, a.where) == place and year <= t
                for a, year in years.items()
            )
            ready = sum(
                (m.service, m.origin) == place
                and any(
                    a.kind == "open" and (a.what, a.where) == (m.service, m.destination) and y <= t
                    for a, y in years.items()
                )
                for m in plan.decisions.transfers
            )
            yield from _above(
                "replacement", (*place, str(t)), closed, planned[place] - many + ready
            )
    inside = [_within(plan, network) for network in found.networks]
    cells, members = plan.case.cells, plan.case.members
    home = range(len(members)) if cells is None else cells.home.tolist()
    for t in range(1, plan.years):
        left = np.argwhere(inside[0] & inside[-1] & ~inside[t]).tolist()
        for k, i in sorted({(k, home[at]) for k, at in left}):
            subject = (plan.case.services[k].code, members[i].code, str(t))
            yield Violation("unserved", subject, 0, 1)


def _within(plan: ScheduleCase, network: Evaluation) -> BoolArray:
    """Whether (K, n) each member, or (K, c) each cell with inhabitants, is in guaranteed time."""
    cells, limits = plan.case.cells, [s.guarantee_minutes for s in plan.case.services]
    if cells is None:
        near: BoolArray = network.minutes <= np.array(limits)[:, None] + 1e-9
        return near
    found = np.zeros((len(limits), len(cells)), dtype=bool)
    for k, limit in enumerate(limits):
        serving = network.agreed[k].copy()
        serving[: network.sites.shape[1]] |= network.sites[k] > 0
        found[k] = within(cells.nearest(serving), limit) & (cells.share > 0)
    return found


def _funding(plan: ScheduleCase, years: Timetable, t: int) -> tuple[float, float]:
    """What groups save in full, and by year t + 1, where that pays for facilities; else nothing."""
    if plan.sharing is None or not plan.sharing.asked.funds_facilities:
        return 0.0, 0.0
    whole = realised = 0.0
    for action, (_, costs) in group_money(plan).items():
        euros = costs.saving_eur + costs.moving_eur_per_year
        age = max(0, t + 1 - years[action])
        whole += euros
        realised += euros * min(1.0, age / plan.asked.transition_years)
    return whole, realised


def _nested(plan: ScheduleCase, years: Timetable, found: ScheduleEvaluation) -> Iterator[Violation]:
    """The network after every year breaks no rule of a plan that today's does not break as much.

    In the last year it breaks none. What a plan must save it need not save before.
    """
    budget = plan.case.scenario.budget.running_increase_eur_per_year
    asked = plan.asked.temporary_rise_eur_per_year
    first = {(v.rule, v.subject): abs(v.amount - v.limit) for v in found.networks[0].violations}
    plan_breaks = {(v.rule, v.subject) for v in found.networks[-1].violations}
    for t, network in enumerate(found.networks):
        if t == 0:
            continue
        last = t == plan.years
        for violation in network.violations:
            key = (violation.rule, violation.subject)
            if violation.rule == "running_budget" and not last:
                continue
            short = abs(violation.amount - violation.limit)
            excused = not last and key in first and short <= first[key] * (1 + TOLERANCE) + 1e-6
            if not excused and key not in plan_breaks - set(first):
                subject = (violation.rule, *violation.subject, str(t))
                yield Violation("nested", subject, violation.amount, violation.limit)
        if budget is not None and not last:
            rise = network.costs.recurrent_eur - found.networks[0].costs.recurrent_eur
            whole, realised = _funding(plan, years, t)
            limit = max(0.0, budget - whole) + realised + asked
            yield from _above("temporary_rise", (str(t),), rise, limit, 1 / TOLERANCE)


def _groups(plan: ScheduleCase, years: Timetable, _: ScheduleEvaluation) -> Iterator[Violation]:
    """Groups that have started stand on their own, like any groups."""
    if plan.sharing is None:
        return
    nothing = check_sharing.evaluate(plan.sharing, SharingDecisions()).violations
    lacking = {(violation.rule, violation.subject) for violation in nothing}
    starts = [action for action in plan.actions if action.kind == "share"]
    for t in range(1, plan.years + 1):
        groups = tuple(
            group
            for action, group in zip(starts, plan.shared.groups, strict=True)
            if years[action] <= t
        )
        for violation in check_sharing.evaluate(plan.sharing, SharingDecisions(groups)).violations:
            if (violation.rule, violation.subject) not in lacking or t == plan.years:
                subject = (violation.rule, *violation.subject, str(t))
                yield Violation("nested", subject, violation.amount, violation.limit)


def _spending(plan: ScheduleCase, _: Timetable, found: ScheduleEvaluation) -> Iterator[Violation]:
    """Capital of a year, carried over, and its change from year to year."""
    spent, limit = found.spending_eur, plan.asked.capital_eur_per_year
    if limit == "even":
        limit = float(spent.sum()) / plan.years
    step = plan.asked.change_eur_per_year
    carried = 0.0
    for t in range(plan.years):
        carried = carried + float(spent[t]) if plan.asked.carry_over else float(spent[t])
        if limit is not None:
            many = t + 1 if plan.asked.carry_over else 1
            yield from _above("yearly_capital", (str(t + 1),), carried, many * limit, 1 / TOLERANCE)
        if step is not None and t:
            change = abs(float(spent[t] - spent[t - 1]))
            yield from _above("smooth_capital", (str(t + 1),), change, step, _CENTS / TOLERANCE)


def _staff(plan: ScheduleCase, _: Timetable, found: ScheduleEvaluation) -> Iterator[Violation]:
    """Posts that change employer in a year."""
    limit = plan.asked.staff_moved_per_year
    if limit is None:
        limit = plan.case.scenario.sharing.staff_moved_per_year
    if limit is not None:
        for t, posts in enumerate(found.staff.tolist()):
            yield from _above("staff_moved", (str(t + 1),), posts, limit)


def _debt(plan: ScheduleCase, _: Timetable, found: ScheduleEvaluation) -> Iterator[Violation]:
    """Debt under so many years of self-financing."""
    ceiling = plan.finances.debt_ceiling_years
    if ceiling is None:
        return
    for t in range(1, plan.years + 1):
        debt, caf = float(found.money.debt_eur[t]), float(found.money.caf_eur[t - 1])
        limit = ceiling * caf
        yield from _above("debt_ceiling", (str(t),), debt, limit, _CENTS / TOLERANCE)


RULES: tuple[Callable[[ScheduleCase, Timetable, ScheduleEvaluation], Iterator[Violation]], ...] = (
    _works,
    _order,
    _replacement,
    _nested,
    _groups,
    _spending,
    _staff,
    _debt,
)

__all__ = ["RULES", "known_actions", "snapshot"]
