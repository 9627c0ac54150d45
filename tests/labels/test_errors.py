import pytest

from optimiser.errors import (
    CatalogueError,
    Finding,
    InputError,
    MaillageError,
    ScenarioError,
    SolverError,
    TableError,
    TerritoryNotFoundError,
    VerificationError,
)
from optimiser.labels import LANGUAGES, Labels, book, describe_error

FINDING = Finding(
    "unknown_service",
    file="scenario.toml",
    row=1_234,
    column="forced[0].service",
    found="piscine",
    expected="swimming_pool, library",
    nearest="swimming_pool",
)


def everything_below(kind: type[MaillageError]) -> list[type[MaillageError]]:
    return [kind, *(x for sub in kind.__subclasses__() for x in everything_below(sub))]


def example(kind: type[MaillageError]) -> MaillageError:
    if issubclass(kind, InputError):
        return kind((FINDING,))
    if issubclass(kind, TerritoryNotFoundError):
        return kind("Denain", ("200042190 CA de la Porte du Hainaut",))
    if issubclass(kind, VerificationError):
        return kind(("score 1, claimed 2",))
    return kind("because")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", everything_below(MaillageError))
def test_every_error_has_words(kind: type[MaillageError], language: str) -> None:
    lines = describe_error(example(kind), Labels(language))
    assert lines
    assert all(line.strip() and "{" not in line for line in lines)


@pytest.mark.parametrize("kind", [TableError, ScenarioError, CatalogueError, InputError])
def test_a_finding_tells_place_found_expected_and_nearest(kind: type[InputError]) -> None:
    head, line = describe_error(kind((FINDING,)), Labels("fr"))
    assert head
    for part in ("scenario.toml", "1\u202f234", "forced[0].service", "piscine", "library"):
        assert part in line
    assert "Vouliez-vous dire" in line


def test_every_finding_is_listed() -> None:
    error = TableError([FINDING] * 3)
    lines = describe_error(error, Labels("en"))
    assert len(lines) == 4
    assert "3 errors" in lines[0]


def test_what_a_sentence_says_itself_is_not_said_again(monkeypatch: pytest.MonkeyPatch) -> None:
    labels = Labels("en", {"finding.odd": "{found} in {file} is not {expected}."})
    finding = Finding("odd", file="a.csv", row=2, found="x", expected="y", nearest="z")
    line = describe_error(TableError((finding,)), labels)[1]
    assert line == 'row 2: x in a.csv is not y. Did you mean "z"?'
    monkeypatch.undo()


def test_an_empty_finding_is_its_sentence_alone() -> None:
    labels = Labels("en", {"finding.odd": "Odd."})
    assert describe_error(TableError((Finding("odd"),)), labels)[1] == "Odd."


def test_facts_with_braces_are_shown_as_they_are() -> None:
    labels = Labels("en", {"finding.odd": "{found} is odd."})
    line = describe_error(TableError((Finding("odd", found="{x} {0}"),)), labels)[1]
    assert line == "{x} {0} is odd."


def test_a_problem_without_words_is_an_error() -> None:
    with pytest.raises(KeyError):
        describe_error(TableError((Finding("never_heard_of"),)), Labels("fr"))


def test_unknown_and_ambiguous_territories_are_told_apart() -> None:
    labels = Labels("fr")
    unknown = describe_error(TerritoryNotFoundError("Xyz", ("1 A", "2 B")), labels)
    several = describe_error(TerritoryNotFoundError("Xyz", ("1 A",), ambiguous=True), labels)
    nobody = describe_error(TerritoryNotFoundError("Xyz"), labels)
    assert "Aucune" in unknown[0]
    assert [line.strip() for line in unknown[2:]] == ["1 A", "2 B"]
    assert "Plusieurs" in several[0]
    assert nobody[1] == labels("error.territory_not_found.no_candidate")


def test_a_solver_error_shows_its_detail() -> None:
    assert describe_error(SolverError("no licence"), Labels("en"))[1] == "Detail: no licence"
    assert len(describe_error(SolverError(), Labels("en"))) == 1


def test_languages_share_their_list() -> None:
    assert LANGUAGES[0] == "fr"
    assert all(book.texts(language)["locale"] for language in LANGUAGES)
