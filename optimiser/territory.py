"""What is there: communes, the facilities that stand in them, the basins they form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from optimiser.units import Euros, InseeCode, Persons, ServiceCode


@dataclass(frozen=True, slots=True)
class Finances:
    """A commune's accounts, euros per inhabitant and year (DGFiP, main budget).

    Parameters
    ----------
    personnel_eur, debt_eur, net_saving_eur, state_grant_eur
        Personnel spending, outstanding debt, net self-financing and general State grant.
    """

    personnel_eur: Euros
    debt_eur: Euros
    net_saving_eur: Euros
    state_grant_eur: Euros


@dataclass(frozen=True, slots=True)
class Commune:
    """One commune.

    Parameters
    ----------
    code, name
        INSEE code and name.
    epci
        Code of the EPCI it belongs to; empty for the four islands that belong to none.
    member
        True when it belongs to the territory that is planned, false for a neighbour.
    lon, lat
        Town hall, WGS 84 degrees.
    area_km2
        Area; used for the minutes inside the commune.
    population
        Legal municipal population.
    ages
        Persons by age group (``0_19``, ``20_64``, ``65_plus``), scaled to the legal population.
    basin, basin_name
        The living area (bassin de vie) or the user's own basin.
    median_income_eur
        Median income per consumption unit and year; None where it is confidential.
    finances
        Accounts per inhabitant; None where the tables hold none.
    landmass
        Communes of the same number are joined by land or bridge; the larger the number, the
        smaller the landmass. 0 where it is unknown.
    """

    code: InseeCode
    name: str
    epci: str
    member: bool
    lon: float
    lat: float
    area_km2: float
    population: int
    ages: Mapping[str, Persons]
    basin: str
    basin_name: str
    median_income_eur: Euros | None = None
    finances: Finances | None = None
    landmass: int = 0


@dataclass(frozen=True, slots=True)
class Facility:
    """Sites of one type that stand in one commune.

    Parameters
    ----------
    commune, service
        Where, and which type of the catalogue.
    sites
        How many sites stand there, at least 1.
    places
        Capacity of all of them together (seats, places, pupils); None where unknown.
    year, source
        Vintage and producer of the count.
    name
        The site's own name where the user's file gives one.
    """

    commune: InseeCode
    service: ServiceCode
    sites: int
    places: float | None = None
    year: int | None = None
    source: str = ""
    name: str = ""


@dataclass(frozen=True)
class Territory:
    """An intercommunality, its neighbours within reach, and what stands in them.

    Parameters
    ----------
    code, name
        SIREN code and name of the EPCI.
    communes
        Members first, then neighbours, each by code.
    facilities
        Everything that stands in them, of every type that a catalogue may know.
    notes
        Remarks on the data that every face should show (label keys with their facts).
    """

    code: str
    name: str
    communes: tuple[Commune, ...]
    facilities: tuple[Facility, ...]
    notes: tuple[str, ...] = field(default=())

    @cached_property
    def members(self) -> tuple[Commune, ...]:
        """Communes of the EPCI, by code."""
        return tuple(commune for commune in self.communes if commune.member)

    @cached_property
    def neighbours(self) -> tuple[Commune, ...]:
        """Communes of other EPCIs within reach, by code."""
        return tuple(commune for commune in self.communes if not commune.member)

    @cached_property
    def by_code(self) -> Mapping[InseeCode, Commune]:
        """Every commune by its INSEE code."""
        return {commune.code: commune for commune in self.communes}

    @cached_property
    def basins(self) -> Mapping[str, str]:
        """Names of the members' basins by basin code, largest population first."""
        population: dict[str, int] = {}
        for commune in self.members:
            population[commune.basin] = population.get(commune.basin, 0) + commune.population
        names = {commune.basin: commune.basin_name for commune in self.members}
        return {basin: names[basin] for basin in sorted(population, key=lambda b: -population[b])}

    @property
    def population(self) -> int:
        """Legal population of the members."""
        return sum(commune.population for commune in self.members)

    def member_index(self, name: str) -> int:
        """Index of the member with that code or name; -1 when there is none or several."""
        wanted = name.casefold().strip()
        hits = [
            index
            for index, commune in enumerate(self.members)
            if wanted in (commune.code.casefold(), commune.name.casefold())
        ]
        return hits[0] if len(hits) == 1 else -1

    def count(self, commune: InseeCode, service: ServiceCode) -> int:
        """Number of sites of ``service`` that stand in ``commune``."""
        return self._counts.get((commune, service), 0)

    def places(self, commune: InseeCode, service: ServiceCode) -> float | None:
        """Capacity of the sites of ``service`` in ``commune``; None where it is unknown."""
        known = self._places.get((commune, service))
        return known[0] if known else None

    def places_per_site(self, commune: InseeCode, service: ServiceCode) -> float | None:
        """Mean capacity of the sites whose capacity is known; None where none is."""
        known = self._places.get((commune, service))
        return known[0] / known[1] if known else None

    @cached_property
    def _counts(self) -> Mapping[tuple[InseeCode, ServiceCode], int]:
        counts: dict[tuple[InseeCode, ServiceCode], int] = {}
        for facility in self.facilities:
            key = (facility.commune, facility.service)
            counts[key] = counts.get(key, 0) + facility.sites
        return counts

    @cached_property
    def _places(self) -> Mapping[tuple[InseeCode, ServiceCode], tuple[float, int]]:
        """Places, and the sites that have them, where they are known; 0 places mean unknown."""
        places: dict[tuple[InseeCode, ServiceCode], tuple[float, int]] = {}
        for facility in self.facilities:
            if facility.places:
                key = (facility.commune, facility.service)
                total, sites = places.get(key, (0.0, 0))
                places[key] = (total + facility.places, sites + facility.sites)
        return places
