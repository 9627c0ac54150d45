from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from optimiser.errors import TableError
from optimiser.sources import bpe
from optimiser.sources.bpe import bpe_codes, is_bpe, read_bpe
from optimiser.sources.embedded import load_territory
from optimiser.sources.facilities_file import place_facilities
from optimiser.territory import Facility
from tests.sources.builders import DENAIN, SAINT_AMAND, catalogue, territory, write

CATALOGUE = catalogue()

# One row for each equipment, as published since 2023 (some of its 95 columns).
DETAIL = """AN;NOMRS;CNOMRS;DEPCOM;DEP;REG;DOM;SDOM;TYPEQU;LAMBERT_X;LAMBERT_Y;QUALITE_XY
2024;PISCINE;_Z;59172;59;32;F;F1;F101;728000.1;7028000.5;_U
2024;"CINEMA ""LE GRAND""; SALLE 1";_Z;59172;59;32;F;F3;F303;;;_U
2024;BUREAU;_Z;59526;59;32;A;A2;A206;;;A
2024;RELAIS;_Z;59526;59;32;A;A2;A207;;;A
2024;RESTAURANT;_Z;59526;59;32;A;A5;A504;;;A
2024;AILLEURS;_Z;75101;75;11;F;F3;F307;;;A
"""

# Rows that carry a number, as published until 2022.
COUNTS = """REG;DEP;DEPCOM;DCIRIS;AN;TYPEQU;NB_EQUIP
32;59;59172;59172_0101;2021;F101;1
32;59;59172;59172_0102;2021;F101;2
32;59;59526;59526_0000;2021;D502;4
32;59;59526;59526_0000;2020;D502;9
11;75;75101;75101_0101;2021;F303;7
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_one_row_for_each_equipment_is_counted(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, "BPE24.csv", DETAIL, encoding)
    found, services, _ = read_bpe(path, territory(), CATALOGUE)
    counts = {(f.commune, f.service): f.sites for f in found}
    assert counts == {
        (DENAIN, "swimming_pool"): 1,
        (DENAIN, "cinema"): 1,
        (SAINT_AMAND, "post_office"): 2,
    }
    assert services == {"swimming_pool", "cinema", "post_office", "library"}
    assert {(f.year, f.source) for f in found} == {(2024, "INSEE BPE")}


def test_rows_with_a_number_are_summed_and_the_last_year_is_read(tmp_path: Path) -> None:
    found, services, _ = read_bpe(write(tmp_path, "b.csv", COUNTS), territory(), CATALOGUE)
    counts = {(f.commune, f.service): f.sites for f in found}
    assert counts == {(DENAIN, "swimming_pool"): 3, (SAINT_AMAND, "nursery"): 4}
    assert "cinema" in services


def test_commas_and_quotes_are_read_as_well(tmp_path: Path) -> None:
    text = '"DEPCOM","TYPEQU","AN"\n"59172","F101","2024"\n'
    found, _, _ = read_bpe(write(tmp_path, "b.csv", text), territory(), CATALOGUE)
    assert [(f.commune, f.sites) for f in found] == [(DENAIN, 1)]


def test_parquet_gives_the_same_as_csv(tmp_path: Path) -> None:
    csv = write(tmp_path, "b.csv", COUNTS)
    frame = pd.read_csv(csv, sep=";", dtype={"DEPCOM": str, "DEP": str})
    frame.to_parquet(tmp_path / "b.parquet")
    assert read_bpe(csv, territory(), CATALOGUE) == read_bpe(
        tmp_path / "b.parquet", territory(), CATALOGUE
    )


def test_a_file_of_many_pieces_gives_the_same_as_one_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head, *lines = DETAIL.splitlines()
    path = write(tmp_path, "b.csv", "\n".join([head, *(lines * 300), ""]))
    whole = read_bpe(path, territory(), CATALOGUE)
    monkeypatch.setattr(bpe, "_BLOCK_BYTES", 4096)
    assert read_bpe(path, territory(), CATALOGUE) == whole
    assert whole[0][0].sites == 300


def test_codes_that_lost_their_zero_find_it_again(tmp_path: Path) -> None:
    ain = load_territory("Haut-Bugey Agglomération", CATALOGUE)
    path = write(tmp_path, "b.csv", "DEPCOM;TYPEQU;AN\n1283;F101;2024\n")
    found, _, notes = read_bpe(path, ain, CATALOGUE)
    assert [f.commune for f in found] == ["01283"]
    assert not any("communes_unknown" in text for text in notes)


@pytest.mark.parametrize(
    ("district", "commune"), [("75101", "75056"), ("69381", "69123"), ("13201", "13055")]
)
def test_districts_count_for_their_commune(tmp_path: Path, district: str, commune: str) -> None:
    from optimiser.sources.national import index  # noqa: PLC0415

    home = index()
    epci = home.epcis[list(home.codes).index(commune)]
    city = load_territory(epci, CATALOGUE)
    text = f"DEPCOM;TYPEQU;AN\n{district};F303;2024\n{commune};F303;2024\n"
    found, _, _ = read_bpe(write(tmp_path, "b.csv", text), city, CATALOGUE)
    assert [(f.commune, f.sites) for f in found] == [(commune, 2)]


def test_types_that_the_edition_lacks_and_unknown_communes_are_said(tmp_path: Path) -> None:
    text = "DEPCOM;TYPEQU;AN\n59172;F101;2024\n59999;F101;2024\n"
    _, _, notes = read_bpe(write(tmp_path, "b.csv", text), territory(), CATALOGUE)
    assert any(n.startswith("note.bpe_types_absent") and "theatre" in n for n in notes)
    assert "note.bpe_communes_unknown?count=1" in notes


def test_a_bpe_file_is_told_from_a_table_of_the_user(tmp_path: Path) -> None:
    assert is_bpe(write(tmp_path, "b.csv", DETAIL))
    assert is_bpe(write(tmp_path, "c.csv", COUNTS))
    assert not is_bpe(write(tmp_path, "d.csv", "service;code\nlibrary;59172\n"))
    assert not is_bpe(tmp_path / "none.csv")
    assert not is_bpe(tmp_path / "b.xlsx")


def test_placing_a_bpe_file_replaces_its_types_everywhere(tmp_path: Path) -> None:
    after = place_facilities(write(tmp_path, "b.csv", DETAIL), territory(), CATALOGUE)
    assert after.count(DENAIN, "swimming_pool") == 1
    assert after.count(DENAIN, "library") == 0
    assert after.count(DENAIN, "cinema") == 1


def test_the_places_of_the_embedded_counts_stay(tmp_path: Path) -> None:
    here = territory()
    homes = Facility(DENAIN, "care_home", sites=1, places=80.0, year=2024, source="INSEE BPE 2024")
    text = "DEPCOM;TYPEQU;AN\n59172;D401;2025\n59172;D401;2025\n"
    before = replace(here, facilities=(*here.facilities, homes))
    after = place_facilities(write(tmp_path, "b.csv", text), before, CATALOGUE)
    assert after.count(DENAIN, "care_home") == 2
    assert after.places(DENAIN, "care_home") == 80


def test_every_wrong_row_is_named(tmp_path: Path) -> None:
    text = (
        "DEPCOM;TYPEQU;AN;NB_EQUIP\n"
        "59172;F101;2024;1\n"
        "59172;F101;soon;1\n"
        "59172;A504;soon;x\n"
        "59172;F101;2024;-1\n"
        "59172;F101;2024;1,5\n"
    )
    with pytest.raises(TableError) as caught:
        read_bpe(write(tmp_path, "b.csv", text), territory(), CATALOGUE)
    assert [(f.problem, f.row, f.column, f.found) for f in caught.value.findings] == [
        ("not_a_whole_number", 3, "AN", "soon"),
        ("not_a_whole_number", 5, "NB_EQUIP", "-1"),
        ("not_a_whole_number", 6, "NB_EQUIP", "1,5"),
    ]


def test_a_row_with_too_many_cells_is_named(tmp_path: Path) -> None:
    text = "DEPCOM;TYPEQU;AN\n59172;F101;2024\n59172;F101;2024;x\n"
    with pytest.raises(TableError) as caught:
        read_bpe(write(tmp_path, "b.csv", text), territory(), CATALOGUE)
    (finding,) = caught.value.findings
    assert (finding.problem, finding.row, finding.found) == ("too_many_cells", 3, "4")


def test_a_row_with_too_few_cells_is_named(tmp_path: Path) -> None:
    text = "DEPCOM;TYPEQU;AN\n59172;F101\n59172;F101;2024\n"
    with pytest.raises(TableError) as caught:
        read_bpe(write(tmp_path, "b.csv", text), territory(), CATALOGUE)
    (finding,) = caught.value.findings
    assert (finding.problem, finding.row, finding.found) == ("too_few_cells", 2, "2")


def test_a_file_without_a_known_equipment_is_refused(tmp_path: Path) -> None:
    text = "DEPCOM;TYPEQU;AN\n59172;A504;2024\n"
    with pytest.raises(TableError) as caught:
        read_bpe(write(tmp_path, "b.csv", text), territory(), CATALOGUE)
    assert caught.value.findings[0].problem == "no_known_equipment"


def test_every_mapped_type_is_one_of_the_catalogue_and_no_code_serves_two() -> None:
    codes = bpe_codes()
    assert set(codes.values()) <= set(CATALOGUE.services)
    path = Path(__file__).parents[2] / "data" / "catalogue" / "bpe_codes.toml"
    text = path.read_text(encoding="utf-8")
    assert all(text.count(f'"{code}"') == 1 for code in codes)
