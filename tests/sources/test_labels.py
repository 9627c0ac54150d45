"""Every finding that the sources and the case can give has words in every language."""

import re
import string
from pathlib import Path

import pytest

from optimiser.errors import Finding
from optimiser.labels import LANGUAGES, Labels
from optimiser.labels.errors import describe_finding

PACKAGE = Path(__file__).parents[2] / "optimiser"
FIELDS = {"file", "row", "column", "found", "expected", "nearest"}


def problems() -> list[str]:
    folder = PACKAGE / "sources"
    text = "\n".join(
        path.read_text(encoding="utf-8") for path in (*folder.glob("*.py"), PACKAGE / "case.py")
    )
    literal = r'(?:Finding|\.wrong)\(\s*"([a-z0-9_]+)"'
    mapped = re.search(r"_PROBLEMS = \{(.*?)\}", text, re.DOTALL)
    assert mapped
    named = re.findall(r': "([a-z_]+)"', mapped.group(1))
    indirect = re.findall(r'problem(?:, value)? = "([a-z0-9_]+)"', text)
    chosen = re.findall(r'"([a-z0-9_]+)" if .* else "([a-z0-9_]+)"\n', text)
    returned = re.findall(r'return "([a-z_]+)", ', text)
    always = {"not_valid", "unknown_key"}
    pairs = {name for pair in chosen for name in pair}
    found = {*re.findall(literal, text), *named, *indirect, *pairs, *returned, *always}
    return sorted(found - {"code", "commune", "utf"})


def test_the_list_of_problems_is_found_in_the_code() -> None:
    assert {"unknown_commune", "missing_cell", "pair_twice", "costs_not_ordered"} <= set(problems())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("problem", problems())
def test_every_problem_has_words(problem: str, language: str) -> None:
    finding = Finding(problem, "f.csv", 3, "code", "x", "y", "z")
    text = describe_finding(finding, Labels(language))
    assert len(text) > 20
    assert "{" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_kept_for_a_problem_that_is_gone(language: str) -> None:
    path = PACKAGE / "labels" / f"findings.{language}.toml"
    kept = set(re.findall(r"^(\w+) = ", path.read_text(encoding="utf-8"), re.MULTILINE))
    code = "\n".join(file.read_text(encoding="utf-8") for file in PACKAGE.rglob("*.py"))
    assert set(problems()) <= kept
    assert {word for word in kept if f'"{word}"' not in code} == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("problem", problems())
def test_sentences_use_only_the_facts_of_a_finding(problem: str, language: str) -> None:
    marks = {name: "{" + name + "}" for name in FIELDS}
    sentence = Labels(language)(f"finding.{problem}", **marks)
    assert {name for _, name, _, _ in string.Formatter().parse(sentence) if name} <= FIELDS
