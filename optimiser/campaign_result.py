"""What a campaign finds: four tables, the same in the workers, on the disk and in the report."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias, get_args

import pyarrow as pa
from numpy.typing import NDArray

TableName: TypeAlias = Literal["communes", "services", "functions", "jobs"]

TABLES: tuple[TableName, ...] = get_args(TableName)
"""Order of writing: a job is done when its line in ``jobs``, the last one, is written."""

FAILED = "failed"
"""Status of a job that ended without an answer of the solver; the others are those of a solve."""

_TEXT, _COUNT, _FIGURE, _MINUTES = pa.string(), pa.int32(), pa.float64(), pa.float32()

SCHEMAS: Mapping[TableName, pa.Schema] = {
    "jobs": pa.schema(
        {
            "job": _TEXT,
            "epci": _TEXT,
            "epci_name": _TEXT,
            "scenario": _TEXT,
            "question": _TEXT,
            "status": _TEXT,
            "stop": _TEXT,
            "communes": _COUNT,
            "population": _COUNT,
            # Relative distance between bound and objective; infinite: a bound and nothing found.
            "gap": _FIGURE,
            "objective": _FIGURE,
            "bound": _FIGURE,
            # Wall time of the whole job: reading, modelling, solving, checking, explaining.
            "seconds": _FIGURE,
            "attempts": _COUNT,
            # Mean over the types of the share of the public within the guaranteed time.
            "access_now": _FIGURE,
            "access_planned": _FIGURE,
            # Euros a year; negative: the answer costs more than today.
            "saving_low_eur": _FIGURE,
            "saving_base_eur": _FIGURE,
            "saving_high_eur": _FIGURE,
            "once_eur": _FIGURE,
            "grades": _TEXT,
            "assumed": _FIGURE,
            "groups": _COUNT,
            "solver": _TEXT,
            "nodes": pa.int64(),
            "notes": pa.list_(_TEXT),
            "reason_fr": _TEXT,
            "reason_en": _TEXT,
            # Decisions as JSON, from which every figure can be recomputed.
            "answer": _TEXT,
            "asked": _TEXT,
        }
    ),
    "services": pa.schema(
        {
            "job": _TEXT,
            "service": _TEXT,
            "public": _FIGURE,
            "covered_now": _FIGURE,
            "covered_planned": _FIGURE,
            "minutes_now": _FIGURE,
            "minutes_planned": _FIGURE,
            "sites_now": _COUNT,
            "sites_planned": _COUNT,
            "opened": _COUNT,
            "closed": _COUNT,
            "agreements": _COUNT,
        }
    ),
    "communes": pa.schema(
        {
            "job": _TEXT,
            "service": _TEXT,
            "commune": _TEXT,
            "public": _MINUTES,
            "minutes_now": _MINUTES,
            "minutes_planned": _MINUTES,
        }
    ),
    "functions": pa.schema(
        {
            "job": _TEXT,
            "function": _TEXT,
            "groups": _COUNT,
            "sharing": _COUNT,
            "now_eur": _FIGURE,
            "saving_low_eur": _FIGURE,
            "saving_base_eur": _FIGURE,
            "saving_high_eur": _FIGURE,
            "grade": _TEXT,
            "cost_grade": _TEXT,
        }
    ),
}
"""Columns of each table; minutes are infinite where no site is reached."""


def table_of(name: TableName, columns: Mapping[str, Sequence[Any] | NDArray[Any]]) -> pa.Table:
    """Build one of the tables.

    Parameters
    ----------
    name
        Which table.
    columns
        Values of each column, all of the same length; columns left out are empty.

    Returns
    -------
    pyarrow.Table
        With the table's schema.
    """
    schema = SCHEMAS[name]
    rows = max((len(values) for values in columns.values()), default=0)
    arrays = [
        pa.array(columns[field.name], field.type)
        if field.name in columns
        else pa.nulls(rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def pack(tables: Mapping[TableName, pa.Table]) -> bytes:
    """Write the tables of one job as bytes that travel between processes and machines.

    Parameters
    ----------
    tables
        Some or all of the tables.

    Returns
    -------
    bytes
        An Arrow stream for each table, each behind its length.
    """
    parts = []
    for name in TABLES:
        sink = pa.BufferOutputStream()
        table = tables.get(name, SCHEMAS[name].empty_table())
        with pa.ipc.new_stream(sink, SCHEMAS[name]) as stream:
            stream.write_table(table)
        content = sink.getvalue().to_pybytes()
        parts += [len(content).to_bytes(8, "little"), content]
    return b"".join(parts)


def unpack(content: bytes) -> dict[TableName, pa.Table]:
    """Read what `pack` wrote.

    Parameters
    ----------
    content
        From `pack`.

    Returns
    -------
    dict
        Every table.

    Raises
    ------
    ValueError
        The content is something else, or not whole.
    """
    tables: dict[TableName, pa.Table] = {}
    at = 0
    for name in TABLES:
        size = int.from_bytes(content[at : at + 8], "little")
        at += 8
        if at + size > len(content) or not size:
            raise ValueError(name)
        table = pa.ipc.open_stream(pa.py_buffer(content[at : at + size])).read_all()
        if table.schema != SCHEMAS[name]:
            raise ValueError(name)
        tables[name] = table
        at += size
    return tables
