"""A small territory in the Nord, and files written for one test."""

import dataclasses
import math
from pathlib import Path

from optimiser.catalogue import Catalogue
from optimiser.sources.catalogue_file import load_catalogue
from optimiser.territory import Commune, Facility, Territory

DENAIN, SAINT_AMAND, VALENCIENNES = "59172", "59526", "59606"


def catalogue() -> Catalogue:
    return load_catalogue()


def commune(code: str, name: str, *, member: bool = True) -> Commune:
    return Commune(
        code=code,
        name=name,
        epci="200042190" if member else "245901160",
        member=member,
        lon=3.4,
        lat=50.35,
        area_km2=10.0,
        population=20_000,
        ages={"0_19": 5_000.0, "20_64": 11_000.0, "65_plus": 4_000.0},
        basin=code,
        basin_name=name,
    )


def territory() -> Territory:
    """Two members and one neighbour, each with its embedded pool and library."""
    communes = (
        commune(DENAIN, "Denain"),
        commune(SAINT_AMAND, "Saint-Amand-les-Eaux"),
        commune(VALENCIENNES, "Valenciennes", member=False),
    )
    facilities = tuple(
        Facility(place.code, service, sites=1, year=2013, source="INSEE BPE 2013")
        for place in communes
        for service in ("library", "swimming_pool")
    )
    return Territory("200042190", "CA de la Porte du Hainaut", communes, facilities)


def write(folder: Path, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
    return path


def same(a: Territory, b: Territory) -> bool:
    """Whether two territories are equal, unknown areas (NaN) included."""
    left, right = (
        [dataclasses.replace(c, area_km2=-1.0) if math.isnan(c.area_km2) else c for c in t.communes]
        for t in (a, b)
    )
    return left == right and a.facilities == b.facilities
