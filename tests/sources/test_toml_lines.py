from pathlib import Path

import pytest

from optimiser.sources.toml_lines import key_lines, line_of

TEXT = '''# a comment with [brackets] and = signs
title = "a # b"  # really

[budget]
capital_eur = 3
"quoted key".inner = 'x'

[[forced]]
service = "pool"
[[forced]]
service = """
two
lines""" # end
commune = "x"
[forced.detail]
why = 1

[services.library]
tiers = [
  { minutes = 5, weight = 1.0 },  # near
  # far
  { minutes = 10, public = { a = 1, b = [1,
    2] } },
]
raw = \'\'\'it''s\'\'\'
'''


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("title", 2),
        ("budget", 4),
        ("budget.capital_eur", 5),
        ("budget.quoted key.inner", 6),
        ("forced", 8),
        ("forced[0].service", 9),
        ("forced[1]", 10),
        ("forced[1].commune", 14),
        ("forced[1].detail.why", 16),
        ("services.library.tiers", 19),
        ("services.library.tiers[0].minutes", 20),
        ("services.library.tiers[1].public.b[1]", 23),
        ("services.library.raw", 25),
    ],
)
def test_every_key_has_the_line_on_which_it_stands(key: str, line: int) -> None:
    assert key_lines(TEXT)[key] == line


def test_windows_line_ends_count_once() -> None:
    assert key_lines("a = 1\r\nb = 2\r\n")["b"] == 2


def test_a_key_that_is_not_written_has_the_line_of_its_table() -> None:
    lines = key_lines(TEXT)
    assert line_of(lines, "budget.discount_rate") == 4
    assert line_of(lines, "forced[1].missing.deeper") == 10
    assert line_of(lines, "nowhere.at.all") is None


def test_every_line_of_the_embedded_catalogue_that_holds_a_pair_is_found() -> None:
    path = Path(__file__).parents[2] / "data" / "catalogue" / "facilities.toml"
    text = path.read_text(encoding="utf-8")
    found = set(key_lines(text).values())
    rows = enumerate(text.splitlines(), start=1)
    pairs = {row for row, line in rows if "=" in line and not line.lstrip().startswith("#")}
    assert pairs <= found
