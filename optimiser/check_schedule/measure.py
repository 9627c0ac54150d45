"""The network and the money of every year, recomputed from the actions and the raw inputs."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from optimiser import check, check_sharing
from optimiser.check.view import View
from optimiser.schedule_case import PRICES_OF, ScheduleCase
from optimiser.schedule_solution import Action, Money, ScheduleEvaluation, Timetable
from optimiser.sharing_solution import Group, GroupCosts, SharingDecisions
from optimiser.solution import Decisions, Evaluation, Place, Transfer
from optimiser.units import Euros, FloatArray

_SMALL_EUR, _LARGE_EUR = 1_000_000.0, 10_000_000.0


def snapshot(plan: ScheduleCase, years: Timetable, t: int) -> Decisions:
    """What stands, and what is agreed, if everything stops at the end of a year.

    Parameters
    ----------
    plan
        The plan and its years.
    years
        Year of each action.
    t
        The year, from 0 (today). Works that are not finished count for nothing.

    Returns
    -------
    Decisions
        A plan of its own: its moves are those whose closing and opening are both done.
    """
    done = [action for action, year in years.items() if year <= t]
    sites: Counter[Place] = Counter()
    for service in plan.case.services:
        for commune in plan.case.territory.members:
            count = plan.case.territory.count(commune.code, service.code)
            sites[service.code, commune.code] = count
    for action in done:
        if action.kind in ("open", "close"):
            sites[action.what, action.where] += 1 if action.kind == "open" else -1
    opened = {(a.what, a.where) for a in done if a.kind == "open"}
    themes = {
        commune: tuple(
            theme
            for theme in given
            if any(w == commune and plan.case.catalogue[s].theme == theme for s, w in opened)
        )
        for commune, given in plan.decisions.themes.items()
    }
    agreed = {(a.what, a.where) for a in done if a.kind == "agreement"}
    return Decisions(
        sites={place: count for place, count in sites.items() if count},
        agreements=frozenset(agreed),
        transfers=_moved(plan, done, opened),
        themes={commune: given for commune, given in themes.items() if given},
    )


def _moved(plan: ScheduleCase, done: list[Action], opened: set[Place]) -> tuple[Transfer, ...]:
    """Moves that have taken place: the last closings of a commune are those that move."""
    closed = Counter((a.what, a.where) for a in done if a.kind == "close")
    planned = Counter((a.what, a.where) for a in plan.actions if a.kind == "close")
    moves: list[Transfer] = []
    for place in closed:
        mine = [m for m in plan.decisions.transfers if (m.service, m.origin) == place]
        ready = [m for m in mine if (m.service, m.destination) in opened]
        moves += ready[: max(0, closed[place] - (planned[place] - len(mine)))]
    return tuple(moves)


def networks(plan: ScheduleCase, years: Timetable) -> tuple[Evaluation, ...]:
    """Let the judge of plans look at today's network and at the one after each year (T + 1)."""
    found: list[Evaluation] = []
    before: Decisions | None = None
    for t in range(plan.years + 1):
        now = snapshot(plan, years, t)
        found.append(found[-1] if now == before else check.evaluate(plan.case, now))
        before = now
    return tuple(found)


@dataclass(frozen=True, eq=False)
class Ledger:
    """The money of a timetable in the catalogue's euros, year by year.

    Parameters
    ----------
    capital_at_eur
        Paid once, by type and member (K, n, T).
    running_eur
        More than today each year, by type (K, T).
    moving_eur, sharing_eur, staff
        Cost of moving, what groups save, and posts that move (T,).
    """

    capital_at_eur: FloatArray
    running_eur: FloatArray
    moving_eur: FloatArray
    sharing_eur: FloatArray
    staff: FloatArray

    @property
    def capital_eur(self) -> FloatArray:
        """Paid once, by type (K, T)."""
        capital: FloatArray = self.capital_at_eur.sum(axis=1)
        return capital

    @classmethod
    def of(cls, plan: ScheduleCase, years: Timetable, nets: tuple[Evaluation, ...]) -> "Ledger":
        """Add the actions up."""
        span = plan.years
        view = View.of(plan.case, plan.decisions)
        codes = [service.code for service in view.services]
        communes = [commune.code for commune in plan.case.territory.members]
        capital = np.zeros((len(codes), len(communes), span))
        staff = np.zeros(span)
        for action, year in years.items():
            if action.kind not in ("open", "close"):
                continue
            k, j = codes.index(action.what), communes.index(action.where)
            if action.kind == "open":
                cost = view.euros(k, j, view.services[k].capital_eur)
                works = _works(plan, action.what, cost)
                for t in range(max(1, year - works + 1), min(year, span) + 1):
                    capital[k, j, t - 1] += cost / works
            elif year <= span:
                capital[k, j, year - 1] += _closing(plan, view, action, k, j)
                posts = view.services[k].posts
                staff[year - 1] += 0.0 if posts is None else posts.base
        # The network of a year serves, and costs, from the next year on.
        running = np.zeros((len(codes), span))
        for t in range(1, span + 1):
            now, first = nets[t - 1].costs, nets[0].costs
            running[:, t - 1] = (now.running_eur - first.running_eur).sum(axis=1)
            running[:, t - 1] += (now.fees_eur - first.fees_eur).sum(axis=1)
        moving, saved = np.zeros(span), np.zeros(span)
        for action, (_, costs) in group_money(plan).items():
            year = years.get(action, span + 1)
            if year <= span:
                moving[year - 1] += costs.moving_eur
                staff[year - 1] += costs.staff
            for t in range(year + 1, span + 1):
                part = min(1.0, (t - year) / plan.asked.transition_years)
                saved[t - 1] += part * (costs.saving_eur + costs.moving_eur_per_year)
        return cls(capital, running, moving, saved, staff)


def _works(plan: ScheduleCase, service: str, cost: Euros) -> int:
    own = plan.asked.build_years.get(service)
    if own is not None:
        return own
    return 1 if cost < _SMALL_EUR else 2 if cost < _LARGE_EUR else 3


def _closing(plan: ScheduleCase, view: View, action: Action, k: int, j: int) -> Euros:
    """Cost of a closing; the last ones of a commune are moves, and cost nothing."""
    place = (action.what, action.where)
    closed = sum(a.kind == "close" and (a.what, a.where) == place for a in plan.actions)
    moved = sum((m.service, m.origin) == place for m in plan.decisions.transfers)
    free = action.number > closed - moved
    return 0.0 if free else view.euros(k, j, view.services[k].closing_eur)


def group_money(plan: ScheduleCase) -> dict[Action, tuple[Group, GroupCosts]]:
    """Groups as actions, with the money that the judge of sharing finds."""
    if plan.sharing is None:
        return {}
    groups = plan.shared.groups
    money = check_sharing.evaluate(plan.sharing, SharingDecisions(groups)).groups
    seen: Counter[tuple[str, str]] = Counter()
    found: dict[Action, tuple[Group, GroupCosts]] = {}
    for group, costs in zip(groups, money, strict=True):
        key = (group.function, group.host)
        seen[key] += 1
        found[Action("share", *key, seen[key])] = (group, costs)
    return found


def measure(plan: ScheduleCase, years: Timetable) -> ScheduleEvaluation:
    """Recompute networks, money and value.

    Parameters
    ----------
    plan
        The plan and its years.
    years
        Year of each action.

    Returns
    -------
    ScheduleEvaluation
        Without its violations, which `optimiser.check_schedule.rules` finds.
    """
    nets = networks(plan, years)
    ledger = Ledger.of(plan, years, nets)
    paid = money(plan, ledger)
    objective = plan.case.scenario.objective.person_value_eur_per_year
    rate = plan.case.scenario.budget.discount_rate
    groups = group_money(plan)
    value = 0.0
    for t in range(1, plan.years + 1):
        shared = sum(c.saving_eur for a, (_, c) in groups.items() if years.get(a, t + 1) <= t)
        worth = objective * (nets[t].score - nets[0].score) + shared
        worth += float(paid.subsidies_eur[:, t - 1].sum())
        value += worth / (1 + rate) ** (t - 1)
    return ScheduleEvaluation(
        networks=nets,
        spending_eur=ledger.capital_eur.sum(axis=0) + ledger.moving_eur,
        staff=ledger.staff,
        money=paid,
        value_eur=value,
    )


def money(plan: ScheduleCase, ledger: Ledger) -> Money:
    """Follow the money of every year at its prices, down to the debt.

    Parameters
    ----------
    plan
        The plan and its years.
    ledger
        The same in the catalogue's euros.

    Returns
    -------
    Money
        What is paid: debt rises by what is invested, less subsidies, less what the CAF leaves
        after all other investment.
    """
    asked, finances, span = plan.asked, plan.finances, plan.years
    since = asked.first_year - PRICES_OF
    dearer = [(1 + asked.capital_price_growth) ** (since + t) for t in range(span)]
    prices = [(1 + asked.running_price_growth) ** (since + t) for t in range(span)]
    capital, moving = ledger.capital_eur * dearer, ledger.moving_eur * dearer
    running, shared = ledger.running_eur * prices, ledger.sharing_eur * prices
    subsidies = _subsidies(plan, capital)
    lines = np.zeros(span)
    for line in finances.lines:
        for t in range(span):
            begun = asked.first_year + t >= (line.first_year or asked.first_year)
            if begun and line.kind == "contribution":
                lines[t] += line.change_eur_per_year
    caf, other, interest = np.zeros(span), np.zeros(span), np.zeros(span)
    debt = np.zeros(span + 1)
    debt[0] = plan.debt_today_eur
    for t in range(span):
        without = plan.caf_today_eur * (1 + finances.caf_growth) ** (t + 1)
        other[t] = without - finances.own_funds_eur_per_year
        interest[t] = finances.interest_rate * debt[t]
        saved = shared[t] - float(running[:, t].sum()) - lines[t]
        caf[t] = without + saved - (interest[t] - finances.interest_rate * debt[0])
        invested = float(capital[:, t].sum()) + moving[t] - float(subsidies[:, t].sum())
        debt[t + 1] = debt[t] + invested - (caf[t] - other[t])
    return Money(capital, moving, subsidies, running, shared, lines, caf, other, interest, debt)


def _subsidies(plan: ScheduleCase, capital: FloatArray) -> FloatArray:
    paid = np.zeros(capital.shape)
    for subsidy in plan.asked.subsidies:
        for k, service in enumerate(plan.case.services):
            for t in range(plan.years):
                year = plan.asked.first_year + t
                first, last = subsidy.first_year or year, subsidy.last_year or year
                if service.code == subsidy.service and first <= year <= last:
                    most = subsidy.most_eur_per_year
                    amount = subsidy.share * float(capital[k, t])
                    paid[k, t] += amount if most is None else min(amount, most)
    return paid
