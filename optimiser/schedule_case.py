"""An accepted plan as actions, with the figures of every year that the model starts from.

Nothing here decides anything. Years are counted from 1; arrays over years are indexed from 0. What
is done in a year is done at its end: the network of a year serves the next one.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from optimiser import check_sharing
from optimiser.case import Case
from optimiser.schedule_scenario import Finances, Schedule
from optimiser.schedule_solution import Action, ActionKind
from optimiser.sharing_case import SharingCase
from optimiser.sharing_solution import Group, GroupCosts, SharingDecisions
from optimiser.solution import Decisions
from optimiser.units import Euros, FloatArray, IntArray

PRICES_OF = 2024
"""Year of the catalogue's euros."""

_WORKS_EUR = (1_000_000.0, 10_000_000.0)
"""Works below the first take one year, below the second two, else three: an assumption."""


@dataclass(frozen=True, eq=False)
class ScheduleCase:
    """A plan to spread over the years of its scenario.

    Parameters
    ----------
    case, decisions
        A case and its accepted plan.
    sharing, shared
        The other half of the scenario and its groups; None, and no group, without it.
    """

    case: Case
    decisions: Decisions
    sharing: SharingCase | None = None
    shared: SharingDecisions = field(default_factory=SharingDecisions)

    @property
    def asked(self) -> Schedule:
        """Section of the scenario about years."""
        return self.case.scenario.schedule

    @property
    def finances(self) -> Finances:
        """Section of the scenario about debt and self-financing."""
        return self.case.scenario.finances

    @property
    def years(self) -> int:
        """Number of years (T)."""
        return self.asked.years

    def with_years(self, years: int) -> "ScheduleCase":
        """Give the same plan another number of years; an even envelope keeps its euros a year."""
        changes: dict[str, object] = {"years": years}
        if self.asked.capital_eur_per_year == "even":
            changes["capital_eur_per_year"] = self.envelope_eur
        schedule = self.asked.model_copy(update=changes)
        scenario = self.case.scenario.model_copy(update={"schedule": schedule})
        return replace(self, case=replace(self.case, scenario=scenario))

    # -- actions -----------------------------------------------------------------------------

    @cached_property
    def after(self) -> IntArray:
        """Sites (K, n) of the plan."""
        return np.array(
            [
                [self.decisions.sites.get((s.code, c.code), 0) for c in self.case.members]
                for s in self.case.services
            ],
            dtype=np.int64,
        ).reshape(len(self.case.services), len(self.case.members))

    @cached_property
    def actions(self) -> tuple[Action, ...]:
        """Everything that the plan does, in a fixed order."""
        case = self.case
        change = self.after - case.existing[:, : len(case.members)]
        found = []
        for k, j in np.argwhere(change).tolist():
            kind: ActionKind = "open" if change[k, j] > 0 else "close"
            found += [
                Action(kind, case.services[k].code, case.members[j].code, number)
                for number in range(1, abs(int(change[k, j])) + 1)
            ]
        found += [Action("agreement", *place) for place in sorted(self.decisions.agreements)]
        return (*found, *self.groups)

    @cached_property
    def groups(self) -> dict[Action, tuple[Group, GroupCosts]]:
        """Groups that start to share, with their money as the judge of sharing has it."""
        if self.sharing is None:
            return {}
        money = check_sharing.evaluate(self.sharing, self.shared).groups
        groups: dict[Action, tuple[Group, GroupCosts]] = {}
        for group, costs in zip(self.shared.groups, money, strict=True):
            same = [a for a in groups if (a.what, a.where) == (group.function, group.host)]
            groups[Action("share", group.function, group.host, len(same) + 1)] = (group, costs)
        return groups

    def place(self, action: Action) -> tuple[int, int]:
        """Indices (k, j) of an action on a facility; j counts neighbours after members."""
        return self._services[action.what], self._communes[action.where]

    @cached_property
    def _services(self) -> dict[str, int]:
        return {service.code: k for k, service in enumerate(self.case.services)}

    @cached_property
    def _communes(self) -> dict[str, int]:
        return {commune.code: j for j, commune in enumerate(self.case.territory.communes)}

    @cached_property
    def moves(self) -> dict[tuple[int, int], list[int]]:
        """Destinations of the sites that move, by type and origin (k, a)."""
        found: dict[tuple[int, int], list[int]] = {}
        for move in self.decisions.transfers:
            place = (self._services[move.service], self._communes[move.origin])
            found.setdefault(place, []).append(self._communes[move.destination])
        return found

    def works_years(self, k: int, j: int) -> int:
        """Years of works of a new site of k in member j."""
        own = self.asked.build_years.get(self.case.services[k].code)
        cost = float(self.case.capital_eur[k, j])
        return own or 1 + sum(cost >= limit for limit in _WORKS_EUR)

    def closing_eur(self, action: Action) -> Euros:
        """Cost of a closing: none for the last ones of a commune that are moves."""
        k, j = self.place(action)
        closed = int(self.case.existing[k, j] - self.after[k, j])
        moved = len(self.moves.get((k, j), ()))
        return float(self.case.closing_eur[k, j]) if action.number <= closed - moved else 0.0

    def posts(self, action: Action) -> float:
        """Full-time posts that an action moves: a group's, or those of a site that closes."""
        if action.kind == "share":
            return self.groups[action][1].staff
        known = self.case.catalogue[action.what].posts
        return known.base if action.kind == "close" and known is not None else 0.0

    @cached_property
    def total_eur(self) -> Euros:
        """Everything that the plan costs once."""
        works = sum(
            float(self.case.capital_eur[self.place(a)]) for a in self.actions if a.kind == "open"
        )
        closings = sum(self.closing_eur(a) for a in self.actions if a.kind == "close")
        return works + closings + sum(costs.moving_eur for _, costs in self.groups.values())

    @cached_property
    def envelope_eur(self) -> Euros | None:
        """Capital of a year; None: no limit."""
        limit = self.asked.capital_eur_per_year
        return self.total_eur / self.years if limit == "even" else limit

    @property
    def staff_limit(self) -> float | None:
        """Most posts that move in a year; None: no limit."""
        own = self.asked.staff_moved_per_year
        return self.case.scenario.sharing.staff_moved_per_year if own is None else own

    @property
    def too_many_posts(self) -> dict[Action, float]:
        """Posts of the actions that alone move more than a year may, whatever the years."""
        limit = self.staff_limit
        if limit is None:
            return {}
        posts = {action: self.posts(action) for action in self.actions}
        return {a: p for a, p in posts.items() if p > limit * (1 + 1e-9)}

    # -- figures of every year ----------------------------------------------------------------

    @cached_property
    def discount(self) -> FloatArray:
        """Worth (T,) of a euro of each year; the first year's is 1."""
        rate = self.case.scenario.budget.discount_rate
        factors: FloatArray = (1.0 + rate) ** -np.arange(self.years, dtype=np.float64)
        return factors

    def prices(self, growth: float) -> FloatArray:
        """Prices (T,) of each year, those of the catalogue being 1."""
        since = self.asked.first_year - PRICES_OF + np.arange(self.years, dtype=np.float64)
        grown: FloatArray = (1.0 + growth) ** since
        return grown

    def realised(self, age: int) -> float:
        """Part of its saving that a group reaches in the age-th year after it started."""
        return min(1.0, max(0, age) / self.asked.transition_years)

    @cached_property
    def own_rise_eur(self) -> Euros | None:
        """Rise of the recurrent cost without what shared functions save; None: no limit.

        A plan that savings pay for has them in full in its limit; in a year it may spend only those
        of the groups that have started, as far as they save by then.
        """
        limit = self.case.scenario.budget.running_increase_eur_per_year
        if limit is None or not self.funds_facilities:
            return limit
        saved = sum(c.saving_eur + c.moving_eur_per_year for _, c in self.groups.values())
        return limit - saved

    @property
    def funds_facilities(self) -> bool:
        """Whether what shared functions save pays for facilities."""
        return self.sharing is not None and self.sharing.asked.funds_facilities

    @cached_property
    def caf_today_eur(self) -> Euros:
        """Gross self-financing of a year before the plan."""
        own = self.finances.caf_eur_per_year
        if own is not None:
            return own
        net = self._accounts("net_saving_eur")
        return net + self._accounts("debt_eur") / self.finances.repayment_years

    @cached_property
    def debt_today_eur(self) -> Euros:
        """Debt before the first year."""
        own, years = self.finances.debt_eur, self.finances.debt_years_today
        if own is not None:
            return own
        if years is not None:
            return years * max(0.0, self.caf_today_eur)
        return self._accounts("debt_eur")

    def _accounts(self, account: str) -> Euros:
        known = [c for c in self.case.members if c.finances is not None]
        return float(sum(c.population * getattr(c.finances, account) for c in known))

    @cached_property
    def caf_without_eur(self) -> FloatArray:
        """Gross self-financing (T,) of each year without the plan."""
        growth = (1.0 + self.finances.caf_growth) ** np.arange(1, self.years + 1)
        return np.asarray(self.caf_today_eur * growth, dtype=np.float64)

    @cached_property
    def other_investment_eur(self) -> FloatArray:
        """All other investment (T,): what leaves the debt as it is without the plan."""
        return np.asarray(self.caf_without_eur - self.finances.own_funds_eur_per_year)

    @cached_property
    def lines_eur(self) -> FloatArray:
        """What contributions to others rise by (T,); redistribution stays inside."""
        first = self.asked.first_year
        rises = np.zeros(self.years)
        for line in self.finances.lines:
            if line.kind == "contribution":
                begin = max(0, (line.first_year or first) - first)
                rises[begin:] += line.change_eur_per_year
        return rises
