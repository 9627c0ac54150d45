"""Formulation F4: in which year each action of a plan is done, written in PuLP.

Sets, variables and constraints are listed in docs/mathematics-schedule.md under the names of the
methods here; the limits that a scenario may set stand in `optimiser.schedule.families`. Indices:
a action, t year, k service, i member as demand, j commune as site, r tier.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import pulp

from optimiser.cells import CellDemand
from optimiser.planning.cell_groups import Group, tier_blocks
from optimiser.planning.rules import Programme, Term, total
from optimiser.schedule_case import ScheduleCase
from optimiser.schedule_solution import Action

Linear: TypeAlias = tuple[list[Term], float]
"""Terms and a constant."""


@dataclass(frozen=True, slots=True, order=True)
class Literal:
    """A site that serves: from an action on (an opening), or until it (a closing)."""

    action: Action
    starts: bool


@dataclass(frozen=True, slots=True)
class Cover:
    """Demand that the same sites bring within one tier of one type.

    Parameters
    ----------
    k, r, basin
        Type, tier and basin; a tier that no rule asks for by basin may have -1.
    sites
        What serves it; one of these suffices. Who is always served is in no cover.
    today
        Whether today's network serves it.
    points, public
        Demand in points, and persons.
    """

    k: int
    r: int
    basin: int
    sites: tuple[Literal, ...]
    today: bool
    points: float
    public: float


_Served: TypeAlias = tuple[int, int, tuple[Literal, ...]]
"""Tier, basin and sites of a cover."""


class ScheduleModel(Programme):
    """The integer programme of one plan; with ``choose``, of the choice of a plan as well.

    Parameters
    ----------
    plan
        The plan and its years.
    actions
        What may be done: the plan's actions, or everything that any plan may do.
    choose
        True: actions may also be left undone.

    Attributes
    ----------
    done
        Columns (T,) by action: it is done by the end of that year.
    served
        Columns by cover (its position in `covers`) and year.
    moved
        With ``choose``: columns by (k, origin, destination) and year, a closing that is a move.
    covers
        What depends on the actions.
    """

    def __init__(
        self, plan: ScheduleCase, actions: Sequence[Action], *, choose: bool = False
    ) -> None:
        super().__init__("schedule")
        self.plan = plan
        self.case = plan.case
        self.choose = choose
        self.actions = tuple(actions)
        self.years = range(1, plan.years + 1)
        self.opens: dict[tuple[int, int], Action] = {}
        self.closes: dict[tuple[int, int], list[Action]] = defaultdict(list)
        self.agreed: dict[tuple[int, int], Action] = {}
        self.moved: dict[tuple[int, int, int], list[pulp.LpVariable]] = {}
        self.served: dict[tuple[int, int], pulp.LpVariable] = {}
        self._terms: list[Term] = []
        self._constant = 0.0
        self.done = {action: self._columns(n, action) for n, action in enumerate(self.actions)}
        self._order()
        if choose:
            self._moves()
        self.covers = tuple(self._covers())
        self._coverage()
        self._duplicates()
        self._costs()
        self.problem.setObjective(total(self._terms) + self._constant)

    def earn(self, terms: Iterable[Term], constant: float = 0.0) -> None:
        """Add to the objective."""
        more = list(terms)
        self._terms += more
        self._constant += constant
        self.problem.setObjective(total(self._terms) + self._constant)

    # -- actions -------------------------------------------------------------------------------

    def _columns(self, n: int, action: Action) -> list[pulp.LpVariable]:
        """Add x_at: done by the end of year t. Works must have had their years."""
        first, last = 1, self.plan.years
        if action.kind != "share":
            k, j = self.plan.place(action)
            if action.kind == "open":
                self.opens[k, j] = action
                first = self.plan.works_years(k, j)
            elif action.kind == "close":
                self.closes[k, j].append(action)
            else:
                self.agreed[k, j] = action
        columns = []
        for t in self.years:
            column = self.binary(f"done_{n}_{t}")
            if t < first:
                column.upBound = 0
            elif t == last and not self.choose:
                column.lowBound = 1
            columns.append(column)
        return columns

    def _order(self) -> None:
        """What is done stays done; the sites of a commune close one after the other."""
        for columns in self.done.values():
            for before, after in pairwise(columns):
                self.row(before <= after)
        for closings in self.closes.values():
            for first, second in pairwise(closings):
                for one, two in zip(self.done[first], self.done[second], strict=True):
                    self.row(two <= one)

    def by(self, action: Action, t: int) -> list[Term]:
        """Terms that are 1 where an action is done by the end of year t, from 0 to beyond T."""
        if t < 1:
            return []
        return [(self.done[action][min(t, self.plan.years) - 1], 1.0)]

    def during(self, action: Action, first: int, last: int) -> list[Term]:
        """Terms that are 1 where an action is done in the years ``first`` to ``last``."""
        return self.by(action, last) + [(c, -x) for c, x in self.by(action, first - 1)]

    def count(self, k: int, places: Iterable[int], t: int) -> Linear:
        """Sites of k that operate in members after year t."""
        terms: list[Term] = []
        constant = 0.0
        for j in places:
            constant += float(self.case.existing[k, j])
            if (k, j) in self.opens:
                terms += self.by(self.opens[k, j], t)
            for action in self.closes.get((k, j), ()):
                terms += [(column, -1.0) for column, _ in self.by(action, t)]
        return terms, constant

    # -- what it is worth ------------------------------------------------------------------------

    def _literal(self, k: int, j: int, needed: int) -> Literal | bool:
        """When at least ``needed`` sites of k in j serve: always, never, or by one action."""
        if (k, j) in self.agreed:
            return Literal(self.agreed[k, j], starts=True)
        if j >= len(self.case.members):
            return False
        count = int(self.case.existing[k, j])
        if not count:
            return needed <= 1 and (k, j) in self.opens and Literal(self.opens[k, j], starts=True)
        closings = self.closes.get((k, j), [])
        number = count - needed + 1
        if number < 1:
            return False
        return number > len(closings) or Literal(closings[number - 1], starts=False)

    def _covers(self) -> Iterable[Cover]:
        case = self.case
        for k, service in enumerate(case.services):
            touched = {self.plan.place(a)[1] for a in self.actions if a.what == service.code}
            if not touched:
                continue
            if case.cells is not None:
                yield from self._covers_of_cells(case.cells, k)
                continue
            for r, tier in enumerate(service.tiers):
                near = case.within(tier.minutes)
                groups: dict[tuple[int, tuple[Literal, ...]], list[int]] = defaultdict(list)
                for i in range(len(case.members)):
                    places = set(np.flatnonzero(near[i]).tolist()) | {i}
                    needed = case.own_sites_for(i, tier.minutes)
                    found = [self._literal(k, j, needed if j == i else 1) for j in sorted(places)]
                    sites = tuple(sorted({s for s in found if isinstance(s, Literal)}))
                    if sites and True not in found:
                        groups[int(case.basin_of[i]), sites].append(i)
                for (basin, sites), communes in groups.items():
                    demand, public = (
                        float(of[k, communes].sum()) for of in (case.demand, case.public)
                    )
                    yield self._cover(k, (r, basin, sites), demand, public)

    def _covers_of_cells(self, cells: CellDemand, k: int) -> Iterable[Cover]:
        """Covers of cells, whose sites all stand at the town halls."""
        service = self.case.services[k]
        serves = [self._literal(k, j, 1) for j in range(len(self.case.territory.communes))]
        groups: dict[_Served, list[Group]] = defaultdict(list)
        for r, places, group in tier_blocks(self.case, cells).groups(k, service.guarantee_tier):
            found = [serves[j] for j in places.tolist()]
            sites = tuple(sorted({s for s in found if isinstance(s, Literal)}))
            if sites and True not in found:
                groups[r, group.basin, sites].append(group)
        for served, parts in groups.items():
            demand, public = sum(g.demand for g in parts), sum(g.persons for g in parts)
            yield self._cover(k, served, demand, public)

    def _cover(self, k: int, served: _Served, demand: float, public: float) -> Cover:
        case, (r, basin, sites) = self.case, served
        return Cover(
            k=k,
            r=r,
            basin=basin,
            sites=sites,
            today=not all(site.starts for site in sites),
            points=case.services[k].increments[r] * float(case.importance[k]) * demand,
            public=public,
        )

    def serving(self, cover: Cover, t: int) -> Linear:
        """Sites of a cover that serve after year t."""
        terms: list[Term] = []
        constant = 0.0
        for site in cover.sites:
            sign = 1.0 if site.starts else -1.0
            constant += 0.0 if site.starts else 1.0
            terms += [(column, sign) for column, _ in self.by(site.action, t)]
        return terms, constant

    @property
    def worth(self) -> Mapping[int, float]:
        """Euros of a point of each year's network."""
        value = self.case.scenario.objective.person_value_eur_per_year
        return {t: value * float(self.plan.discount[t - 1]) for t in self.years}

    def _coverage(self) -> None:
        """Add z_gt <= sum of the sites that serve group g after year t."""
        for g, cover in enumerate(self.covers):
            for t in self.years:
                served = self.problem.add_variable(f"served_{g}_{t}", 0, 1)
                terms, constant = self.serving(cover, t)
                self.row(served - total(terms) <= constant)
                self.served[g, t] = served
                points = cover.points * self.worth[t]
                self._terms.append((served, points))
                self._constant -= points * cover.today

    def _duplicates(self) -> None:
        """Add d_it >= sites within the exclusive time of i - sites that its public fills."""
        case = self.case
        weight = case.scenario.objective.duplicate_weight
        everybody = range(len(case.members))
        for k in range(len(case.services)):
            changing = {j for s, j in (*self.opens, *self.closes) if s == k}
            groups: dict[tuple[tuple[int, ...], int], float] = defaultdict(float)
            for i in everybody:
                near = tuple(np.flatnonzero(case.exclusive[k][i]).tolist())
                if changing & set(near):
                    needed = int(case.sites_needed[k, i])
                    groups[near, needed] += float(case.demand[k, i])
            for g, ((near, needed), demand) in enumerate(groups.items()):
                points = weight * float(case.importance[k]) * demand
                now = max(0, int(case.existing[k, list(near)].sum()) - needed)
                for t in self.years if points else ():
                    terms, constant = self.count(k, near, t)
                    excess = self.problem.add_variable(f"excess_{k}_{g}_{t}", 0)
                    self.row(total(terms) - excess <= needed - constant)
                    self._terms.append((excess, -points * self.worth[t]))
                    self._constant += points * now * self.worth[t]

    def _costs(self) -> None:
        """Charge each year with running costs, fees and its part of capital, above today's."""
        value = self.case.scenario.objective.person_value_eur_per_year
        for t in self.years:
            factor = -self.worth[t] / value
            terms = self.recurrent(t) + [
                (column, self.case.annuity(k) * euros) for k, column, euros in self._written_off(t)
            ]
            self._terms += [(column, factor * euros) for column, euros in terms]
            for action, (_, costs) in self.plan.groups.items():
                if action in self.done:
                    # What moving costs is spread as the sharing scenario spreads it.
                    saved = [(c, -costs.saving_eur * factor) for c, _ in self.by(action, t)]
                    self._terms += saved

    def recurrent(self, t: int) -> list[Term]:
        """List euros a year, above today's, of the network after year t."""
        case = self.case
        terms: list[Term] = []
        for (k, j), action in self.opens.items():
            terms += [(c, float(case.running_eur[k, j])) for c, _ in self.by(action, t)]
        for (k, j), actions in self.closes.items():
            euros = -float(case.running_eur[k, j])
            terms += [(c, euros) for action in actions for c, _ in self.by(action, t)]
        for (k, j), action in self.agreed.items():
            terms += [(c, float(case.fee_eur[k, j])) for c, _ in self.by(action, t)]
        return terms

    def _written_off(self, t: int) -> list[tuple[int, pulp.LpVariable, float]]:
        """List euros once of what is done by year t, by service."""
        terms = [
            (k, column, float(self.case.capital_eur[k, j]))
            for (k, j), action in self.opens.items()
            for column, _ in self.by(action, t)
        ]
        for k, _, action in self._closings():
            terms += [(k, c, self.closing_eur(action)) for c, _ in self.by(action, t)]
        for (k, a, _), columns in self.moved.items():
            terms.append((k, columns[t - 1], -float(self.case.closing_eur[k, a])))
        return terms

    def _closings(self) -> list[tuple[int, int, Action]]:
        return [(k, j, action) for (k, j), actions in self.closes.items() for action in actions]

    def closing_eur(self, action: Action) -> float:
        """Euros once of a closing; where moves are chosen too, they give it back."""
        if self.choose:
            return float(self.case.closing_eur[self.plan.place(action)])
        return self.plan.closing_eur(action)

    def _moves(self) -> None:
        """Add moves: a closing done by year t that an opening done by year t replaces."""
        leaving, coming = defaultdict(list), defaultdict(list)
        for k in range(len(self.case.services)):
            for a, b in self.case.transfers(k):
                if self.case.closing_eur[k, a] > 0 and (k, a) in self.closes:
                    name = f"moved_{k}_{a}_{b}"
                    columns = [self.problem.add_variable(f"{name}_{t}", 0, 1) for t in self.years]
                    for before, after in pairwise(columns):
                        self.row(before <= after)
                    self.moved[k, a, b] = columns
                    leaving[k, a].append(columns)
                    coming[k, b].append(columns)
        for t in self.years:
            for (k, a), moves in leaving.items():
                for first in (t - 1, 0) if t > 1 else (0,):
                    # In every year, and in all: no more moves than closings.
                    terms = [(m[t - 1], 1.0) for m in moves]
                    terms += [(m[first - 1], -1.0) for m in moves if first]
                    for action in self.closes[k, a]:
                        terms += [(c, -x) for c, x in self.during(action, first + 1, t)]
                    self.row(total(terms) <= 0)
            for (k, b), moves in coming.items():
                terms = [(m[t - 1], 1.0) for m in moves]
                terms += [(c, -1.0) for c, _ in self.by(self.opens[k, b], t)]
                self.row(total(terms) <= 0)

    def spending(self, t: int) -> dict[int, list[Term]]:
        """List euros paid once in year t, in the catalogue's euros, by type; -1: moving."""
        terms: dict[int, list[Term]] = defaultdict(list)
        for (k, j), action in self.opens.items():
            works = self.plan.works_years(k, j)
            part = float(self.case.capital_eur[k, j]) / works
            terms[k] += [(c, part * x) for c, x in self.during(action, t, t + works - 1)]
        for k, _, action in self._closings():
            euros = self.closing_eur(action)
            terms[k] += [(c, euros * x) for c, x in self.during(action, t, t)]
        for (k, a, _), columns in self.moved.items():
            euros = -float(self.case.closing_eur[k, a])
            terms[k].append((columns[t - 1], euros))
            if t > 1:
                terms[k].append((columns[t - 2], -euros))
        for action, (_, costs) in self.plan.groups.items():
            if action in self.done:
                terms[-1] += [(c, costs.moving_eur * x) for c, x in self.during(action, t, t)]
        return terms
