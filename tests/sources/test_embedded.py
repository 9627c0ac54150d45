import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from optimiser.errors import TerritoryNotFoundError
from optimiser.sources import embedded, folder
from optimiser.sources.communes import CommuneRow, build_communes, national_age_shares
from optimiser.sources.embedded import load_polygons, load_sources, load_territory
from optimiser.sources.epci import epcis, find_epci
from tests.sources.builders import DENAIN, catalogue

CATALOGUE = catalogue()
FACTS = Path(__file__).parents[3] / "shared" / "facts" / "communes.parquet"


@pytest.mark.parametrize(
    "query",
    [
        "200042190",
        " 200042190 ",
        "Communauté d'agglomération de la Porte du Hainaut",
        "porte du hainaut",
        "PORTE DU HAINAUT",
        "CA Porte du Hainaut",
        "la porte du Hainàut",
        "hainaut porte",
    ],
)
def test_an_epci_answers_to_its_code_its_name_and_parts_of_it(query: str) -> None:
    code, name = find_epci(query)
    assert code == "200042190"
    assert name == "Communauté d'agglomération de la Porte du Hainaut"


def test_an_exact_name_wins_over_longer_ones_that_hold_it() -> None:
    assert find_epci("Métropole de Lyon")[0] == "200046977"


def test_a_part_of_a_word_is_no_name_but_the_start_of_one_is() -> None:
    with pytest.raises(TerritoryNotFoundError):
        find_epci("Yeu")
    assert find_epci("hainau")[0] == "200042190"


def test_the_start_of_a_communes_name_leads_to_its_epci() -> None:
    with pytest.raises(TerritoryNotFoundError) as caught:
        find_epci("saint amand")
    assert any(candidate.startswith("200042190") for candidate in caught.value.candidates)


def test_a_name_that_several_bear_is_ambiguous_and_lists_them() -> None:
    with pytest.raises(TerritoryNotFoundError) as caught:
        find_epci("communauté de communes")
    assert caught.value.ambiguous
    assert len(caught.value.candidates) > 1
    assert all(text[:9].isdigit() for text in caught.value.candidates)


def test_a_misspelt_name_finds_the_nearest_ones_first() -> None:
    with pytest.raises(TerritoryNotFoundError) as caught:
        find_epci("Porte du Hainnaut")
    assert not caught.value.ambiguous
    assert "Porte du Hainaut" in caught.value.candidates[0]


def test_the_name_of_a_commune_suggests_its_epci() -> None:
    with pytest.raises(TerritoryNotFoundError) as caught:
        find_epci("Denain")
    assert caught.value.candidates[0].startswith("200042190 ")


@pytest.mark.parametrize("query", ["", "   ", "!?", "zzzzzzzzzzzz"])
def test_a_query_like_no_name_finds_nothing(query: str) -> None:
    with pytest.raises(TerritoryNotFoundError) as caught:
        find_epci(query)
    assert caught.value.candidates == ()


def test_there_are_1253_epcis_and_each_answers_to_its_code() -> None:
    assert len(epcis()) == 1253
    assert all(find_epci(code) == (code, name) for code, name in epcis().items())


def test_the_porte_du_hainaut_has_47_communes_and_158_419_inhabitants() -> None:
    territory = load_territory("200042190", CATALOGUE)
    assert len(territory.members) == 47
    assert territory.population == 158_419
    assert territory.basins[DENAIN] == "Denain"


def test_members_come_first_and_each_part_is_sorted_by_code() -> None:
    territory = load_territory("200042190", CATALOGUE)
    order = [(not commune.member, commune.code) for commune in territory.communes]
    assert order == sorted(order)


def test_neighbours_belong_to_other_epcis_and_lie_within_reach() -> None:
    near = load_territory("200042190", CATALOGUE, reach_km=5)
    far = load_territory("200042190", CATALOGUE, reach_km=25)
    assert {c.code for c in near.neighbours} < {c.code for c in far.neighbours}
    assert all(commune.epci != "200042190" for commune in far.neighbours)
    assert any(commune.name == "Valenciennes" for commune in near.neighbours)
    assert all(abs(c.lat - 50.35) < 0.6 and abs(c.lon - 3.4) < 0.9 for c in far.neighbours)


def test_without_reach_there_are_no_neighbours_and_a_remark() -> None:
    territory = load_territory("200042190", CATALOGUE, reach_km=0)
    assert territory.neighbours == ()
    assert "note.no_neighbour?km=0" in territory.notes


def test_ages_sum_to_the_legal_population() -> None:
    for commune in load_territory("200042190", CATALOGUE).communes:
        assert sum(commune.ages.values()) == pytest.approx(commune.population)


def test_facilities_are_those_of_the_catalogue_with_places_vintage_and_producer() -> None:
    territory = load_territory("200042190", CATALOGUE)
    assert {facility.service for facility in territory.facilities} <= set(CATALOGUE.services)
    assert all(facility.sites >= 1 for facility in territory.facilities)
    assert all(facility.year and facility.source for facility in territory.facilities)
    homes = [f for f in territory.facilities if f.service == "care_home"]
    assert any(home.places and home.places > 20 for home in homes)
    assert territory.count(DENAIN, "swimming_pool") == 1


@pytest.mark.parametrize(
    ("query", "members"),
    [("Métropole du Grand Paris", 130), ("200059871", 5), ("CC de Belle-Île-en-Mer", 4)],
)
def test_paris_mayotte_and_islands_load(query: str, members: int) -> None:
    territory = load_territory(query, CATALOGUE)
    assert len(territory.members) == members
    for commune in territory.members:
        assert sum(commune.ages.values()) == pytest.approx(commune.population)


def test_unknown_ages_follow_the_national_shares_with_a_remark() -> None:
    territory = load_territory("200059871", CATALOGUE)
    commune = territory.members[0]
    for group, share in national_age_shares().items():
        assert commune.ages[group] == pytest.approx(share * commune.population)
    assert any(text.startswith("note.ages_missing?count=5") for text in territory.notes)


def test_every_epci_of_a_sample_loads_with_unique_communes_and_known_basins() -> None:
    for code in list(epcis())[::83]:
        territory = load_territory(code, CATALOGUE)
        codes = Counter(commune.code for commune in territory.communes)
        assert max(codes.values()) == 1
        assert all(commune.basin and commune.basin_name for commune in territory.communes)


def row(**changes: object) -> CommuneRow:
    fields: dict[str, object] = {
        "code": "1",
        "name": "A",
        "epci": "x",
        "member": True,
        "lon": 3.0,
        "lat": 50.0,
        "area_km2": 5.0,
        "population": 100,
        "ages": (20.0, 50.0, 10.0),
        "basin": "b",
        "basin_name": "B",
        "median_income_eur": 20_000.0,
    }
    return CommuneRow(**(fields | changes))  # type: ignore[arg-type]


def test_a_commune_without_a_location_is_left_out_with_a_remark() -> None:
    communes, notes = build_communes([row(), row(code="2", name="Lost", lon=None)])
    assert [commune.code for commune in communes] == ["1"]
    assert "note.location_missing?count=1&communes=Lost" in notes


def test_ages_of_which_one_is_missing_are_not_half_used() -> None:
    (commune,), _ = build_communes([row(ages=(20.0, None, 10.0))])
    shares = national_age_shares()
    assert commune.ages["0_19"] == pytest.approx(100 * shares["0_19"])


def test_a_commune_without_inhabitants_has_no_public_and_no_remark_on_ages() -> None:
    (commune,), notes = build_communes([row(population=0, ages=(0.0, 0.0, 0.0))])
    assert set(commune.ages.values()) == {0.0}
    assert not any("ages_missing" in text for text in notes)


def test_an_epci_without_any_located_commune_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "commune_rows", lambda *_: [row(lon=None)])
    with pytest.raises(TerritoryNotFoundError):
        load_territory("200042190", CATALOGUE)


def test_polygons_are_those_asked_for() -> None:
    polygons = load_polygons([DENAIN, "59526", "no such code"])
    assert polygons["code"].tolist() == [DENAIN, "59526"]
    assert polygons.crs.to_epsg() == 4326
    assert polygons.geometry.is_valid.all()
    assert load_polygons([]).empty


def test_every_source_card_names_producer_vintage_and_licence() -> None:
    cards = load_sources()
    assert len(cards) >= 10
    assert all(card.producer and card.vintage and card.licence for card in cards)
    assert [card.id for card in cards] == sorted(card.id for card in cards)


def test_an_installed_package_reads_the_data_inside_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(folder, "_PACKAGE", tmp_path / "optimiser")
    assert folder.data_folder() == tmp_path / "data"
    (tmp_path / "optimiser" / "embedded_data").mkdir(parents=True)
    assert folder.data_folder() == tmp_path / "optimiser" / "embedded_data"


def test_loading_a_territory_imports_neither_maps_nor_table_readers() -> None:
    code = (
        "import sys, json; from optimiser.sources import load_territory, load_catalogue;"
        "load_territory('200042190', load_catalogue());"
        "print(json.dumps([m for m in ('geopandas', 'pandera', 'h5py') if m in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert json.loads(done.stdout) == []


@pytest.mark.shared
def test_the_embedded_populations_are_those_of_the_reference_figures() -> None:
    if not FACTS.exists():
        pytest.skip("the shared reference figures are not there")
    import pyarrow.parquet as pq  # noqa: PLC0415

    columns = ["code", "population", "epci"]
    table = pq.read_table(FACTS, columns=columns, filters=[("epci", "==", "200042190")])
    reference = dict(zip(table["code"].to_pylist(), table["population"].to_pylist(), strict=True))
    territory = load_territory("200042190", CATALOGUE)
    assert {c.code: c.population for c in territory.members} == reference
