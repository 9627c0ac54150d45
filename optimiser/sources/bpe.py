"""INSEE's Base permanente des équipements: counts by commune of the types of the catalogue.

Two official layouts are read, as CSV or Parquet: one row for each equipment, and rows that carry
their number in ``NB_EQUIP``. The file of all equipment (1.5 GB) is read in pieces.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from optimiser.catalogue import Catalogue
from optimiser.errors import Finding, TableError
from optimiser.sources.cells import listed, number, plain_value
from optimiser.sources.folder import data_folder
from optimiser.sources.national import index
from optimiser.sources.notes import note
from optimiser.sources.tables import check_file, first_line
from optimiser.territory import Facility, Territory
from optimiser.units import InseeCode, ServiceCode

MAX_BYTES = 4_000_000_000
KINDS = (".csv", ".txt", ".parquet")

_COMMUNE, _TYPE, _YEAR, _COUNT = "DEPCOM", "TYPEQU", "AN", "NB_EQUIP"
_BLOCK_BYTES = 8_000_000
_BATCH_ROWS = 200_000
_DISTRICTS = (("751", "75056"), ("6938", "69123"), ("132", "13055"))
"""INSEE codes of municipal districts start so, and belong to these communes."""


def bpe_codes() -> Mapping[str, ServiceCode]:
    """Type of the catalogue by equipment code of INSEE."""
    path = data_folder() / "catalogue" / "bpe_codes.toml"
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    return {code: service for service, codes in content.items() for code in codes}


def is_bpe(path: Path) -> bool:
    """Whether a file has the columns of the BPE."""
    if path.suffix.casefold() not in KINDS:
        return False
    return {_COMMUNE, _TYPE} <= {heading.strip() for heading in first_line(path)}


def read_bpe(
    path: Path, territory: Territory, catalogue: Catalogue
) -> tuple[tuple[Facility, ...], frozenset[ServiceCode], tuple[str, ...]]:
    """Count the equipment of a territory.

    Of several years in one file, the last one is read. Districts of Paris, Lyon and Marseille
    count for their commune.

    Parameters
    ----------
    path
        The file, CSV (``;`` or ``,``) or Parquet.
    territory
        Where.
    catalogue
        Which types; those without a code in ``bpe_codes.toml`` are not read.

    Returns
    -------
    facilities, services, notes
        Facilities, the types that the file holds anywhere, and remarks.

    Raises
    ------
    TableError
        The file is broken, or every row whose year or number is wrong.
    """
    check_file(path, MAX_BYTES, KINDS)
    codes = {c: service for c, service in bpe_codes().items() if service in catalogue}
    tally = _Tally(str(path), codes, frozenset(c.code for c in territory.communes))
    blocks = _parquet(path) if path.suffix.casefold() == ".parquet" else _csv(path, tally)
    try:
        for frame in blocks:
            tally.add(frame)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise TableError((Finding("file_unreadable", str(path)),)) from error
    if tally.findings:
        raise TableError(listed(tally.findings))
    year = max(tally.years, default=0)
    services = frozenset(service for y, service in tally.types if y == year)
    if not services:
        raise TableError((Finding("no_known_equipment", str(path), expected=", ".join(codes)),))
    found = tuple(
        Facility(commune, service, sites=count, year=year or None, source="INSEE BPE")
        for (y, commune, service), count in sorted(tally.counts.items())
        if y == year and count
    )
    absent = sorted(set(codes.values()) - services)
    remarks = [note("bpe_types_absent", services=", ".join(absent))] if absent else []
    if tally.unknown:
        remarks.append(note("bpe_communes_unknown", count=len(tally.unknown)))
    return found, services, tuple(remarks)


@dataclass
class _Tally:
    """Counts, piece by piece.

    Parameters
    ----------
    file
        Name of the file.
    codes
        Types by equipment code.
    communes
        Communes of the territory.
    """

    file: str
    codes: Mapping[str, ServiceCode]
    communes: frozenset[InseeCode]
    rows: int = 1
    counts: Counter[tuple[int, InseeCode, ServiceCode]] = field(default_factory=Counter)
    types: set[tuple[int, ServiceCode]] = field(default_factory=set)
    years: set[int] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    france: frozenset[str] = field(default_factory=lambda: frozenset(index().codes))

    def add(self, frame: pd.DataFrame) -> None:
        """Count the rows of a piece."""
        first = self.rows + 1
        self.rows += len(frame)
        wanted = frame[frame[_TYPE].isin(list(self.codes))]
        for position, row in zip(wanted.index, wanted.to_dict("records"), strict=True):
            at = first + int(position)
            year = self._whole(at, _YEAR, str(row.get(_YEAR, "")))
            count = self._whole(at, _COUNT, str(row[_COUNT])) if _COUNT in row else 1
            if year is None or count is None:
                continue
            service = self.codes[str(row[_TYPE])]
            self.years.add(year)
            self.types.add((year, service))
            commune = _commune(str(row[_COMMUNE]))
            if commune in self.communes:
                self.counts[year, commune, service] += count
            elif commune not in self.france:
                self.unknown.add(commune)

    def _whole(self, row: int, column: str, text: str) -> int | None:
        if not text and column == _YEAR:
            return 0
        value = number(text)
        if value is None or value < 0 or value % 1:
            self.findings.append(Finding("not_a_whole_number", self.file, row, column, text))
            return None
        return int(value)


def _commune(code: str) -> InseeCode:
    code = code.zfill(5)
    for start, commune in _DISTRICTS:
        if code.startswith(start) and code != commune:
            return commune
    return code


def _csv(path: Path, tally: _Tally) -> Iterator[pd.DataFrame]:
    headings = first_line(path)
    columns = [name for name in (_COMMUNE, _TYPE, _YEAR, _COUNT) if name in headings]
    with path.open("rb") as stream:
        line = stream.readline(1_000_000)

    def too_many(row: pa_csv.InvalidRow) -> str:
        at = row.number if row.number is None else int(row.number)
        problem = "too_few_cells"
        if row.actual_columns > row.expected_columns:
            problem = "too_many_cells"
        found, wanted = str(row.actual_columns), str(row.expected_columns)
        tally.findings.append(Finding(problem, str(path), at, "", found, wanted))
        return "skip"

    reader = pa_csv.open_csv(
        path,
        read_options=pa_csv.ReadOptions(block_size=_BLOCK_BYTES, use_threads=False),
        parse_options=pa_csv.ParseOptions(
            delimiter=";" if line.count(b";") >= line.count(b",") else ",",
            invalid_row_handler=too_many,
        ),
        convert_options=pa_csv.ConvertOptions(
            include_columns=columns,
            column_types=dict.fromkeys(columns, pa.string()),
            strings_can_be_null=False,
        ),
    )
    for batch in reader:
        yield batch.to_pandas()


def _parquet(path: Path) -> Iterator[pd.DataFrame]:
    source = pq.ParquetFile(path)
    columns = [n for n in (_COMMUNE, _TYPE, _YEAR, _COUNT) if n in source.schema_arrow.names]
    for batch in source.iter_batches(batch_size=_BATCH_ROWS, columns=columns):
        texts = {name: [plain_value(v) for v in batch[name].to_pylist()] for name in columns}
        yield pd.DataFrame(texts)
