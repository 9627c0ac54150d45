"""A plan as an Excel workbook: values only, no formulas, one sheet a table."""

import datetime as dt
import io
import math
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

from optimiser.case import Case
from optimiser.labels import Labels
from optimiser.report.actions import list_actions
from optimiser.report.costs import cost_lines
from optimiser.report.duplicates import ledger
from optimiser.report.indicators import indicators
from optimiser.report.tables import Cell, Kind, Table
from optimiser.report.tables_context import scenario_table, sources_table, summary_table
from optimiser.report.tables_plan import (
    actions_table,
    basins_table,
    communes_table,
    costs_table,
    duplicates_table,
    services_table,
)
from optimiser.report.words import Words
from optimiser.solution import Solution
from optimiser.sources.embedded import SourceCard

_FORMATS: Mapping[Kind, str] = {
    "count": "#,##0",
    "minutes": "0.0",
    "euros": '#,##0 "€"',
    "euro_change": '+#,##0 "€";-#,##0 "€";0 "€"',
    "posts": "+0.0;-0.0;0.0",
    "percent": "0.0%",
    "points": "0.0",
}
_HEADER_ROW = 3
_LONGEST = 32_767
"""Most characters of an Excel cell."""

_EPOCH = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)
"""Creation date written in the file, so that the same plan gives the same bytes."""


def plan_tables(
    solution: Solution, case: Case, labels: Labels, cards: Sequence[SourceCard]
) -> tuple[Table, ...]:
    """Gather the tables of a plan, in the order of the sheets.

    Parameters
    ----------
    solution, case
        The plan and its case.
    labels
        Words of the reader's language.
    cards
        Source cards of the embedded data.

    Returns
    -------
    tuple of Table
        Summary, services, basins, actions, duplicates, costs, communes, scenario, sources.
    """
    words = Words(case, labels)
    figures = indicators(case, solution.today, solution.evaluation)
    now, planned = ledger(case, solution.today), ledger(case, solution.evaluation)
    return (
        summary_table(solution, figures, now, planned, words),
        services_table(figures, words),
        basins_table(figures, words),
        actions_table(list_actions(case, solution), words),
        duplicates_table(now, planned, words),
        costs_table(cost_lines(case, solution.today, solution.evaluation), words),
        communes_table(solution, case, words),
        scenario_table(case, words),
        sources_table(case, cards, words),
    )


def workbook(tables: Sequence[Table], title: str) -> bytes:
    """Write tables as an Excel workbook.

    Parameters
    ----------
    tables
        One a sheet.
    title
        Stands above every table.

    Returns
    -------
    bytes
        The file; the same tables give the same bytes.
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties({"title": title, "created": _EPOCH.replace(tzinfo=None)})
    formats = _formats(book)
    for table in tables:
        _sheet(book.add_worksheet(table.name), table, title, formats)
    book.close()
    return stream.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    header = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#dce6f1"}
    text = {"valign": "top"}
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "note": book.add_format({"italic": True}),
        "header": book.add_format(header),
        "text": book.add_format(text),
        "long": book.add_format({**text, "text_wrap": True}),
        **{k: book.add_format({**text, "num_format": f}) for k, f in _FORMATS.items()},
    }


def _sheet(sheet: Any, table: Table, title: str, formats: Mapping[str, Any]) -> None:
    sheet.write_string(0, 0, title, formats["title"])
    sheet.write_string(1, 0, table.note, formats["note"])
    for c, column in enumerate(table.columns):
        sheet.set_column(c, c, column.width)
        sheet.write_string(_HEADER_ROW, c, column.title, formats["header"])
    for r, row in enumerate(table.rows):
        kind = table.row_kinds[r] if table.row_kinds else None
        for c, cell in enumerate(row):
            column = table.columns[c]
            of_cell = column.kind if kind is None or column.kind == "text" else kind
            long = column.kind == "text" and column.width > 60  # noqa: PLR2004
            _write(sheet, _HEADER_ROW + 1 + r, c, cell, formats["long" if long else of_cell])
    last = _HEADER_ROW + max(1, len(table.rows))
    sheet.freeze_panes(_HEADER_ROW + 1, 1)
    sheet.autofilter(_HEADER_ROW, 0, last, len(table.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEADER_ROW)


def _write(sheet: Any, row: int, column: int, cell: Cell, style: Any) -> None:
    if cell is None or (not isinstance(cell, str) and not math.isfinite(cell)):
        sheet.write_blank(row, column, None, style)
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell[:_LONGEST], style)
    else:
        sheet.write_number(row, column, cell, style)
