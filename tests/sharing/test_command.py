"""The command `maillage share`, from file to exit code."""

import json
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner

from optimiser.cli import app
from optimiser.errors import MaillageError
from optimiser.report.sharing_json import sharing_schema

RUNNER = CliRunner()


def scenario(tmp_path: Path, text: str) -> str:
    path = tmp_path / "scenario.toml"
    path.write_text('epci = "200042190"\n[sharing]\n' + text, encoding="utf-8")
    return str(path)


def test_legal_advice_is_shared_in_the_reference_territory(tmp_path: Path) -> None:
    file = scenario(tmp_path, 'functions = ["legal"]\nminutes_most = 12\nhosts = "communes"\n')
    out = tmp_path / "out"
    arguments = ["share", file, "--json", "--lang", "en", "--out", str(out), "--no-sensitivity"]
    answer = RUNNER.invoke(app, [*arguments, "--gap", "0.01"])
    assert answer.exit_code == 0, answer.output
    document = json.loads(answer.stdout)
    jsonschema.validate(document, dict(sharing_schema()))
    assert document["saving_eur_per_year"] > 0
    assert all(group["nucleolus_is_exact"] for group in document["groups"])
    assert json.loads((out / "sharing.json").read_text(encoding="utf-8")) == document
    written = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    assert written == {
        "sharing.json",
        "sharing.xlsx",
        "maps/share_legal.png",
        "maps/share_legal.svg",
    }


def test_payroll_alone_is_not_worth_sharing(tmp_path: Path) -> None:
    file = scenario(tmp_path, 'functions = ["hr_payroll"]\n')
    answer = RUNNER.invoke(app, ["share", file, "--lang", "en", "--no-sensitivity"])
    assert answer.exit_code == 0, answer.output
    assert "No group saves anything" in answer.stdout


def test_a_question_without_answer_ends_with_three(tmp_path: Path) -> None:
    file = scenario(
        tmp_path,
        'functions = ["legal"]\nminutes_most = 0\njoins = [{ commune = "Denain" }]\n',
    )
    answer = RUNNER.invoke(app, ["share", file, "--lang", "en"])
    assert answer.exit_code == 3, answer.output
    assert "Denain" in answer.stdout


def test_a_wrong_name_is_refused_with_its_line(tmp_path: Path) -> None:
    file = scenario(tmp_path, 'functions = ["legale"]\n')
    answer = RUNNER.invoke(app, ["share", file])
    assert isinstance(answer.exception, MaillageError)
    assert "scenario.toml:3" in str(answer.exception)
    assert "nearest legal" in str(answer.exception)


@pytest.mark.parametrize("name", ["volumes.csv", "volumes.xlsx"])
def test_the_template_is_written_once_and_read_back(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert RUNNER.invoke(app, ["share", "template", str(path)]).exit_code == 0
    before = path.read_bytes()
    assert RUNNER.invoke(app, ["share", "template", str(path)]).exit_code == 2
    assert path.read_bytes() == before
    file = scenario(tmp_path, 'functions = ["hr_payroll"]\n')
    arguments = ["share", file, "--volumes", str(path), "--json", "--no-sensitivity"]
    assert RUNNER.invoke(app, arguments).exit_code == 0


def test_a_template_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "volumes.pdf"
    assert RUNNER.invoke(app, ["share", "template", str(path)]).exit_code == 2
    assert not path.exists()
