"""Commune polygons: completed, cleaned and simplified as one coverage per zone."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from builder.landmass import components

Polygons: TypeAlias = np.ndarray[Any, np.dtype[np.object_]]

METROPOLE = 2154
OVERSEAS = {"971": 5490, "972": 5490, "973": 2972, "974": 2975, "976": 4471}

TOLERANCE_M = 50.0
SLIVER_WIDTH_M = 200.0
SMALLEST_MISSING_PART_M2 = 200_000.0
# A binary grid, so that the low bytes of every stored coordinate are zero and compress away.
GRID_DEGREES = 2.0**-16

# Former communes merged without becoming communes déléguées leave a hole that the package does
# not name: (lon, lat) inside the hole -> commune of 2025, from the INSEE list of mergers.
SIMPLE_MERGERS = {
    (5.207, 44.736): "26289",
    (4.860, 49.549): "08439",
    (5.051, 46.871): "71566",
    (0.200, 47.870): "72155",
    (3.829, 45.771): "42217",
    (3.558, 49.453): "02589",
    (0.226, 45.913): "16023",
    (6.131, 47.181): "25364",
}
# Llívia is Spain: a hole that is right.
FOREIGN = ((1.982, 42.466),)
# Its missing part lies on the national border, so that it leaves no hole to fill.
PARTIAL = ("25390",)


def build_polygons(communes: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Polygons of the communes of 2025.

    Parameters
    ----------
    communes
        Columns code and department.
    units
        Present and former communes, as read from the package.

    Returns
    -------
    DataFrame
        Indexed by code: geometry (WGS 84), polygon_origin (``package``, ``former_communes``,
        ``gap_filled`` or ``partial``), measured_km2 (on the projected coverage), component (first
        code of the communes that a car reaches without a boat).
    """
    raw = _with_former_communes(communes["code"], units)
    incomplete = set(units.loc[units["parent"].notna() & units["geometry"].isna(), "parent"])
    department = communes.set_index("code")["department"]
    zone = department.reindex(raw.index).map(lambda code: OVERSEAS.get(code, METROPOLE))
    parts = [_zone_coverage(raw[zone == epsg], int(epsg), incomplete) for epsg in sorted(set(zone))]
    return pd.concat(parts)


def _with_former_communes(codes: pd.Series, units: pd.DataFrame) -> pd.DataFrame:
    present = units[(units["type"] == "COM") & units["code"].isin(codes)]
    former = units[units["type"].isin(["COMD", "COMA"]) & units["geometry"].notna()]
    table = present.set_index("code")[["geometry"]].assign(polygon_origin="package")
    unions = {
        code: shapely.union_all(list(part)) for code, part in former.groupby("parent")["geometry"]
    }
    drawn = pd.Series(unions, dtype=object)
    united = table["geometry"].isna() & table.index.isin(drawn.index)
    table.loc[united, "geometry"] = drawn.reindex(table.index[united])
    table.loc[united, "polygon_origin"] = "former_communes"
    return table[table["geometry"].notna()].sort_index()


def _zone_coverage(raw: pd.DataFrame, epsg: int, incomplete: set[str]) -> pd.DataFrame:
    forth = Transformer.from_crs(4326, epsg, always_xy=True)
    back = Transformer.from_crs(epsg, 4326, always_xy=True)
    flat = _moved(shapely.make_valid(raw["geometry"].to_numpy(), method="structure"), forth)
    coverage = _clean(flat, gap_width=SLIVER_WIDTH_M)
    filled = _fill_holes(coverage, raw.index, incomplete, forth)
    coverage = shapely.coverage_simplify(coverage, TOLERANCE_M)
    origin = raw["polygon_origin"].copy()
    origin[sorted(filled)] = "gap_filled"
    origin[origin.index.isin(PARTIAL)] = "partial"
    measured = np.round(shapely.area(coverage) / 1e6, 3)
    columns = {"polygon_origin": origin, "measured_km2": measured, "geometry": None}
    table = pd.DataFrame(columns, index=raw.index)
    table["component"] = components(coverage, raw.index)
    table["geometry"] = _on_grid(_moved(coverage, back))
    return table


def _fill_holes(
    coverage: Polygons, codes: pd.Index, incomplete: set[str], forth: Transformer
) -> set[str]:
    """Give the missing parts of merged communes back to them, in place."""
    simple = _places_in_zone(SIMPLE_MERGERS, codes, forth)
    foreign = shapely.points([forth.transform(*place) for place in FOREIGN])
    tree = shapely.STRtree(coverage)
    missing: dict[int, list[shapely.Geometry]] = {}
    for hole in _holes(coverage):
        if hole.area < SMALLEST_MISSING_PART_M2 or shapely.intersects(hole, foreign).any():
            continue
        around = tree.query(hole, predicate="intersects")
        owners = [i for i in around if codes[i] in incomplete]
        owners = owners or [codes.get_loc(code) for at, code in simple if hole.intersects(at)]
        if len(owners) == 1:
            missing.setdefault(int(owners[0]), []).append(hole)
    for owner, holes in missing.items():
        coverage[owner] = shapely.union_all([coverage[owner], *holes])
    return {codes[owner] for owner in missing}


def _places_in_zone(
    places: Mapping[tuple[float, float], str], codes: pd.Index, forth: Transformer
) -> list[tuple[shapely.Point, str]]:
    return [
        (shapely.Point(forth.transform(*at)), code) for at, code in places.items() if code in codes
    ]


def _clean(coverage: Polygons, **settings: float) -> Polygons:
    # The published type stubs of shapely stop before 2.2.
    return np.asarray(shapely.coverage_clean(coverage, **settings))  # type: ignore[attr-defined]


def _holes(coverage: Polygons) -> list[shapely.Polygon]:
    parts = shapely.get_parts(shapely.coverage_union_all(coverage))
    return [shapely.Polygon(ring) for part in parts for ring in part.interiors]


def _on_grid(coverage: Polygons) -> Polygons:
    """Round to the common grid; a coverage that rounding breaks is cleaned and rounded again."""
    rounded = _rounded(coverage)
    for _ in range(5):
        if shapely.coverage_is_valid(rounded) and bool(shapely.is_valid(rounded).all()):
            return rounded
        rounded = _rounded(_clean(rounded, snapping_distance=GRID_DEGREES))
    raise ValueError("rounding to the grid breaks the coverage")


def _rounded(coverage: Polygons) -> Polygons:
    return np.asarray(
        shapely.transform(coverage, lambda xy: np.round(xy / GRID_DEGREES) * GRID_DEGREES)
    )


def _moved(geometries: Polygons, transformer: Transformer) -> Polygons:
    return np.asarray(
        shapely.transform(
            geometries, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))
        )
    )
