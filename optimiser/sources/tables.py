"""Reads a table from CSV, Excel, Parquet, GeoPackage or GeoJSON as texts, cell by cell.

Nothing in a file is evaluated, and a file larger than its limit is not opened.
"""

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook

from optimiser.errors import Finding, TableError
from optimiser.sources.cells import Table, plain_value
from optimiser.sources.words import plain

if TYPE_CHECKING:
    from optimiser.units import IntArray

MAX_BYTES = 300_000_000
MAX_CELLS = 60_000_000
"""Cells of a table: a matrix of 7,700 communes."""

_CSV = (".csv", ".tsv", ".txt")
_EXCEL = (".xlsx", ".xlsm", ".xls", ".ods")
_GEO = (".gpkg", ".geojson", ".json")
KINDS = (*_CSV, *_EXCEL, ".parquet", *_GEO)

_SEPARATORS = ";,\t"
_TOO_MANY = re.compile(r"line (\d+): expected (\d+) fields, saw (\d+)")
_BLANK_LINES = re.compile(r"[\s;,]*\n")
_ROW = re.compile(r"row (\d+)")


def read_table(path: Path, aliases: Mapping[str, Sequence[str]]) -> Table:
    """Read a table as texts.

    Parameters
    ----------
    path
        The file; the first sheet or layer of it.
    aliases
        For each column, the headings under which it may stand; accents, case and punctuation do
        not matter. Columns under other headings are kept under their own.

    Returns
    -------
    Table
        Texts without outer blanks, and the row that a spreadsheet shows for each; rows without
        any text are left out.

    Raises
    ------
    TableError
        The file is missing, too large, of an unknown kind, broken, or has no rows; a row has too
        many cells; two columns answer to one name.
    """
    suffix = path.suffix.casefold()
    check_file(path, MAX_BYTES, KINDS)
    if suffix in _GEO:
        from optimiser.sources.geo_tables import read_features  # noqa: PLC0415 - slow to import

        table = read_features(path)
    else:
        reader = _parquet if suffix == ".parquet" else _excel if suffix in _EXCEL else _csv
        frame, rows = _with_header(path, *reader(path))
        table = Table(str(path), frame, rows)
    return _named(table, aliases)


def check_file(path: Path, max_bytes: int, kinds: Sequence[str]) -> None:
    """Refuse a file that is missing, of an unknown kind, or too large.

    Parameters
    ----------
    path
        The file.
    max_bytes
        Largest size.
    kinds
        Endings of the name that are accepted, in lower case.

    Raises
    ------
    TableError
        It is refused.
    """
    file = str(path)
    if path.suffix.casefold() not in kinds:
        expected = ", ".join(kinds)
        raise TableError(
            (Finding("file_kind_unknown", file, found=path.suffix, expected=expected),)
        )
    try:
        known, size = path.is_file(), path.stat().st_size
    except (OSError, ValueError):
        known, size = False, 0
    if not known:
        raise TableError((Finding("file_missing", file),))
    if size > max_bytes:
        found, limit = f"{size / 1e6:.1f} MB", f"{max_bytes / 1e6:g} MB"
        raise TableError((Finding("file_too_large", file, found=found, expected=limit),))


def first_line(path: Path) -> list[str]:
    """Headings of a CSV or Parquet file; empty where it has none that can be read."""
    try:
        if path.suffix.casefold() == ".parquet":
            return list(pq.read_schema(path).names)
        with path.open("rb") as stream:
            line = stream.readline(1_000_000)
        return next(csv.reader([_decoded(line)], delimiter=_separator(_decoded(line))), [])
    except (OSError, ValueError, csv.Error, pa.ArrowException):
        return []


def _csv(path: Path) -> tuple[pd.DataFrame, "IntArray"]:
    text = re.sub(r"\r\n?", "\n", _decoded(path.read_bytes()))
    if "\x00" in text:
        raise TableError((Finding("file_not_text", str(path)),))
    blank = _BLANK_LINES.match(text)
    skipped = blank.group().count("\n") if blank else 0
    text = text[blank.end() if blank else 0 :]
    separator = _separator(text.partition("\n")[0])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            frame = pd.read_csv(
                io.StringIO(text),
                sep=separator,
                header=None,
                dtype=str,
                na_filter=False,
                skip_blank_lines=False,
                on_bad_lines="warn",
            )
        except pd.errors.EmptyDataError:
            raise TableError((Finding("table_empty", str(path)),)) from None
        except (pd.errors.ParserError, ValueError, OverflowError) as error:
            row = _ROW.search(str(error))
            at = int(row.group(1)) + 1 + skipped if row else None
            raise TableError((Finding("csv_broken", str(path), row=at),)) from error
    messages = "\n".join(str(warning.message) for warning in caught)
    wrong = [
        Finding("too_many_cells", str(path), row=int(row) + skipped, found=found, expected=wanted)
        for row, wanted, found in _TOO_MANY.findall(messages)
    ]
    if wrong:
        raise TableError(tuple(wrong))
    return frame, np.arange(1, len(frame) + 1) + skipped


def _excel(path: Path) -> tuple[pd.DataFrame, "IntArray"]:
    refuse_bomb(path)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        sheet = workbook.get_sheet_by_index(0)
        end = sheet.end
        cells = 0 if end is None else (end[0] + 1) * (end[1] + 1)
        if cells > MAX_CELLS:
            limit = f"{MAX_CELLS:,}"
            raise TableError((Finding("too_many_rows", str(path), expected=limit),))
        rows = sheet.to_python(skip_empty_area=False) if cells else []
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise TableError((Finding("file_unreadable", str(path)),)) from error
    frame = pd.DataFrame([[plain_value(cell) for cell in row] for row in rows], dtype=object)
    return frame, np.arange(1, len(frame) + 1)


def refuse_bomb(path: Path) -> None:
    """Refuse a workbook that unpacks to far more than its size."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise TableError((Finding("file_unreadable", str(path)),)) from error
    if unpacked > 2 * MAX_BYTES:
        limit = f"{2 * MAX_BYTES / 1e6:g} MB"
        found = f"{unpacked / 1e6:.0f} MB"
        raise TableError((Finding("file_too_large", str(path), found=found, expected=limit),))


def _parquet(path: Path) -> tuple[pd.DataFrame, "IntArray"]:
    try:
        meta = pq.read_metadata(path)
        if meta.num_rows * max(1, meta.num_columns) > MAX_CELLS:
            limit = f"{MAX_CELLS:,}"
            raise TableError((Finding("too_many_rows", str(path), expected=limit),))
        table = pq.read_table(path)
        columns = {name: table[name].to_pylist() for name in table.column_names}
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise TableError((Finding("file_unreadable", str(path)),)) from error
    texts = {name: [name, *map(plain_value, cells)] for name, cells in columns.items()}
    frame = pd.DataFrame(texts, dtype=object)
    return frame, np.arange(1, len(frame) + 1)


def _with_header(
    path: Path, frame: pd.DataFrame, rows: "IntArray"
) -> tuple[pd.DataFrame, "IntArray"]:
    """Take the first row that says anything as headings, and drop rows that say nothing."""
    frame = frame.fillna("").astype(str)
    frame = frame.apply(lambda column: column.str.strip())
    says = (frame != "").any(axis=1).to_numpy() if frame.shape[1] else np.zeros(0, dtype=bool)
    frame, rows = frame[says], rows[says]
    if len(frame) < 2:  # noqa: PLR2004 - headings and one row
        raise TableError((Finding("table_empty", str(path)),))
    headings = [str(heading) for heading in frame.iloc[0]]
    body = frame.iloc[1:].reset_index(drop=True)
    body.columns = pd.RangeIndex(len(headings))
    return body.rename(columns=dict(enumerate(headings))), rows[1:]


def _named(table: Table, aliases: Mapping[str, Sequence[str]]) -> Table:
    """Table with its columns under the names of the reader."""
    known = {plain(alias): name for name, group in aliases.items() for alias in (name, *group)}
    names = [known.get(plain(str(heading)), str(heading)) for heading in table.frame.columns]
    twice = sorted({name for name in names if names.count(name) > 1 and name in aliases})
    if twice:
        raise TableError(tuple(Finding("column_twice", table.file, column=n) for n in twice))
    frame = table.frame.set_axis(names, axis=1)
    kept = [number for number, name in enumerate(names) if names.index(name) == number]
    return Table(table.file, frame.iloc[:, kept], table.rows, table.shapes)


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _separator(heading: str) -> str:
    """The sign that parts the headings most often, outside quotes."""
    bare = re.sub(r'"[^"]*"', "", heading)
    return max(_SEPARATORS, key=bare.count)
