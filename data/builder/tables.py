"""The embedded tables: communes with their polygons, equipment, grid, stations."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from builder.landmass import numbered

COUNTS = (
    "population",
    "pop_0_19_2021",
    "pop_20_64_2021",
    "pop_65_plus_2021",
    "active_15_64_2021",
    "unemployed_15_64_2021",
    "salaried_jobs_2022",
)
KM_PER_DEGREE = 111.195
# The package places some town halls in a neighbour, in another department, or in the sea.
MISPLACED_KM = 1.0

ROWS_PER_GROUP = 2000
ROWS_PER_EQUIPMENT_GROUP = 20_000


def communes_table(facts: pd.DataFrame, polygons: pd.DataFrame) -> gpd.GeoDataFrame:
    """Join figures and polygons, one row per commune, sorted by EPCI then code.

    Areas are measured again where the polygon was completed. A town hall that is not located, or
    located more than 1 km outside its commune, is replaced by a point inside the polygon.

    Parameters
    ----------
    facts
        The figures, one row per commune.
    polygons
        Indexed by code: geometry, polygon_origin, measured_km2, component.

    Returns
    -------
    GeoDataFrame
        The figures, then polygon_origin, landmass and geometry (EPSG:4326).
    """
    table = facts.astype(dict.fromkeys(COUNTS, "Int64")).join(polygons, on="code")
    measured = table["area_km2"].isna() | table["polygon_origin"].isin(
        ["former_communes", "gap_filled"]
    )
    table.loc[measured, "area_km2"] = table["measured_km2"]
    table["landmass"] = numbered(table["component"], table["epci"])
    working = ["measured_km2", "component"]
    frame = gpd.GeoDataFrame(table.drop(columns=working), geometry="geometry", crs=4326)
    _relocate(frame)
    columns = [*facts.columns, "polygon_origin", "landmass", "geometry"]
    return frame.sort_values(["epci", "code"], ignore_index=True)[columns]


def km_outside(frame: gpd.GeoDataFrame) -> "pd.Series[float]":
    """Measure how far the location of each commune lies outside its polygon.

    Returns
    -------
    Series
        Kilometres, 0 inside; NaN without a location or a polygon.
    """
    known = frame[frame["lon"].notna() & frame.geometry.notna()]
    place = shapely.points(known["lon"], known["lat"])
    links = shapely.shortest_line(known.geometry.to_numpy(), place)
    steps = np.diff(shapely.get_coordinates(links).reshape(-1, 2, 2), axis=1)[:, 0]
    east = steps[:, 0] * np.cos(np.radians(known["lat"]))
    distance = KM_PER_DEGREE * np.hypot(east, steps[:, 1])
    return pd.Series(distance, index=known.index).reindex(frame.index)


def _relocate(frame: gpd.GeoDataFrame) -> None:
    unknown = frame["lon"].isna() | (km_outside(frame) > MISPLACED_KM)
    lost = unknown & frame.geometry.notna()
    inside = frame.loc[lost].representative_point()
    frame.loc[lost, "lon"], frame.loc[lost, "lat"] = inside.x.round(5), inside.y.round(5)
    frame.loc[unknown, "town_hall_located"] = False


def write_communes(table: gpd.GeoDataFrame, path: Path) -> None:
    """Write a GeoParquet whose row groups follow the EPCI, so that reading one reads few."""
    table.to_parquet(
        path,
        index=False,
        compression="zstd",
        compression_level=19,
        row_group_size=ROWS_PER_GROUP,
        schema_version="1.1.0",
    )


def write_table(table: pd.DataFrame, path: Path, rows_per_group: int) -> None:
    """Write a plain table, dictionary-encoded."""
    table.to_parquet(
        path,
        index=False,
        compression="zstd",
        compression_level=19,
        row_group_size=rows_per_group,
    )


def write_small_tables(facts: Path, out: Path) -> None:
    """Write equipment, population grid and railway stations."""
    equipment = pd.read_parquet(facts / "equipment.parquet")
    columns = ["code", "type", "count", "year", "source"]
    equipment = equipment[columns].sort_values(["code", "type"], ignore_index=True)
    write_table(equipment, out / "equipment.parquet", ROWS_PER_EQUIPMENT_GROUP)
    grid = pd.read_csv(facts / "population_grid_1km.csv")
    grid = grid.astype({"population_2017": "float64"})
    grid = grid.sort_values(["x_3035", "y_3035"], ignore_index=True)
    write_table(grid, out / "population_grid_1km.parquet", ROWS_PER_GROUP)
    stations = pd.read_csv(facts / "rail_stations_nord_pas_de_calais.csv")
    stations = stations.sort_values(["department_name", "name", "lon"], ignore_index=True)
    write_table(stations, out / "rail_stations.parquet", ROWS_PER_GROUP)
