"""The years ahead in words: every limit has its own, and the command says what it finds."""

import json
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from optimiser.ahead import Ahead
from optimiser.cli import app
from optimiser.labels import LANGUAGES, Labels
from optimiser.report.answers.schedule import action_text, schedule_page
from optimiser.report.words import Words
from optimiser.schedule import schedule
from optimiser.schedule.families import build
from optimiser.schedule.model import ScheduleModel
from optimiser.schedule_solution import ScheduleInfeasible, ScheduleSolution
from optimiser.sources import new_scenario
from tests.schedule.test_schedule import changed, with_functions

RUN = CliRunner()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_limit_that_can_give_way_has_words(language: str) -> None:
    plan = changed(with_functions().plan, change_eur_per_year=1e6, staff_moved_per_year=5)
    names = {rule.asked.name for rule in build(ScheduleModel(plan, plan.actions)).rules}
    assert names == {
        "temporary_rise", "yearly_capital", "smooth_capital", "staff_moved", "debt_ceiling",
    }  # fmt: skip
    for name in names | {"works"}:
        assert f"years.rule.{name}.name" in Labels(language)
        assert f"years.rule.{name}.relax" in Labels(language)


def scenario(folder: Path, *replaced: tuple[str, str]) -> str:
    text = new_scenario("200042190", "fr")
    text = text.replace("[coverage.guarantee]", "[coverage.guarantee]\nfrance_services = 1.0")
    text = text.replace("services = []", 'services = ["library", "france_services"]', 1)
    for old, new in replaced:
        assert old in text
        text = text.replace(old, new)
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_command_gives_the_same_as_data_and_as_excel(tmp_path: Path) -> None:
    out = tmp_path / "years.xlsx"
    ran = RUN.invoke(app, ["schedule", scenario(tmp_path), "--json", "--out", str(out)])
    assert ran.exit_code == 0, ran.output
    document = json.loads(ran.stdout)
    assert document["status"] == "optimal"
    assert document["gap"] <= 1e-3
    assert [year["year"] for year in document["answer"]["years"]] == list(range(2026, 2034))
    assert out.read_bytes()[:2] == b"PK"


@pytest.mark.parametrize(
    ("language", "said", "proven", "wrong"),
    [
        ("fr", "ne peut pas se faire", "aucun calendrier de ce plan", "pas de plan"),
        ("en", "cannot be done", "Proven: no timetable", "no plan"),
    ],
)
def test_a_schedule_that_cannot_be_is_answered_in_words(
    tmp_path: Path, language: str, said: str, proven: str, wrong: str
) -> None:
    short = scenario(tmp_path, ('capital_eur_per_year = "even"', "capital_eur_per_year = 10_000"))
    ran = RUN.invoke(app, ["schedule", short, "--lang", language])
    words = " ".join(ran.output.split())
    assert said in words
    assert proven in words
    assert wrong not in words
    assert ran.exit_code == 3
    assert "Traceback" not in ran.output


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "en entier, en une seule année"), ("en", "whole, in one year")]
)
def test_a_group_above_the_posts_of_a_year_is_named_with_what_to_set(
    language: str, said: str
) -> None:
    found = with_functions()
    plan = changed(found.plan, staff_moved_per_year=2)
    answer = schedule(plan)
    assert isinstance(answer, ScheduleInfeasible)
    assert answer.years_needed is None
    words = Words(plan.case, Labels(language))
    page = schedule_page(Ahead(found.solution, plan, answer), words)
    lines = " ".join(page.sentences)
    assert said in lines
    for action, (_, costs) in plan.groups.items():
        assert (action_text(action, words) in lines) == (costs.staff > 2)
    (limit,) = (r.needed for r in answer.why.relaxation if r.rule == "staff_moved")
    assert f"staff_moved_per_year {'à' if language == 'fr' else 'to'} {limit:.0f} " in lines
    assert isinstance(schedule(changed(plan, staff_moved_per_year=limit)), ScheduleSolution)
    assert not changed(plan, staff_moved_per_year=7).too_many_posts


def test_subsidies_above_what_the_law_allows_are_refused_in_one_message(tmp_path: Path) -> None:
    both = '[{ service = "library", share = 0.5 }, { service = "library", share = 0.4 }]'
    wrong = scenario(tmp_path, ("subsidies = []", f"subsidies = {both}"))
    ran = RUN.invoke(app, ["schedule", wrong])
    assert ran.exception is not None
    assert "0.8" in str(ran.exception)


def test_unknown_types_are_named(tmp_path: Path) -> None:
    wrong = scenario(
        tmp_path, ("subsidies = []", 'subsidies = [{ service = "pool", share = 0.1 }]')
    )
    ran = RUN.invoke(app, ["schedule", wrong])
    assert "schedule.subsidies[0].service" in str(ran.exception)


def test_finances_and_poles_are_said_and_written(tmp_path: Path) -> None:
    mine = scenario(tmp_path)
    for command in ("finances", "poles"):
        out = tmp_path / f"{command}.xlsx"
        ran = RUN.invoke(app, [command, mine, "--json", "--lang", "en", "--out", str(out)])
        assert ran.exit_code == 0, ran.output
        assert json.loads(ran.stdout)["question"] == command
        assert out.read_bytes()[:2] == b"PK"
    names = {sheet.title for sheet in openpyxl.load_workbook(tmp_path / "finances.xlsx")}
    assert {"Money year by year", "Low, base, high", "Who pays, who gains", "Assumptions"} <= names


def test_scores_of_two_scenarios_with_the_readers_own_weights(tmp_path: Path) -> None:
    one = scenario(tmp_path)
    other = tmp_path / "other.toml"
    text = Path(one).read_text(encoding="utf-8")
    other.write_text(text.replace("france_services = 1.0", ""), encoding="utf-8")
    ran = RUN.invoke(app, ["score", one, str(other), "--json", "--weight", "access=5"])
    assert ran.exit_code == 0, ran.output
    answer = json.loads(ran.stdout)["answer"]
    assert answer["scenarios"] == ["mine", "other"]
    assert answer["score"]["given"][0] == 5
    for weight in ("acess=2", "access=-1", "access=x", "access"):
        ran = RUN.invoke(app, ["score", one, "--weight", weight])
        assert ran.exit_code == 2
        assert "Traceback" not in ran.output


def test_a_scenario_ties_with_itself(tmp_path: Path) -> None:
    mine = scenario(tmp_path)
    ran = RUN.invoke(app, ["score", mine, mine, "--lang", "en"])
    assert ran.exit_code == 0, ran.output
    words = " ".join(ran.output.split())
    assert "mine and mine tie whatever the weights" in words
    assert words.count("(rank 1)") == 2
    assert "stays ahead" not in words


def test_plan_and_years_at_once_say_what_two_stages_lose(tmp_path: Path) -> None:
    limit = "capital_eur_per_year = 1_000_000"
    mine = scenario(tmp_path, ('capital_eur_per_year = "even"', limit))
    ran = RUN.invoke(app, ["schedule", mine, "--joint", "--lang", "en"])
    assert ran.exit_code == 0, ran.output
    assert "two stages lose" in " ".join(ran.output.replace("\u2502", " ").split())


def test_another_plan_is_chosen_where_the_best_one_has_no_timetable(tmp_path: Path) -> None:
    limit = "capital_eur_per_year = 10_000"
    mine = scenario(tmp_path, ('capital_eur_per_year = "even"', limit))
    assert RUN.invoke(app, ["schedule", mine]).exit_code == 3
    ran = RUN.invoke(app, ["schedule", mine, "--joint", "--json"])
    assert ran.exit_code == 0, ran.output
    spent = [year["spending_eur"] for year in json.loads(ran.stdout)["answer"]["years"]]
    assert sum(spent) <= 80_000.01
