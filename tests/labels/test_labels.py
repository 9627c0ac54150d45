"""Labels: complete in every language, and figures as each language writes them."""

import re
import string
from importlib import resources
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimiser.access.travel_times import Method
from optimiser.catalogue import AgeGroup, CostCase, Grade, Lever, Theme
from optimiser.labels import LANGUAGES, Labels, book
from optimiser.report.actions import Kind
from optimiser.report.costs import Item
from optimiser.report.finances import ACCOUNTS
from optimiser.report.site_status import STATUSES
from optimiser.solution import Status, StopReason
from optimiser.sources import load_catalogue
from tests.labels.code import first_texts, keys_asked

NARROW, WIDE = "\u202f", "\xa0"


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_language_has_the_same_keys() -> None:
    french, english = (book.texts(language).keys() for language in LANGUAGES)
    assert french == english


@pytest.mark.parametrize("key", sorted(book.texts("fr")))
def test_every_language_has_the_same_fields(key: str) -> None:
    french, english = (book.texts(language)[key] for language in LANGUAGES)
    # "One entry" needs no figure where "{n} entries" does.
    if not key.endswith(".one"):
        assert fields(french) == fields(english)
    assert french.strip()
    assert english.strip()


def test_both_plural_forms_exist() -> None:
    for language in LANGUAGES:
        keys = book.texts(language).keys()
        for key in keys:
            if key.endswith(".one"):
                assert key.removesuffix("one") + "other" in keys
                singular, plural = (
                    book.texts(language)[key.removesuffix("one") + f] for f in ("one", "other")
                )
                assert fields(singular) - {"n"} == fields(plural) - {"n"}


@pytest.mark.parametrize(("where", "key"), sorted(set(keys_asked())))
def test_every_key_that_the_code_asks_for_exists(where: str, key: str) -> None:
    assert any(re.fullmatch(key, known) for known in book.texts("fr")), where


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_service_of_the_catalogue_has_a_name(language: str) -> None:
    catalogue = load_catalogue()
    names = [Labels(language)(f"service.{service.code}") for service in catalogue]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("prefix", "names"),
    [
        ("theme", get_args(Theme)),
        ("lever", get_args(Lever)),
        ("grade", get_args(Grade)),
        ("cost_case", get_args(CostCase)),
        ("column.short", [f"age_{group}" for group in get_args(AgeGroup)]),
        ("item", get_args(Item)),
        ("account", ACCOUNTS),
        ("status", list(Status)),
        ("stop", list(StopReason)),
        ("action", get_args(Kind)),
        ("action_kind", get_args(Kind)),
        ("site_status", STATUSES),
        ("mode", ("car", "bicycle", "walk", "transit")),
        ("reason", ("forced", "forbidden", "access", "nearer", "duplicate", "saving")),
    ],
)
def test_every_name_of_a_closed_list_has_words(prefix: str, names: list[str]) -> None:
    for name in names:
        assert f"{prefix}.{name}" in Labels("fr")


def test_travel_methods_are_those_that_the_sentences_know() -> None:
    assert set(get_args(Method)) == {"estimate", "matrix"}


def test_every_problem_of_a_finding_has_a_sentence() -> None:
    problems = first_texts({"Finding"})
    assert len(problems) > 5
    for problem in problems:
        assert f"finding.{problem}" in Labels("fr"), problem


def test_every_rule_of_the_judge_has_its_words() -> None:
    judge = {"Violation", "_above", "_below"}
    # The rules of shared functions and of years have their own words: tests/sharing, schedule.
    rules = first_texts(judge, but=("check_sharing", "check_schedule")) | {"forced", "forbidden"}
    assert len(rules) > 12
    for rule in rules:
        for part in ("name", "asks", "relax"):
            assert f"rule.{rule}.{part}" in Labels("fr"), rule
        assert fields(book.texts("fr")[f"rule.{rule}.relax"]) <= {"subject", "limit", "needed"}
        assert fields(book.texts("fr")[f"rule.{rule}.asks"]) <= {"subject"}


def test_a_missing_key_or_fact_is_an_error() -> None:
    with pytest.raises(KeyError):
        Labels("fr")("no.such.key")
    with pytest.raises(KeyError):
        Labels("fr")("source.error")


def test_an_unknown_language_is_an_error() -> None:
    with pytest.raises(ValueError, match="tlh"):
        Labels("tlh")


def test_a_user_can_name_types_of_their_own() -> None:
    labels = Labels("fr", {"service.skatepark": "Skatepark"})
    assert labels("service.skatepark") == "Skatepark"
    assert "service.skatepark" not in Labels("fr")


def test_a_key_in_two_files_is_an_error(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("labels")
    (folder / "xx.toml").write_text('a.b = "1"', encoding="utf-8")
    (folder / "more.xx.toml").write_text('[a]\nb = "2"', encoding="utf-8")
    monkeypatch.setattr(resources, "files", lambda _: folder)
    with pytest.raises(ValueError, match=r"a\.b stands in two files"):
        book.texts("xx")


def test_a_label_that_is_no_text_is_an_error(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("labels")
    (folder / "yy.toml").write_text("a = 1", encoding="utf-8")
    monkeypatch.setattr(resources, "files", lambda _: folder)
    with pytest.raises(ValueError, match="a label is a text"):
        book.texts("yy")


def test_french_figures() -> None:
    labels = Labels("fr")
    assert labels.number(1234567.891, 2) == f"1{NARROW}234{NARROW}567,89"
    assert labels.percent(0.1234) == f"12,3{NARROW}%"
    assert labels.euros(1_234_567) == f"1,2{WIDE}M€"
    assert labels.euros(640_000) == f"640{WIDE}k€"
    assert labels.euros(9_450) == f"9{NARROW}450{WIDE}€"
    assert labels.euros(-1_234_567) == f"-1,2{WIDE}M€"
    assert labels.euros_full(1_234_567) == f"1{NARROW}234{NARROW}567{WIDE}€"
    assert labels.minutes(7.25, 1) == f"7,2{WIDE}min"
    assert labels.seconds(3.14) == f"3,1{WIDE}s"
    assert labels.persons(0) == f"0{WIDE}personne"
    assert labels.persons(1) == f"1{WIDE}personne"
    assert labels.persons(2_000) == f"2{NARROW}000{WIDE}personnes"
    assert labels.signed_points(0.031) == f"+3,1{WIDE}pt"


def test_english_figures() -> None:
    labels = Labels("en")
    assert labels.number(1234567.891, 2) == "1,234,567.89"
    assert labels.percent(0.1234) == "12.3%"
    assert labels.euros(-640_000) == "-€640k"
    assert labels.euros_full(1_234_567) == "€1,234,567"
    assert labels.persons(0) == f"0{WIDE}persons"
    assert labels.persons(1) == f"1{WIDE}person"
    assert labels.signed_euros(640_000) == "+€640k"


def test_a_million_is_never_written_as_a_thousand_thousands() -> None:
    assert Labels("fr").euros(999_600) == f"1,0{WIDE}M€"
    assert Labels("fr").euros(999_400) == f"999{WIDE}k€"


@pytest.mark.parametrize("language", LANGUAGES)
def test_zero_has_no_sign(language: str) -> None:
    labels = Labels(language)
    assert labels.signed_number(-0.0) == labels.number(0.0)
    assert labels.signed_number(-0.3) == "0"
    assert labels.signed_euros(-0.4) == labels.euros(0.0)
    assert "-" not in labels.signed_points(-0.0001)
    assert "-" not in labels.signed_minutes(-0.01)


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_that_do_not_exist_are_a_dash_and_never_a_number(language: str) -> None:
    labels = Labels(language)
    for text in (
        labels.number(None),
        labels.number(float("nan")),
        labels.euros(None),
        labels.euros(float("inf")),
        labels.euros_full(float("nan")),
        labels.percent(None),
        labels.persons(None),
        labels.minutes(None),
        labels.signed_points(None),
        labels.signed_number(None),
    ):
        assert text == labels("unit.none")
    assert labels.minutes(float("inf")) == labels("unit.unreachable")
    assert labels.number(float("inf")) == labels("unit.infinite")


@given(st.floats(-1e12, 1e12), st.integers(0, 3))
def test_no_figure_can_be_torn_at_a_line_end(value: float, digits: int) -> None:
    labels = Labels("fr")
    for text in (
        labels.number(value, digits),
        labels.euros(value),
        labels.minutes(abs(value), digits),
        labels.percent(value, digits),
        labels.persons(value),
    ):
        assert " " not in text


@given(st.floats(-1e12, 1e12))
def test_the_sign_of_a_change_is_written_once(value: float) -> None:
    text = Labels("fr").signed_euros(value)
    assert text.count("+") + text.count("-") == (round(value) != 0)
    assert text.startswith("+") == (round(value) > 0)


def test_french_sentences_keep_their_punctuation() -> None:
    for key, text in book.texts("fr").items():
        assert not re.search(r" [;:!?»%]|« ", text), key
