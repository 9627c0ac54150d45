"""The embedded data of all of France: intercommunalities, territories, polygons, source cards."""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from optimiser.catalogue import Catalogue
from optimiser.errors import TerritoryNotFoundError
from optimiser.sources.communes import build_communes, own_basins_of_islands
from optimiser.sources.epci import epcis, find_epci
from optimiser.sources.folder import data_folder
from optimiser.sources.national import commune_rows, facilities, index, near
from optimiser.sources.notes import note
from optimiser.territory import Territory
from optimiser.units import InseeCode

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = [
    "SourceCard",
    "data_folder",
    "epcis",
    "find_epci",
    "load_polygons",
    "load_shapes",
    "load_sources",
    "load_territory",
]

REACH_KM = 25.0
"""Straight-line distance within which communes of other EPCIs count as neighbours."""


@dataclass(frozen=True, slots=True)
class SourceCard:
    """Where figures come from.

    Parameters
    ----------
    id
        Name of the card.
    title_fr, title_en
        Name of the source.
    producer, vintage, licence, address
        Who, when, under which terms, and the producer's public page.
    columns
        ``file: column`` of what comes from it.
    notes
        Known doubts.
    """

    id: str
    title_fr: str
    title_en: str
    producer: str
    vintage: str
    licence: str
    address: str
    columns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def load_territory(epci_query: str, catalogue: Catalogue, reach_km: float = REACH_KM) -> Territory:
    """Load an EPCI, the communes around it, and what stands in them.

    Parameters
    ----------
    epci_query
        SIREN code, name, or part of the name of the EPCI.
    catalogue
        Which types of facility.
    reach_km
        Straight-line distance, km, within which communes of other EPCIs count as neighbours.

    Returns
    -------
    Territory
        Basins are INSEE's bassins de vie, an island's communes being one of their own; its notes
        say what was missing.

    Raises
    ------
    TerritoryNotFoundError
        No EPCI, or several, answer to the query; or none of its communes has a location.
    """
    code, name = find_epci(epci_query)
    france = index()
    members = [c for c, epci in zip(france.codes, france.epcis, strict=True) if epci == code]
    around = near(members, reach_km)
    communes, missing = build_communes(commune_rows([*members, *around], set(members)))
    communes = own_basins_of_islands(communes)
    if not any(commune.member for commune in communes):
        raise TerritoryNotFoundError(query=epci_query, candidates=(f"{code} {name}",))
    found, homeless = facilities(communes, catalogue)
    alone = () if around else (note("no_neighbour", km=f"{reach_km:g}"),)
    return Territory(code, name, communes, found, notes=(*missing, *homeless, *alone))


def load_polygons(codes: Collection[InseeCode]) -> "gpd.GeoDataFrame":
    """Load polygons of communes.

    Parameters
    ----------
    codes
        INSEE codes; those without a polygon are left out.

    Returns
    -------
    GeoDataFrame
        Columns code, name, geometry (EPSG:4326), by code.
    """
    import geopandas as gpd  # noqa: PLC0415 - slow to import, and needed for maps only

    table = gpd.read_parquet(
        data_folder() / "communes.parquet",
        columns=["code", "name", "geometry"],
        filters=[("code", "in", sorted(codes))] if codes else [("code", "==", "")],
    )
    drawn = table[table.geometry.notna()]
    return drawn.sort_values("code", ignore_index=True)


def load_shapes(codes: Collection[InseeCode]) -> dict[InseeCode, Any]:
    """Load polygons of communes as bare geometries, where a table of them would cost too much.

    Parameters
    ----------
    codes
        INSEE codes; those without a polygon are left out.

    Returns
    -------
    dict
        Shapely geometries (EPSG:4326) by code, in the order of the codes.
    """
    import pyarrow as pa  # noqa: PLC0415 - slow
    import pyarrow.compute as pc  # noqa: PLC0415 - slow
    import pyarrow.parquet as pq  # noqa: PLC0415 - slow
    import shapely  # noqa: PLC0415 - slow

    wanted = pa.array(sorted(codes), type=pa.string())
    with pq.ParquetFile(data_folder() / "communes.parquet") as file:
        # Neighbours stand together in the file: few of its parts hold any, and most of their bytes
        # are polygons.
        found = file.read(columns=["code"])["code"]
        rows = np.flatnonzero(pc.is_in(found, wanted).to_numpy())
        ends = np.cumsum([file.metadata.row_group(g).num_rows for g in range(file.num_row_groups)])
        parts = np.unique(np.searchsorted(ends, rows, side="right")).tolist()
        table = file.read_row_groups(parts, columns=["code", "geometry"])
    table = table.filter(pc.is_in(table["code"], wanted)).sort_by("code")
    shapes = shapely.from_wkb(table["geometry"].to_numpy())
    named = zip(table["code"].to_pylist(), shapes, strict=True)
    return {code: shape for code, shape in named if shape is not None}


def load_sources() -> tuple[SourceCard, ...]:
    """Load the source cards.

    Returns
    -------
    tuple of SourceCard
        By name of the card.
    """
    cards = sorted((data_folder() / "sources").glob("*.toml"))
    return tuple(_card(tomllib.loads(path.read_text(encoding="utf-8"))) for path in cards)


def _card(content: dict[str, Any]) -> SourceCard:
    texts = ("id", "title_fr", "title_en", "producer", "vintage", "licence", "address")
    return SourceCard(
        **{name: str(content[name]) for name in texts},
        columns=tuple(content.get("columns", ())),
        notes=tuple(content.get("notes", ())),
    )
