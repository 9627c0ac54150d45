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
from optimiser.units import BoolArray, FloatArray, IntArray, Minutes, within


@dataclass(frozen=True, eq=False)
class Access:
    """Who reaches the sites of one type.

    Parameters
    ----------
    minutes
        Minutes (n,) from each member to the nearest site, the mean of its inhabitants who reach one
        where there are cells; inf: nobody does.
    parts
        Part (R + 1, n) of each member within every tier, and within the guaranteed time: 0 or 1
        where there are no cells.
    """

    minutes: FloatArray
    parts: FloatArray


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
        )

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

    def access(self, k: int, sites: IntArray, agreed: BoolArray) -> Access:
        """Find who reaches the sites of k of a network, from every single cell where there are any.

        Parameters
        ----------
        k
            Index of the type.
        sites, agreed
            Its sites (n,) in the members, and whether (m,) a neighbour's are shared.
        """
        service = self.services[k]
        limits = (*(tier.minutes for tier in service.tiers), service.guarantee_minutes)
        n, serving = len(sites), agreed.copy()
        serving[:n] |= sites > 0
        if self.case.cells is not None:
            return _of_cells(self.case.cells, serving, limits, n)
        nearest = np.full(n, np.inf)
        if serving.any():
            nearest = self.minutes[:, serving].min(axis=1)
        # Several sites in one commune share its area out: the way to the nearest shortens.
        own = np.flatnonzero(sites)
        nearest[own] = np.minimum(nearest[own], self.minutes[own, own] / np.sqrt(sites[own]))
        return Access(nearest, within(nearest, np.array(limits)[:, None]).astype(np.float64))

    def without_car(self, k: int, walkers: CellDemand) -> FloatArray:
        """Part (n,) of each member whose people reach a site of k without a car."""
        n, serving = self.sites.shape[1], self.agreed[k].copy()
        serving[:n] |= self.sites[k] > 0
        limits = (self.case.scenario.without_car.minutes,)
        served: FloatArray = _of_cells(walkers, serving, limits, n).parts[0]
        return served

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

    def by_basin(self, persons: FloatArray) -> FloatArray:
        """Sum persons (n,) of the members by basin (B,)."""
        sums: FloatArray = np.bincount(
            self.basin, weights=persons, minlength=len(self.case.territory.basins)
        ).astype(np.float64)
        return sums


_KEPT = 10_000
_KNOWN: WeakKeyDictionary[CellDemand, dict[tuple[bytes, tuple[Minutes, ...]], Access]] = (
    WeakKeyDictionary()
)
"""What was found from the cells of each demand: plans that are compared differ in few types."""


def _of_cells(cells: CellDemand, serving: BoolArray, limits: tuple[Minutes, ...], n: int) -> Access:
    """Take every cell by itself: all sites of a commune stand at its town hall."""
    known, key = _KNOWN.setdefault(cells, {}), (serving.tobytes(), limits)
    if key not in known:
        if len(known) >= _KEPT:
            known.clear()
        minutes = cells.nearest(serving)
        edges = sorted({*limits, cells.limit})
        beyond = np.zeros(len(cells), dtype=np.uint8)
        for edge in edges:
            beyond += ~within(minutes, edge)
        size = len(edges) + 1
        each = np.bincount(cells.home * size + beyond, weights=cells.share, minlength=n * size)
        inside = np.cumsum(each.reshape(n, size)[:, :-1], axis=1).T
        reaching = np.minimum(minutes, cells.limit + 1.0)
        reaching *= cells.share
        reaching *= beyond < len(edges)
        spent, some = np.bincount(cells.home, weights=reaching, minlength=n), inside[-1]
        means = np.divide(spent, some, out=np.full(n, np.inf), where=some > 0)
        known[key] = Access(means, np.array([inside[edges.index(limit)] for limit in limits]))
    return known[key]
