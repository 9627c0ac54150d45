"""The embedded national tables: communes and equipment, read once and looked up."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from optimiser.access.estimate import EARTH_RADIUS_KM, great_circle_km
from optimiser.catalogue import Catalogue
from optimiser.sources.communes import CENSUS, CommuneRow
from optimiser.sources.folder import data_folder
from optimiser.sources.notes import named, note
from optimiser.territory import Commune, Facility, Finances
from optimiser.units import FloatArray, InseeCode

_ACCOUNTS = (
    "personnel_eur_per_inhabitant_2022",
    "debt_eur_per_inhabitant_2022",
    "net_saving_eur_per_inhabitant_2022",
    "state_grant_eur_per_inhabitant_2022",
)
_FIGURES = (
    "code",
    "name",
    "epci",
    "lon",
    "lat",
    "area_km2",
    "population",
    *CENSUS,
    "median_income_eur_2021",
    "bassin_vie_2022",
    "bassin_vie_2022_name",
    "landmass",
    *_ACCOUNTS,
)


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """Every commune of France, by position.

    Parameters
    ----------
    codes, names, epcis, epci_names
        Texts; the last two are empty for the four islands of no EPCI.
    lon, lat
        Degrees; NaN where unknown.
    """

    codes: Sequence[str]
    names: Sequence[str]
    epcis: Sequence[str]
    epci_names: Sequence[str]
    lon: FloatArray
    lat: FloatArray


@cache
def index() -> Index:
    """Read code, name, EPCI and location of every commune."""
    columns = ["code", "name", "epci", "epci_name", "lon", "lat"]
    table = pq.read_table(data_folder() / "communes.parquet", columns=columns)
    texts = [pc.fill_null(table[column], "").to_pylist() for column in columns[:4]]
    lon, lat = (table[column].to_numpy().astype(np.float64) for column in columns[4:])
    codes, names, epcis, epci_names = texts
    return Index(codes, names, epcis, epci_names, lon, lat)


def commune_rows(codes: Collection[InseeCode], members: Collection[InseeCode]) -> list[CommuneRow]:
    """Read the figures of some communes.

    Parameters
    ----------
    codes
        Which communes; unknown codes are left out.
    members
        Those that belong to the territory.

    Returns
    -------
    list of CommuneRow
        By code.
    """
    table = _figures()
    wanted = pc.is_in(table["code"], pa.array(sorted(codes), table["code"].type))
    rows = [_row(figures, members) for figures in table.filter(wanted).to_pylist()]
    return sorted(rows, key=lambda row: row.code)


def near(members: Collection[InseeCode], reach_km: float) -> list[InseeCode]:
    """Find the communes around.

    Parameters
    ----------
    members
        Codes of the communes of the territory.
    reach_km
        Straight-line distance from any of them.

    Returns
    -------
    list of str
        Codes of the others within that distance, by code.
    """
    france = index()
    inside = set(members)
    ours = np.array([code in inside for code in france.codes]) & np.isfinite(france.lon)
    if not ours.any() or reach_km <= 0:
        return []
    near_by = _box(france.lon, france.lat, ours, reach_km) & ~ours
    places = np.flatnonzero(near_by)
    km = great_circle_km(
        france.lon[places][:, None], france.lat[places][:, None], france.lon[ours], france.lat[ours]
    )
    within = places[(km <= reach_km).any(axis=1)]
    return sorted(code for code in (france.codes[j] for j in within) if code not in inside)


def inhabitants() -> Mapping[str, int]:
    """Add up the inhabitants of every EPCI.

    Returns
    -------
    mapping
        Inhabitants by SIREN code.
    """
    sums = _figures().group_by("epci").aggregate([("population", "sum")]).to_pylist()
    return {row["epci"]: int(row["population_sum"] or 0) for row in sums if row["epci"]}


def facilities(
    communes: Sequence[Commune], catalogue: Catalogue
) -> tuple[tuple[Facility, ...], tuple[str, ...]]:
    """Read the equipment of some communes.

    Parameters
    ----------
    communes
        Which communes.
    catalogue
        Which types, and which lines of the table count their places.

    Returns
    -------
    facilities, notes
        One facility for each commune and type that it has; places that belong to no counted site
        are only noted.
    """
    types = {service.code for service in catalogue}
    lines = types | {service.places_from for service in catalogue if service.places_from}
    rows = _equipment([commune.code for commune in communes], lines)
    counted = {(row["code"], row["type"]): row for row in rows if row["count"] > 0}
    found = tuple(
        Facility(
            commune=code,
            service=kind,
            sites=row["count"],
            places=_places(counted, code, catalogue[kind].places_from),
            year=row["year"],
            source=row["source"] or "",
        )
        for (code, kind), row in sorted(counted.items())
        if kind in types
    )
    return found, _without_site(communes, catalogue, counted)


def _row(figures: Mapping[str, Any], members: Collection[InseeCode]) -> CommuneRow:
    accounts = [figures[column] for column in _ACCOUNTS]
    return CommuneRow(
        code=figures["code"],
        name=figures["name"],
        epci=figures["epci"] or "",
        member=figures["code"] in members,
        lon=figures["lon"],
        lat=figures["lat"],
        area_km2=figures["area_km2"],
        population=int(figures["population"] or 0),
        ages=tuple(figures[column] for column in CENSUS),
        basin=figures["bassin_vie_2022"] or "",
        basin_name=figures["bassin_vie_2022_name"] or "",
        median_income_eur=figures["median_income_eur_2021"],
        finances=None if None in accounts else Finances(*accounts),
        landmass=figures["landmass"],
    )


def _box(lon: FloatArray, lat: FloatArray, inside: Any, reach_km: float) -> Any:
    """Whether each point lies in the box around some points, wider by the reach."""
    degrees = np.degrees(reach_km / EARTH_RADIUS_KM)
    low, high = lat[inside].min() - degrees, lat[inside].max() + degrees
    wide = degrees / max(0.05, np.cos(np.radians(min(89.0, max(abs(low), abs(high))))))
    west, east = lon[inside].min() - wide, lon[inside].max() + wide
    return (lat >= low) & (lat <= high) & (lon >= west) & (lon <= east)


def _equipment(codes: Sequence[InseeCode], types: Collection[str]) -> list[dict[str, Any]]:
    if not codes:
        return []
    table = _counts()
    wanted = pc.and_(
        pc.is_in(table["code"], pa.array(sorted(codes), table["code"].type)),
        pc.is_in(table["type"], pa.array(sorted(types), table["type"].type)),
    )
    rows: list[dict[str, Any]] = table.filter(wanted).to_pylist()
    return rows


@cache
def _figures() -> pa.Table:
    """Figures of every commune, 6 MB: a process that opens many territories reads them once."""
    return pq.read_table(data_folder() / "communes.parquet", columns=list(_FIGURES))


@cache
def _counts() -> pa.Table:
    """Equipment of every commune, 17 MB, read once as well."""
    return pq.read_table(data_folder() / "equipment.parquet")


def _places(
    counted: Mapping[tuple[str, str], Mapping[str, Any]], code: InseeCode, line: str
) -> float | None:
    row = counted.get((code, line))
    return None if row is None else float(row["count"])


def _without_site(
    communes: Sequence[Commune],
    catalogue: Catalogue,
    counted: Mapping[tuple[str, str], Mapping[str, Any]],
) -> tuple[str, ...]:
    notes = []
    for service in catalogue:
        without = [
            commune.name
            for commune in communes
            if commune.member
            and (commune.code, service.places_from) in counted
            and (commune.code, service.code) not in counted
        ]
        if without:
            names = named(without)
            facts = {"service": service.code, "count": len(without), "communes": names}
            notes.append(note("places_without_site", **facts))
    return tuple(notes)
