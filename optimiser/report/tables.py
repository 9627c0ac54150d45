"""Tables as typed rows: the workbook writes them, and the app can show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from optimiser.report.words import Words

Kind: TypeAlias = Literal[
    "text", "count", "minutes", "euros", "euro_change", "posts", "percent", "points"
]
Cell: TypeAlias = str | float | None

_KINDS: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Parameters
    ----------
    title
        In the reader's language.
    kind
        How its cells are shown; ``percent`` holds shares from 0 to 1; ``euro_change`` and ``posts``
        are changes, written with their sign.
    width
        In characters.
    """

    title: str
    kind: Kind
    width: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Parameters
    ----------
    name
        Short name, of a sheet.
    columns, rows
        Each row has one cell a column; None where there is no figure.
    note
        What the reader must know; may be empty.
    row_kinds
        Where the figures of each row are of another kind: one entry a row; else empty.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    row_kinds: tuple[Kind, ...] = ()


def labelled_table(
    key: str, kinds: str, rows: Iterable[tuple[Cell, ...]], words: Words, note: str = ""
) -> Table:
    """Build a table whose titles stand in the labels.

    Parameters
    ----------
    key
        Its name is the label ``table.<key>.name``.
    kinds
        ``name:kind:width`` of each column; titles are the labels ``column.<name>``.
    rows
        Cells.
    words
        Names of the case.
    note
        Key of its note; empty: ``table.<key>.note``.

    Returns
    -------
    Table
        The table.
    """
    columns = []
    for entry in kinds.split():
        name, kind, width = entry.split(":")
        columns.append(Column(words.labels(f"column.{name}"), _KINDS[kind], int(width)))
    text = words.labels(note or f"table.{key}.note")
    return Table(words.labels(f"table.{key}.name"), tuple(columns), tuple(rows), text)
