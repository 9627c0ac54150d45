"""The user's communes: a table of their own, or figures that replace the embedded ones."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

from optimiser.access.estimate import great_circle_km
from optimiser.catalogue import Catalogue
from optimiser.errors import TerritoryNotFoundError
from optimiser.sources.cells import Checked
from optimiser.sources.communes import CommuneRow, build_communes
from optimiser.sources.embedded import REACH_KM
from optimiser.sources.epci import find_epci
from optimiser.sources.national import commune_rows, facilities, index, near
from optimiser.sources.notes import note
from optimiser.sources.tables import read_table
from optimiser.sources.words import plain
from optimiser.territory import Territory
from optimiser.units import BoolArray, FloatArray, InseeCode

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "code": ("code insee", "insee", "insee com", "codgeo", "depcom", "code commune", "com"),
    "name": ("nom", "nom commune", "nom com", "commune", "libelle", "libgeo"),
    "population": ("pop", "pmun", "habitants", "population municipale", "population legale"),
    "lon": ("longitude", "lng", "long"),
    "lat": ("latitude",),
    "area_km2": ("area", "superficie", "superficie km2", "surface km2"),
    "member": ("membre",),
    "epci": ("code epci", "siren epci", "epci code"),
    "basin": ("bassin", "code bassin", "bassin de vie", "bassin vie", "bassin vie 2022"),
    "basin_name": ("nom bassin", "bassin nom", "nom du bassin", "bassin vie 2022 name"),
    "pop_0_19": ("0 19", "age 0 19", "pop 0 19 2021"),
    "pop_20_64": ("20 64", "age 20 64", "pop 20 64 2021"),
    "pop_65_plus": ("65 plus", "65", "65 et plus", "age 65 plus", "pop 65 plus 2021"),
    "median_income_eur": ("revenu median", "median income", "median income eur 2021"),
}
"""Headings under which each column may stand."""

_FIGURES = ("population", "lon", "lat", "area_km2", "median_income_eur")
_AGES = ("pop_0_19", "pop_20_64", "pop_65_plus")
_SAME_PLACE_KM = 50.0

_RULES = {
    "code": pa.Column(str, pa.Check.str_length(max_value=20, title="1 … 20"), unique=True),
    "population": pa.Column(float, pa.Check.ge(0), nullable=True),
    "lon": pa.Column(float, pa.Check.in_range(-180, 180), nullable=True),
    "lat": pa.Column(float, pa.Check.in_range(-90, 90), nullable=True),
    "area_km2": pa.Column(float, pa.Check.ge(0), nullable=True),
    "median_income_eur": pa.Column(float, pa.Check.ge(0), nullable=True),
    **{age: pa.Column(float, pa.Check.ge(0), nullable=True) for age in _AGES},
}


def load_communes(
    path: Path, epci: str, catalogue: Catalogue, reach_km: float = REACH_KM
) -> Territory:
    """Make a territory of the user's communes.

    Figures that the file leaves out come from the embedded tables where these know the commune.
    Members are the rows that ``member`` says, else those of the EPCI that ``epci`` says, else all
    rows. Where the file names no neighbours, those of the embedded tables stand for them.

    Parameters
    ----------
    path
        CSV, Excel, Parquet, GeoPackage or GeoJSON; only ``code`` must be there.
    epci
        SIREN code or name of the EPCI; it may be one that the embedded tables do not know.
    catalogue
        Types of facility whose embedded counts are joined by commune code.
    reach_km
        Straight-line distance, km, within which neighbours are looked for.

    Returns
    -------
    Territory
        The territory.

    Raises
    ------
    TableError
        Every wrong row.
    """
    checked = Checked(read_table(path, HEADINGS))
    checked.require("code")
    code, name = _epci(epci)
    figures = _figures(checked)
    known = _known(figures)
    figures = _filled(figures, known)
    for column in ("population", "lon", "lat"):
        texts = checked.table.texts(column)
        for position in np.flatnonzero(figures[column].isna()):
            if not texts[position]:
                checked.wrong("missing_cell", int(position), column, "")
    members, explicit = _members(checked, code)
    if not members.any():
        checked.wrong("no_member", 0, "member", "")
    checked.refuse()
    rows = [
        _row(row, known, member=bool(member), home=(code, name))
        for row, member in zip(figures.to_dict("records"), members, strict=True)
    ]
    added = [] if explicit else _neighbours(rows, known, reach_km)
    rows = rows if explicit else _within(rows, reach_km)
    communes, notes = build_communes([*rows, *added])
    french = set(known) | {row.code for row in added}
    found, homeless = facilities([c for c in communes if c.code in french], catalogue)
    remarks = (note("communes_from_file", file=path.name, count=len(figures)), *notes, *homeless)
    return Territory(code, name, communes, found, notes=remarks)


def _epci(query: str) -> tuple[str, str]:
    try:
        return find_epci(query)
    except TerritoryNotFoundError:
        return query, query


def _figures(checked: Checked) -> pd.DataFrame:
    """Typed columns of the file; points and areas from its shapes where it has no columns."""
    table = checked.table
    codes = _padded(table.texts("code"))
    frame = pd.DataFrame({"code": codes})
    for position in np.flatnonzero((frame["code"] == "").to_numpy()):
        checked.wrong("missing_cell", int(position), "code", "")
    for column in (*_FIGURES, *_AGES):
        whole = column == "population"
        frame[column] = checked.counts(column) if whole else checked.numbers(column)
    if table.shapes is not None:
        from optimiser.sources.geo_tables import areas_km2, points  # noqa: PLC0415 - slow import

        spots = points(table.shapes)
        frame["lon"] = frame["lon"].fillna(pd.Series([lon for lon, _ in spots], dtype=float))
        frame["lat"] = frame["lat"].fillna(pd.Series([lat for _, lat in spots], dtype=float))
        areas = pd.Series(areas_km2(table.shapes), dtype=float)
        frame["area_km2"] = frame["area_km2"].fillna(areas)
    checked.schema(frame, _RULES)
    for column in ("name", "basin", "basin_name", "epci"):
        frame[column] = table.texts(column)
    return frame


def _padded(codes: Sequence[str]) -> list[str]:
    """Codes with the zero that spreadsheets take from the departments 01 to 09."""
    france = set(index().codes)
    return [f"0{code}" if code not in france and f"0{code}" in france else code for code in codes]


def _known(figures: pd.DataFrame) -> Mapping[InseeCode, CommuneRow]:
    """Embedded figures of the communes; not of a foreign one that bears a French code."""
    rows = {row.code: row for row in commune_rows(set(figures["code"]), ())}
    return {
        code: rows[code]
        for code, lon, lat in figures[["code", "lon", "lat"]].itertuples(index=False)
        if code in rows and _same_place(rows[code], lon, lat)
    }


def _same_place(row: CommuneRow, lon: float, lat: float) -> bool:
    if row.lon is None or row.lat is None or np.isnan(lon) or np.isnan(lat):
        return True
    return float(_km(row.lon, row.lat, lon, lat)) <= _SAME_PLACE_KM


def _filled(figures: pd.DataFrame, known: Mapping[InseeCode, CommuneRow]) -> pd.DataFrame:
    frame = figures.copy()
    for column in _FIGURES:
        values = [getattr(known.get(code), column, None) for code in frame["code"]]
        frame[column] = frame[column].fillna(pd.Series(values, dtype=float))
    ages = [getattr(known.get(code), "ages", (None,) * len(_AGES)) for code in frame["code"]]
    incomplete = frame[list(_AGES)].isna().any(axis=1)
    for number, column in enumerate(_AGES):
        embedded = pd.Series([age[number] for age in ages], dtype=float)
        frame[column] = frame[column].mask(incomplete, embedded)
    return frame


def _members(checked: Checked, code: str) -> tuple[BoolArray, bool]:
    """Whether each row is a member, and whether the file says which rows are neighbours."""
    table = checked.table
    if "member" in table.frame.columns:
        return np.array(checked.flags("member"), dtype=bool), True
    ours = np.array([epci == code for epci in table.texts("epci")], dtype=bool)
    return (ours if ours.any() else np.ones(len(ours), dtype=bool)), False


def _row(
    figures: Mapping[Any, Any],
    known: Mapping[InseeCode, CommuneRow],
    *,
    member: bool,
    home: tuple[str, str],
) -> CommuneRow:
    embedded = known.get(figures["code"])
    basin, basin_name = _basin(figures["basin"], figures["basin_name"], embedded, home)
    area, income = figures["area_km2"], figures["median_income_eur"]
    epci = figures["epci"] or (home[0] if member else embedded.epci if embedded else "")
    return CommuneRow(
        code=figures["code"],
        name=figures["name"] or (embedded.name if embedded else figures["code"]),
        epci=epci,
        member=member,
        lon=float(figures["lon"]),
        lat=float(figures["lat"]),
        area_km2=None if np.isnan(area) or area == 0 else float(area),
        population=round(float(figures["population"])),
        ages=tuple(None if np.isnan(figures[age]) else float(figures[age]) for age in _AGES),
        basin=basin,
        basin_name=basin_name,
        median_income_eur=None if np.isnan(income) else float(income),
        finances=embedded.finances if embedded else None,
        landmass=embedded.landmass if embedded else 0,
    )


def _basin(
    basin: str, name: str, embedded: CommuneRow | None, home: tuple[str, str]
) -> tuple[str, str]:
    """Basin of the file, else the embedded one, else one basin for the whole territory."""
    if basin or name:
        return basin or plain(name), name or basin
    return (embedded.basin, embedded.basin_name) if embedded else home


def _within(rows: Sequence[CommuneRow], reach_km: float) -> list[CommuneRow]:
    """Members, and the other rows that lie within reach of one."""
    members = [row for row in rows if row.member]
    lon, lat = (np.array([getattr(row, axis) for row in members]) for axis in ("lon", "lat"))
    return [
        row
        for row in rows
        if row.member or bool((_km(row.lon or 0.0, row.lat or 0.0, lon, lat) <= reach_km).any())
    ]


def _neighbours(
    rows: Sequence[CommuneRow], known: Collection[InseeCode], reach_km: float
) -> list[CommuneRow]:
    """Embedded communes around the members, where the file names no neighbour itself."""
    if not all(row.member for row in rows):
        return []
    listed = {row.code for row in rows}
    around = [code for code in near(list(known), reach_km) if code not in listed]
    return [replace(row, member=False) for row in commune_rows(around, ())]


def _km(lon: float, lat: float, lons: Any, lats: Any) -> FloatArray:
    return great_circle_km(np.array(lon), np.array(lat), np.array(lons), np.array(lats))
