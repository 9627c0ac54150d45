"""A plan as a GeoPackage for QGIS: communes, facilities, and the styles that they open with."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyogrio
import shapely

from optimiser.case import Case
from optimiser.labels import Labels
from optimiser.report.geography import exchange_crs, polygons_by_code, town_halls
from optimiser.report.map_style import SYMBOLS, minutes_classes
from optimiser.report.qml import FillRule, Marker, fill_style, marker_style
from optimiser.report.site_status import STATUSES, SiteStatusName, site_statuses
from optimiser.solution import Solution
from optimiser.units import FloatArray

if TYPE_CHECKING:
    import geopandas as gpd

_WRITTEN = "1980-01-01T00:00:00Z"
"""Date written in the file, so that the same plan gives the same bytes."""

_HALF = 0.5

_QGIS_SHAPES: dict[SiteStatusName, str] = {
    "kept": "circle",
    "opened": "triangle",
    "transferred": "equilateral_triangle",
    "closed": "cross2",
    "shared": "diamond",
}


def communes_layer(
    solution: Solution, case: Case, polygons: "gpd.GeoDataFrame"
) -> "gpd.GeoDataFrame":
    """Members with their minutes to each type.

    Parameters
    ----------
    solution, case
        The plan and its case.
    polygons
        Columns code and geometry; a commune without a polygon keeps its figures.

    Returns
    -------
    GeoDataFrame
        Columns code, name, basin, basin_name, population; for each type ``<type>_now`` and
        ``<type>_plan`` (minutes, null out of reach) and ``<type>_covered`` (1 within the
        guaranteed time of the plan); ``types_now`` and ``types_plan``: types within it. Where the
        public lives in cells, a commune is within it where half of its inhabitants are.
    """
    import geopandas as gpd  # noqa: PLC0415 - slow to import, and needed for this file only

    crs = exchange_crs(case.territory)
    shapes = polygons_by_code(polygons, crs)
    columns: dict[str, Any] = {
        "code": [c.code for c in case.members],
        "name": [c.name for c in case.members],
        "basin": [c.basin for c in case.members],
        "basin_name": [c.basin_name for c in case.members],
        "population": [c.population for c in case.members],
    }
    now, covered = (
        np.array([case.part_within(k, *each) for k, each in enumerate(networks)]) >= _HALF
        for networks in (
            list(zip(network.sites, network.agreed, strict=True))
            for network in (solution.today, solution.evaluation)
        )
    )
    columns["types_now"] = now.sum(axis=0).astype(np.int32)
    columns["types_plan"] = covered.sum(axis=0).astype(np.int32)
    for k, service in enumerate(case.services):
        planned = solution.evaluation.minutes[k]
        columns[f"{service.code}_now"] = _nullable(solution.today.minutes[k])
        columns[f"{service.code}_plan"] = _nullable(planned)
        columns[f"{service.code}_covered"] = covered[k].astype(np.int32)
    geometry = [_multi(shapes.get(commune.code)) for commune in case.members]
    return gpd.GeoDataFrame(columns, geometry=geometry, crs=crs)


def facilities_layer(solution: Solution, case: Case, labels: Labels) -> "gpd.GeoDataFrame":
    """Sites at the town halls, by type and status.

    Parameters
    ----------
    solution, case
        The plan and its case.
    labels
        Words of the columns ``type`` and ``status_name``.

    Returns
    -------
    GeoDataFrame
        Columns service, type, code, commune, member, status, status_name, sites, other, source.
    """
    import geopandas as gpd  # noqa: PLC0415 - slow to import, and needed for this file only

    crs = exchange_crs(case.territory)
    sites = site_statuses(case, solution.decisions)
    communes = tuple(case.territory.by_code[site.commune] for site in sites)
    sources = {(f.commune, f.service): f.source for f in case.territory.facilities}
    columns: dict[str, Any] = {
        "service": [site.service for site in sites],
        "type": [labels(f"service.{site.service}") for site in sites],
        "code": [site.commune for site in sites],
        "commune": [commune.name for commune in communes],
        "member": np.array([commune.member for commune in communes], dtype=np.int32),
        "status": [site.status for site in sites],
        "status_name": [labels(f"site_status.{site.status}") for site in sites],
        "sites": np.array([site.sites for site in sites], dtype=np.int32),
        "other": [site.other for site in sites],
        "source": [sources.get((site.commune, site.service), "") for site in sites],
    }
    points = [shapely.Point(at) for at in town_halls(communes, crs)]
    return gpd.GeoDataFrame(columns, geometry=points, crs=crs)


def layer_styles(case: Case, labels: Labels) -> pd.DataFrame:
    """Styles of both layers in the table where QGIS looks for them.

    Parameters
    ----------
    case
        The case.
    labels
        Words of the legends.

    Returns
    -------
    DataFrame
        The default style of each layer first, then one style of the communes a type.
    """
    rows = [("communes", labels("geopackage.types"), _types_style(case, labels), True)]
    for service in case.services:
        name = labels(f"service.{service.code}")
        rows.append(("communes", name, _minutes_style(case, service.code, labels), False))
    rows.append(("facilities", labels("map.sites"), _sites_style(labels), True))
    return pd.DataFrame(
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": [row[0] for row in rows],
            "f_geometry_column": "geom",
            "styleName": [row[1] for row in rows],
            "styleQML": [row[2] for row in rows],
            "styleSLD": "",
            "useAsDefault": [row[3] for row in rows],
            "description": [row[1] for row in rows],
            "owner": "",
            "ui": "",
            "update_time": pd.Timestamp(_WRITTEN),
        }
    )


def write_geopackage(
    path: Path, solution: Solution, case: Case, polygons: "gpd.GeoDataFrame", labels: Labels
) -> None:
    """Write a plan as a GeoPackage.

    Parameters
    ----------
    path
        File to write; one that exists is replaced.
    solution, case
        The plan and its case.
    polygons
        Columns code and geometry, EPSG:4326.
    labels
        Words of the reader's language.
    """
    path.unlink(missing_ok=True)
    layers = {
        "communes": (communes_layer(solution, case, polygons), "MultiPolygon"),
        "facilities": (facilities_layer(solution, case, labels), "Point"),
    }
    with _fixed_date():
        for name, (layer, geometry_type) in layers.items():
            pyogrio.write_dataframe(
                layer,
                path,
                layer=name,
                driver="GPKG",
                geometry_type=geometry_type,
                append=path.exists(),
                layer_options={"GEOMETRY_NAME": "geom"},
            )
        pyogrio.write_dataframe(
            layer_styles(case, labels), path, layer="layer_styles", driver="GPKG", append=True
        )


@contextmanager
def _fixed_date() -> Iterator[None]:
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _WRITTEN})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _types_style(case: Case, labels: Labels) -> str:
    """Colour by number of types within the guaranteed time: few are pale, all are dark."""
    most = len(case.services)
    colours = ("#fbe3b5", "#d1e5f0", "#7fb2d5", "#2166ac")
    cuts = sorted({round(most * share) for share in (0.5, 0.75, 0.9)} | {most})
    lows = [0, *(cut + 1 for cut in cuts[:-1])]
    rules = [
        FillRule(
            labels("geopackage.types_class", low=labels.number(low), high=labels.number(high)),
            colour,
            f'"types_plan" >= {low} AND "types_plan" <= {high}',
        )
        for low, high, colour in zip(lows, cuts, colours[-len(cuts) :], strict=True)
    ]
    return fill_style(rules, FillRule(labels("unit.none"), "#ffffff", ""))


def _minutes_style(case: Case, service: str, labels: Labels) -> str:
    *reached, nowhere = minutes_classes(case.catalogue[service], labels)
    field, below, rules = f'"{service}_plan"', -1.0, []
    for each in reached:
        condition = f"{field} > {below:g}"
        if each is not reached[-1]:
            condition += f" AND {field} <= {each.upper:g}"
        rules.append(FillRule(each.label, each.fill, condition))
        below = each.upper
    return fill_style(rules, FillRule(nowhere.label, nowhere.fill, ""))


def _sites_style(labels: Labels) -> str:
    markers = [
        Marker(status, labels(f"site_status.{status}"), _QGIS_SHAPES[status], SYMBOLS[status][1])
        for status in STATUSES
    ]
    return marker_style("status", markers)


def _nullable(minutes: FloatArray) -> FloatArray:
    return np.where(np.isfinite(minutes), np.round(minutes, 2), np.nan)


def _multi(shape: Any) -> Any:
    return shapely.MultiPolygon([shape]) if isinstance(shape, shapely.Polygon) else shape
