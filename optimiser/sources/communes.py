"""From rows of figures, wherever they were read, to communes: missing values are settled here."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import pyarrow.compute as pc
import pyarrow.parquet as pq

from optimiser.sources.folder import data_folder
from optimiser.sources.notes import named, note
from optimiser.territory import Commune, Finances
from optimiser.units import Euros, InseeCode, Persons, Share

AGE_GROUPS = ("0_19", "20_64", "65_plus")
CENSUS = ("pop_0_19_2021", "pop_20_64_2021", "pop_65_plus_2021")


@dataclass(frozen=True, slots=True)
class CommuneRow:
    """Figures of one commune as a table gives them; None where it gives none.

    Parameters
    ----------
    code, name, epci, member
        As in `optimiser.territory.Commune`.
    lon, lat
        Degrees, WGS 84.
    area_km2
        Area.
    population
        Inhabitants.
    ages
        Persons by age group; they need not sum to the population.
    basin, basin_name
        Living area.
    median_income_eur
        Euros per consumption unit and year.
    finances
        Accounts.
    landmass
        As in `optimiser.territory.Commune`.
    """

    code: InseeCode
    name: str
    epci: str
    member: bool
    lon: float | None
    lat: float | None
    area_km2: float | None
    population: int
    ages: tuple[Persons | None, ...]
    basin: str
    basin_name: str
    median_income_eur: Euros | None = None
    finances: Finances | None = None
    landmass: int = 0


def build_communes(rows: Sequence[CommuneRow]) -> tuple[tuple[Commune, ...], tuple[str, ...]]:
    """Make communes of rows: members first, each by code.

    Communes without a location are left out; ages follow the national shares where they are
    unknown, and are scaled to the population everywhere.

    Parameters
    ----------
    rows
        One for each commune.

    Returns
    -------
    communes, notes
        The communes, and what was missing.
    """
    located = [row for row in rows if row.lon is not None and row.lat is not None]
    communes = tuple(_commune(row) for row in located)
    return tuple(sorted(communes, key=lambda c: (not c.member, c.code))), tuple(_missing(rows))


def own_basins_of_islands(communes: Sequence[Commune]) -> tuple[Commune, ...]:
    """Give the communes of an island without a bridge a basin of their own.

    What the mainland gains must not make up for what islanders lose.

    Parameters
    ----------
    communes
        Members and neighbours.

    Returns
    -------
    tuple of Commune
        The same, in the same order.
    """
    people: dict[tuple[str, int], int] = {}
    for commune in communes:
        place = (commune.basin, commune.landmass)
        people[place] = people.get(place, 0) + commune.population
    largest = {
        basin: max((count, -land) for (b, land), count in people.items() if b == basin)[1]
        for basin, _ in people
    }
    names: dict[tuple[str, int], str] = {}
    for commune in sorted(communes, key=lambda commune: -commune.population):
        names.setdefault((commune.basin, commune.landmass), commune.name)
    return tuple(
        commune
        if -commune.landmass == largest[commune.basin]
        else replace(
            commune,
            basin=f"{commune.basin}-{commune.landmass}",
            basin_name=f"{commune.basin_name} ({names[commune.basin, commune.landmass]})",
        )
        for commune in communes
    )


@cache
def national_age_shares() -> Mapping[str, Share]:
    """Share of each age group in the population of France (INSEE census 2021)."""
    table = pq.read_table(data_folder() / "communes.parquet", columns=list(CENSUS))
    persons = [float(pc.sum(table[column]).as_py()) for column in CENSUS]
    return {group: count / sum(persons) for group, count in zip(AGE_GROUPS, persons, strict=True)}


def _commune(row: CommuneRow) -> Commune:
    return Commune(
        code=row.code,
        name=row.name,
        epci=row.epci,
        member=row.member,
        lon=math.nan if row.lon is None else row.lon,
        lat=math.nan if row.lat is None else row.lat,
        area_km2=math.nan if row.area_km2 is None else row.area_km2,
        population=row.population,
        ages=_ages(row),
        basin=row.basin,
        basin_name=row.basin_name or row.basin,
        median_income_eur=row.median_income_eur,
        finances=row.finances,
        landmass=row.landmass,
    )


def _ages(row: CommuneRow) -> Mapping[str, Persons]:
    persons = _known(row.ages)
    total = sum(persons)
    if total > 0:
        shares = {group: n / total for group, n in zip(AGE_GROUPS, persons, strict=True)}
    else:
        shares = dict(national_age_shares())
    return {group: share * row.population for group, share in shares.items()}


def _known(ages: Sequence[Persons | None]) -> tuple[Persons, ...]:
    persons = tuple(age for age in ages if age is not None and not math.isnan(age))
    return persons if len(persons) == len(AGE_GROUPS) else ()


def _missing(rows: Sequence[CommuneRow]) -> Iterator[str]:
    members = [row for row in rows if row.member]
    lost = {
        "location_missing": [row for row in rows if row.lon is None or row.lat is None],
        "ages_missing": [row for row in members if row.population and not sum(_known(row.ages))],
        "area_missing": [row for row in members if row.area_km2 is None],
        "income_missing": [row for row in members if row.median_income_eur is None],
        "accounts_missing": [row for row in members if row.finances is None],
    }
    for key, without in lost.items():
        if without:
            names = named([row.name for row in without])
            yield note(key, count=len(without), communes=names)
