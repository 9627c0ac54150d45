"""Decisions and data as arrays, read from the raw inputs of a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np

from optimiser.case import Case
from optimiser.catalogue import CostFigure, ServiceType
from optimiser.cells import CellDemand
from optimiser.solution import Decisions
from optimiser.units import BoolArray, FloatArray, IntArray, within


@dataclass(frozen=True, eq=False)
class View:
    """What the judge looks at; arrays are indexed k (service), i and j as in `optimiser.case`.

    Parameters
    ----------
    case, decisions
        The case, and what was decided.
    services
        Types planned (K).
    minutes
        Minutes (n, m) from each member to each commune.
    public
        Persons (K, n) whom each type is meant for.
    before, sites
        Sites (K, n) of today and of the plan, in the members.
    agreed
        Whether (K, m) a neighbour's sites are shared.
    basin
        Index (n) of each member's basin.
    home, part
        Points of demand (p): the member in which each lies, and the part of its public that lives
        there. The members themselves, each whole, where the case has no cells.
    """

    case: Case
    decisions: Decisions
    services: Sequence[ServiceType]
    minutes: FloatArray
    public: FloatArray
    before: IntArray
    sites: IntArray
    agreed: BoolArray
    basin: IntArray
    home: IntArray
    part: FloatArray

    @classmethod
    def of(cls, case: Case, decisions: Decisions) -> "View":
        """Gather the arrays."""
        wanted = set(case.scenario.services)
        services = [s for s in case.catalogue if not wanted or s.code in wanted]
        members, everyone = case.territory.members, case.territory.communes
        codes = [commune.code for commune in everyone]
        basins = list(case.territory.basins)
        shape = (len(services), len(everyone))
        stand, agreed = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=bool)
        for k, service in enumerate(services):
            for j, code in enumerate(codes):
                stand[k, j] = case.territory.count(code, service.code)
                agreed[k, j] = (service.code, code) in decisions.agreements
        sites = np.array(
            [[decisions.sites.get((s.code, c.code), 0) for c in members] for s in services],
            dtype=np.int64,
        ).reshape(len(services), len(members))
        public = np.zeros(sites.shape)
        for k, service in enumerate(services):
            for group, share in service.public.items():
                public[k] += [share * commune.ages.get(group, 0.0) for commune in members]
        return cls(
            case=case,
            decisions=decisions,
            services=services,
            minutes=case.travel.between([c.code for c in members], codes),
            public=public,
            before=stand[:, : len(members)],
            sites=sites,
            agreed=agreed,
            basin=np.array([basins.index(c.basin) for c in members], dtype=np.int64),
            home=np.arange(len(members)) if case.cells is None else case.cells.home,
            part=np.ones(len(members)) if case.cells is None else case.cells.share,
        )

    @cached_property
    def persons(self) -> FloatArray:
        """Persons (K, p) of each type's public at each point of demand."""
        persons: FloatArray = self.public[:, self.home] * self.part
        return persons

    @cached_property
    def opened(self) -> IntArray:
        """Sites (K, n) that are new."""
        opened: IntArray = np.maximum(self.sites - self.before, 0)
        return opened

    @cached_property
    def closed(self) -> IntArray:
        """Sites (K, n) that go."""
        closed: IntArray = np.maximum(self.before - self.sites, 0)
        return closed

    def nearest(self, sites: IntArray, agreed: BoolArray) -> FloatArray:
        """Minutes (K, p) to the nearest site that serves each point of demand."""
        if self.case.cells is not None:
            return self._nearest_of_cells(self.case.cells, sites, agreed)
        n = self.sites.shape[1]
        nearest = np.full(self.sites.shape, np.inf)
        for k in range(len(self.services)):
            serving = agreed[k].copy()
            serving[:n] |= sites[k] > 0
            if serving.any():
                nearest[k] = self.minutes[:, serving].min(axis=1)
            # Several sites in one commune share its area out: the way to the nearest shortens.
            own = np.flatnonzero(sites[k])
            shortened = self.minutes[own, own] / np.sqrt(sites[k, own])
            nearest[k, own] = np.minimum(nearest[k, own], shortened)
        return nearest

    def _nearest_of_cells(
        self, cells: CellDemand, sites: IntArray, agreed: BoolArray
    ) -> FloatArray:
        """Minutes (K, p) from every single cell, all sites of a commune at its town hall."""
        serving = agreed.copy()
        serving[:, : self.sites.shape[1]] |= sites > 0
        return np.array([_nearest_of(cells, row) for row in serving])

    def without_car(self, cells: CellDemand) -> BoolArray:
        """Whether (K, p) each point of demand reaches a site without a car."""
        minutes = self._nearest_of_cells(cells, self.sites, self.agreed)
        return within(minutes, self.case.scenario.without_car.minutes)

    def by_member(self, minutes: FloatArray) -> FloatArray:
        """Mean minutes (K, n) of the inhabitants of each member who reach a site; inf: nobody does.

        Parameters
        ----------
        minutes
            Minutes (K, p) from the points of demand.
        """
        if self.case.cells is None:
            return minutes
        n = self.sites.shape[1]
        means = np.full((len(minutes), n), np.inf)
        for k, row in enumerate(minutes):
            reached = np.isfinite(row)
            homes = self.home[reached]
            weight = np.bincount(homes, weights=self.part[reached], minlength=n)
            spent = np.bincount(homes, weights=(self.part * row)[reached], minlength=n)
            some = weight > 0
            means[k, some] = spent[some] / weight[some]
        return means

    def exclusive(self, k: int) -> BoolArray:
        """Whether (n, n) a site in j is within the exclusive time of i, its own included."""
        n = self.sites.shape[1]
        near = within(self.minutes[:, :n], self.services[k].exclusive_minutes)
        near[np.diag_indices(n)] = True
        return near

    def euros(self, k: int, j: int, figure: CostFigure) -> float:
        """Cost of one site of k in member j."""
        commune, service = self.case.territory.members[j], self.services[k]
        known = self.case.territory.places_per_site(commune.code, service.code)
        places = service.places_per_site if known is None else known
        return figure.euros(self.case.scenario.budget.cost_case, places=places)

    @cached_property
    def running_today(self) -> float:
        """Euros a year of today's network."""
        return sum(
            self.euros(int(k), int(j), self.services[k].running_eur) * int(self.before[k, j])
            for k, j in np.argwhere(self.before)
        )

    def within_by_member(self, k: int, minutes: FloatArray) -> FloatArray:
        """Persons (n) of the public of k within the guaranteed time, by member."""
        served = within(minutes, self.services[k].guarantee_minutes)
        persons: FloatArray = np.bincount(
            self.home, weights=self.persons[k] * served, minlength=self.sites.shape[1]
        ).astype(np.float64)
        return persons

    def guaranteed(self, k: int, minutes: FloatArray) -> FloatArray:
        """Persons (B) of the public of k within the guaranteed time, by basin."""
        persons: FloatArray = np.bincount(
            self.basin,
            weights=self.within_by_member(k, minutes),
            minlength=len(self.case.territory.basins),
        ).astype(np.float64)
        return persons


_KEPT_BYTES = 100_000_000
_KNOWN: WeakKeyDictionary[CellDemand, dict[bytes, FloatArray]] = WeakKeyDictionary()
"""Minutes of cells to sets of town halls: plans that are compared differ in few types."""


def _nearest_of(cells: CellDemand, serving: BoolArray) -> FloatArray:
    """Minutes (p) from every single cell to the nearest town hall (m) that serves."""
    known, key = _KNOWN.setdefault(cells, {}), serving.tobytes()
    row = known.pop(key, None)
    if row is None:
        row = np.full(len(cells), np.inf)
        for j in np.flatnonzero(serving).tolist():
            at = slice(int(cells.start[j]), int(cells.start[j + 1]))
            rows = cells.cell[at]
            row[rows] = np.minimum(row[rows], cells.minutes[at])
        room = max(1, _KEPT_BYTES // max(1, row.nbytes))
        for oldest in list(known)[: max(0, len(known) + 1 - room)]:
            known.pop(oldest, None)
    known[key] = row
    return row
