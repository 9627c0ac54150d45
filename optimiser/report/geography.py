"""Polygons and town halls on a plane, in metres."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj

from optimiser.territory import Commune, Territory
from optimiser.units import FloatArray

if TYPE_CHECKING:
    import geopandas as gpd

LAMBERT_93 = 2154
WGS_84 = 4326


def in_metropole(territory: Territory) -> bool:
    """Whether Lambert-93 suits a territory: metropolitan France, as the longitudes show.

    Parameters
    ----------
    territory
        The territory.

    Returns
    -------
    bool
        True when every member lies between 6° W and 10.5° E and 41° and 52° N.
    """
    west, east, south, north = -6.0, 10.5, 41.0, 52.0
    return all(west <= c.lon <= east and south <= c.lat <= north for c in territory.members)


def exchange_crs(territory: Territory) -> int:
    """EPSG code for exchange with other software.

    Parameters
    ----------
    territory
        The territory.

    Returns
    -------
    int
        2154 in metropolitan France, 4326 elsewhere.
    """
    return LAMBERT_93 if in_metropole(territory) else WGS_84


def drawing_crs(territory: Territory) -> pyproj.CRS:
    """Coordinate system in metres for maps.

    Parameters
    ----------
    territory
        The territory.

    Returns
    -------
    pyproj.CRS
        Lambert-93 in metropolitan France, the UTM zone of the members' mean longitude elsewhere.
    """
    if in_metropole(territory):
        return pyproj.CRS.from_epsg(LAMBERT_93)
    lon = float(np.mean([commune.lon for commune in territory.members]))
    lat = float(np.mean([commune.lat for commune in territory.members]))
    zone = int((lon + 180) // 6) + 1
    return pyproj.CRS.from_epsg((32600 if lat >= 0 else 32700) + zone)


def town_halls(communes: tuple[Commune, ...], crs: Any) -> FloatArray:
    """Project town halls.

    Parameters
    ----------
    communes
        The communes.
    crs
        Anything that pyproj takes for a coordinate system.

    Returns
    -------
    ndarray
        Array (n, 2): x and y.
    """
    forth = pyproj.Transformer.from_crs(WGS_84, crs, always_xy=True)
    xs, ys = forth.transform([c.lon for c in communes], [c.lat for c in communes])
    return np.column_stack([xs, ys]).reshape(len(communes), 2)


def polygons_by_code(polygons: "gpd.GeoDataFrame", crs: Any) -> dict[str, Any]:
    """Project polygons.

    Parameters
    ----------
    polygons
        Columns code and geometry.
    crs
        Anything that pyproj takes for a coordinate system.

    Returns
    -------
    dict
        Shapely geometry by INSEE code.
    """
    moved = polygons.to_crs(crs)
    return dict(zip(moved["code"], moved.geometry, strict=True))
