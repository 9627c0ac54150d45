"""Where the figures of a case come from: producer and vintage of each."""

from collections.abc import Iterator
from dataclasses import dataclass

from optimiser.case import Case
from optimiser.territory import Territory
from optimiser.units import Minutes, ServiceCode


@dataclass(frozen=True, slots=True)
class FacilityVintage:
    """Producer and year of the counts of one type.

    Parameters
    ----------
    service
        Type of facility.
    source, year
        As the counts carry them; empty and None where the user's file says nothing.
    sites, places
        Sites of the members, and their places; None where they are unknown.
    """

    service: ServiceCode
    source: str
    year: int | None
    sites: int
    places: float | None


@dataclass(frozen=True, slots=True)
class TravelVintage:
    """Where the minutes come from.

    Parameters
    ----------
    source, mode, method
        As the travel times carry them.
    error_minutes
        Mean absolute error; None where nobody measured it.
    """

    source: str
    mode: str
    method: str
    error_minutes: Minutes | None


@dataclass(frozen=True, slots=True)
class CostSource:
    """Study behind one cost figure of the catalogue."""

    service: ServiceCode
    figure: str
    grade: str
    source: str


def facility_vintages(territory: Territory) -> tuple[FacilityVintage, ...]:
    """Group the members' facilities by type, producer and year.

    Parameters
    ----------
    territory
        The territory.

    Returns
    -------
    tuple of FacilityVintage
        By type, then by year.
    """
    members = {commune.code for commune in territory.members}
    sites: dict[tuple[str, str, int | None], int] = {}
    places: dict[tuple[str, str, int | None], float] = {}
    for facility in territory.facilities:
        if facility.commune in members:
            key = (facility.service, facility.source, facility.year)
            sites[key] = sites.get(key, 0) + facility.sites
            if facility.places is not None:
                places[key] = places.get(key, 0.0) + facility.places
    order = sorted(sites, key=lambda key: (key[0], key[2] or 0, key[1]))
    return tuple(FacilityVintage(*key, sites[key], places.get(key)) for key in order)


def travel_vintage(case: Case) -> TravelVintage:
    """Say where the minutes of a case come from.

    Parameters
    ----------
    case
        The case.

    Returns
    -------
    TravelVintage
        Source, mode, method and measured error.
    """
    travel = case.travel
    return TravelVintage(travel.source, travel.mode, travel.method, travel.error_minutes)


def cost_sources(case: Case) -> tuple[CostSource, ...]:
    """List the studies and assumptions behind the costs of the planned types.

    Parameters
    ----------
    case
        The case.

    Returns
    -------
    tuple of CostSource
        Four a type.
    """
    return tuple(_cost_sources(case))


def _cost_sources(case: Case) -> Iterator[CostSource]:
    for service in case.services:
        for name in ("running", "agreement", "opening", "closing"):
            figure = {
                "running": service.running_eur,
                "agreement": service.agreement_eur_per_person,
                "opening": service.capital_eur,
                "closing": service.closing_eur,
            }[name]
            yield CostSource(service.code, name, figure.grade, figure.source)
