import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimiser.labels import LANGUAGES, Labels
from optimiser.sources.notes import named, note, split_note

KEYS = {
    "location_missing": {"count", "communes"},
    "ages_missing": {"count", "communes"},
    "area_missing": {"count", "communes"},
    "income_missing": {"count", "communes"},
    "accounts_missing": {"count", "communes"},
    "places_without_site": {"service", "count", "communes"},
    "no_neighbour": {"km"},
    "estimate_overseas": set(),
    "communes_from_file": {"count", "file"},
    "facilities_from_file": {"file", "services"},
    "facilities_elsewhere": {"count", "file"},
    "bpe_types_absent": {"services"},
    "bpe_communes_unknown": {"count"},
    "matrix_neighbours_missing": {"count"},
    "matrix_own_minutes": {"count"},
    "matrix_in_order": {"file", "count"},
    "island": {"count", "communes"},
    "catalogue_from_file": {"file"},
    "one_large_commune": {"commune"},
}


@given(facts=st.dictionaries(st.sampled_from(["file", "count"]), st.text(alphabet="aé&=?% ,{}\n")))
def test_a_remark_gives_its_facts_back(facts: dict[str, str]) -> None:
    assert split_note(note("x", **facts)) == ("note.x", facts)


def test_long_lists_of_names_are_cut() -> None:
    assert named(["a", "b"]) == "a, b"
    assert named(list("abcdefg")) == "a, b, c, d, e, …"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_every_remark_has_words_for_its_facts(language: str, key: str) -> None:
    labels = Labels(language)
    sentence = labels(f"note.{key}", **{name: "{" + name + "}" for name in KEYS[key]})
    assert {name for _, name, _, _ in string.Formatter().parse(sentence) if name} == KEYS[key]


def test_every_remark_of_the_sources_is_known_here() -> None:
    folder = Path(__file__).parents[2] / "optimiser" / "sources"
    text = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    assert all(f'"{key}"' in text for key in KEYS)
