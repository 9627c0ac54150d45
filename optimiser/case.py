"""A scenario held against its territory: the figures that the model and the judge both start from.

Nothing here decides anything. Arrays are indexed k (service), i (member commune as demand) and
j (commune as site: members first, then neighbours).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optimiser.access import TravelTimes
from optimiser.catalogue import Catalogue, ServiceType
from optimiser.cells import CellDemand
from optimiser.errors import Finding, ScenarioError
from optimiser.scenario import Lock, Scenario
from optimiser.scenario_misfits import misfits, planned_types
from optimiser.territory import Commune, Territory
from optimiser.units import (
    ROUNDING_MINUTES,
    BoolArray,
    Euros,
    FloatArray,
    IntArray,
    Persons,
    Share,
    within,
)

_NO_RATE = 1e-9
"""Below it, capital is spread evenly over the years."""


@dataclass(frozen=True, eq=False)
class Case:
    """One scenario, one territory, one catalogue and its travel times.

    Parameters
    ----------
    territory, catalogue, travel, scenario
        What is there, what can be there, how far, and what is asked.
    cells
        Where the public lives within the members; None: all of it at the town hall.
    without_car
        The same with the minutes of those who have no car; None: nobody asks for them.

    Raises
    ------
    ScenarioError
        The scenario names services or communes that do not exist, or contradicts itself.
    """

    territory: Territory
    catalogue: Catalogue
    travel: TravelTimes
    scenario: Scenario
    cells: CellDemand | None = None
    without_car: CellDemand | None = None

    def __post_init__(self) -> None:
        """Refuse a scenario that does not fit its territory and catalogue."""
        findings = tuple(misfits(self.territory, self.catalogue, self.scenario))
        if findings:
            raise ScenarioError(findings)

    def refuse_cells(self, asked: str, instead: str = "") -> None:
        """Refuse a question that is answered commune by commune where the public lives in cells.

        Parameters
        ----------
        asked
            Command or option, as it is typed.
        instead
            What may be asked.

        Raises
        ------
        ScenarioError
            The case has cells.
        """
        if self.cells is not None:
            finding = Finding("by_commune_only", "", None, "travel.cells", asked, instead)
            raise ScenarioError((finding,))

    @cached_property
    def services(self) -> tuple[ServiceType, ...]:
        """Types planned, in the catalogue's order."""
        return planned_types(self.catalogue, self.scenario)

    @property
    def members(self) -> tuple[Commune, ...]:
        """Communes of the territory: the demand, and where sites can stand."""
        return self.territory.members

    @cached_property
    def minutes(self) -> FloatArray:
        """Minutes (n, m) from each member to each commune."""
        return self.travel.between(
            [commune.code for commune in self.members],
            [commune.code for commune in self.territory.communes],
        )

    @cached_property
    def kilometres(self) -> FloatArray | None:
        """Road kilometres (n, m) of the same trips; None where nobody knows them."""
        return self.travel.km_between(
            [commune.code for commune in self.members],
            [commune.code for commune in self.territory.communes],
        )

    @cached_property
    def public(self) -> FloatArray:
        """Persons (K, n) whom each type is meant for."""
        return np.array(
            [
                [
                    sum(share * commune.ages.get(group, 0.0) for group, share in s.public.items())
                    for commune in self.members
                ]
                for s in self.services
            ],
            dtype=np.float64,
        ).reshape(len(self.services), len(self.members))

    @cached_property
    def demand(self) -> FloatArray:
        """Persons (K, n), those of low-income communes counting more where the scenario says so."""
        coverage = self.scenario.coverage
        reference = coverage.reference_income_eur
        incomes = np.array(
            [
                reference if commune.median_income_eur is None else commune.median_income_eur
                for commune in self.members
            ]
        )
        shortfall = np.maximum(0.0, 1.0 - incomes / reference)
        demand: FloatArray = self.public * (1.0 + coverage.low_income_weight * shortfall)
        return demand

    @cached_property
    def importance(self) -> FloatArray:
        """Points (K) of one person of each type's public.

        Every type weighs as much as the whole population when all of its public is served, times
        its weight, so that a nursery's few children do not vanish beside a library's public.
        """
        weights = [self.scenario.objective.weights.get(s.code, s.weight) for s in self.services]
        totals = self.demand.sum(axis=1)
        scale: FloatArray = np.divide(
            float(self.territory.population), totals, out=np.zeros_like(totals), where=totals > 0
        )
        scale *= weights
        return scale

    @cached_property
    def existing(self) -> IntArray:
        """Sites (K, m) that stand today."""
        return np.array(
            [
                [self.territory.count(commune.code, s.code) for commune in self.territory.communes]
                for s in self.services
            ],
            dtype=np.int64,
        ).reshape(len(self.services), len(self.territory.communes))

    def existing_members(self, k: int) -> IntArray:
        """Sites (n) of service k that stand today in the members."""
        return self.existing[k, : len(self.members)]

    def within(self, minutes: float) -> BoolArray:
        """Whether (n, m) member i reaches commune j within ``minutes``."""
        return within(self.minutes, minutes)

    def own_sites_for(self, i: int, minutes: float) -> int:
        """Sites in member i itself that bring its public within ``minutes``.

        n sites shorten the way within a commune by the square root of n, as n discs of an n-th of
        the area would: an assumption.
        """
        within = float(self.minutes[i, i])
        if not math.isfinite(within):
            return len(self.members) * 1_000_000
        return max(1, math.ceil((within / (minutes + ROUNDING_MINUTES)) ** 2 - 1e-12))

    def nearest(self, sites: IntArray, agreed: BoolArray) -> FloatArray:
        """Minutes (n) from each member to the nearest site, the mean of its cells; inf without one.

        Of the numbers of sites (n) in the members, and whether (m) those of a commune are shared.
        """
        serving = self.serving(sites, agreed)
        if self.cells is not None:
            return self.cells.mean_minutes(serving)
        nearest = np.full(len(self.members), np.inf)
        if serving.any():
            nearest = self.minutes[:, serving].min(axis=1)
        own = np.flatnonzero(sites)
        nearest[own] = np.minimum(nearest[own], self.minutes[own, own] / np.sqrt(sites[own]))
        return nearest

    def part_within(self, k: int, sites: IntArray, agreed: BoolArray) -> FloatArray:
        """Part (n) of each member's public within the guaranteed time of the sites of k."""
        limit = self.services[k].guarantee_minutes
        if self.cells is None:
            return within(self.nearest(sites, agreed), limit).astype(np.float64)
        return self.cells.part_within(self.serving(sites, agreed), limit)

    def serving(self, sites: IntArray, agreed: BoolArray) -> BoolArray:
        """Whether (m) a site serves from each commune, of sites (n) and agreements (m)."""
        serving = agreed.copy()
        serving[: len(self.members)] |= sites > 0
        return serving

    @cached_property
    def exclusive(self) -> tuple[BoolArray, ...]:
        """For each service, whether (n, n) a site in member j serves member i exclusively.

        A commune is always within its own exclusive area, however large it is.
        """
        n = len(self.members)
        return tuple(
            self.within(service.exclusive_minutes)[:, :n] | np.eye(n, dtype=bool)
            for service in self.services
        )

    @cached_property
    def sites_needed(self) -> IntArray:
        """Sites (K, n) that the public around each member fills; one more is a duplicate."""
        return np.array(
            [
                np.maximum(1, np.ceil(self.exclusive[k] @ self.public[k] / s.persons_per_site))
                for k, s in enumerate(self.services)
            ],
            dtype=np.int64,
        ).reshape(len(self.services), len(self.members))

    @cached_property
    def can_open(self) -> BoolArray:
        """Whether (K, n) a new site of k may open in member j."""
        n = len(self.members)
        allowed = np.zeros((len(self.services), n), dtype=bool)
        inhabitants = np.array([commune.population for commune in self.members])
        for k, service in enumerate(self.services):
            if service.lever == "observe":
                continue
            served = self.within(service.guarantee_minutes)[:, :n].T @ self.public[k]
            allowed[k] = (
                (self.existing_members(k) == 0)
                & (served >= service.minimum_public)
                & (inhabitants >= min(service.minimum_host, inhabitants.max()))
            )
        return allowed

    @cached_property
    def can_close(self) -> BoolArray:
        """Whether (K) sites of the type may be closed."""
        return np.array([service.lever == "decide" for service in self.services], dtype=bool)

    @cached_property
    def can_share(self) -> BoolArray:
        """Whether (K, m) a neighbour's site of k is near enough to be worth an agreement."""
        n = len(self.members)
        near = np.zeros(self.existing.shape, dtype=bool)
        for k, service in enumerate(self.services):
            if service.lever != "observe":
                near[k] = self.within(service.reach_minutes).any(axis=0) & (self.existing[k] > 0)
        near[:, :n] = False
        return near

    @cached_property
    def basin_of(self) -> IntArray:
        """Index (n) of each member's basin in `basins`."""
        order = {basin: b for b, basin in enumerate(self.basins)}
        return np.array([order[commune.basin] for commune in self.members], dtype=np.int64)

    @cached_property
    def basins(self) -> tuple[str, ...]:
        """Codes of the basins, largest first."""
        return tuple(self.territory.basins)

    def places_per_site(self, k: int, j: int) -> float:
        """Places of one site of k in member j: today's mean where known, else a new site's."""
        service = self.services[k]
        known = self.territory.places_per_site(self.members[j].code, service.code)
        return service.places_per_site if known is None else known

    @cached_property
    def running_eur(self) -> FloatArray:
        """Euros a year (K, n) of one site of k in member j."""
        return self._costs("running_eur")

    @cached_property
    def capital_eur(self) -> FloatArray:
        """Euros (K, n) to open a site of k in member j."""
        return self._costs("capital_eur")

    @cached_property
    def closing_eur(self) -> FloatArray:
        """Euros (K, n) to close a site of k in member j."""
        return self._costs("closing_eur")

    def _costs(self, field: str) -> FloatArray:
        case = self.scenario.budget.cost_case
        return np.array(
            [
                [
                    getattr(service, field).euros(case, places=self.places_per_site(k, j))
                    for j in range(len(self.members))
                ]
                for k, service in enumerate(self.services)
            ],
            dtype=np.float64,
        ).reshape(len(self.services), len(self.members))

    @cached_property
    def fee_eur(self) -> FloatArray:
        """Euros a year (K, m) of an agreement on the sites of k in neighbour j."""
        case = self.scenario.budget.cost_case
        fees = np.zeros(self.existing.shape)
        for k, service in enumerate(self.services):
            served = self.within(service.reach_minutes).T @ self.public[k]
            fees[k] = served * service.agreement_eur_per_person.euros(case)
        fees[~self.can_share] = 0.0
        return fees

    def annuity(self, k: int) -> float:
        """Part of a site's capital that one year bears, over its lifetime at the discount rate."""
        rate = self.scenario.budget.discount_rate
        years = self.services[k].lifetime_years
        if rate < _NO_RATE:
            return 1.0 / years
        return -rate / math.expm1(-years * math.log1p(rate))

    def share_today(self, k: int, basin: int) -> Share:
        """Share of basin's public of k within the guaranteed time of today's own network."""
        inside, persons = self.basin_of == basin, self.public[k]
        total = float(persons[inside].sum())
        return float((persons * self._served_today[k])[inside].sum()) / total if total else 0.0

    @cached_property
    def _served_today(self) -> FloatArray:
        """Share (K, n) of each member's public within the guaranteed time of today's network."""
        none = np.zeros(len(self.territory.communes), dtype=bool)
        kinds = range(len(self.services))
        parts = [self.part_within(k, self.existing_members(k), none) for k in kinds]
        return np.array(parts).reshape(len(self.services), len(self.members))

    def floor(self, k: int, basin: int) -> Share | None:
        """Least share of the basin's public of k within the guaranteed time; None: none."""
        coverage = self.scenario.coverage
        floor = coverage.basin_floors.get(self.services[k].code, coverage.basin_floor)
        return self.share_today(k, basin) if floor == "today" else floor

    def basin_capacity(self, k: int, basin: int) -> int:
        """Sites of k that the basin keeps: today's, or what its public needs where that is less."""
        inside = self.basin_of == basin
        today = int(self.existing_members(k)[inside].sum())
        public: Persons = float(self.public[k][inside].sum())
        return min(today, math.ceil(public / self.services[k].persons_per_site))

    def commune_capacity(self, k: int, j: int) -> int:
        """Sites of k that member j keeps: as many of today's as its own public fills alone."""
        filled = int(float(self.public[k, j]) // self.services[k].persons_per_site)
        return min(int(self.existing[k, j]), filled)

    def transfers(self, k: int) -> tuple[tuple[int, int], ...]:
        """Pairs (origin, destination) of members between which a site of k can move.

        The destination lies within the guaranteed time, so that staff and users can follow.
        """
        if not self.can_close[k]:
            return ()
        n = len(self.members)
        near = self.within(self.services[k].guarantee_minutes)[:, :n]
        origins = np.flatnonzero(self.existing_members(k))
        return tuple(
            (int(a), int(b)) for a in origins for b in np.flatnonzero(self.can_open[k] & near[a])
        )

    @cached_property
    def forced(self) -> tuple[tuple[int, int], ...]:
        """Pairs (k, j) where a site must operate."""
        return self._locked(self.scenario.forced)

    @cached_property
    def forbidden(self) -> tuple[tuple[int, int], ...]:
        """Pairs (k, j) where no site may operate."""
        return self._locked(self.scenario.forbidden)

    def _locked(self, locks: Sequence[Lock]) -> tuple[tuple[int, int], ...]:
        codes = [service.code for service in self.services]
        return tuple(
            (codes.index(lock.service), self.territory.member_index(lock.commune)) for lock in locks
        )

    @property
    def running_today_eur(self) -> Euros:
        """Yearly running cost of today's network."""
        return float((self.running_eur * self.existing[:, : len(self.members)]).sum())
