"""Questions and tables that are wrong are refused, each fault with its place."""

from pathlib import Path

import pytest

from optimiser.errors import CatalogueError, Finding, ScenarioError, TableError
from optimiser.labels import LANGUAGES, Labels, describe_error
from optimiser.scenario import Scenario
from optimiser.sharing_case import SharingCase
from optimiser.sharing_scenario import Sharing
from optimiser.sources.functions_file import load_functions
from optimiser.sources.scenario_file import new_scenario, read_scenario
from optimiser.sources.volumes_file import read_volumes
from tests.sharing.small_sharing import small_sharing

CASE = small_sharing(0)
FUNCTIONS = CASE.functions
NAMES = [commune.name for commune in CASE.members]
A, B = NAMES[:2]


def refused(**asked: object) -> list[Finding]:
    scenario = Scenario(epci="E", sharing=Sharing.model_validate(asked))
    with pytest.raises(ScenarioError) as caught:
        SharingCase(CASE.territory, FUNCTIONS, CASE.travel, scenario)
    for language in LANGUAGES:
        assert all("{" not in line for line in describe_error(caught.value, Labels(language)))
    return list(caught.value.findings)


@pytest.mark.parametrize(
    ("asked", "problem", "column"),
    [
        ({"functions": ["f9"]}, "unknown_function", "sharing.functions[0]"),
        ({"functions": ["f0", "f0"]}, "function_twice", "sharing.functions[1]"),
        ({"host_communes": ["Paris"]}, "host_not_member", "sharing.host_communes[0]"),
        ({"seat": "Paris"}, "unknown_commune", "sharing.seat"),
        ({"opt_outs": [{"commune": "Paris"}]}, "unknown_commune", "sharing.opt_outs[0].commune"),
        (
            {"vetoes": [{"commune": A, "against": "Paris"}]},
            "unknown_commune",
            "sharing.vetoes[0].against",
        ),
        ({"vetoes": [{"commune": A, "against": A}]}, "veto_of_itself", "sharing.vetoes[0]"),
        (
            {
                "vetoes": [{"commune": A, "against": B, "function": "f0"}],
                "already": [{"function": "f0", "host": "x", "communes": [B, A]}],
            },
            "veto_inside_group",
            "sharing.vetoes[0]",
        ),
        (
            {"opt_outs": [{"commune": A}], "joins": [{"commune": A, "function": "f0"}]},
            "opt_out_and_join",
            "sharing.joins[0]",
        ),
        (
            {"already": [{"function": "f0", "host": "x", "communes": [A, A]}]},
            "commune_in_two_groups",
            "sharing.already[0].communes[1]",
        ),
        (
            {
                "already": [{"function": "f0", "host": "x", "communes": [A]}],
                "joins": [{"commune": A, "function": "f0"}],
            },
            "join_already_shared",
            "sharing.joins[0]",
        ),
        (
            {"values": {"f0": {"saving": 0.95}}},
            "saving_above_evidence",
            "sharing.values.f0.saving",
        ),
    ],
)
def test_a_question_that_contradicts_itself_is_refused(
    asked: dict[str, object], problem: str, column: str
) -> None:
    assert [(f.problem, f.column) for f in refused(**asked)] == [(problem, column)]


def test_every_fault_is_told_at_once_with_the_nearest_name() -> None:
    findings = refused(functions=["f8"], seat=f"{A}x", host_communes=["Commun 1"])
    assert {f.problem for f in findings} == {
        "unknown_function",
        "unknown_commune",
        "host_not_member",
    }
    assert all(finding.nearest for finding in findings)


def test_a_file_names_the_line_of_a_wrong_setting(tmp_path: Path) -> None:
    path = tmp_path / "scenario.toml"
    path.write_text('epci = "E"\n\n[sharing]\nmembers_most = 1\nminute = 3\n', encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_scenario(path)
    assert [(f.row, f.problem) for f in caught.value.findings] == [
        (4, "out_of_range"),
        (5, "unknown_key"),
    ]


def test_a_scenario_holds_both_halves(tmp_path: Path) -> None:
    path = tmp_path / "scenario.toml"
    path.write_text(
        '[budget]\ncapital_eur = 5\n[sharing]\nminutes_most = "none"\n'
        '[[sharing.vetoes]]\ncommune = "A"\nagainst = "B"\n[sharing.values.it]\nsaving = 0.1\n',
        encoding="utf-8",
    )
    scenario = read_scenario(path)
    assert scenario.budget.capital_eur == 5
    assert scenario.sharing.minutes_most is None
    assert scenario.sharing.vetoes[0].function == "all"
    assert scenario.sharing.values["it"].saving == 0.1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_scenario_explains_every_setting_of_sharing(tmp_path: Path, language: str) -> None:
    text = new_scenario("E", language)
    path = tmp_path / "scenario.toml"
    path.write_text(text, encoding="utf-8")
    assert all(f"\n{key} = " in text for key in Sharing.model_fields if key != "values")
    assert read_scenario(path).sharing == Sharing()


# -- catalogue ----------------------------------------------------------------------------------


def test_a_curve_whose_volumes_fall_is_refused(tmp_path: Path) -> None:
    text = (Path("data") / "catalogue" / "functions.toml").read_text(encoding="utf-8")
    path = tmp_path / "functions.toml"
    path.write_text(text.replace("to_volume = 1_200", "to_volume = 100"), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_functions(path)
    assert [f.problem for f in caught.value.findings] == ["volumes_not_rising"]
    assert caught.value.findings[0].row


def test_the_nine_functions_are_there() -> None:
    assert list(load_functions().functions) == [
        "procurement",
        "energy_advice",
        "engineering",
        "building_maintenance",
        "hr_payroll",
        "it",
        "legal",
        "finance_accounting",
        "urban_permits",
    ]


# -- volumes --------------------------------------------------------------------------------------


def table(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "volumes.csv"
    path.write_text("\n".join(["function;code;commune;volume", *rows]), encoding="utf-8")
    return path


def full(volume: str = "10") -> list[str]:
    return [f"f0;{commune.code};;{volume}" for commune in CASE.members]


def volume_faults(tmp_path: Path, *rows: str) -> list[tuple[str, int | None]]:
    with pytest.raises(TableError) as caught:
        read_volumes(table(tmp_path, *rows), CASE.territory, FUNCTIONS)
    return [(finding.problem, finding.row) for finding in caught.value.findings]


def test_volumes_are_read_by_code_or_name(tmp_path: Path) -> None:
    rows = [f"f0;;{name};1 234,5" for name in NAMES]
    volumes = read_volumes(table(tmp_path, *rows), CASE.territory, FUNCTIONS)
    assert volumes == {"f0": {commune.code: 1234.5 for commune in CASE.members}}


def test_a_function_without_any_volume_keeps_its_rule(tmp_path: Path) -> None:
    assert read_volumes(table(tmp_path, *full("")), CASE.territory, FUNCTIONS) == {}


def test_a_negative_volume_is_refused(tmp_path: Path) -> None:
    assert volume_faults(tmp_path, *full()[:-1], full("-3")[-1]) == [("out_of_range", 5)]


def test_a_missing_commune_is_refused(tmp_path: Path) -> None:
    assert volume_faults(tmp_path, *full()[:-1]) == [("volume_missing", None)]


def test_an_empty_cell_among_full_ones_is_refused(tmp_path: Path) -> None:
    assert volume_faults(tmp_path, *full()[:-1], full("")[-1]) == [("volume_missing", 5)]


def test_a_function_twice_is_refused(tmp_path: Path) -> None:
    assert volume_faults(tmp_path, *full(), full()[0]) == [("volume_twice", 6)]


def test_all_wrong_rows_are_told_at_once(tmp_path: Path) -> None:
    faults = volume_faults(tmp_path, "f7;00000;;1", "f0;99999;;2", "f0;00001;;many")
    assert {("unknown_function", 2), ("unknown_commune", 3), ("not_a_number", 4)} <= set(faults)
