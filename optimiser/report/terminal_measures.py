"""What the terminal shows of access measures."""

from rich.console import Group, RenderableType
from rich.table import Table as Grid

from optimiser.labels import Labels
from optimiser.report.prose import Prose
from optimiser.report.sentences import note_text, travel_text
from optimiser.report.tables import Cell, Kind, Table
from optimiser.report.words import Words


def measures_summary(table: Table, words: Words) -> RenderableType:
    """Show the measures of each type.

    Parameters
    ----------
    table
        First table of `optimiser.report.access_measures.measures_tables`.
    words
        Names of the case.

    Returns
    -------
    rich renderable
        The table, what it means, and where its minutes come from.
    """
    labels = words.labels
    supply = [at for at, column in enumerate(table.columns) if column.kind == "points"]
    times = [at for at in range(2, len(table.columns)) if at not in supply]
    notes = [note_text(note, labels) for note in words.case.territory.notes]
    source = travel_text(words.case.travel, labels)
    return Group(
        _grid(table, [0, *times], labels, title=words.case.territory.name),
        _grid(table, [0, *supply], labels),
        Prose(table.note),
        Prose(labels("access.travel", source=source)),
        *map(Prose, notes),
    )


def _grid(table: Table, shown: list[int], labels: Labels, title: str | None = None) -> Grid:
    grid = Grid(title=title, header_style="bold")
    for at in shown:
        column = table.columns[at]
        text = column.kind == "text"
        grid.add_column(column.title, justify="left" if text else "right", ratio=3 if text else 1)
    for row in table.rows:
        grid.add_row(*(_text(row[at], table.columns[at].kind, labels) for at in shown))
    return grid


def _text(cell: Cell, kind: Kind, labels: Labels) -> str:
    if isinstance(cell, str):
        return cell
    if kind == "percent":
        return labels.percent(cell, 0)
    return labels.number(cell, 0 if kind == "count" else 1)
