"""A table as HTML: it is read aloud as a table, and prints as one."""

from collections.abc import Mapping, Sequence

import streamlit as st

from optimiser.report.pdf import cell_text
from optimiser.report.tables import Kind, Table
from optimiser.report.words import Words
from ui.text import tag

_LONG = 40
_STYLE = """<style>
.maillage-table { overflow-x: auto; }
.maillage-table table { border-collapse: collapse; width: 100%; font-size: 0.875rem; }
.maillage-table caption { text-align: left; font-weight: 600; padding: 0.3rem 0; }
.maillage-table th, .maillage-table td {
  padding: 0.3rem 0.45rem; text-align: left; vertical-align: top; border: 0;
  border-bottom: 1px solid rgba(128, 128, 128, 0.4); }
.maillage-table .n { text-align: right; white-space: nowrap; }
.maillage-table th.n { white-space: normal; }
.maillage-table .w { min-width: 14rem; }
@media print {
  .maillage-table { overflow: visible; }
  .maillage-table tr { break-inside: avoid; } }
</style>"""


def show(columns: Mapping[str, Sequence[str]], caption: str, numeric: Sequence[str] = ()) -> None:
    """Show a table of words and figures already written in the visitor's language.

    Parameters
    ----------
    columns
        Cells by title of the column.
    caption
        What the table holds.
    numeric
        Titles of the columns that are aligned as figures.
    """
    titles = list(columns)
    rows = list(zip(*columns.values(), strict=True))
    right = [title in numeric for title in titles]
    st.html(_html(titles, rows, right, caption))


def show_report(table: Table, words: Words, caption: str) -> None:
    """Show a table of a report.

    Parameters
    ----------
    table
        Typed cells.
    words
        Names of the case.
    caption
        What the table holds.
    """
    rows = [
        [
            cell_text(cell, "text" if column.kind == "text" else kind, words)
            for cell, column, kind in zip(row, table.columns, kinds, strict=True)
        ]
        for row, kinds in zip(table.rows, _kinds(table), strict=True)
    ]
    right = [column.kind != "text" for column in table.columns]
    st.html(_html([column.title for column in table.columns], rows, right, caption))


def _kinds(table: Table) -> list[list[Kind]]:
    """Kind of each cell: a row's own kind comes before its column's."""
    own = table.row_kinds or [None] * len(table.rows)
    return [[kind or column.kind for column in table.columns] for kind in own]


def _html(
    titles: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool], caption: str
) -> str:
    marks = [{"class": "n"} if figure else {} for figure in right]
    head = "".join(tag("th", t, scope="col", **m) for t, m in zip(titles, marks, strict=True))
    body = ""
    for row in rows:
        cells = [_cell(c, m) for c, m in zip(row, marks, strict=True)]
        # A first column names its row, unless it is the only one.
        cells[:1] = [tag("th", row[0], scope="row")] if len(row) > 1 else cells
        body += f"<tr>{''.join(cells)}</tr>"
    return (
        f'{_STYLE}<div class="maillage-table" tabindex="0" role="region" '
        f"{_label(caption)}><table>{tag('caption', caption)}"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(text: str, mark: Mapping[str, str]) -> str:
    """One cell; long texts keep a readable width on a narrow screen."""
    return tag("td", text, **(mark or ({"class": "w"} if len(text) > _LONG else {})))


def _label(caption: str) -> str:
    return tag("i", "", **{"aria-label": caption}).removeprefix("<i ").removesuffix("></i>")
