"""Population grids of INSEE (Filosofi, 200 m or 1 km), and the cells of a territory."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from optimiser.access.estimate import CarEstimate, near_spots, spot_minutes
from optimiser.access.modes import Mode
from optimiser.cells import CellDemand
from optimiser.errors import Finding, TableError
from optimiser.sources.embedded import load_polygons
from optimiser.sources.folder import data_folder
from optimiser.sources.notes import named, note
from optimiser.sources.places import places, spots
from optimiser.territory import Territory
from optimiser.units import BoolArray, FloatArray, IntArray, Minutes

KINDS = (".csv", ".gpkg", ".parquet")

_IDENTIFIERS = ("idcar_200m", "idinspire", "idcar_1km")
_PERSONS = ("ind",)
_CODE = re.compile(r"CRS3035RES(\d+)m?N(\d+)E(\d+)")
_BLOCK = 4000
"""Cells whose minutes are estimated at a time."""

_PROJECTION = "EPSG:3035"


@dataclass(frozen=True, eq=False)
class Grid:
    """Cells with inhabitants.

    Parameters
    ----------
    east, north
        Lower-left corner (c,), metres of EPSG:3035.
    size
        Side (c,), metres.
    persons
        Inhabitants (c,).
    """

    east: FloatArray
    north: FloatArray
    size: FloatArray
    persons: FloatArray

    def part(self, chosen: BoolArray) -> "Grid":
        """Some of the cells."""
        return Grid(self.east[chosen], self.north[chosen], self.size[chosen], self.persons[chosen])


def read_grid(path: Path) -> Grid:
    """Read a grid as INSEE publishes it.

    Parameters
    ----------
    path
        CSV or GeoPackage of the 2015, 2017 or 2019 edition (columns ``idcar_200m``, ``idcar_1km``
        or ``IdINSPIRE``, and ``ind``), or a Parquet file with columns x_3035, y_3035 and one that
        starts with ``population``.

    Returns
    -------
    Grid
        Its inhabited cells.

    Raises
    ------
    TableError
        No such file, another kind, missing columns, or cells that are wrong.
    """
    if path.suffix.casefold() not in KINDS:
        raise TableError((Finding("file_kind_unknown", str(path), expected=", ".join(KINDS)),))
    if not path.is_file():
        raise TableError((Finding("file_missing", str(path)),))
    try:
        names = _names(path)
        columns = {name.casefold(): name for name in names}
        if path.suffix.casefold() == ".parquet" and "x_3035" in columns:
            return _checked(path, _own_format(path, columns))
        identifier = next((columns[name] for name in _IDENTIFIERS if name in columns), None)
        persons = next((columns[name] for name in _PERSONS if name in columns), None)
        if identifier is None or persons is None:
            found, expected = ", ".join(names[:8]), "idcar_200m | idcar_1km | IdINSPIRE, ind"
            raise TableError(
                (Finding("missing_column", str(path), found=found, expected=expected),)
            )
        return _checked(path, _of_identifiers(path, _columns(path, identifier, persons)))
    except (OSError, RuntimeError, ValueError, pa.ArrowException) as error:
        raise TableError((Finding("file_unreadable", str(path)),)) from error


def cells_of(
    territory: Territory,
    grid: Grid,
    *,
    source: str,
    limit: Minutes,
    roads: Path | None = None,
    mode: Mode = "car",
) -> tuple[CellDemand, tuple[str, ...]]:
    """Make the demand of a territory by cells.

    A cell belongs to the member whose polygon holds its centre. A member without any is one cell at
    its town hall.

    Parameters
    ----------
    territory
        Whose members.
    grid
        Inhabited cells.
    source
        Where they come from.
    limit
        Minutes up to which times are needed.
    roads
        Folder of road graphs; None: the estimate from distance and density.
    mode
        Which mode, over roads.

    Returns
    -------
    cells, notes
        The demand, and what had to be assumed.

    Raises
    ------
    TableError
        No cell lies in the territory.
    """
    import geopandas as gpd  # noqa: PLC0415 - slow
    import shapely  # noqa: PLC0415 - slow

    members = territory.members
    polygons = load_polygons([commune.code for commune in members])
    flat = polygons.to_crs(_PROJECTION)
    west, south, east, north = flat.total_bounds if len(flat) else (0, 0, -1, -1)
    middle_x, middle_y = grid.east + grid.size / 2, grid.north + grid.size / 2
    near = (middle_x >= west) & (middle_x <= east) & (middle_y >= south) & (middle_y <= north)
    grid = grid.part(near)
    points = np.asarray(shapely.points(grid.east + grid.size / 2, grid.north + grid.size / 2))
    tree = shapely.STRtree(flat.geometry.to_numpy())
    point, polygon = tree.query(points, predicate="intersects")
    # A centre on a border belongs to the first.
    point, first = np.unique(point, return_index=True)
    code_at = {commune.code: i for i, commune in enumerate(members)}
    home = np.array([code_at[code] for code in polygons["code"]], dtype=np.int64)[polygon[first]]
    if not len(point):
        raise TableError((Finding("grid_elsewhere", source, expected=territory.name),))
    centre = gpd.GeoSeries(points[point], crs=_PROJECTION).to_crs("EPSG:4326")
    persons = grid.persons[point]
    empty = sorted(set(range(len(members))) - set(home.tolist()))
    lon = np.concatenate([centre.x.to_numpy(), [members[i].lon for i in empty]])
    lat = np.concatenate([centre.y.to_numpy(), [members[i].lat for i in empty]])
    home = np.concatenate([home, np.array(empty, dtype=np.int64)])
    persons = np.concatenate([persons, np.ones(len(empty))])
    total = np.bincount(home, weights=persons, minlength=len(members))
    counted = float(persons.sum()) - len(empty)
    times = _times(territory, (lon, lat, home), limit, roads, mode)
    cells = CellDemand(
        home,
        persons / total[home],
        *times,
        limit=limit,
        source=source,
        counted=counted,
        lon=lon,
        lat=lat,
    )
    facts = {"cells": len(cells), "counted": round(counted), "legal": territory.population}
    notes = [note("grid_rescaled", file=source, **facts)]
    if empty:
        names = named([members[i].name for i in empty])
        notes.append(note("grid_without_cell", count=len(empty), communes=names))
    return cells, tuple(notes)


def _times(
    territory: Territory,
    spot: tuple[FloatArray, FloatArray, IntArray],
    limit: Minutes,
    roads: Path | None,
    mode: Mode,
) -> tuple[IntArray, IntArray, FloatArray]:
    """Entries by town hall: start (m + 1), cells and minutes."""
    lon, lat, home = spot
    if roads is not None:
        from optimiser.access.routing import sparse_times  # noqa: PLC0415 - compiles
        from optimiser.access.spots import Spots  # noqa: PLC0415
        from optimiser.sources.road_files import load_roads  # noqa: PLC0415

        graph = load_roads(roads, mode)
        found = sparse_times(graph, Spots(lon, lat), spots(territory.communes), limit)
        columns = found.minutes.tocsc()
        return columns.indptr.astype(np.int64), columns.indices.astype(np.int64), columns.data
    return _estimated(territory, lon, lat, home, limit)


def _estimated(
    territory: Territory, lon: FloatArray, lat: FloatArray, home: IntArray, limit: Minutes
) -> tuple[IntArray, IntArray, FloatArray]:
    """Estimate commune by commune: only town halls that some of its cells may reach are tried."""
    parameters = CarEstimate.from_toml(data_folder() / "access" / "car_estimate.toml")
    communes = territory.communes
    halls, landmass = places(communes), np.array([commune.landmass for commune in communes])
    by_home = np.split(np.argsort(home, kind="stable"), np.cumsum(np.bincount(home))[:-1])
    found: list[list[tuple[IntArray, FloatArray]]] = [[] for _ in communes]
    for i, cells in enumerate(by_home):
        mine = places(communes[i : i + 1])
        sea = (landmass != landmass[i]) & (landmass > 0) & (landmass[i] > 0)
        near = near_spots(lon[cells], lat[cells], mine, halls, parameters, limit=limit)
        near = near[~sea[near]]
        there = places([communes[j] for j in near.tolist()])
        for first in range(0, len(cells), _BLOCK):
            block = cells[first : first + _BLOCK]
            minutes = spot_minutes(lon[block], lat[block], mine, there, parameters)
            for j, row in zip(near.tolist(), minutes, strict=True):
                inside = row <= limit
                found[j].append((block[inside], row[inside]))
    sites = [([cell for cell, _ in parts], [row for _, row in parts]) for parts in found]
    none = [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    lists = [(np.concatenate(of or none[0]), np.concatenate(at or none[1])) for of, at in sites]
    start = np.concatenate([[0], np.cumsum([len(of) for of, _ in lists])])
    cell, minutes = (np.concatenate(part) for part in zip(*lists, strict=True))
    return start, cell, minutes


def _names(path: Path) -> list[str]:
    if path.suffix.casefold() == ".parquet":
        return list(pq.read_schema(path).names)
    if path.suffix.casefold() == ".gpkg":
        import pyogrio  # noqa: PLC0415 - slow

        return [str(name) for name in pyogrio.read_info(path)["fields"]]
    with path.open(encoding="utf-8-sig") as stream:
        line = stream.readline()
    mark = ";" if line.count(";") > line.count(",") else ","
    return [name.strip().strip('"') for name in line.rstrip("\r\n").split(mark)]


def _columns(path: Path, identifier: str, persons: str) -> pd.DataFrame:
    wanted = [identifier, persons]
    if path.suffix.casefold() == ".parquet":
        frame = pq.read_table(path, columns=wanted).to_pandas()
    elif path.suffix.casefold() == ".gpkg":
        import pyogrio  # noqa: PLC0415 - slow

        frame = pyogrio.read_dataframe(path, columns=wanted, read_geometry=False)
    else:
        with path.open(encoding="utf-8-sig") as stream:
            line = stream.readline()
        mark = ";" if line.count(";") > line.count(",") else ","
        frame = pa_csv.read_csv(
            path,
            parse_options=pa_csv.ParseOptions(delimiter=mark),
            convert_options=pa_csv.ConvertOptions(
                include_columns=wanted, column_types={name: pa.string() for name in wanted}
            ),
        ).to_pandas()
    return pd.DataFrame(frame[wanted]).set_axis(["identifier", "persons"], axis=1)


def _own_format(path: Path, columns: dict[str, str]) -> Grid:
    population = next((columns[name] for name in columns if name.startswith("population")), "")
    frame = pq.read_table(path, columns=[columns["x_3035"], columns["y_3035"], population])
    x, y, persons = (frame[at].to_numpy().astype(np.float64) for at in range(3))
    return Grid(x, y, np.full(len(x), 1000.0), persons)


def _of_identifiers(path: Path, frame: pd.DataFrame) -> Grid:
    parts = frame["identifier"].astype(str).str.extract(_CODE)
    wrong = parts[0].isna().to_numpy()
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        found, expected = str(frame["identifier"].iloc[at]), "CRS3035RES200mN2029800E4252400"
        raise TableError((Finding("grid_code", str(path), at + 2, "", found, expected),))
    size, north, east = (np.asarray(parts[at].astype(float), dtype=np.float64) for at in range(3))
    persons = pd.to_numeric(frame["persons"], errors="coerce").to_numpy(dtype=np.float64)
    return Grid(east, north, size, persons)


def _checked(path: Path, grid: Grid) -> Grid:
    wrong = ~(np.isfinite(grid.persons) & (grid.persons >= 0) & (grid.size > 0))
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        found = f"{grid.persons[at]:g}"
        raise TableError((Finding("out_of_range", str(path), at + 2, "ind", found, "≥ 0"),))
    return grid.part(grid.persons > 0)
