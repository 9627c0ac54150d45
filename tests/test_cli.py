"""The command, as people and programs run it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest

from optimiser.labels import Labels
from optimiser.report.plan_json import plan_schema
from optimiser.report.sharing_json import sharing_schema

PROGRAM = "from optimiser.cli import main; main()"


def run(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"},
        cwd=cwd,
        check=False,
    )


def scenario(folder: Path, text: str) -> str:
    path = folder / "scenario.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_json_alone_stands_on_standard_output_and_keeps_to_its_schema() -> None:
    ran = run("plan", "--json")
    assert ran.returncode == 0
    document = json.loads(ran.stdout)
    jsonschema.validate(document, dict(plan_schema()))
    assert document["status"] == "optimal"
    assert document["gap"] <= 1e-4


def test_a_question_without_an_answer_ends_with_3_and_says_what_would_do(tmp_path: Path) -> None:
    text = "[budget]\nrunning_increase_eur_per_year = -1e8\n"
    ran = run("plan", scenario(tmp_path, text), "--json")
    assert ran.returncode == 3
    document = json.loads(ran.stdout)
    jsonschema.validate(document, dict(plan_schema()))
    (needed,) = [item["needed"] for item in document["relaxation"]]
    eased = scenario(tmp_path, f"[budget]\nrunning_increase_eur_per_year = {needed}\n")
    assert run("plan", eased, "--json").returncode == 0


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("[budget]\ncapital = 3\n", "2", "capital_eur"),
        ('epci = "200042190"\n[[forced]]\nservice = "pool"\ncommune = "Denain"\n', "3", "pool"),
        ('[[forced]]\nservice = "library"\ncommune = "Dennain"\n', "3", "Denain"),
        ("[budget]\nrunning_increase_eur_per_year = nan\n", "2", "nan"),
        ("[budget\n", "1", ""),
    ],
)
def test_a_mistake_in_a_scenario_ends_with_2_and_names_its_line(
    tmp_path: Path, text: str, line: str, word: str
) -> None:
    ran = run("plan", scenario(tmp_path, text))
    assert ran.returncode == 2
    assert "scenario.toml" in ran.stderr
    assert line in ran.stderr
    assert word in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not ran.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("territory", "zzz"),
        ("territory", ""),
        ("plan", "--epci", "grand paris"),
        ("plan", "--lang", "xx"),
        ("plan", "--solver", "nonsense"),
        ("plan", "missing.toml"),
        ("plan", "--facilities", "missing.csv"),
        ("scenario", "new", "no/such/folder/a.toml"),
    ],
)
def test_a_users_mistake_ends_in_words(arguments: tuple[str, ...], tmp_path: Path) -> None:
    ran = run(*arguments, cwd=tmp_path)
    assert ran.returncode == 2
    assert ran.stderr.strip()
    assert "Traceback" not in ran.stderr


def test_an_output_folder_that_is_a_file_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    ran = run("plan", "--epci", "Saint-Flour", "--out", str(tmp_path / "taken"))
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
    assert (tmp_path / "taken").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["taken"]


def test_a_new_scenario_is_planned_as_it_is_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    assert run("scenario", "new", str(path), "--lang", "en").returncode == 0
    before = path.read_text(encoding="utf-8")
    assert run("plan", str(path), "--json").returncode == 0
    again = run("scenario", "new", str(path))
    assert again.returncode == 2
    assert path.read_text(encoding="utf-8") == before


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_summary_speaks_the_language_asked_for(language: str) -> None:
    ran = run("plan", "--epci", "Saint-Flour", "--lang", language)
    assert ran.returncode == 0
    labels = Labels(language)
    for key in ("status.optimal", "part.actions.title", "part.sources.title"):
        assert labels(key) in ran.stdout


def test_the_territory_is_found_by_part_of_its_name() -> None:
    ran = run("territory", "porte du hainaut", "--json")
    assert ran.returncode == 0
    found = json.loads(ran.stdout)
    assert found["code"] == "200042190"


def test_who_reads_only_the_first_line_gets_no_error() -> None:
    command = f'"{sys.executable}" -c "{PROGRAM}" catalogue | head -1'
    ran = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)  # noqa: S602
    assert ran.stdout.startswith("#")
    assert "Traceback" not in ran.stderr


def test_ctrl_c_ends_in_words() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "plan", "--epci", "200067106"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    time.sleep(2.0)
    os.killpg(child.pid, signal.SIGINT)
    out, err = child.communicate(timeout=120)
    assert "Traceback" not in err
    assert child.returncode in {0, 130}
    assert out or err


def test_each_document_has_its_schema() -> None:
    assert json.loads(run("schema").stdout) == plan_schema()
    assert json.loads(run("schema", "sharing").stdout) == sharing_schema()
    scenario = json.loads(run("schema", "scenario").stdout)
    assert "minutes_most" in json.dumps(scenario)
    jsonschema.Draft202012Validator.check_schema(scenario)
    assert run("schema", "nothing").returncode == 2
