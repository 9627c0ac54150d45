"""Facts that are true of the embedded data, whatever built it."""

import hashlib
import tomllib
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely

DATA = Path(__file__).resolve().parents[2] / "data"
CARDS = sorted((DATA / "sources").glob("*.toml"))
TABLES = ("communes", "equipment", "population_grid_1km", "rail_stations")
CAPH = "200042190"
# La Porte du Hainaut, Grand Poitiers, Métropole de Lyon, Cap Excellence, the largest of Réunion.
EPCIS = (CAPH, "200069854", "200046977", "249710070", "249740119")
WITHOUT_POLYGON = {"15031", "15035", "15047", "15171"}


@pytest.fixture(scope="module")
def communes() -> gpd.GeoDataFrame:
    return gpd.read_parquet(DATA / "communes.parquet")


@pytest.fixture(scope="module")
def equipment() -> pd.DataFrame:
    return pd.read_parquet(DATA / "equipment.parquet")


def test_every_commune_of_2025_has_one_row_sorted_by_epci_then_code(
    communes: gpd.GeoDataFrame,
) -> None:
    assert len(communes) == 34_875
    assert communes["code"].is_unique
    order = communes.sort_values(["epci", "code"], ignore_index=True)
    assert (order["code"] == communes["code"]).all()


def test_counts_are_integers_and_nullable(communes: gpd.GeoDataFrame) -> None:
    counts = ["population", "pop_0_19_2021", "active_15_64_2021", "salaried_jobs_2022"]
    assert {str(communes[name].dtype) for name in counts} == {"Int64"}
    assert communes["population"].notna().all()


def test_caph_has_47_communes_158419_inhabitants_and_no_missing_value(
    communes: gpd.GeoDataFrame,
) -> None:
    caph = communes[communes["epci"] == CAPH]
    assert len(caph) == 47
    assert caph["population"].sum() == 158_419
    assert caph.notna().all().all()


def test_one_epci_is_read_from_one_or_two_row_groups() -> None:
    file = pq.ParquetFile(DATA / "communes.parquet")
    column = file.schema_arrow.names.index("epci")
    groups = [file.metadata.row_group(i).column(column) for i in range(file.num_row_groups)]
    hit = [g for g in groups if g.statistics.min <= CAPH <= g.statistics.max]
    assert file.num_row_groups > 10
    assert 1 <= len(hit) <= 2


def test_only_four_communes_lack_a_polygon_and_a_location(communes: gpd.GeoDataFrame) -> None:
    assert set(communes.loc[communes.geometry.isna(), "code"]) == WITHOUT_POLYGON
    assert set(communes.loc[communes["lon"].isna(), "code"]) == WITHOUT_POLYGON
    assert set(communes.loc[communes["area_km2"].isna(), "code"]) == WITHOUT_POLYGON


def test_every_commune_has_a_landmass_and_neighbours_by_land_share_it(
    communes: gpd.GeoDataFrame,
) -> None:
    assert communes["landmass"].notna().all()
    assert set(communes["landmass"]) == set(range(1, 26))
    drawn = communes[communes.geometry.notna()]
    shapes, landmass = drawn.geometry.to_numpy(), drawn["landmass"].to_numpy()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    assert (landmass[one] == landmass[other]).all()


def test_every_polygon_is_valid_and_france_is_one_coverage(communes: gpd.GeoDataFrame) -> None:
    drawn = communes.geometry.dropna().to_numpy()
    assert communes.crs.to_epsg() == 4326
    assert shapely.is_valid(drawn).all()
    assert (shapely.area(drawn) > 0).all()
    assert shapely.coverage_is_valid(drawn)


def test_coordinates_lie_on_one_common_grid(communes: gpd.GeoDataFrame) -> None:
    steps = shapely.get_coordinates(communes.geometry.dropna().to_numpy()) * 2.0**16
    assert np.array_equal(steps, np.round(steps))


@pytest.mark.parametrize("epci", EPCIS)
def test_neighbours_of_an_epci_share_their_border_without_gap_or_overlap(
    communes: gpd.GeoDataFrame, epci: str
) -> None:
    members = communes.loc[communes["epci"] == epci].geometry.to_numpy()
    assert len(members) > 1
    union = shapely.union_all(members)
    assert shapely.area(union) == pytest.approx(shapely.area(members).sum(), rel=1e-9)
    assert shapely.is_empty(shapely.coverage_invalid_edges(members)).all()


def test_an_epci_without_enclave_is_one_piece_without_hole(communes: gpd.GeoDataFrame) -> None:
    caph = shapely.coverage_union_all(communes.loc[communes["epci"] == CAPH].geometry.to_numpy())
    assert [len(part.interiors) for part in shapely.get_parts(caph)] == [0]


def test_the_only_large_hole_of_metropolitan_france_is_llivia(communes: gpd.GeoDataFrame) -> None:
    land = communes[~communes["department"].str.startswith("97")].geometry.dropna()
    union = shapely.coverage_union_all(land.to_numpy())
    holes = [shapely.Polygon(ring) for part in shapely.get_parts(union) for ring in part.interiors]
    large = [hole for hole in holes if hole.area > 2e-5]
    assert [hole.contains(shapely.Point(1.982, 42.466)) for hole in large] == [True]


def test_every_location_lies_in_its_commune_or_within_one_kilometre(
    communes: gpd.GeoDataFrame,
) -> None:
    drawn = communes[communes.geometry.notna()]
    place = shapely.points(drawn["lon"], drawn["lat"])
    links = shapely.shortest_line(drawn.geometry.to_numpy(), place)
    steps = np.diff(shapely.get_coordinates(links).reshape(-1, 2, 2), axis=1)[:, 0]
    east = steps[:, 0] * np.cos(np.radians(drawn["lat"]))
    assert (111.195 * np.hypot(east, steps[:, 1]) <= 1.0).all()
    guessed = ~drawn["town_hall_located"]
    inside = shapely.contains(drawn.geometry.to_numpy(), place)
    assert (steps[guessed] == 0).all()
    assert inside[guessed].mean() > 0.999


def test_equipment_keys_are_unique_and_belong_to_known_communes(
    communes: gpd.GeoDataFrame, equipment: pd.DataFrame
) -> None:
    assert len(equipment) == 236_362
    assert not equipment.duplicated(["code", "type"]).any()
    assert equipment["code"].isin(communes["code"]).all()
    assert (equipment["count"] > 0).all()
    assert equipment["year"].between(2013, 2026).all()


def test_grid_and_stations_keep_every_row() -> None:
    assert pq.read_metadata(DATA / "population_grid_1km.parquet").num_rows == 721
    assert pq.read_metadata(DATA / "rail_stations.parquet").num_rows == 204


def test_everything_weighs_less_than_25_megabytes() -> None:
    assert sum(file.stat().st_size for file in DATA.rglob("*") if file.is_file()) < 25e6


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.stem)
def test_a_source_card_is_complete_and_its_digests_match(path: Path) -> None:
    card = tomllib.loads(path.read_text(encoding="utf-8"))
    texts = ("title_fr", "title_en", "producer", "vintage", "licence", "address")
    assert card["id"] == path.stem
    assert all(card[name].strip() for name in texts)
    assert card["address"].startswith("https://")
    assert card["columns"]
    assert isinstance(card["notes"], list)
    for file in card["files"]:
        digest = hashlib.sha256((DATA / file["name"]).read_bytes()).hexdigest()
        assert digest == file["sha256"]


def test_every_column_and_equipment_type_is_claimed_by_a_card(equipment: pd.DataFrame) -> None:
    cards = [tomllib.loads(path.read_text(encoding="utf-8")) for path in CARDS]
    claimed = {name for card in cards for name in card["columns"]}
    names = {
        f"{table}.parquet: {name}"
        for table in TABLES
        if table != "equipment"
        for name in pq.read_schema(DATA / f"{table}.parquet").names
    }
    types = {f"equipment.parquet: {name}" for name in equipment["type"].unique()}
    assert names | types <= claimed
