import re
from pathlib import Path

import pytest

from optimiser.errors import CatalogueError, Finding
from optimiser.sources.catalogue_file import load_catalogue
from optimiser.sources.folder import data_folder
from tests.sources.builders import write

EMBEDDED = (data_folder() / "catalogue" / "facilities.toml").read_text(encoding="utf-8")


def refused(folder: Path, text: str) -> list[Finding]:
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(write(folder, "c.toml", text))
    return list(caught.value.findings)


def changed(old: str, new: str) -> str:
    assert old in EMBEDDED
    return EMBEDDED.replace(old, new, 1)


def test_the_embedded_catalogue_holds_at_least_fifteen_types() -> None:
    catalogue = load_catalogue()
    assert len(catalogue.services) >= 15
    assert all(service.code == code for code, service in catalogue.services.items())


def test_a_copy_of_the_embedded_catalogue_is_the_embedded_catalogue(tmp_path: Path) -> None:
    assert load_catalogue(write(tmp_path, "c.toml", EMBEDDED)) == load_catalogue()


def test_every_assumption_says_that_it_is_one() -> None:
    for service in load_catalogue():
        for figure in (
            service.capital_eur,
            service.running_eur,
            service.closing_eur,
            service.agreement_eur_per_person,
        ):
            assert figure.source.startswith("assumption: ") == (figure.grade == "D"), service.code


def test_only_what_communes_own_may_close() -> None:
    decided = {service.code for service in load_catalogue() if service.lever == "decide"}
    assert "swimming_pool" in decided
    assert not decided & {"lower_secondary_public", "care_home", "post_office", "cinema"}


def test_what_a_plan_never_closes_costs_nothing_to_close() -> None:
    for service in load_catalogue():
        # Tourist offices are observed only because their count is doubtful.
        if service.lever != "decide" and service.code != "tourist_office":
            assert service.closing_eur.high == 0, service.code


MISTAKES = (
    ('theme = "sport"', 'theme = "sprot"', "not_one_of", "theme", "sprot", "sport"),
    ("structuring = true", "structurng = true", "unknown_key", "structurng", "", "structuring"),
    ("base = 640_000", "base = 6_400_000", "costs_not_ordered", "running_eur", "", ""),
    ('grade = "B"', 'grade = "b"', "not_one_of", "capital_eur.grade", "b", "B"),
    ("guarantee_minutes = 15", "guarantee_minutes = 12", "guarantee_not_a_tier", "", "", ""),
    ("minutes = 10, weight", "minutes = 90, weight", "minutes_not_rising", "", "", ""),
    ("weight = 0.5 }", "weight = 1.0 }", "weights_not_falling", "", "", ""),
    ("site = 18000", "site = 0", "out_of_range", "persons_per_site", "0", ""),
    ("{ 0_19 = 1.0, ", "{ 0_18 = 1.0, ", "unknown_key", "public.0_18", "0_18", "0_19"),
    ("lifetime_years = 30", "code = 'x'\nlifetime_years = 30", "unknown_key", "code", "code", ""),
)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_line_key_and_nearest_name(
    tmp_path: Path, mistake: tuple[str, ...]
) -> None:
    old, new, problem, key, found, nearest = mistake
    text = changed(old, new)
    named = next(finding for finding in refused(tmp_path, text) if finding.problem == problem)
    assert named.column == "services.swimming_pool" + (f".{key}" if key else "")
    assert not found or named.found == found
    assert named.nearest == nearest
    assert named.row is not None
    word = re.split(r"[.\[]", named.column)[-1]
    assert word in text.splitlines()[named.row - 1]


def test_a_fee_counted_otherwise_than_by_person_is_refused(tmp_path: Path) -> None:
    head = "[services.swimming_pool.agreement_eur_per_person]\n"
    (finding,) = refused(tmp_path, changed(head, head + 'per = "place"\n'))
    assert finding.problem == "fee_not_per_person"


def test_a_code_that_is_no_code_is_refused(tmp_path: Path) -> None:
    findings = refused(tmp_path, EMBEDDED.replace("[services.theatre", '[services."Théâtre"'))
    assert any(finding.problem == "not_a_code" for finding in findings)


def test_a_file_without_types_is_refused(tmp_path: Path) -> None:
    assert [f.problem for f in refused(tmp_path, "")] == ["missing_key"]
    assert [f.problem for f in refused(tmp_path, "[services]\n")] == ["empty_list"]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = EMBEDDED.replace('lever = "decide"', 'lever = "decided"')
    findings = refused(tmp_path, text)
    assert len(findings) == EMBEDDED.count('lever = "decide"')
    assert [f.row for f in findings] == sorted(f.row or 0 for f in findings)
