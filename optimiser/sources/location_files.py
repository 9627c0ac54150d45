"""Files of the location command: tables of demands and candidates, OR-Library and TSPLIB.

Formats: J. E. Beasley, OR-Library, "p-median - uncapacitated" (of two edges between the same
vertices, the last one counts); G. Reinelt, TSPLIB 95, node coordinates.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import shortest_path

from optimiser.errors import Finding, TableError
from optimiser.units import FloatArray

SHOWN = 20
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
    points = np.column_stack((_numbers(table, across, path), _numbers(table, up, path)))
    weight, code = _pick(names, WEIGHT), _pick(names, CODE)
    codes = [str(number) for number in range(len(table))]
    if code is not None:
        codes = table[code].astype(str).tolist()
        twice = table[code].astype(str).duplicated().to_numpy()
        if twice.any():
            raise TableError(
                tuple(
                    Finding("code_twice", path.name, int(i) + 2, str(code), codes[i])
                    for i in np.flatnonzero(twice)[:SHOWN]
                )
            )
    return Places(
        codes=codes,
        points=points,
        degrees=str(across).casefold() != "x",
        weights=None if weight is None else _numbers(table, weight, path),
        table=table,
        path=path,
    )


def _table(path: Path) -> pd.DataFrame:
    if not path.exists():
        raise TableError((Finding("file_missing", file=str(path)),))
    kind = path.suffix.casefold()
    if kind in {".csv", ".txt", ".tsv"}:
        # The fast reader does not guess the separator, and a million rows take the other a minute.
        with path.open(encoding="utf-8-sig") as file:
            first = file.readline()
        separator = max(",;\t|", key=first.count)
        return pd.read_csv(
            path, sep=separator, dtype=dict.fromkeys(CODE, str), encoding="utf-8-sig"
        )
    if kind == ".parquet":
        return pd.read_parquet(path)
    if kind == ".gpkg":
        return _geo_table(path)
    expected = ".csv, .parquet, .gpkg"
    raise TableError((Finding("file_format", file=path.name, found=kind, expected=expected),))


def _geo_table(path: Path) -> pd.DataFrame:
    import geopandas as gpd  # noqa: PLC0415 - a second to load, for one format only

    frame = gpd.read_file(path)
    points = frame.geometry.to_crs(4326) if frame.crs is not None else frame.geometry
    points = points.representative_point()
    table = pd.DataFrame(frame.drop(columns="geometry"))
    # A file without a reference system may hold any unit: its points stay plain x and y.
    names = ("lon", "lat") if frame.crs is not None else ("x", "y")
    table[names[0]], table[names[1]] = points.x.to_numpy(), points.y.to_numpy()
    return table


def _pick(names: dict[str, str], wanted: tuple[str, ...]) -> str | None:
    return next((names[name] for name in wanted if name in names), None)


def _numbers(table: pd.DataFrame, name: str, path: Path) -> FloatArray:
    values = pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        raise TableError(
            tuple(
                Finding("number", path.name, int(i) + 2, str(name), str(table[name].iloc[i]))
                for i in bad[:SHOWN]
            )
        )
    return values


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
    """
    words = _words(path)
    try:
        vertices, edges, count = (int(word) for word in words[:3])
        rows = np.array(words[3:], dtype=np.float64).reshape(edges, 3)
        ends = rows[:, :2].astype(np.int64) - 1
    except ValueError as error:
        raise TableError((Finding("orlib", file=path.name, found=str(error)),)) from error
    if vertices < 1 or (edges and not (ends.min() >= 0 and ends.max() < vertices)):
        raise TableError((Finding("orlib", file=path.name, expected=f"1..{vertices}"),))
    pairs = map(tuple, np.sort(ends, axis=1).tolist())
    lengths: dict[tuple[int, int], float] = dict(zip(pairs, rows[:, 2].tolist(), strict=True))
    if any(not length >= 0 for length in lengths.values()):
        raise TableError((Finding("orlib", file=path.name, expected=">= 0"),))
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
    text = path.read_text() if path.exists() else ""
    head, found, body = text.partition("NODE_COORD_SECTION")
    kind = next((line for line in head.splitlines() if "EDGE_WEIGHT_TYPE" in line), "EUC_2D")
    try:
        words = body.partition("EOF")[0].split()
        points = np.array(words, dtype=np.float64).reshape(-1, 3)[:, 1:]
    except ValueError as error:
        raise TableError((Finding("tsplib", file=path.name, found=str(error)),)) from error
    if not found or "EUC_2D" not in kind or len(points) == 0:
        expected = "EUC_2D NODE_COORD_SECTION"
        raise TableError((Finding("tsplib", file=path.name, expected=expected),))
    return points


def _words(path: Path) -> list[str]:
    if not path.exists():
        raise TableError((Finding("file_missing", file=str(path)),))
    return path.read_text().split()


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
    kind = path.suffix.casefold()
    if not path.exists():
        raise TableError((Finding("file_missing", file=str(path)),))
    table = pd.read_parquet(path) if kind == ".parquet" else pd.read_csv(path, dtype=str)
    if table.shape[1] < 3:  # noqa: PLR2004 - from, to, travel
        raise TableError((Finding("column_missing", file=path.name, expected="from, to, travel"),))
    rows = pd.Index(demands).get_indexer(pd.Index(table.iloc[:, 0].astype(str)))
    columns = pd.Index(candidates).get_indexer(pd.Index(table.iloc[:, 1].astype(str)))
    unknown = np.flatnonzero((rows < 0) | (columns < 0))
    if len(unknown):
        raise TableError(
            tuple(
                Finding(
                    "code_unknown", path.name, int(i) + 2, "", "/".join(map(str, table.iloc[i, :2]))
                )
                for i in unknown[:SHOWN]
            )
        )
    travel = _numbers(table, str(table.columns[2]), path)
    shape = (len(demands), len(candidates))
    matrix = sparse.coo_array((travel, (rows, columns)), shape=shape)
    if len(pd.DataFrame({"r": rows, "c": columns}).drop_duplicates()) < len(rows):
        raise TableError((Finding("pair_twice", file=path.name),))
    return matrix.tocsr()
