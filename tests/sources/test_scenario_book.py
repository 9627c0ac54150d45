"""The scenario as an Excel workbook: read back the same, and wrong cells told with their rows."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from optimiser.errors import InputError
from optimiser.labels import LANGUAGES, Labels
from optimiser.scenario import Scenario
from optimiser.sources import load_catalogue, locate, open_case, read_scenario
from optimiser.sources.functions_file import load_functions
from optimiser.sources.scenario_book import catalogue_figure, scalar_keys
from optimiser.sources.scenario_template import scenario_book

FULL = Scenario.model_validate(
    {
        "title": "=1+1 é <script>",
        "services": ["library", "nursery"],
        "objective": {"weights": {"library": 1.5}},
        "budget": {"capital_eur": 2_500_000.5, "running_increase_eur_per_year": None},
        "coverage": {"basin_floor": None, "basin_floors": {"library": "today", "nursery": 0.5}},
        "facilities": {"values": {"library": {"running_eur": 150_000, "posts": 2.5}}},
        "sharing": {
            "functions": ["it", "legal"],
            "host_communes": ["Denain", "59632"],
            "minutes_most": None,
            "same_basin": True,
            "opt_outs": [{"commune": "Denain", "function": "it"}],
            "joins": [{"commune": "Denain"}],
            "vetoes": [{"commune": "Denain", "against": "Lourches"}],
            "already": [
                {"function": "it", "host": "un syndicat", "communes": ["Lourches", "Haulchin"]}
            ],
            "values": {"it": {"saving": 0.05, "unit_cost_eur": 1500}},
        },
        "schedule": {
            "capital_eur_per_year": 2_000_000,
            "build_years": {"library": 2},
            "subsidies": [{"service": "library", "share": 0.4, "last_year": 2028}],
        },
        "finances": {"lines": [{"name": "DSC", "kind": "redistribution", "eur_per_year": 8e6}]},
        "forced": [{"service": "library", "commune": "Denain"}],
        "forbidden": [{"service": "library", "commune": "59526"}],
    }
)


def written(scenario: Scenario, path: Path, language: str = "fr") -> Path:
    communes = ["Denain", "Lourches"]
    data = scenario_book(scenario, load_catalogue(), load_functions(), communes, Labels(language))
    path.write_bytes(data)
    return path


def changed(path: Path, sheet: int, cell: str, value: Any) -> Path:
    book = openpyxl.load_workbook(path)
    book.worksheets[sheet][cell] = value
    book.save(path)
    return path


def row_of(path: Path, sheet: int, key: str) -> int:
    column = openpyxl.load_workbook(path).worksheets[sheet]["A"]
    return next(cell.row for cell in column if cell.value == key)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scenario", [Scenario(), FULL], ids=["default", "full"])
def test_a_workbook_is_read_back_to_the_same_scenario(
    scenario: Scenario, language: str, tmp_path: Path
) -> None:
    assert read_scenario(written(scenario, tmp_path / "s.xlsx", language)) == scenario


def test_it_holds_every_setting_and_no_formula(tmp_path: Path) -> None:
    path = written(FULL, tmp_path / "s.xlsx")
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    keys = {cell.value for cell in book.worksheets[0]["A"]}
    assert {f"{s}.{k}" if s else k for s, k, _ in scalar_keys()} <= keys
    assert {"budget.capital_eur", "sharing.minutes_most", "title", "epci"} <= keys


def test_a_changed_cost_is_the_planners_own_and_an_untouched_one_the_catalogues(
    tmp_path: Path,
) -> None:
    path = written(Scenario(), tmp_path / "s.xlsx")
    row = row_of(path, 1, "library")
    headings = [cell.value for cell in openpyxl.load_workbook(path).worksheets[1][1]]
    column = openpyxl.utils.get_column_letter(headings.index("running_eur") + 1)
    scenario = read_scenario(changed(path, 1, f"{column}{row}", 99_000))
    assert set(scenario.facilities.values) == {"library"}
    service = open_case(scenario).catalogue["library"]
    assert (service.running_eur.low, service.running_eur.high) == (99_000, 99_000)
    assert service.running_eur.grade == "D"
    assert service.capital_eur == load_catalogue()["library"].capital_eur
    assert catalogue_figure(service, "running_eur") == 99_000


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("budget.discount_rate", 3, "out_of_range"),
        ("budget.discount_rate", "much", "not_a_number"),
        ("budget.cost_case", "cheap", "not_one_of"),
        ("polycentrality.themes_per_commune", 1.5, "not_a_whole_number"),
        ("duplicates.forbid_new", "perhaps", "not_true_or_false"),
    ],
)
def test_a_wrong_setting_is_told_with_its_sheet_and_row(
    key: str, value: Any, problem: str, tmp_path: Path
) -> None:
    path = written(Scenario(), tmp_path / "s.xlsx")
    row = row_of(path, 0, key)
    with pytest.raises(InputError) as raised:
        read_scenario(changed(path, 0, f"B{row}", value))
    (finding,) = raised.value.findings
    assert (finding.problem, finding.row, finding.column) == (problem, row, key)
    assert finding.file.endswith("Réglages")


def test_wrong_rows_of_the_other_sheets_are_told(tmp_path: Path) -> None:
    path = written(Scenario(), tmp_path / "s.xlsx")
    for sheet, cell, value in (
        (1, "A4", "swiming_pool"),
        (1, "C5", "perhaps"),
        (2, "A3", "wanted"),
        (4, "A3", "wish"),
        (0, "A3", "titel"),
    ):
        changed(path, sheet, cell, value)
    with pytest.raises(InputError) as raised:
        read_scenario(path)
    found = {(f.problem, f.row, f.file.rpartition(", ")[2]) for f in raised.value.findings}
    assert ("unknown_service", 4, "Types") in found
    assert ("not_yes_or_no", 5, "Types") in found
    assert ("not_one_of", 3, "Décisions") in found
    assert ("not_one_of", 3, "Souhaits") in found
    assert ("unknown_key", 3, "Réglages") in found


def test_a_commune_that_is_no_member_is_told_with_its_row(tmp_path: Path) -> None:
    path = written(FULL, tmp_path / "s.xlsx")
    changed(path, 2, "C3", "Paris")
    scenario = read_scenario(path)
    with pytest.raises(InputError) as raised:
        open_case(scenario)
    (finding,) = locate(raised.value, path).findings
    assert (finding.problem, finding.row) == ("unknown_commune", 3)
    assert finding.file.endswith("Décisions")


def test_no_type_at_all_and_no_workbook_at_all_are_refused(tmp_path: Path) -> None:
    path = written(Scenario(), tmp_path / "s.xlsx")
    book = openpyxl.load_workbook(path)
    for row in range(3, 18):
        book.worksheets[1][f"C{row}"] = "non"
    book.save(path)
    with pytest.raises(InputError):
        read_scenario(path)
    other = tmp_path / "other.xlsx"
    openpyxl.Workbook().save(other)
    for name, data in (("a.xlsx", b"PK\x03\x04"), ("b.xlsx", b""), ("other.xlsx", None)):
        if data is not None:
            (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError):
            read_scenario(tmp_path / name)
