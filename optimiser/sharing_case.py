"""A question about support functions held against its territory: what model and judge start from.

Nothing here decides anything. Arrays are indexed f (function), i (member commune) and h (host:
members first, then the teams of the EPCI).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np

from optimiser.access import TravelTimes
from optimiser.catalogue import CostCase
from optimiser.errors import ScenarioError
from optimiser.functions import Curve, FunctionCatalogue, FunctionCode, SupportFunction, assume
from optimiser.scenario import Scenario
from optimiser.sharing_misfits import misfits
from optimiser.sharing_scenario import EVERY, Participation, Sharing
from optimiser.territory import Commune, Territory
from optimiser.units import BoolArray, FloatArray, InseeCode

Origin: TypeAlias = Literal["count", "estimated", "user"]
"""Where a volume comes from: a count of the facts, a stated rule, or the user."""

Volumes: TypeAlias = Mapping[FunctionCode, Mapping[InseeCode, float]]


@dataclass(frozen=True)
class SharingCase:
    """One scenario, one territory, one catalogue of functions and its travel times.

    Parameters
    ----------
    territory, functions, travel, scenario
        What is there, what can be shared, how far, and what is asked.
    given
        Volumes that the user entered, by function and commune.
    case
        Case of the evidence; None: that of the scenario.

    Raises
    ------
    ScenarioError
        The scenario names functions or communes that do not exist, or contradicts itself.
    """

    territory: Territory
    functions: FunctionCatalogue
    travel: TravelTimes
    scenario: Scenario
    given: Volumes = field(default_factory=dict)
    case: CostCase | None = None

    def __post_init__(self) -> None:
        """Refuse a scenario that does not fit its territory and functions."""
        findings = tuple(misfits(self.territory, self.functions, self.asked))
        if findings:
            raise ScenarioError(findings)

    @property
    def asked(self) -> Sharing:
        """Section of the scenario about support functions."""
        return self.scenario.sharing

    @property
    def saving_case(self) -> CostCase:
        """Case of the evidence on which is decided."""
        return self.case or self.asked.saving_case

    @property
    def members(self) -> tuple[Commune, ...]:
        """Communes of the territory, by code."""
        return self.territory.members

    @cached_property
    def wanted(self) -> tuple[SupportFunction, ...]:
        """Functions asked about, with the user's own figures, in the catalogue's order."""
        names, values = self.asked.functions, self.asked.values
        return tuple(
            assume(f, saving=values[f.code].saving, unit_cost_eur=values[f.code].unit_cost_eur)
            if f.code in values
            else f
            for f in self.functions
            if not names or f.code in names
        )

    @cached_property
    def planned(self) -> tuple[SupportFunction, ...]:
        """Functions that can be decided: those for which every figure is there."""
        return tuple(function for function in self.wanted if not function.missing)

    @cached_property
    def value_needed(self) -> tuple[SupportFunction, ...]:
        """Functions without evidence, for which the user has entered no value."""
        return tuple(function for function in self.wanted if function.missing)

    # -- volumes and costs -------------------------------------------------------------------

    def origin(self, f: int, i: int) -> Origin:
        """Where the volume of function f in member i comes from."""
        function = self.planned[f]
        if self.members[i].code in self.given.get(function.code, {}):
            return "user"
        return "estimated" if function.volume.estimated else "count"

    @cached_property
    def volumes(self) -> FloatArray:
        """Volume (F, n) of each function in each member, a year."""
        return np.array(
            [volumes_of(f, self.members, self.given) for f in self.planned], dtype=np.float64
        ).reshape(len(self.planned), len(self.members))

    @cached_property
    def curves(self) -> tuple[Curve, ...]:
        """Cost curve (F) of each function."""
        return tuple(function.cost_curve(self.saving_case) for function in self.planned)

    @cached_property
    def alone_eur(self) -> FloatArray:
        """Euros a year (F, n) of each commune alone."""
        return np.array(
            [curve.alone(v) for curve, v in zip(self.curves, self.volumes, strict=True)]
        ).reshape(self.volumes.shape)

    @cached_property
    def moving_eur(self) -> FloatArray:
        """Euros once (F, n) to move each commune's function to a host."""
        shares = [f.transition.at(self.saving_case) * self.asked.overrun for f in self.planned]
        return np.array(shares).reshape(-1, 1) * self.alone_eur

    @cached_property
    def staff(self) -> FloatArray:
        """Full-time posts (F, n) that move with each commune's function."""
        rates = [function.staff_per_unit for function in self.planned]
        return np.array(rates).reshape(-1, 1) * self.volumes

    @cached_property
    def annuity(self) -> float:
        """Part of the cost of moving that one year bears."""
        years, rate = self.asked.transition_years, self.scenario.budget.discount_rate
        if math.isclose(rate, 0.0):
            return 1.0 / years
        return rate / (1.0 - (1.0 + rate) ** -years)

    @cached_property
    def joining_eur(self) -> FloatArray:
        """Euros a year (F, n, H) that member i costs in a group hosted by h, beside the curve.

        Partner penalty, minutes, leakage and the year's part of moving; 0 for the host itself;
        inf where i cannot join h.
        """
        case = self.saving_case
        # Who is out of reach cannot join, whatever it would cost.
        minutes = np.where(np.isfinite(self.host_minutes), self.host_minutes, 0.0)
        own = np.zeros(minutes.shape, dtype=bool)
        own[:, : len(self.members)] = np.eye(len(self.members), dtype=bool)
        costs = np.zeros((len(self.planned), *minutes.shape))
        for f, function in enumerate(self.planned):
            each = function.leakage.at(case) * self.alone_eur[f]
            each = each + self.annuity * self.moving_eur[f] + function.partner_eur.at(case)
            costs[f] = np.where(own, 0.0, each[:, None] + function.minute_eur * minutes)
        costs[~self.can_join] = np.inf
        return costs

    # -- who may sit with whom -----------------------------------------------------------------

    @cached_property
    def teams(self) -> tuple[str, ...]:
        """Basins of the EPCI's teams: one for each basin where groups stay inside, else one."""
        if self.asked.hosts == "communes":
            return ()
        return tuple(self.territory.basins) if self.asked.same_basin else ("",)

    @cached_property
    def hosts(self) -> tuple[InseeCode, ...]:
        """Codes (H) of the hosts: members, then the EPCI once for each of its teams."""
        codes = [commune.code for commune in self.members]
        return (*codes, *(self.territory.code for _ in self.teams))

    @cached_property
    def seat(self) -> int:
        """Index of the commune in which the EPCI's services sit."""
        if self.asked.seat:
            return self.territory.member_index(self.asked.seat)
        return int(np.argmax([commune.population for commune in self.members]))

    @cached_property
    def host_minutes(self) -> FloatArray:
        """Minutes (n, H) from each member to each host; 0 to itself."""
        codes = [commune.code for commune in self.members]
        between = self.travel.between(codes, codes).copy()
        np.fill_diagonal(between, 0.0)
        columns = [*range(len(codes)), *(self.seat for _ in self.teams)]
        return between[:, columns]

    @cached_property
    def can_host(self) -> BoolArray:
        """Whether (F, H) a host may host a function."""
        n = len(self.members)
        people = np.array([commune.population for commune in self.members])
        allowed = np.ones((len(self.planned), n + len(self.teams)), dtype=bool)
        chosen = {self.territory.member_index(name) for name in self.asked.host_communes}
        for f, function in enumerate(self.planned):
            allowed[f, :n] = people >= min(function.minimum_host, people.max())
            if self.asked.hosts == "epci":
                allowed[f, :n] = False
            elif chosen:
                allowed[f, :n] = [i in chosen for i in range(n)]
        allowed[:, :n] &= self.active
        return allowed

    @cached_property
    def can_join(self) -> BoolArray:
        """Whether (F, n, H) a member may join a host: near enough, same basin, not yet shared.

        Where no road leads from one to the other, only work that needs none can be shared.
        """
        n = len(self.members)
        most = self.asked.minutes_most
        road = np.isfinite(self.host_minutes)
        near = road & (self.host_minutes <= (math.inf if most is None else most + 1e-9))
        office = np.array([not function.needs_travel for function in self.planned])
        # Work that needs no road can be shared where there is none.
        reach = near[None] | (~road[None] & office[:, None, None])
        if self.asked.same_basin:
            basins = [commune.basin for commune in self.members]
            homes = [*basins, *self.teams]
            reach &= np.array([[here == home for home in homes] for here in basins])
        reach[:, :, :n] |= np.eye(n, dtype=bool)
        found: BoolArray = reach & self.can_host[:, None, :] & self.active[:, :, None]
        return found

    @cached_property
    def active(self) -> BoolArray:
        """Whether (F, n) a member's function is still to be decided: some volume, no group yet."""
        free = self.volumes > 0
        codes = [function.code for function in self.planned]
        for group in self.asked.already:
            if group.function in codes:
                for name in group.communes:
                    free[codes.index(group.function), self.territory.member_index(name)] = False
        return free

    @cached_property
    def opted_out(self) -> BoolArray:
        """Whether (F, n) a commune stays out."""
        return self._marks(self.asked.opt_outs)

    @cached_property
    def must_join(self) -> BoolArray:
        """Whether (F, n) a commune must be in a group."""
        return self._marks(self.asked.joins)

    @cached_property
    def vetoes(self) -> tuple[tuple[int, int, int], ...]:
        """Triples (f, i, other) that do not sit together, i < other."""
        found = set()
        for veto in self.asked.vetoes:
            pair = sorted(
                self.territory.member_index(name) for name in (veto.commune, veto.against)
            )
            for f, function in enumerate(self.planned):
                if veto.function in (EVERY, function.code):
                    found.add((f, pair[0], pair[1]))
        return tuple(sorted(found))

    def _marks(self, wishes: tuple[Participation, ...]) -> BoolArray:
        marks = np.zeros(self.volumes.shape, dtype=bool)
        for wish in wishes:
            for f, function in enumerate(self.planned):
                if wish.function in (EVERY, function.code):
                    marks[f, self.territory.member_index(wish.commune)] = True
        return marks


def volumes_of(
    function: SupportFunction, members: tuple[Commune, ...], given: Volumes
) -> FloatArray:
    """Volume of a function in each commune: the user's, else the catalogue's rule.

    Parameters
    ----------
    function
        The function.
    members
        The n communes.
    given
        Volumes that the user entered.

    Returns
    -------
    ndarray
        Volumes (n,) a year. A commune without accounts counts at the mean of the others.
    """
    rule, own = function.volume, given.get(function.code, {})
    known = [c for c in members if c.finances is not None and c.finances.personnel_eur > 0]
    people = sum(commune.population for commune in known)
    mean = sum(c.finances.personnel_eur * c.population for c in known if c.finances) / (people or 1)
    volumes = []
    for commune in members:
        each = 1.0
        if rule.per == "personnel_eur":
            each = commune.finances.personnel_eur if commune in known and commune.finances else mean
        volumes.append(own.get(commune.code, rule.rate * each * commune.population))
    return np.array(volumes, dtype=np.float64)
