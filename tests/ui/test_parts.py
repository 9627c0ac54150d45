"""Parts of the app that need no page."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from pydantic import BaseModel

from optimiser import Solution, check, open_case, plan
from optimiser.case import Case
from optimiser.errors import MaillageError, ScenarioError
from optimiser.labels import LANGUAGES, Labels
from optimiser.report.atlas import Atlas
from optimiser.report.map_view import Network
from optimiser.report.site_status import sites_today
from optimiser.report.tables import Column, Table
from optimiser.scenario import Lock, Scenario
from optimiser.sources import load_polygons, read_scenario, scenario_text
from optimiser.sources.new_book import new_book
from ui.differences import different_settings, different_sites
from ui.exports import csv_text
from ui.locks import decide, decision_of
from ui.map_document import Drawing, before_after, locks_of, map_document
from ui.settings import FILES, GRID, ROWS, changed, settings
from ui.text import plain
from ui.uploads import MAX_BYTES, scenario_of

QUESTION = Scenario(services=("library", "nursery"))


@pytest.fixture(scope="module")
def case() -> Case:
    return open_case(QUESTION)


@pytest.fixture(scope="module")
def solution(case: Case) -> Solution:
    found = plan(case)
    assert isinstance(found, Solution)
    return found


def test_every_setting_of_a_scenario_has_an_editor_and_words() -> None:
    named = {(each.section, each.name) for each in settings(Scenario())}
    parts = {key: getattr(Scenario(), key) for key in Scenario.model_fields}
    everything = {
        (section, name)
        for section, part in parts.items()
        if isinstance(part, BaseModel)
        for name in type(part).model_fields
    }
    assert named | set(GRID) | set(ROWS) | set(FILES) == everything
    for language in LANGUAGES:
        for _, name in everything - set(FILES):
            assert f"ui.setting.{name}" in Labels(language)


def test_the_bounds_of_the_form_are_those_of_the_scenario() -> None:
    bounds = {each.name: (each.least, each.most, each.optional) for each in settings(Scenario())}
    assert bounds["overrun"] == (1.0, 3.0, False)
    assert bounds["members_most"] == (2.0, None, True)
    assert bounds["discount_rate"] == (0.0, 0.2, False)
    assert bounds["capital_eur"] == (0.0, None, True)
    assert bounds["running_increase_eur_per_year"] == (None, None, True)
    assert bounds["themes_per_commune"] == (0.0, None, True)


def test_a_changed_setting_is_validated() -> None:
    assert changed(Scenario(), {("budget", "discount_rate"): 0.05}).budget.discount_rate == 0.05
    with pytest.raises(ScenarioError) as raised:
        changed(Scenario(), {("budget", "discount_rate"): 0.5})
    assert raised.value.findings[0].column == "budget.discount_rate"
    with pytest.raises(ScenarioError) as raised:
        changed(Scenario(), {("sharing", "vetoes"): [{"commune": "Denain"}]})
    assert raised.value.findings[0].column == "sharing.vetoes[0].against"


def test_a_decision_takes_the_place_of_the_earlier_one(case: Case) -> None:
    code = case.members[0].code
    assert decision_of(case, "library", code) == "free"
    for decision in ("forced", "forbidden", "free"):
        scenario = decide(case, "library", code, decision)
        case = replace(case, scenario=scenario)
        assert decision_of(case, "library", code) == decision
        assert len(scenario.forced) + len(scenario.forbidden) == (decision != "free")


def test_the_map_says_in_words_what_it_shows(case: Case, solution: Solution) -> None:
    polygons = load_polygons([c.code for c in case.territory.communes])
    atlas = Atlas(case, polygons, Labels("en"))
    document = map_document(atlas, before_after(atlas, solution, "library"))
    assert len(document["communes"]) == len(case.members)
    assert len(document["panels"]) == 2
    panel = document["panels"][1]
    fills = {entry["fill"] for entry in document["legend"]["classes"]}
    assert set(panel["fills"]) <= fills
    for commune, text in zip(case.members, panel["texts"], strict=True):
        assert text.startswith(f"{commune.name} · ")
    known = {entry["symbol"] for entry in document["legend"]["symbols"]}
    assert {site["symbol"] for site in panel["sites"]} <= known
    assert all(commune["d"].startswith("M") for commune in document["communes"])


def test_decisions_are_marked_on_the_map(case: Case) -> None:
    code = case.members[0].code
    locked = replace(case, scenario=decide(case, "library", code, "forbidden"))
    assert locks_of(locked, "library") == (("forbidden", code),)
    assert locks_of(locked, "nursery") == ()
    polygons = load_polygons([c.code for c in case.territory.communes])
    atlas = Atlas(locked, polygons, Labels("fr"))
    today = check.evaluate(locked, check.today(locked))
    sites = tuple(site for site in sites_today(locked) if site.service == "library")
    network = Network("now", "library", today, sites)
    document = map_document(atlas, Drawing((network,), locks_of(locked, "library")))
    assert "Exclu" in document["panels"][0]["texts"][0]
    assert any(site["symbol"] == "forbidden" for site in document["panels"][0]["sites"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_scenario_is_written_and_read_back_the_same(language: str, tmp_path: Path) -> None:
    scenario = Scenario.model_validate(
        {
            "title": 'Un "titre"# \x7f é <script>',
            "epci": "200042190",
            "services": ["library"],
            "objective": {"weights": {"library": 1.5}},
            "budget": {"capital_eur": 2_500_000.5, "running_increase_eur_per_year": None},
            "coverage": {"basin_floor": None, "basin_floors": {"library": "today"}},
            "sharing": {
                "functions": ["it", "legal"],
                "minutes_most": None,
                "opt_outs": [{"commune": "Denain", "function": "it"}],
                "already": [{"function": "it", "host": "un syndicat", "communes": ["Lourches"]}],
                "values": {"it": {"saving": 0.05, "unit_cost_eur": 1500}},
            },
            "forced": [{"service": "library", "commune": "Denain"}],
            "forbidden": [{"service": "library", "commune": "59526"}],
        }
    )
    path = tmp_path / "scenario.toml"
    path.write_text(scenario_text(scenario, language), encoding="utf-8")
    assert read_scenario(path) == scenario


def test_an_uploaded_scenario_is_held_against_its_territory() -> None:
    text = scenario_text(Scenario(epci="porte du hainaut", title="Bonjour"))
    found = scenario_of(text.encode())
    assert (found.epci, found.title) == ("200042190", "Bonjour")


@pytest.mark.parametrize(
    "data",
    [
        b"a = ",
        b"\x80\x04K\x01.",
        b"x" * (MAX_BYTES + 1),
        b"epci = '../../etc/passwd'",
        b"services = ['nothing']",
        b"[budget]\ncapital_eur = '__import__(\"os\")'",
        b"a = " + b"[" * 5_000,
    ],
)
def test_an_upload_that_is_no_scenario_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(MaillageError):
        scenario_of(data)


def test_only_differences_are_listed(solution: Solution) -> None:
    first = QUESTION
    second = first.model_copy(update={"forced": (Lock(service="library", commune="59172"),)})
    assert different_settings(first, first) == ()
    assert different_settings(first, second) == (("forced", "", "library 59172"),)
    assert different_sites(solution, solution) == ()


def test_csv_keeps_figures_and_defuses_formulas() -> None:
    columns = (Column("Nom", "text", 9), Column("Nombre", "count", 9))
    text = csv_text(Table("t", columns, (("=cmd()", 1.5), ("a;b", None))))
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert rows == [["Nom", "Nombre"], ["'=cmd()", "1.5"], ["a;b", ""]]


def test_markdown_is_shown_and_never_run() -> None:
    text = plain("[x](javascript:1) <b> :red[y] $z$ **w**")
    assert "[x]" not in text.replace("\\[", "")
    assert "\\<b\\>" in text


def test_an_uploaded_workbook_is_read_and_its_wrong_cells_are_told() -> None:
    book = new_book("200042190")
    assert scenario_of(book, "xlsx") == Scenario()
    with pytest.raises(ScenarioError) as raised:
        scenario_of(b"PK" + book[2:40], "xlsx")
    assert not any("/" in finding.file for finding in raised.value.findings)
    stream = io.BytesIO(book)
    changed_book = openpyxl.load_workbook(stream)
    changed_book.worksheets[2]["A3"] = "forced"
    changed_book.worksheets[2]["B3"] = "library"
    changed_book.worksheets[2]["C3"] = "<script>"
    stream = io.BytesIO()
    changed_book.save(stream)
    with pytest.raises(ScenarioError) as raised:
        scenario_of(stream.getvalue(), "xlsx")
    (finding,) = raised.value.findings
    assert (finding.file, finding.row, finding.found) == ("Décisions", 3, "<script>")
