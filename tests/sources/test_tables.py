import datetime as dt
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimiser.errors import Finding, TableError
from optimiser.sources import tables
from optimiser.sources.cells import Checked, Table, listed, number, plain_value
from optimiser.sources.tables import read_table
from tests.sources.builders import write

ALIASES = {"code": ("insee", "code insee"), "name": ("nom",)}


def refused(path: Path) -> list[Finding]:
    with pytest.raises(TableError) as caught:
        read_table(path, ALIASES)
    return list(caught.value.findings)


def content(table: Table) -> list[list[str]]:
    return [list(table.frame.columns), *table.frame.to_numpy().tolist()]


EXPECTED = [["code", "name", "other"], ["01001", "Été", "1,5"], ["59172", 'Œuf; "x"', ""]]
CSV = 'Code INSEE;Nom;other\n01001;Été;1,5\n59172;"Œuf; ""x""";\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_csv_is_read_in_the_encodings_that_spreadsheets_write(
    tmp_path: Path, encoding: str
) -> None:
    assert content(read_table(write(tmp_path, "t.csv", CSV, encoding), ALIASES)) == EXPECTED


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_csv_is_read_with_any_usual_separator(tmp_path: Path, separator: str) -> None:
    text = separator.join(["insee", "nom"]) + "\r\n" + separator.join(["59172", "Denain"]) + "\r\n"
    table = read_table(write(tmp_path, "t.csv", text), ALIASES)
    assert content(table) == [["code", "name"], ["59172", "Denain"]]


def test_excel_is_read_like_csv(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    pd.DataFrame(EXPECTED[1:], columns=["Code INSEE", "Nom", "other"]).to_excel(path, index=False)
    assert content(read_table(path, ALIASES)) == EXPECTED


def test_numbers_that_excel_stores_are_written_as_people_type_them(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    pd.DataFrame({"insee": [59172, 1001], "x": [1.5, 2.0], "y": [True, False]}).to_excel(
        path, index=False
    )
    assert content(read_table(path, ALIASES))[1:] == [
        ["59172", "1.5", "true"],
        ["1001", "2", "false"],
    ]


def test_parquet_is_read_like_csv(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pd.DataFrame({"insee": ["59172", None], "nom": ["Denain", "x"], "n": [1.0, np.nan]}).to_parquet(
        path
    )
    table = read_table(path, ALIASES)
    assert content(table)[1:] == [["59172", "Denain", "1"], ["", "x", ""]]


def test_rows_bear_the_numbers_that_a_spreadsheet_shows(tmp_path: Path) -> None:
    text = '\n;\ninsee;nom\n1;"two\nlines"\n;\n\n2;b\n'
    table = read_table(write(tmp_path, "t.csv", text), ALIASES)
    assert table.frame["name"].tolist() == ["two\nlines", "b"]
    assert table.rows.tolist() == [4, 7]


def test_excel_rows_below_empty_ones_keep_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    pd.DataFrame([["insee"], [None], ["59172"]]).to_excel(
        path, index=False, header=False, startrow=2
    )
    assert read_table(path, ALIASES).rows.tolist() == [5]


def test_short_rows_are_filled_with_empty_cells(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "t.csv", "insee;nom;x\n59172\n"), ALIASES)
    assert content(table)[1:] == [["59172", "", ""]]


def test_every_row_with_too_many_cells_is_named(tmp_path: Path) -> None:
    findings = refused(write(tmp_path, "t.csv", "insee;nom\n1;a\n2;b;c\n3;d\n4;e;f;g\n"))
    assert [(f.problem, f.row, f.found, f.expected) for f in findings] == [
        ("too_many_cells", 3, "3", "2"),
        ("too_many_cells", 5, "4", "2"),
    ]


@pytest.mark.parametrize(
    ("name", "body", "problem"),
    [
        ("t.csv", b"", "table_empty"),
        ("t.csv", b"insee;nom\n", "table_empty"),
        ("t.csv", b"insee;nom\n;\n", "table_empty"),
        ("t.csv", b'insee;nom\n1;"never closed\n', "csv_broken"),
        ("t.csv", b"insee;nom\n\x00;1\n", "file_not_text"),
        ("t.xlsx", b"not a workbook", "file_unreadable"),
        ("t.parquet", b"not parquet", "file_unreadable"),
        ("t.gpkg", b"<VRTDataset/>", "file_unreadable"),
        ("t.geojson", b"{", "file_unreadable"),
        ("t.geojson", b"{}", "no_layer"),
        ("t.geojson", b'{"features": []}', "table_empty"),
        ("t.geojson", b'{"features": [{"geometry": {"type": "Point"}}]}', "geometry_wrong"),
        ("t.pdf", b"%PDF", "file_kind_unknown"),
        ("t.csv", b"insee;code insee\n1;2\n", "column_twice"),
    ],
)
def test_what_is_no_table_is_refused_in_words(
    tmp_path: Path, name: str, body: bytes, problem: str
) -> None:
    (finding,) = refused(write(tmp_path, name, body))
    assert finding.problem == problem


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    (finding,) = refused(tmp_path / "t.csv")
    assert finding.problem == "file_missing"


def test_a_file_above_the_limit_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MAX_BYTES", 10)
    (finding,) = refused(write(tmp_path, "t.csv", "insee;nom\n1;2\n"))
    assert finding.problem == "file_too_large"


def test_a_workbook_that_unpacks_to_far_more_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 1_000_000)
    monkeypatch.setattr(tables, "MAX_BYTES", 100_000)
    (finding,) = refused(path)
    assert finding.problem == "file_too_large"


def test_geojson_of_another_coordinate_system_is_turned_into_degrees(tmp_path: Path) -> None:
    text = """{"crs": {"properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}, "features": [
        {"geometry": {"type": "Point", "coordinates": [733600, 7024700]},
         "properties": {"a": 1}}]}"""
    table = read_table(write(tmp_path, "t.geojson", text), ALIASES)
    assert table.shapes[0].x == pytest.approx(3.47, abs=0.05)
    assert table.shapes[0].y == pytest.approx(50.32, abs=0.05)


def test_geojson_of_an_unknown_coordinate_system_is_refused(tmp_path: Path) -> None:
    text = """{"crs": {"properties": {"name": "Atlantis"}}, "features": [
        {"geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {"a": 1}}]}"""
    (finding,) = refused(write(tmp_path, "t.geojson", text))
    assert finding.problem == "crs_unknown"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12.0),
        ("12.5", 12.5),
        ("12,5", 12.5),
        ("-0,5", -0.5),
        ("1 234,5", 1234.5),
        ("1\u202f234", 1234.0),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1,234,567", 1234567.0),
        ("1.234.567", 1234567.0),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("", None),
        ("12 %", None),
        ("1e999", None),
        ("inf", None),
        ("nan", None),
        ("0x10", None),
        ("1_000", None),
        ("--1", None),
    ],
)
def test_numbers_are_read_as_french_and_english_people_write_them(
    text: str, value: float | None
) -> None:
    assert number(text) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_that_a_spreadsheet_stores_comes_back(value: float) -> None:
    assert number(plain_value(value)) == value


@given(st.text(max_size=12))
def test_any_text_is_a_finite_number_or_none(text: str) -> None:
    value = number(text)
    assert value is None or np.isfinite(value)


def test_typed_cells_become_the_texts_that_people_type() -> None:
    values = [None, float("nan"), 2.0, np.float64(0.5), True, b"x", dt.date(2024, 1, 2), 7]
    assert [plain_value(value) for value in values] == [
        "",
        "",
        "2",
        "0.5",
        "true",
        "x",
        "2024-01-02",
        "7",
    ]


def test_more_findings_than_can_be_listed_are_counted() -> None:
    findings = [Finding("missing_cell", "f", row) for row in range(250, 0, -1)]
    shown = listed(findings)
    assert [finding.row for finding in shown[:100]] == list(range(1, 101))
    assert (shown[100].problem, shown[100].found) == ("and_more", "150")


def test_a_missing_column_is_named_with_the_nearest_heading(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "t.csv", "cod;x\n1;2\n"), ALIASES)
    with pytest.raises(TableError) as caught:
        Checked(table).require("code")
    (finding,) = caught.value.findings
    assert (finding.problem, finding.column, finding.nearest) == ("missing_column", "code", "cod")
