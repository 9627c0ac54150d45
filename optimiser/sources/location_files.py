"""Files of the location command: tables of demands and candidates, OR-Library and TSPLIB.

Formats: J. E. Beasley, OR-Library, "p-median - uncapacitated" (of two edges between the same
vertices, the last one counts); G. Reinelt, TSPLIB 95, node coordinates.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely
from pyproj.exceptions import ProjError
from scipy import sparse
from scipy.sparse.csgraph import shortest_path

from optimiser.errors import Finding, TableError
from optimiser.units import LARGEST, FloatArray

SHOWN = 20
MOST_VERTICES = 40_000
CSV = {".csv", ".txt", ".tsv"}
LONGITUDE = ("lon", "longitude", "x")
LATITUDE = ("lat", "latitude", "y")
WEIGHT = ("weight", "population", "demand", "poids")
CODE = ("code", "id", "insee", "code_insee")


@dataclass(frozen=True, eq=False)
class Places:
    """Points of a table.

    Parameters
    ----------
    codes
        Code (n,) of each row; its number, counted from 0, when the table has no code column.
    points
        Longitude and latitude (n, 2), or x and y.
    degrees
        Whether the points are in degrees.
    weights
        Weight (n,); None when the table has no such column.
    table, path
        All columns, and where they came from.
    """

    codes: list[str]
    points: FloatArray
    degrees: bool
    weights: FloatArray | None
    table: pd.DataFrame
    path: Path

    def numbers(self, column: str) -> FloatArray:
        """Read a column of numbers (n,).

        Parameters
        ----------
        column
            Its name, in any case.

        Returns
        -------
        FloatArray
            The numbers.

        Raises
        ------
        TableError
            No such column, or a cell that is no number.
        """
        names = {str(name).casefold(): name for name in self.table.columns}
        found = _pick(names, (column.casefold(),))
        if found is None:
            raise TableError((Finding("column_missing", file=self.path.name, expected=column),))
        return _numbers(self.table, found, self.path)


def read_places(path: Path) -> Places:
    """Read points from CSV, Parquet or GeoPackage.

    Parameters
    ----------
    path
        The file. Columns ``lon`` and ``lat`` (degrees) or ``x`` and ``y``; ``weight`` or
        ``population``; ``code``. A GeoPackage gives its points by geometry.

    Returns
    -------
    Places
        The points.

    Raises
    ------
    TableError
        No such file, an unknown format, or columns and cells that do not serve.
    """
    table = _table(path)
    if len(table) == 0:
        raise TableError((Finding("empty", file=path.name),))
    names = {str(name).casefold(): name for name in table.columns}
    across, up = _pick(names, LONGITUDE), _pick(names, LATITUDE)
    if across is None or up is None:
        expected = "lon, lat | x, y"
        raise TableError((Finding("column_missing", file=path.name, expected=expected),))
    degrees = str(across).casefold() != "x"
    most = (180.0, 90.0) if degrees else (LARGEST, LARGEST)
    points = np.column_stack(
        [
            _numbers(table, name, path, "coordinate", least=-limit, most=limit)
            for name, limit in zip((across, up), most, strict=True)
        ]
    )
    weight, code = _pick(names, WEIGHT), _pick(names, CODE)
    codes = [str(number) for number in range(len(table))]
    if code is not None:
        codes = table[code].astype(str).tolist()
        _refuse("missing_cell", table[code].isna(), table[code], path)
        _refuse("code_twice", table[code].astype(str).duplicated(), table[code], path)
    return Places(
        codes=codes,
        points=points,
        degrees=degrees,
        weights=None if weight is None else _numbers(table, weight, path),
        table=table,
        path=path,
    )


def _table(path: Path, texts: int = 0) -> pd.DataFrame:
    """Read all columns; the first few are texts, whatever their names."""
    if not path.exists():
        raise TableError((Finding("file_missing", file=str(path)),))
    kind = path.suffix.casefold()
    readers: dict[str, Callable[[Path], pd.DataFrame]] = {
        **dict.fromkeys(CSV, partial(_csv, texts=texts)),
        ".parquet": pd.read_parquet,
        ".gpkg": _geo_table,
    }
    if kind not in readers:
        expected = ".csv, .parquet, .gpkg"
        raise TableError((Finding("file_format", file=path.name, found=kind, expected=expected),))
    try:
        return readers[kind](path)
    except UnicodeDecodeError as error:
        raise TableError((Finding("file_not_utf8", file=path.name),)) from error
    except pd.errors.EmptyDataError as error:
        raise TableError((Finding("empty", file=path.name),)) from error
    except pd.errors.ParserError as error:
        found = str(error).strip()
        raise TableError((Finding("file_unreadable", file=path.name, found=found),)) from error
    except (
        *(ValueError, OSError, pa.ArrowException, ProjError),
        *(pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError),
    ) as error:
        raise TableError((Finding("file_unreadable", file=path.name),)) from error


def _csv(path: Path, texts: int) -> pd.DataFrame:
    # The fast reader does not guess the separator, and a million rows take the other a minute.
    with path.open(encoding="utf-8-sig") as file:
        first = file.readline()
    separator = max(",;\t|", key=first.count)
    names = pd.read_csv(path, sep=separator, nrows=0, encoding="utf-8-sig").columns
    # Codes begin with zeros.
    codes = {*names[:texts], *(name for name in names if name.casefold() in CODE)}
    return pd.read_csv(path, sep=separator, dtype=dict.fromkeys(codes, str), encoding="utf-8-sig")


def _geo_table(path: Path) -> pd.DataFrame:
    import geopandas as gpd  # noqa: PLC0415 - a second to load, for one format only

    frame = gpd.read_file(path)
    if not isinstance(frame, gpd.GeoDataFrame):
        raise TableError((Finding("no_layer", file=path.name),))
    shapes = frame.geometry.to_crs(4326) if frame.crs is not None else frame.geometry
    # What is asked for a point inside a shape answers 0 for a point that is nowhere.
    there = np.isfinite(shapely.bounds(shapes.to_numpy())).all(axis=1)
    points = shapes.where(there).representative_point()
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    # A file without a reference system may hold any unit: its points stay plain x and y.
    names = ("lon", "lat") if frame.crs is not None else ("x", "y")
    table[names[0]], table[names[1]] = points.x.to_numpy(), points.y.to_numpy()
    return table


def _pick(names: dict[str, str], wanted: tuple[str, ...]) -> str | None:
    return next((names[name] for name in wanted if name in names), None)


def _numbers(
    table: pd.DataFrame,
    name: str,
    path: Path,
    problem: str = "number",
    *,
    least: float = 0.0,
    most: float = LARGEST,
) -> FloatArray:
    values = pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    good = pd.Series((values >= least) & (values <= most))
    _refuse(problem, ~good, table[name], path, f"{least:g} .. {most:g}")
    return values


def _refuse(
    problem: str, bad: "pd.Series[bool]", cells: "pd.Series[str]", path: Path, expected: str = ""
) -> None:
    """Refuse the cells that are bad, by the row that whoever opens the file sees."""
    first = 2 if path.suffix.casefold() in CSV else 1
    rows = np.flatnonzero(bad)
    if len(rows):
        raise TableError(
            tuple(
                Finding(
                    problem,
                    path.name,
                    int(i) + first,
                    str(cells.name),
                    str(cells.iloc[i]),
                    expected,
                )
                for i in rows[:SHOWN]
            )
        )


def read_orlib(path: Path) -> tuple[FloatArray, int]:
    """Read an OR-Library p-median file.

    Parameters
    ----------
    path
        Vertices, edges and p on the first line; then one edge a line.

    Returns
    -------
    tuple
        Lengths (n, n) of the shortest paths, and p.

    Raises
    ------
    TableError
        The file is not of that form.
    MemoryError
        More vertices than paths between all of them could be kept of.
    """
    words = _text(path).split()
    try:
        vertices, edges, count = (int(word) for word in words[:3])
        rows = np.array(words[3:], dtype=np.float64).reshape(edges, 3)
        ends = rows[:, :2].astype(np.int64) - 1
        whole = bool((ends + 1 == rows[:, :2]).all())
    except ValueError as error:
        raise TableError((Finding("orlib", file=path.name, found=str(error)),)) from error
    if vertices > MOST_VERTICES:
        raise MemoryError
    if vertices < 1 or (edges and not (whole and ends.min() >= 0 and ends.max() < vertices)):
        raise TableError((Finding("orlib", file=path.name, expected=f"1..{vertices}"),))
    pairs = map(tuple, np.sort(ends, axis=1).tolist())
    lengths: dict[tuple[int, int], float] = dict(zip(pairs, rows[:, 2].tolist(), strict=True))
    if any(not 0 <= length <= LARGEST for length in lengths.values()):
        expected = f"0 .. {LARGEST:g}"
        raise TableError((Finding("orlib", file=path.name, expected=expected),))
    ends = np.array(list(lengths), dtype=np.int64).reshape(-1, 2)
    graph = sparse.csr_array(
        (np.array(list(lengths.values())), (ends[:, 0], ends[:, 1])), shape=(vertices, vertices)
    )
    return shortest_path(graph, method="D", directed=False), count


def read_tsplib(path: Path) -> FloatArray:
    """Read the points (n, 2) of a TSPLIB file.

    Parameters
    ----------
    path
        A file with a NODE_COORD_SECTION of EUC_2D coordinates.

    Returns
    -------
    FloatArray
        Coordinates.

    Raises
    ------
    TableError
        The file is not of that form.
    """
    text = _text(path)
    head, found, body = text.partition("NODE_COORD_SECTION")
    kind = next((line for line in head.splitlines() if "EDGE_WEIGHT_TYPE" in line), "EUC_2D")
    try:
        words = body.partition("EOF")[0].split()
        points = np.array(words, dtype=np.float64).reshape(-1, 3)[:, 1:]
        told = [line.partition(":")[2] for line in head.splitlines() if "DIMENSION" in line]
        number = int(told[0]) if told else len(points)
    except ValueError as error:
        raise TableError((Finding("tsplib", file=path.name, found=str(error)),)) from error
    if not found or "EUC_2D" not in kind or len(points) == 0:
        expected = "EUC_2D NODE_COORD_SECTION"
        raise TableError((Finding("tsplib", file=path.name, expected=expected),))
    if number != len(points) or not (np.abs(points) <= LARGEST).all():
        expected = f"DIMENSION = {number}, x, y = {-LARGEST:g} .. {LARGEST:g}"
        raise TableError((Finding("tsplib", path.name, found=f"{len(points)}", expected=expected),))
    return points


def _text(path: Path) -> str:
    if not path.exists():
        raise TableError((Finding("file_missing", file=str(path)),))
    try:
        return path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, OSError) as error:
        raise TableError((Finding("file_not_text", file=path.name),)) from error


def read_matrix(path: Path, demands: list[str], candidates: list[str]) -> sparse.csr_array:
    """Read travel between codes from a long table.

    Parameters
    ----------
    path
        CSV or Parquet with a demand's code, a candidate's code and travel, in this order.
    demands, candidates
        Codes of the rows and columns wanted.

    Returns
    -------
    sparse.csr_array
        Travel (n, m); a pair that the file does not give is out of reach.

    Raises
    ------
    TableError
        Codes that do not match, or travel that is no number.
    """
    table = _table(path, texts=2)
    if table.shape[1] < 3:  # noqa: PLR2004 - from, to, travel
        raise TableError((Finding("column_missing", file=path.name, expected="from, to, travel"),))
    rows = pd.Index(demands).get_indexer(pd.Index(table.iloc[:, 0].astype(str)))
    columns = pd.Index(candidates).get_indexer(pd.Index(table.iloc[:, 1].astype(str)))
    ends = table.iloc[:, 0].astype(str) + "/" + table.iloc[:, 1].astype(str)
    ends.name = "/".join(map(str, table.columns[:2]))
    _refuse("code_unknown", pd.Series((rows < 0) | (columns < 0)), ends, path)
    travel = _numbers(table, str(table.columns[2]), path, "travel")
    twice = pd.DataFrame({"r": rows, "c": columns}).duplicated()
    if twice.any():
        again = int(np.flatnonzero(twice)[0])
        first = int(np.flatnonzero((rows == rows[again]) & (columns == columns[again]))[0])
        head = 2 if path.suffix.casefold() in CSV else 1
        found, expected = str(ends.iloc[again]), str(first + head)
        raise TableError((Finding("pair_twice", path.name, again + head, "", found, expected),))
    shape = (len(demands), len(candidates))
    return sparse.coo_array((travel, (rows, columns)), shape=shape).tocsr()
