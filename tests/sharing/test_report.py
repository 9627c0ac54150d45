"""What the faces show of an answer: valid JSON, money that adds up, words in both languages."""

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import jsonschema
import openpyxl
import pytest
from rich.console import Console

from optimiser.labels import LANGUAGES, Labels
from optimiser.labels.book import texts
from optimiser.report.sharing_answer import SharingReport, gather
from optimiser.report.sharing_folder import write_template
from optimiser.report.sharing_json import failure_document, sharing_document, sharing_schema
from optimiser.report.sharing_tables import sharing_tables, template_table
from optimiser.report.sharing_terminal import sharing_failure, sharing_summary
from optimiser.report.sharing_words import SharingWords
from optimiser.report.workbook import workbook
from optimiser.scenario import Scenario
from optimiser.sharing import share
from optimiser.sharing_case import SharingCase
from optimiser.sharing_solution import SharingSolution
from optimiser.solution import Infeasible, NoAnswer, StopReason
from optimiser.sources.functions_file import load_functions
from optimiser.sources.volumes_file import read_volumes
from tests.sharing.small_sharing import small_sharing, territory, travel

PACKAGE = Path(__file__).parents[2] / "optimiser"


def nine(**asked: object) -> SharingCase:
    """The nine functions of the catalogue in a small, crowded territory."""
    import numpy as np  # noqa: PLC0415

    rng = np.random.default_rng(3)
    place = territory(rng, 6)
    communes = tuple(
        c.__class__(**{**{n: getattr(c, n) for n in c.__slots__}, "population": 9_000 + 900 * i})
        for i, c in enumerate(place.communes)
    )
    place = place.__class__("E", "Small", communes, ())
    scenario = Scenario.model_validate({"epci": "E", "sharing": asked})
    return SharingCase(place, load_functions(), travel(rng, place), scenario)


@pytest.fixture(scope="module")
def report() -> SharingReport:
    case = nine(
        opt_outs=[{"commune": "Commune 0", "function": "legal"}],
        vetoes=[{"commune": "Commune 1", "against": "Commune 2", "function": "procurement"}],
        already=[{"function": "energy_advice", "host": "syndicate", "communes": ["Commune 3"]}],
        values={"it": {"saving": 0.2, "unit_cost_eur": 1500}},
    )
    answer = share(case)
    assert isinstance(answer, SharingSolution)
    return gather(case, answer)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_is_plain_and_follows_its_schema(report: SharingReport, language: str) -> None:
    document = sharing_document(report, Labels(language))
    jsonschema.Draft202012Validator.check_schema(dict(sharing_schema()))
    jsonschema.validate(json.loads(json.dumps(document, allow_nan=False)), dict(sharing_schema()))


def test_every_group_is_shown_with_its_money(report: SharingReport) -> None:
    assert report.divided
    saved = sum(line.saving_eur["base"] for line in report.functions)
    assert saved == pytest.approx(report.solution.saving_eur)
    assert sum(line.gain_eur for line in report.communes) == pytest.approx(saved)


def test_compensations_sum_to_nothing_the_epci_included(report: SharingReport) -> None:
    document = sharing_document(report, Labels("en"))
    communes = document["communes"]
    assert isinstance(communes, list)
    total = sum(line["transfer_eur"] for line in communes)  # type: ignore[index, call-overload, misc]
    assert total + document["epci_transfer_eur"] == pytest.approx(0.0, abs=1e-6)  # type: ignore[operator]


def test_communes_stand_by_basin_and_never_by_gain(report: SharingReport) -> None:
    order = list(report.case.territory.basins)
    places = [order.index(line.basin) for line in report.communes]
    assert places == sorted(places)
    assert len(report.communes) == len(report.case.members)


def test_functions_without_a_study_ask_for_a_value(report: SharingReport) -> None:
    assert {f.code for f in report.case.value_needed} == {"engineering", "building_maintenance"}
    own = next(line for line in report.functions if line.function == "it")
    assert (own.grade, own.study) == ("D", "")


def test_negative_savings_are_shown(report: SharingReport) -> None:
    assert min(line.saving_eur["low"] for line in report.functions) < 0
    low = next(v for v in report.variants if v.saving_case == "low")
    assert low.kept_eur < 0
    assert low.solution is not None
    assert low.solution.saving_eur >= 0


def test_lifting_a_constraint_never_costs_and_imposing_one_never_saves(
    report: SharingReport,
) -> None:
    assert {price.rule for price in report.prices} == {
        "opt_out",
        "veto",
        "same_basin",
        "hosts_epci",
    }
    assert all(price.saving_eur >= -price.within_eur - 1e-6 for price in report.prices)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_terminal_says_everything_in_words(report: SharingReport, language: str) -> None:
    stream = io.StringIO()
    Console(file=stream, width=100).print(sharing_summary(report, Labels(language)))
    text = stream.getvalue()
    assert "{" not in text
    assert Labels(language)("function.procurement") in text
    assert max(map(len, text.splitlines())) <= 100


def test_no_name_is_cut_on_a_narrow_screen(report: SharingReport) -> None:
    stream = io.StringIO()
    Console(file=stream, width=80).print(sharing_summary(report, Labels("fr")))
    text = stream.getvalue()
    assert "\u2026" not in text
    for commune in report.case.members:
        assert commune.name in text
    assert max(map(len, text.splitlines())) <= 80


def test_what_a_study_found_is_told_in_the_readers_language(report: SharingReport) -> None:
    line = next(line for line in report.functions if line.function == "procurement")
    french, english = (SharingWords(report.case, Labels(each)) for each in ("fr", "en"))
    assert "économisés" in french.study(line)
    assert "saved" in english.study(line)
    assert "Lincolnshire" in french.study(line)
    own = replace(line, found="our own audit")
    assert "our own audit" in french.study(own)
    assert french.study(replace(line, found="")) == line.study
    assert "250" in french.volume_rule("procurement")
    assert "0,02" in french.volume_rule("urban_permits")


def test_who_stays_together_is_also_told_over_the_cases_that_form_groups(
    report: SharingReport,
) -> None:
    some = [v for v in report.variants if v.solution and v.solution.decisions.groups]
    assert len(some) < len(report.variants)
    assert not report.together
    assert report.together_if_any
    for function, sets in report.together_if_any.items():
        for codes in sets:
            for variant in some:
                assert variant.solution is not None
                groups = variant.solution.decisions.groups
                assert any(g.function == function and set(codes) <= set(g.members) for g in groups)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_holds_values_and_the_same_bytes_each_time(
    report: SharingReport, language: str
) -> None:
    tables = sharing_tables(report, Labels(language))
    data = workbook(tables, "x")
    assert data == workbook(tables, "x")
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == [table.name for table in tables]
    assert len(tables) == 7


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_impossible_question_is_explained(language: str) -> None:
    case = nine(joins=[{"commune": "Commune 0", "function": "legal"}], minutes_most=0)
    answer = share(case)
    assert isinstance(answer, Infeasible)
    labels = Labels(language)
    jsonschema.validate(failure_document(answer, case, labels), dict(sharing_schema()))
    stream = io.StringIO()
    Console(file=stream, width=100).print(sharing_failure(answer, case, labels))
    assert "Commune 0" in stream.getvalue()


def test_a_solve_without_an_answer_is_told() -> None:
    case, answer = nine(), NoAnswer(StopReason.TIME, {})
    document = failure_document(answer, case, Labels("en"))
    jsonschema.validate(document, dict(sharing_schema()))
    stream = io.StringIO()
    Console(file=stream).print(sharing_failure(answer, case, Labels("en")))
    assert stream.getvalue().strip()


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_template_reads_back(tmp_path: Path, suffix: str) -> None:
    case = nine()
    sheet = template_table(case.territory, case.functions, Labels("fr"))
    path = tmp_path / f"volumes{suffix}"
    write_template(sheet, path)
    assert read_volumes(path, case.territory, case.functions) == {}
    filled = sheet.__class__(
        sheet.name,
        sheet.columns,
        tuple((*row[:-1], 7.5 if row[0] == "legal" else None) for row in sheet.rows),
    )
    other = tmp_path / f"filled{suffix}"
    write_template(filled, other)
    volumes = read_volumes(other, case.territory, case.functions)
    assert volumes == {"legal": {commune.code: 7.5 for commune in case.members}}
    with pytest.raises(FileExistsError):
        write_template(sheet, path)


def test_volumes_of_the_user_are_marked_as_theirs() -> None:
    case = nine()
    given = {"legal": {commune.code: 100.0 for commune in case.members}}
    own = SharingCase(case.territory, case.functions, case.travel, case.scenario, given)
    legal = [f.code for f in own.planned].index("legal")
    energy = [f.code for f in own.planned].index("energy_advice")
    assert own.volumes[legal].tolist() == [100.0] * len(own.members)
    assert own.origin(legal, 0) == "user"
    assert own.origin(energy, 0) == "count"
    assert own.origin(0, 0) == "estimated"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_of_the_catalogue_and_of_a_rule_has_words(language: str) -> None:
    labels = Labels(language)
    for function in load_functions():
        assert f"function.{function.code}" in labels
        assert f"unit_of.{function.unit}" in labels
        assert function.evidence is None or f"study.{function.evidence.found}" in labels
        assert f"sharing.volume_rule.{function.volume.per}" in labels
        assert all(f"checklist.{step}" in labels for step in function.checklist)
    code = (PACKAGE / "sharing" / "families.py").read_text(encoding="utf-8")
    for rule in re.findall(r'Asked\("(\w+)"', code):
        assert f"sharing.rule.{rule}.asks" in labels
        assert f"sharing.rule.{rule}.relax" in labels
    misfits = (PACKAGE / "sharing_misfits.py").read_text(encoding="utf-8")
    problems = re.findall(r'(?:Finding\(\s*|problem, )"(\w+)"', misfits)
    assert "veto_of_itself" in problems
    assert all(f"finding.{problem}" in labels for problem in problems)


def test_both_languages_have_the_same_keys() -> None:
    assert set(texts("fr")) == set(texts("en"))


def test_renaming_communes_changes_nothing() -> None:
    for seed in range(5):
        case = small_sharing(seed)
        names = {c.code: f"9{c.code[1:]}" for c in case.members}
        if case.asked.opt_outs or case.asked.joins or case.asked.vetoes or case.asked.already:
            continue
        communes = tuple(
            c.__class__(**{**{n: getattr(c, n) for n in c.__slots__}, "code": names[c.code]})
            for c in case.members
        )
        place = case.territory.__class__("E", "Small", communes, ())
        minutes = case.travel.__class__(
            tuple(names.values()), tuple(names.values()), case.travel.minutes
        )
        other = SharingCase(place, case.functions, minutes, case.scenario)
        one, two = share(case), share(other)
        assert type(one) is type(two)
        if isinstance(one, SharingSolution) and isinstance(two, SharingSolution):
            assert one.saving_eur == pytest.approx(two.saving_eur, rel=2e-3)
