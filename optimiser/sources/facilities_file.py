"""The user's facilities: a table of their own, or INSEE's Base permanente des équipements."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

from optimiser.access.estimate import great_circle_km
from optimiser.catalogue import Catalogue
from optimiser.errors import Finding, TableError, nearest_name
from optimiser.sources.bpe import is_bpe, read_bpe
from optimiser.sources.cells import Checked
from optimiser.sources.embedded import load_polygons
from optimiser.sources.national import index
from optimiser.sources.notes import note
from optimiser.sources.tables import read_table
from optimiser.sources.words import plain
from optimiser.territory import Commune, Facility, Territory
from optimiser.units import InseeCode, ServiceCode

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "service": ("type", "equipement", "type d equipement", "type equipement", "facility type"),
    "code": ("code commune", "code insee", "insee", "insee com", "codgeo", "depcom"),
    "commune": ("nom commune", "commune name", "ville"),
    "lon": ("longitude", "lng", "long"),
    "lat": ("latitude",),
    "sites": ("nombre", "nb", "count", "nombre de sites"),
    "places": ("capacite", "capacity", "nombre de places"),
    "name": ("nom", "libelle"),
    "year": ("annee", "millesime"),
    "source": ("producteur",),
}
"""Headings under which each column may stand."""

_RULES = {
    "sites": pa.Column(float, pa.Check.in_range(0, 10_000)),
    "places": pa.Column(float, pa.Check.ge(0), nullable=True),
    "year": pa.Column(float, pa.Check.in_range(1900, 2200), nullable=True),
    "lon": pa.Column(float, pa.Check.in_range(-180, 180), nullable=True),
    "lat": pa.Column(float, pa.Check.in_range(-90, 90), nullable=True),
}

_BESIDE_KM = 10.0

_OUTSIDE = ""
"""Code of a commune that is known, and not of the territory."""


def place_facilities(path: Path, territory: Territory, catalogue: Catalogue) -> Territory:
    """Put the user's facilities in the place of the embedded counts of their types.

    Embedded counts stay for the types that the file does not hold, and for the neighbours where
    the file holds none of theirs. The BPE counts no places: the embedded ones stay.

    Parameters
    ----------
    path
        A BPE file (CSV or Parquet with DEPCOM and TYPEQU), or a table (CSV, Excel, Parquet,
        GeoPackage, GeoJSON) with ``service`` and a commune: its code, its name, or lon and lat
        inside it (of a commune without a polygon: within 10 km of its location).
    territory
        Where they stand.
    catalogue
        Which types there are.

    Returns
    -------
    Territory
        With the facilities of the file; its notes say which types were replaced.

    Raises
    ------
    TableError
        Every wrong row.
    """
    if is_bpe(path):
        found, types, remarks = read_bpe(path, territory, catalogue)
        found = tuple(replace(f, places=territory.places(f.commune, f.service)) for f in found)
    else:
        found, types, remarks = read_facilities(path, territory, catalogue)
    members = {commune.code for commune in territory.members}
    everywhere = any(facility.commune not in members for facility in found)
    kept = [
        facility
        for facility in territory.facilities
        if facility.service not in types or (not everywhere and facility.commune not in members)
    ]
    replaced = note("facilities_from_file", file=path.name, services=", ".join(sorted(types)))
    facilities = tuple(sorted((*kept, *found), key=lambda f: (f.commune, f.service, f.name)))
    return replace(territory, facilities=facilities, notes=(*territory.notes, replaced, *remarks))


def read_facilities(
    path: Path, territory: Territory, catalogue: Catalogue
) -> tuple[tuple[Facility, ...], frozenset[ServiceCode], tuple[str, ...]]:
    """Read a table of facilities.

    Parameters
    ----------
    path
        The table; ``sites`` is 1 where it says nothing, and 0 says that there is none.
    territory
        Where they stand; rows of other communes are counted and left out.
    catalogue
        Which types there are; a type may be given by code or by name.

    Returns
    -------
    facilities, services, notes
        Facilities of the territory, the types that the file holds, and remarks.

    Raises
    ------
    TableError
        Every wrong row, or none in the territory.
    """
    checked = Checked(read_table(path, HEADINGS))
    checked.require("service")
    columns = set(checked.table.frame.columns)
    placed = columns & {"code", "commune"} or {"lon", "lat"} <= columns
    if checked.table.shapes is None and not placed:
        checked.require("code")
    figures = _figures(checked)
    services = checked.coded("service", list(catalogue.services))
    communes = _communes(checked, territory, figures)
    checked.refuse()
    inside = [row for row, commune in enumerate(communes) if commune != _OUTSIDE]
    if not inside:
        raise TableError((Finding("nothing_in_territory", str(path), expected=territory.name),))
    names, sources = checked.table.texts("name"), checked.table.texts("source")
    found = tuple(
        Facility(
            commune=communes[row],
            service=services[row],
            sites=int(figures["sites"][row]),
            places=_optional(figures["places"][row]),
            year=None if np.isnan(figures["year"][row]) else int(figures["year"][row]),
            source=sources[row] or path.name,
            name=names[row],
        )
        for row in inside
        if figures["sites"][row] > 0
    )
    lost = len(communes) - len(inside)
    notes = (note("facilities_elsewhere", file=path.name, count=lost),) if lost else ()
    return found, frozenset(services), notes


def _figures(checked: Checked) -> pd.DataFrame:
    table = checked.table
    whole = ("sites", "places")
    frame = pd.DataFrame(
        {c: checked.counts(c) if c in whole else checked.numbers(c) for c in _RULES}
    )
    if table.shapes is not None:
        from optimiser.sources.geo_tables import points  # noqa: PLC0415 - slow to import

        spots = pd.DataFrame(points(table.shapes), columns=["lon", "lat"], dtype=float)
        frame[["lon", "lat"]] = frame[["lon", "lat"]].fillna(spots)
    frame["sites"] = frame["sites"].mask(np.array(table.texts("sites")) == "", 1.0)
    checked.schema(frame.assign(sites=frame["sites"].fillna(1.0)), _RULES)
    for row in np.flatnonzero(frame["sites"] % 1 > 0):
        checked.wrong("not_a_whole_number", int(row), "sites", table.texts("sites")[row])
    return frame


def _communes(checked: Checked, territory: Territory, figures: pd.DataFrame) -> list[InseeCode]:
    """Commune of each row: by code, by name, or around its point."""
    table = checked.table
    by_code = _finder(territory)
    texts = zip(table.texts("code"), table.texts("commune"), strict=True)
    words = [(code or name, "code" if code else "commune") for code, name in texts]
    unplaced = [row for row, (word, _) in enumerate(words) if not word]
    around = _around(territory, figures, unplaced)
    communes = []
    for row, (word, column) in enumerate(words):
        commune = by_code(word) if word else around.get(row)
        communes.append(commune or _OUTSIDE)
        if commune is None and word:
            names = [c.name for c in territory.communes]
            checked.wrong("unknown_commune", row, column, word, close=nearest_name(word, names))
        elif commune is None:
            checked.wrong("no_place", row, "code", "")
    return communes


def _finder(territory: Territory) -> Callable[[str], InseeCode | None]:
    """Finds a commune of the territory, says that one lies outside, or knows none."""
    here = {commune.code: commune.code for commune in territory.communes}
    names: dict[str, list[InseeCode]] = {}
    for commune in (*territory.members, *territory.neighbours):
        names.setdefault(plain(commune.name), []).append(commune.code)
    france = index()
    elsewhere = {*france.codes} | {plain(name) for name in france.names}

    def find(word: str) -> InseeCode | None:
        for code in (word, f"0{word}"):
            if code in here:
                return code
        same = names.get(plain(word), [])
        own = [code for code in same if territory.by_code[code].member]
        if len(own or same) == 1:
            return (own or same)[0]
        known = not same and (word in elsewhere or f"0{word}" in elsewhere)
        return _OUTSIDE if known or (not same and plain(word) in elsewhere) else None

    return find


def _around(
    territory: Territory, figures: pd.DataFrame, rows: Sequence[int]
) -> Mapping[int, InseeCode]:
    """Commune around the point of each row that has one; none where it lies outside all."""
    located = [
        row for row in rows if np.isfinite(figures.loc[row, ["lon", "lat"]].to_numpy()).all()
    ]
    if not located:
        return {}
    import geopandas as gpd  # noqa: PLC0415 - slow to import, and needed for points only

    polygons = load_polygons([commune.code for commune in territory.communes])
    spots: Any = figures.loc[located]
    layer = gpd.GeoDataFrame(
        {"row": located}, geometry=gpd.points_from_xy(spots["lon"], spots["lat"]), crs=4326
    )
    joined = layer.sjoin(polygons[["code", "geometry"]], how="left", predicate="intersects")
    joined = joined.drop_duplicates("row")
    drawn = set(polygons["code"])
    undrawn = [commune for commune in territory.communes if commune.code not in drawn]
    return {
        int(row): code if isinstance(code, str) else _beside(undrawn, spot.x, spot.y)
        for row, code, spot in zip(joined["row"], joined["code"], joined.geometry, strict=True)
    }


def _beside(communes: Sequence[Commune], lon: float, lat: float) -> InseeCode:
    """Of the communes without a polygon, the nearest one that is near enough."""
    if not communes:
        return _OUTSIDE
    places = np.array([(commune.lon, commune.lat) for commune in communes])
    km = great_circle_km(np.array(lon), np.array(lat), places[:, 0], places[:, 1])
    return communes[int(km.argmin())].code if km.min() <= _BESIDE_KM else _OUTSIDE


def _optional(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
