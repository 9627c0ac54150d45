"""Reads the features of a GeoPackage or GeoJSON file as a table with shapes.

GeoJSON is read without GDAL, which would also open other formats under that name and follow their
links; a GeoPackage must be an SQLite file for the same reason.
"""

import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyproj.exceptions import ProjError
from shapely.errors import ShapelyError
from shapely.geometry import shape

from optimiser.errors import Finding, TableError
from optimiser.sources.cells import Table, listed, plain_value

_SQLITE = b"SQLite format 3\x00"
_WGS84 = 4326
_EQUAL_AREA = 6933


def read_features(path: Path) -> Table:
    """Read the features of the first layer.

    Parameters
    ----------
    path
        A ``.gpkg``, ``.geojson`` or ``.json`` file.

    Returns
    -------
    Table
        Properties as texts, shapes in WGS 84; rows are counted from 1.

    Raises
    ------
    TableError
        The file is broken, holds no features, or a feature is wrong.
    """
    layer = _geopackage(path) if path.suffix.casefold() == ".gpkg" else _geojson(path)
    if layer.empty:
        raise TableError((Finding("table_empty", str(path)),))
    properties = pd.DataFrame(layer.drop(columns=layer.geometry.name))
    texts = properties.apply(lambda column: column.map(plain_value).str.strip())
    texts = texts.reindex(columns=properties.columns).reset_index(drop=True)
    return Table(str(path), texts, np.arange(1, len(layer) + 1), layer.geometry.to_numpy())


def areas_km2(shapes: Any) -> list[float | None]:
    """Areas of shapes in WGS 84, km²; None for points and lines."""
    areas = gpd.GeoSeries(shapes, crs=_WGS84).to_crs(_EQUAL_AREA).area / 1e6
    return [float(area) if area > 0 else None for area in areas]


def points(shapes: Any) -> list[tuple[float | None, float | None]]:
    """Longitude and latitude of a point inside each shape; None for empty ones."""
    inside = shapely.point_on_surface(shapes)
    return [
        (None, None) if point is None or point.is_empty else (float(point.x), float(point.y))
        for point in inside
    ]


def _geopackage(path: Path) -> gpd.GeoDataFrame:
    with path.open("rb") as stream:
        if stream.read(len(_SQLITE)) != _SQLITE:
            raise TableError((Finding("file_unreadable", str(path)),))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # GDAL warns of files that it reads all the same
            layers = [name for name, kind in pyogrio.list_layers(path) if kind is not None]
            layer = pyogrio.read_dataframe(path, layer=layers[0]) if layers else None
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise TableError((Finding("file_unreadable", str(path)),)) from error
    except (ShapelyError, RuntimeError, OSError) as error:
        raise TableError((Finding("file_unreadable", str(path)),)) from error
    if layer is None:
        raise TableError((Finding("no_layer", str(path)),))
    return _in_degrees(path, layer, layer.crs)


def _geojson(path: Path) -> gpd.GeoDataFrame:
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError, OSError) as error:
        raise TableError((Finding("file_unreadable", str(path)),)) from error
    features = content.get("features") if isinstance(content, Mapping) else None
    if not isinstance(features, list):
        raise TableError((Finding("no_layer", str(path)),))
    findings, shapes, properties = [], [], []
    for row, feature in enumerate(features, start=1):
        try:
            geometry = feature["geometry"]
            shapes.append(None if geometry is None else shape(geometry))
            properties.append(dict(feature.get("properties") or {}))
        except Exception:  # noqa: BLE001 - shapely raises almost anything on a broken geometry
            findings.append(Finding("geometry_wrong", str(path), row=row))
    if findings:
        raise TableError(listed(findings))
    frame = pd.DataFrame(properties, index=range(len(shapes)), dtype=object)
    frame = frame.drop(columns="geometry", errors="ignore")
    return _in_degrees(path, gpd.GeoDataFrame(frame, geometry=shapes), _declared(path, content))


def _declared(path: Path, content: Mapping[str, Any]) -> str:
    """Coordinate system of a GeoJSON file: WGS 84, unless the file declares another one."""
    declared = content.get("crs")
    if declared is None:
        return f"EPSG:{_WGS84}"
    try:
        return str(declared["properties"]["name"])
    except (KeyError, TypeError) as error:
        raise TableError((Finding("crs_unknown", str(path)),)) from error


def _in_degrees(path: Path, layer: gpd.GeoDataFrame, crs: Any) -> gpd.GeoDataFrame:
    if crs is None:
        raise TableError((Finding("crs_unknown", str(path)),))
    try:
        return layer.set_crs(crs, allow_override=True).to_crs(_WGS84)
    except (ProjError, ValueError) as error:
        raise TableError((Finding("crs_unknown", str(path), found=str(crs)[:80]),)) from error
