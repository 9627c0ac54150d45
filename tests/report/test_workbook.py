import io
from typing import Any

import openpyxl
import pytest
import python_calamine

from optimiser.case import Case
from optimiser.labels import Labels
from optimiser.report.tables import Column, Table
from optimiser.report.workbook import plan_tables, workbook
from optimiser.solution import Solution
from optimiser.sources.embedded import SourceCard

CARD = SourceCard("id", "Titre", "Title", "INSEE", "2021", "Licence", "https://insee.fr")
SHEETS = 9
HEADER = 4


def table(rows: tuple[tuple[Any, ...], ...]) -> Table:
    columns = (Column("=Title", "text", 20), Column("Euros", "euros", 12))
    return Table("Sheet", columns, rows, note="@note")


@pytest.fixture
def tables(case: Case, solution: Solution, labels: Labels) -> tuple[Table, ...]:
    return plan_tables(solution, case, labels, [CARD])


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_every_table_is_a_sheet_that_two_readers_read_alike(tables: tuple[Table, ...]) -> None:
    content = workbook(tables, "T")
    book = opened(content)
    calamine = python_calamine.load_workbook(io.BytesIO(content))
    assert book.sheetnames == [t.name for t in tables] == calamine.sheet_names
    assert len(tables) == SHEETS
    for expected in tables:
        sheet = book[expected.name]
        rows = list(sheet.iter_rows(min_row=HEADER, values_only=True))
        assert rows[0] == tuple(column.title for column in expected.columns)
        assert [tuple(row) for row in rows[1:]] == [
            tuple(pytest.approx(c, nan_ok=True) if isinstance(c, float) else c for c in row)
            for row in expected.rows
        ]
        other = calamine.get_sheet_by_name(expected.name).to_python()
        assert len(other) == HEADER + len(expected.rows)
        assert other[HEADER - 1][0] == expected.columns[0].title


def test_sheets_are_frozen_below_their_header_and_wide_enough(tables: tuple[Table, ...]) -> None:
    book = opened(workbook(tables, "T"))
    for sheet in book:
        assert sheet.freeze_panes == "B5"
        assert sheet.column_dimensions["A"].width > 8


def test_texts_that_look_like_formulas_stay_texts() -> None:
    rows = tuple((text, 1.0) for text in ("=1+1", "+33 3 27", "-1", "@cmd", "https://a.fr", "007"))
    sheet = opened(workbook([table(rows)], "=T"))["Sheet"]
    cells = [sheet.cell(HEADER + 1 + r, 1) for r in range(len(rows))]
    assert [cell.value for cell in cells] == [row[0] for row in rows]
    assert all(cell.data_type == "s" for cell in cells)
    assert sheet["A1"].data_type == "s"
    assert sheet["A2"].data_type == "s"
    assert sheet.cell(HEADER, 1).data_type == "s"


def test_the_workbook_of_a_plan_holds_no_formula(tables: tuple[Table, ...]) -> None:
    for sheet in opened(workbook(tables, "T")):
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_a_commune_whose_name_starts_like_a_formula_is_written_as_it_is(
    tables: tuple[Table, ...],
) -> None:
    book = opened(workbook(tables, "T"))
    names = [cell.value for cell in book[tables[6].name]["B"]]
    assert "=Cateau" in names


def test_euros_and_shares_are_numbers_with_their_format() -> None:
    columns = (
        Column("a", "text", 9),
        Column("b", "euros", 9),
        Column("c", "percent", 9),
        Column("d", "minutes", 9),
    )
    sheet = opened(workbook([Table("S", columns, (("x", -1234.0, 0.5, 7.25),))], "T"))["S"]
    assert "€" in sheet["B5"].number_format
    assert sheet["B5"].value == -1234
    assert sheet["C5"].number_format == "0.0%"
    assert sheet["D5"].value == 7.25


def test_rows_of_the_summary_have_their_own_formats(tables: tuple[Table, ...]) -> None:
    summary = tables[0]
    sheet = opened(workbook(tables, "T"))[summary.name]
    euros = summary.row_kinds.index("euros")
    share = summary.row_kinds.index("percent")
    assert "€" in sheet.cell(HEADER + 1 + euros, 3).number_format
    assert sheet.cell(HEADER + 1 + share, 3).number_format == "0.0%"


def test_figures_that_do_not_exist_leave_the_cell_empty() -> None:
    rows = (("x", None), ("y", float("inf")), ("z", float("nan")), ("zero", 0.0))
    sheet = opened(workbook([table(rows)], "T"))["Sheet"]
    assert [sheet.cell(HEADER + 1 + r, 2).value for r in range(4)] == [None, None, None, 0]


def test_the_same_plan_gives_the_same_bytes(tables: tuple[Table, ...]) -> None:
    assert workbook(tables, "T") == workbook(tables, "T")


def test_every_cost_shows_its_source(tables: tuple[Table, ...]) -> None:
    costs = tables[5]
    assert all(row[-1] for row in costs.rows)
    assert all(str(row[-2])[0] in "ABCD" for row in costs.rows)


def test_scenario_sheet_holds_every_setting(case: Case, tables: tuple[Table, ...]) -> None:
    keys = {row[0] for row in tables[7].rows}
    assert {"title", "budget.capital_eur", "coverage.keep_capacity", "forced"} <= keys
    shown = {row[0]: row[1] for row in tables[7].rows}
    assert shown["forced"] == "nursery 59001"
    assert shown["budget.running_increase_eur_per_year"] == "none"
    assert shown["title"] == case.scenario.title


def test_sources_sheet_names_producers_and_vintages(tables: tuple[Table, ...]) -> None:
    cells = {cell for row in tables[8].rows for cell in row}
    assert {"INSEE", "INSEE BPE 2013", "CNAF 2020", "2020", "study of 200000"} <= cells
