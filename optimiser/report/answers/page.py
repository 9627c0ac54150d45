"""One answer as a page: sentences, tables and data, for the terminal, Excel and programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

import numpy as np
from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table as Grid
from rich.text import Text

from optimiser.labels import Labels
from optimiser.report.plain import Json, plain
from optimiser.report.prose import Prose
from optimiser.report.tables import Cell, Column, Kind, Table
from optimiser.report.terminal_tables import bullets
from optimiser.report.words import Words
from optimiser.solution import Solution, Status
from optimiser.units import Share

_ROOM = 78
"""Characters of a line of the terminal that a table may fill."""

_FIRST, _OTHER, _WORD = 24, 12, 32
"""Least width of a column of words, in characters: the first, the others, and of a long word."""


@dataclass(frozen=True)
class Sheet:
    """A table, and which of its columns the terminal has room for.

    Parameters
    ----------
    table
        Every column.
    shown
        Indices of the columns that the terminal shows.
    """

    table: Table
    shown: tuple[int, ...]


@dataclass(frozen=True)
class Page:
    """An answer, worded.

    Parameters
    ----------
    question
        Its name, as on the command line.
    title
        What was asked.
    sentences
        The answer in words, the most important first.
    tables
        The figures.
    status, gap
        How well it is proven.
    data
        The answer itself.
    code
        With which the command ends.
    proven
        What is proven, where the usual sentence about a plan does not fit; empty: that sentence.
    """

    question: str
    title: str
    sentences: tuple[str, ...]
    tables: tuple[Sheet, ...]
    status: Status
    gap: Share
    data: Any
    code: int = 0
    proven: str = ""


def table(key: str, kinds: str, rows: Sequence[tuple[Cell, ...]], labels: Labels) -> Sheet:
    """Build a table whose words stand under ``ask.table.<key>``.

    Parameters
    ----------
    key
        Its name is the label ``ask.table.<key>``.
    kinds
        ``name:kind:width`` of each column; titles are the labels ``ask.column.<name>``. ``+`` at
        the end: too wide for the terminal.
    rows
        Cells.
    labels
        Words of the language.

    Returns
    -------
    Sheet
        The table.
    """
    columns, shown = [], []
    for c, entry in enumerate(kinds.split()):
        name, kind, width = entry.rstrip("+").split(":")
        columns.append(Column(labels(f"ask.column.{name}"), _kind(kind), int(width)))
        shown += [] if entry.endswith("+") else [c]
    return Sheet(Table(labels(f"ask.table.{key}"), tuple(columns), tuple(rows)), tuple(shown))


def _kind(name: str) -> Kind:
    kinds: dict[str, Kind] = {
        "text": "text",
        "count": "count",
        "minutes": "minutes",
        "euros": "euros",
        "percent": "percent",
        "points": "points",
    }
    return kinds[name]


def show(page: Page, labels: Labels) -> RenderableType:
    """Lay a page out for the terminal.

    Parameters
    ----------
    page
        The answer.
    labels
        Words of the language.

    Returns
    -------
    rich renderable
        Fits 80 columns where the tables do.
    """
    parts: list[RenderableType] = [
        Panel(bullets(page.sentences, labels), title=Text(page.title, style="bold"))
    ]
    for each in page.tables:
        if each.table.rows and each.shown:
            name = Text(each.table.name, style="bold")
            # rich makes a table with least widths wider by the padding of its last column.
            laid = Padding(grid(each, labels), (0, 2, 0, 0))
            parts += [Text(), Rule(name, align="left"), laid]
    return Group(*parts, Text(), Prose(proof(page, labels)))


def proof(page: Page, labels: Labels) -> str:
    """Say how well an answer is proven.

    Parameters
    ----------
    page
        The answer.
    labels
        Words of the language.

    Returns
    -------
    str
        One sentence.
    """
    if page.proven:
        return page.proven
    return labels(f"ask.proof.{page.status.value}", gap=labels.percent(page.gap, 4))


def grid(sheet: Sheet, labels: Labels) -> Grid:
    """Lay a table out for the terminal.

    Parameters
    ----------
    sheet
        The table.
    labels
        Words of the language.

    Returns
    -------
    rich.table.Table
        Without borders; figures are never torn, columns without any entry are left out.
    """
    rows = sheet.table.rows
    shown = [c for c in sheet.shown if any(row[c] not in {None, ""} for row in rows)]
    laid = Grid(box=None, header_style="bold", padding=(0, 2, 0, 0))
    columns = [sheet.table.columns[c] for c in shown]
    texts = [[_cell(row[c], sheet.table.columns[c].kind, labels) for c in shown] for row in rows]
    widths = _widths(columns, texts)
    for column, width in zip(columns, widths, strict=False):
        justify: Literal["left", "right"] = "left" if column.kind == "text" else "right"
        laid.add_column(column.title, justify=justify, width=width)
    for row in texts:
        laid.add_row(*(Prose(text) for text in row[: len(widths)]))
    return laid


def _widths(columns: Sequence[Column], texts: Sequence[Sequence[str]]) -> list[int]:
    """Widths of the columns that fit side by side; the last ones are left out, never cut."""
    widths, floors, wishes = [], [], []
    for n, column in enumerate(columns):
        wish = longest = max(cell_len(row[n]) for row in texts)
        floor = longest
        if column.kind == "text":
            # A long word is not cut off, up to the longest setting of a scenario.
            torn = max((cell_len(w) for row in texts for w in row[n].split()), default=0)
            floor = min(torn, _WORD)
            longest = max(min(longest, _FIRST if n == 0 else _OTHER), floor)
        # Titles are wrapped between words.
        title = max(cell_len(word) for word in column.title.split())
        widths.append(max(longest, title))
        floors.append(max(floor, title))
        wishes.append(max(wish, cell_len(column.title)))
    while len(widths) > 1 and (over := sum(widths) + 2 * len(widths) - _ROOM) > 0:
        n = int(np.argmax(np.subtract(widths, floors[: len(widths)])))
        if widths[n] > floors[n]:
            widths[n] = max(floors[n], widths[n] - over)
        else:
            widths.pop()
    # What is left goes, character by character, to whoever lacks most.
    for _ in range(_ROOM - sum(widths) - 2 * len(widths)):
        lacks = np.subtract(wishes[: len(widths)], widths)
        widths[int(np.argmax(lacks))] += int(lacks.max() > 0)
    return widths


def _cell(value: Cell, kind: Kind, labels: Labels) -> str:
    if isinstance(value, str):
        return value
    if kind == "euros":
        return labels.euros(value)
    if kind == "percent":
        return labels.percent(value)
    if kind == "minutes":
        return labels.minutes(value, 1)
    return labels.number(value, 1 if kind == "points" and abs(value or 0.0) < 100 else 0)  # noqa: PLR2004


def document(page: Page, words: Words) -> dict[str, Json]:
    """Turn a page into plain data.

    Parameters
    ----------
    page
        The answer.
    words
        Names of the case.

    Returns
    -------
    dict
        What `json.dumps` accepts.
    """
    territory = words.case.territory
    return {
        "question": page.question,
        "territory": {"code": territory.code, "name": territory.name},
        "scenario": words.case.scenario.model_dump(mode="json"),
        "language": words.labels.language,
        "status": page.status.value,
        "gap": plain(page.gap),
        "sentences": [*page.sentences, proof(page, words.labels)],
        "answer": data(page.data),
    }


def data(value: Any) -> Json:
    """Turn an answer into plain data, plans by what they decide rather than by their arrays.

    Parameters
    ----------
    value
        Dataclasses, plans among them, mappings, sequences and figures.

    Returns
    -------
    Json
        Plain values.
    """
    if isinstance(value, Solution):
        return _plan(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: data(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {_key(key): data(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [data(entry) for entry in value]
    return plain(value)


def _key(key: Any) -> str:
    return "/".join(key) if isinstance(key, tuple) else str(key)


def _plan(plan: Solution) -> Json:
    costs = plan.evaluation.costs
    return {
        "status": plan.status.value,
        "score": plan.score,
        "bound": plain(plan.bound),
        "gap": plain(plan.gap),
        "recurrent_eur": costs.recurrent_eur,
        "capital_eur": costs.capital_eur,
        "annual_eur": costs.annual_eur,
        "sites": [
            {"service": service, "commune": commune, "sites": count}
            for (service, commune), count in sorted(plan.decisions.sites.items())
            if count
        ],
        "agreements": [
            {"service": service, "commune": commune}
            for service, commune in sorted(plan.decisions.agreements)
        ],
    }
