"""Every question from the command line: words in both languages, data, Excel."""

import json
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from optimiser.cli import app, main

SCENARIO = """
title = "Petit"
epci = "200042190"
services = ["library", "swimming_pool", "tourist_office"]
[budget]
capital_eur = 30_000_000
running_increase_eur_per_year = {running}
"""
COMMANDS = {
    "why": ["--place", "library:Denain"],
    "prices": ["--curve", "3", "--each", "--workers", "1"],
    "relax": ["--place", "swimming_pool:Bouchain", "--most-ways", "3"],
    "alternatives": ["--most", "2", "--samples", "2", "--workers", "1", "--within", "0.001"],
    "neighbours": ["--valued", "1"],
    "grow": ["--steps", "2"],
    "pareto": ["--points", "2"],
    "equity": [],
    "manage": [],
}


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "scenario.toml"
    path.write_text(SCENARIO.format(running=100_000), encoding="utf-8")
    return path


def run(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_a_question_answers_in_words_data_and_excel(
    name: str, scenario: Path, tmp_path: Path
) -> None:
    book = tmp_path / "answer.xlsx"
    document = json.loads(
        run(name, scenario, *COMMANDS[name], "--json", "--out", book, "--lang", "en")
    )
    assert document["question"] == name
    assert document["status"] in {"optimal", "feasible"}
    assert document["sentences"]
    assert document["answer"]
    assert openpyxl.load_workbook(book).sheetnames
    assert "{" not in " ".join(document["sentences"])
    text = run(name, scenario, *COMMANDS[name], "--lang", "fr")
    assert "{" not in text
    assert max(len(line) for line in text.splitlines()) <= 80


def test_scenarios_are_compared_and_their_locks_merged(scenario: Path, tmp_path: Path) -> None:
    other, target = tmp_path / "other.toml", tmp_path / "merged.toml"
    locks = '\n[[forced]]\nservice = "library"\ncommune = "Bouchain"\n'
    other.write_text(SCENARIO.format(running=0) + locks, encoding="utf-8")
    drawn = tmp_path / "maps"
    document = json.loads(
        run("compare", scenario, other, "--json", "--merge", target, "--maps", drawn)
    )
    differing = {choice["service"] for choice in document["answer"]["choices"]}
    assert {path.stem for path in drawn.glob("*.svg")} == differing
    keys = {entry["key"] for entry in document["answer"]["inputs"]}
    assert keys == {"budget.running_increase_eur_per_year", "forced"}
    assert 'commune = "Bouchain"' in target.read_text(encoding="utf-8")
    assert "{" not in run("compare", scenario, other, "--lang", "fr")


def test_a_plan_is_certified_and_repaired(scenario: Path, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(run("plan", scenario, "--json"), encoding="utf-8")
    document = json.loads(run("certify", path, "--repair", "--json"))
    services = document["answer"]["certificate"]["services"]
    assert [each["service"] for each in services] == ["swimming_pool", "library", "tourist_office"]
    assert "{" not in run("certify", path, "--assignment", "best", "--lang", "fr")


def test_an_unknown_place_is_named_with_the_nearest_one(scenario: Path) -> None:
    result = CliRunner().invoke(app, ["why", str(scenario), "--place", "library:Bouchin"])
    assert "Bouchin" in str(result.exception)
    assert "59092" in str(result.exception)


@pytest.mark.parametrize("name", ["why", "pareto", "equity"])
def test_a_scenario_without_a_plan_ends_with_the_code_of_plan(
    name: str, scenario: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario.write_text(SCENARIO.format(running=-1_000_000_000), encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["maillage", name, str(scenario)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 3
    assert "maillage relax" in capsys.readouterr().err
