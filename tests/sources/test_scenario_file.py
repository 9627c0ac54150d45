from pathlib import Path

import pytest

from optimiser.errors import Finding, ScenarioError
from optimiser.labels import LANGUAGES, Labels
from optimiser.labels.errors import describe_error
from optimiser.scenario import Scenario
from optimiser.sources.scenario_file import locate, new_scenario, read_scenario
from optimiser.sources.toml_lines import dotted
from tests.sources.builders import write


def refused(folder: Path, text: str | bytes) -> list[Finding]:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(write(folder, "s.toml", text))
    return list(caught.value.findings)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_scenario_reads_back_to_the_defaults(tmp_path: Path, language: str) -> None:
    text = new_scenario("200042190", language)
    assert read_scenario(write(tmp_path, "s.toml", text)) == Scenario()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_scenario_shows_every_setting(language: str) -> None:
    text = new_scenario("x", language)
    for name, field in Scenario.model_fields.items():
        assert name in text
        inner = getattr(field.annotation, "model_fields", {})
        assert all(key in text for key in inner)


def test_a_new_scenario_with_quotes_in_its_texts_is_valid(tmp_path: Path) -> None:
    text = new_scenario('CC "du" Sud', "fr", title='L\'été "2026"\\')
    scenario = read_scenario(write(tmp_path, "s.toml", text))
    assert (scenario.epci, scenario.title) == ('CC "du" Sud', 'L\'été "2026"\\')


def test_the_commented_examples_of_a_new_scenario_are_valid(tmp_path: Path) -> None:
    lines = new_scenario("200042190").splitlines()
    start = lines.index("# [[forced]]")
    text = "\n".join(lines[:start] + [line.removeprefix("# ") for line in lines[start : start + 3]])
    scenario = read_scenario(write(tmp_path, "s.toml", text))
    assert scenario.forced[0].commune == "Denain"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="xx"):
        new_scenario("200042190", "xx")


def test_none_means_no_limit_where_a_setting_may_have_none(tmp_path: Path) -> None:
    text = '[budget]\nrunning_increase_eur_per_year = "none"\n[coverage]\nbasin_floor = "None"\n'
    scenario = read_scenario(write(tmp_path, "s.toml", text))
    assert scenario.budget.running_increase_eur_per_year is None
    assert scenario.coverage.basin_floor is None


def test_none_is_refused_where_a_setting_must_have_a_value(tmp_path: Path) -> None:
    (finding,) = refused(tmp_path, '[budget]\ndiscount_rate = "none"\n')
    assert (finding.problem, finding.row) == ("not_a_number", 2)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    scenario = read_scenario(write(tmp_path, "s.toml", 'title = "été"', "utf-8-sig"))
    assert scenario.title == "été"


MISTAKES = {
    "title = 3": ("not_a_text", "title", "3", "", ""),
    'epci = ""': ("empty_text", "epci", "", "", ""),
    'services = "library"': ("not_a_list", "services", '"library"', "", ""),
    "budget = 3": ("not_a_table", "budget", "3", "", ""),
    "capital_eur = 3": ("unknown_key", "capital_eur", "capital_eur", None, "budget.capital_eur"),
    "[objective]\nduplicate_wieght = 1": (
        "unknown_key",
        "objective.duplicate_wieght",
        "duplicate_wieght",
        "person_value_eur_per_year, duplicate_weight, weights",
        "duplicate_weight",
    ),
    '[budget]\ncapital_eur = "3"': (
        "not_a_number",
        "budget.capital_eur",
        '"3"',
        "≥ 0, none",
        "",
    ),
    "[budget]\ndiscount_rate = 0.5": (
        "out_of_range",
        "budget.discount_rate",
        "0.5",
        "0 … 0.2",
        "",
    ),
    "[budget]\ndiscount_rate = nan": (
        "out_of_range",
        "budget.discount_rate",
        "nan",
        "0 … 0.2",
        "",
    ),
    '[budget]\ncost_case = "bse"': (
        "not_one_of",
        "budget.cost_case",
        "bse",
        "low, base, high",
        "base",
    ),
    '[coverage]\nbasin_floor = "tody"': (
        "not_one_of",
        "coverage.basin_floor",
        "tody",
        "today, 0 … 1, none",
        "today",
    ),
    "[coverage]\nbasin_floor = 2": (
        "out_of_range",
        "coverage.basin_floor",
        "2",
        "today, 0 … 1, none",
        "",
    ),
    "[coverage]\nkeep_capacity = 1": (
        "not_true_or_false",
        "coverage.keep_capacity",
        "1",
        "true, false",
        "",
    ),
    "[neighbours]\nagreements = 1.5": (
        "not_a_whole_number",
        "neighbours.agreements",
        "1.5",
        "≥ 0, none",
        "",
    ),
    '[[forced]]\nservice = "x"': ("missing_key", "forced[0].commune", "", "", ""),
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_named_with_key_value_and_what_may_stand_there(
    tmp_path: Path, text: str
) -> None:
    (finding,) = refused(tmp_path, text)
    problem, key, found, expected, nearest = MISTAKES[text]
    assert (finding.problem, finding.column, finding.found) == (problem, key, found)
    assert finding.nearest == nearest
    if expected is not None:
        assert finding.expected == expected
    assert finding.row == (1 if problem == "missing_key" else text.count("\n") + 1)
    assert finding.file.endswith("s.toml")


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    findings = refused(tmp_path, "\n".join(text for text in MISTAKES if "\n" not in text))
    assert [finding.row for finding in findings] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("text", "problem", "row"),
    [
        ("a = 1\nb = = 2\n", "toml_syntax", 2),
        ("a = 1\na = 2\n", "toml_key_twice", 2),
        ("[budget]\n[budget]\n", "toml_key_twice", 2),
        ('title = "open\n', "toml_syntax", 1),
        ("x = '''never closed\n\n", "toml_syntax", 3),
        (b"ok = 1\ntitle = '\xe9t\xe9'\n", "file_not_utf8", 2),
    ],
)
def test_what_is_no_toml_is_named_with_its_line(
    tmp_path: Path, text: str | bytes, problem: str, row: int
) -> None:
    (finding,) = refused(tmp_path, text)
    assert (finding.problem, finding.row) == (problem, row)


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(tmp_path / "none.toml")
    assert caught.value.findings[0].problem == "file_missing"


def test_a_folder_is_said_to_be_unreadable(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(tmp_path)
    assert caught.value.findings[0].problem == "file_unreadable"


def test_a_huge_file_is_not_opened(tmp_path: Path) -> None:
    (finding,) = refused(tmp_path, b"#" * 2_000_001)
    assert (finding.problem, finding.expected) == ("file_too_large", "2 MB")


def test_findings_that_know_only_their_key_are_placed(tmp_path: Path) -> None:
    path = write(tmp_path, "s.toml", '[[forced]]\nservice = "x"\n[[forced]]\ncommune = "Denan"\n')
    error = ScenarioError((Finding("unknown_commune", column=dotted(("forced", 1, "commune"))),))
    (finding,) = locate(error, path).findings
    assert (finding.row, finding.file) == (4, str(path))


def test_placing_findings_survives_a_file_that_is_gone(tmp_path: Path) -> None:
    error = ScenarioError((Finding("unknown_commune", column="forced[0].commune"),))
    assert locate(error, tmp_path / "gone.toml") is error


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", MISTAKES)
def test_every_mistake_has_words_in_every_language(
    tmp_path: Path, text: str, language: str
) -> None:
    error = ScenarioError(refused(tmp_path, text))
    lines = describe_error(error, Labels(language))
    assert len(lines) == 2
    assert "{" not in lines[1].replace("{ ", "")
