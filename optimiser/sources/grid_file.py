"""Population grids of INSEE (Filosofi, 200 m or 1 km), and the cells of a territory."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from optimiser.access.estimate import CarEstimate
from optimiser.access.modes import Mode
from optimiser.access.spot_times import EstimatedTimes, SpotTimes, StoredTimes
from optimiser.access.spots import Spots
from optimiser.cells import CellDemand
from optimiser.errors import Finding, TableError
from optimiser.sources.embedded import load_shapes
from optimiser.sources.folder import data_folder
from optimiser.sources.notes import named, note
from optimiser.sources.places import places, spots
from optimiser.territory import Territory
from optimiser.units import BoolArray, FloatArray, IntArray, Minutes

KINDS = (".csv", ".gpkg", ".parquet")

_IDENTIFIERS = ("idcar_200m", "idinspire", "idcar_1km")
_PERSONS = ("ind",)
_CODE = r"CRS3035RES(?P<size>\d+)m?N(?P<north>\d+)E(?P<east>\d+)"
# EPSG:3035 by its own parameters: its entry in the register takes longer to read than the cells.
_PROJECTION = {
    "proj": "laea",
    "lat_0": 52,
    "lon_0": 10,
    "x_0": 4_321_000,
    "y_0": 3_210_000,
    "ellps": "GRS80",
}


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
    import shapely  # noqa: PLC0415 - slow
    from pyproj import Proj  # noqa: PLC0415 - slow

    members = territory.members
    to_metres = Proj(_PROJECTION)
    shapes = load_shapes([commune.code for commune in members])

    def flattened(points: FloatArray) -> FloatArray:
        return np.column_stack(to_metres(points[:, 0], points[:, 1]))

    flat = shapely.transform(list(shapes.values()), flattened)
    west, south, east, north = shapely.total_bounds(flat) if len(flat) else (0, 0, -1, -1)
    middle_x, middle_y = grid.east + grid.size / 2, grid.north + grid.size / 2
    near = (middle_x >= west) & (middle_x <= east) & (middle_y >= south) & (middle_y <= north)
    grid = grid.part(near)
    middle_x, middle_y = grid.east + grid.size / 2, grid.north + grid.size / 2
    polygon = _holders(flat, middle_x, middle_y)
    point = np.flatnonzero(polygon >= 0)
    code_at = {commune.code: i for i, commune in enumerate(members)}
    home = np.array([code_at[code] for code in shapes], dtype=np.int64)[polygon[point]]
    if not len(point):
        raise TableError((Finding("grid_elsewhere", source, expected=territory.name),))
    lon, lat = to_metres(middle_x[point], middle_y[point], inverse=True)
    persons = grid.persons[point]
    empty = sorted(set(range(len(members))) - set(home.tolist()))
    # Cells of one commune stand together.
    order = np.argsort(np.concatenate([home, np.array(empty, dtype=np.int64)]), kind="stable")
    lon = np.concatenate([lon, [members[i].lon for i in empty]])[order]
    lat = np.concatenate([lat, [members[i].lat for i in empty]])[order]
    home = np.concatenate([home, np.array(empty, dtype=np.int64)])[order]
    persons = np.concatenate([persons, np.ones(len(empty))])[order]
    total = np.bincount(home, weights=persons, minlength=len(members))
    counted = float(persons.sum()) - len(empty)
    cells = CellDemand(
        home,
        persons / total[home],
        _times(territory, Spots(lon, lat), home, limit, None if roads is None else (roads, mode)),
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


def _holders(polygons: NDArray[np.object_], x: FloatArray, y: FloatArray) -> IntArray:
    """Polygon that holds each point (c,), the first on a border; -1: none."""
    import shapely  # noqa: PLC0415 - slow

    holder = np.full(len(x), -1, dtype=np.int64)
    shapely.prepare(polygons)
    boxes = shapely.bounds(polygons).tolist()
    for at in range(len(polygons) - 1, -1, -1):
        west, south, east, north = boxes[at]
        near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
        holder[near[shapely.intersects_xy(polygons[at], x[near], y[near])]] = at
    return holder


def _times(
    territory: Territory,
    cells: Spots,
    home: IntArray,
    limit: Minutes,
    graph: tuple[Path, Mode] | None,
) -> SpotTimes:
    """Times to every town hall: over the roads, or estimated as they are asked for."""
    if graph is not None:
        from optimiser.access.routing import sparse_times  # noqa: PLC0415 - compiles
        from optimiser.sources.road_files import load_roads  # noqa: PLC0415

        found = sparse_times(load_roads(*graph), cells, spots(territory.communes), limit)
        minutes, km = found.minutes.tocsc(), found.km.tocsc()
        start, cell = minutes.indptr.astype(np.int64), minutes.indices.astype(np.int64)
        return StoredTimes(start, cell, minutes.data, km.data)
    lands = np.array([commune.landmass for commune in territory.communes])
    here = lands[: len(territory.members), None]
    # No car crosses the sea; nothing is known of a land without a number.
    joined = (here == lands) | (here == 0) | (lands == 0)
    parameters = CarEstimate.from_toml(data_folder() / "access" / "car_estimate.toml")
    ends = places(territory.members), places(territory.communes)
    return EstimatedTimes(cells, home, *ends, parameters, joined)


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


def _columns(path: Path, identifier: str, persons: str) -> pa.Table:
    """Identifiers, then persons."""
    wanted = [identifier, persons]
    if path.suffix.casefold() == ".parquet":
        table = pq.read_table(path, columns=wanted)
    elif path.suffix.casefold() == ".gpkg":
        import pyogrio  # noqa: PLC0415 - slow

        frame = pyogrio.read_dataframe(path, columns=wanted, read_geometry=False)
        table = pa.Table.from_pandas(frame, preserve_index=False)
    else:
        with path.open(encoding="utf-8-sig") as stream:
            line = stream.readline()
        mark = ";" if line.count(";") > line.count(",") else ","
        table = pa_csv.read_csv(
            path,
            parse_options=pa_csv.ParseOptions(delimiter=mark),
            convert_options=pa_csv.ConvertOptions(
                include_columns=wanted, column_types={name: pa.string() for name in wanted}
            ),
        )
    return table.select(wanted)


def _own_format(path: Path, columns: dict[str, str]) -> Grid:
    population = next((columns[name] for name in columns if name.startswith("population")), "")
    frame = pq.read_table(path, columns=[columns["x_3035"], columns["y_3035"], population])
    x, y, persons = (frame[at].to_numpy().astype(np.float64) for at in range(3))
    return Grid(x, y, np.full(len(x), 1000.0), persons)


def _of_identifiers(path: Path, table: pa.Table) -> Grid:
    texts = table.column(0).cast(pa.string()).combine_chunks()
    parts = pc.extract_regex(texts, _CODE)
    wrong = parts.is_null().to_numpy(zero_copy_only=False)
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        found, expected = str(texts[at]), "CRS3035RES200mN2029800E4252400"
        raise TableError((Finding("grid_code", str(path), at + 2, "", found, expected),))
    size, north, east = (
        pc.struct_field(parts, name).cast(pa.float64()).to_numpy()
        for name in ("size", "north", "east")
    )
    persons = pd.to_numeric(table.column(1).to_pandas(), errors="coerce").to_numpy(np.float64)
    return Grid(east, north, size, persons)


def _checked(path: Path, grid: Grid) -> Grid:
    wrong = ~(np.isfinite(grid.persons) & (grid.persons >= 0) & (grid.size > 0))
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        found = f"{grid.persons[at]:g}"
        raise TableError((Finding("out_of_range", str(path), at + 2, "ind", found, "≥ 0"),))
    return grid.part(grid.persons > 0)
