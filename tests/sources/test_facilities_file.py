from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point

from optimiser.errors import TableError
from optimiser.sources.embedded import load_polygons
from optimiser.sources.facilities_file import place_facilities
from optimiser.territory import Territory
from tests.sources.builders import (
    DENAIN,
    SAINT_AMAND,
    VALENCIENNES,
    catalogue,
    commune,
    territory,
    write,
)

CATALOGUE = catalogue()


def place(path: Path) -> Territory:
    return place_facilities(path, territory(), CATALOGUE)


def refused(folder: Path, text: str) -> list[tuple[str, int | None, str, str, str]]:
    with pytest.raises(TableError) as caught:
        place(write(folder, "f.csv", text))
    return [(f.problem, f.row, f.column, f.found, f.nearest) for f in caught.value.findings]


def test_the_file_replaces_the_types_that_it_holds_and_leaves_the_others(tmp_path: Path) -> None:
    text = (
        "service;code;sites;places;nom;année;source\nswimming_pool;59526;2;300;Dragon;2024;Ville\n"
    )
    after = place(write(tmp_path, "f.csv", text))
    assert after.count(DENAIN, "swimming_pool") == 0
    assert after.count(SAINT_AMAND, "swimming_pool") == 2
    assert after.places(SAINT_AMAND, "swimming_pool") == 300
    assert after.count(DENAIN, "library") == 1
    (pool,) = [f for f in after.facilities if f.name == "Dragon"]
    assert (pool.year, pool.source) == (2024, "Ville")
    assert "note.facilities_from_file?file=f.csv&services=swimming_pool" in after.notes


def test_neighbours_keep_their_facilities_where_the_file_holds_only_members(
    tmp_path: Path,
) -> None:
    after = place(write(tmp_path, "f.csv", "service,code\nlibrary,59172\n"))
    assert after.count(VALENCIENNES, "library") == 1
    after = place(write(tmp_path, "f.csv", "service,code,nb\nlibrary,59172,1\nlibrary,59606,3\n"))
    assert after.count(VALENCIENNES, "library") == 3


def test_zero_sites_say_that_there_is_none(tmp_path: Path) -> None:
    after = place(write(tmp_path, "f.csv", "service;code;sites\nswimming_pool;59172;0\n"))
    assert not [f for f in after.facilities if f.service == "swimming_pool" and f.commune == DENAIN]


def test_one_site_is_meant_where_nothing_is_said_and_rows_add_up(tmp_path: Path) -> None:
    after = place(write(tmp_path, "f.csv", "service;code;sites\nlibrary;59172;\nlibrary;59172;2\n"))
    assert after.count(DENAIN, "library") == 3


@pytest.mark.parametrize("word", ["swimming_pool", "Piscine", "PISCINE", "Swimming pool"])
def test_a_type_may_be_given_by_code_or_name(tmp_path: Path, word: str) -> None:
    after = place(write(tmp_path, "f.csv", f"équipement;commune\n{word};Denain\n"))
    assert after.count(DENAIN, "swimming_pool") == 1


@pytest.mark.parametrize(
    "word", ["59526", "Saint-Amand-les-Eaux", "saint amand les eaux", "SAINT AMAND LES EAUX"]
)
def test_a_commune_may_be_given_by_code_or_name(tmp_path: Path, word: str) -> None:
    after = place(write(tmp_path, "f.csv", f"service;commune\nlibrary;{word}\n"))
    assert after.count(SAINT_AMAND, "library") == 1


def test_points_stand_in_the_commune_around_them(tmp_path: Path) -> None:
    inside = load_polygons([DENAIN]).geometry.iloc[0].representative_point()
    text = f"service;lon;lat\nlibrary;{inside.x};{inside.y}\nlibrary;2,35;48,85\n"
    after = place(write(tmp_path, "f.csv", text))
    assert [f.commune for f in after.facilities if f.source == "f.csv"] == [DENAIN]
    assert "note.facilities_elsewhere?file=f.csv&count=1" in after.notes


@pytest.mark.parametrize("name", ["f.gpkg", "f.geojson", "f.xlsx", "f.parquet"])
def test_other_formats_give_the_same_as_csv(tmp_path: Path, name: str) -> None:
    points = [load_polygons([code]).geometry.iloc[0].representative_point() for code in (DENAIN,)]
    frame = pd.DataFrame(
        {
            "service": ["library"],
            "sites": [2],
            "lon": [points[0].x],
            "lat": [points[0].y],
        }
    )
    path = tmp_path / name
    if name in ("f.gpkg", "f.geojson"):
        shapes = [Point(p.x, p.y) for p in points]
        layer = gpd.GeoDataFrame(frame[["service", "sites"]], geometry=shapes, crs=4326)
        layer.to_file(path)
    elif name == "f.xlsx":
        frame.to_excel(path, index=False)
    else:
        frame.to_parquet(path)
    assert place(path).count(DENAIN, "library") == 2


def test_points_beside_a_commune_without_a_polygon_stand_in_it(tmp_path: Path) -> None:
    here = territory()
    own = replace(here, communes=(replace(commune("X", "Xanten"), lon=6.45, lat=51.66),))
    path = write(
        tmp_path, "f.csv", "service;lon;lat;nom\nlibrary;6,46;51,67;near\ncinema;7;52;far\n"
    )
    after = place_facilities(path, own, CATALOGUE)
    assert [(f.commune, f.name) for f in after.facilities if f.source == "f.csv"] == [("X", "near")]


def test_a_number_of_places_that_can_be_read_in_two_ways_is_refused(tmp_path: Path) -> None:
    text = "service;code;places\nlibrary;59172;1,234\n"
    assert [f[:4] for f in refused(tmp_path, text)] == [("thousands_unclear", 2, "places", "1,234")]


def test_rows_of_other_communes_are_counted_and_left_out(tmp_path: Path) -> None:
    text = "service;commune\nlibrary;Denain\nlibrary;Paris\nlibrary;13055\n"
    after = place(write(tmp_path, "f.csv", text))
    assert any("facilities_elsewhere" in n and "count=2" in n for n in after.notes)


def test_every_wrong_row_is_named_and_nothing_is_placed(tmp_path: Path) -> None:
    text = (
        "service;commune;sites;places\n"
        "library;Denain;1;\n"
        "library;Denainn;1;\n"
        "piscne;Denain;1;\n"
        ";Denain;1;\n"
        "library;;1;\n"
        "library;Denain;1,5;-2\n"
        "library;Denain;many;x\n"
    )
    assert refused(tmp_path, text) == [
        ("unknown_commune", 3, "commune", "Denainn", "Denain"),
        ("unknown_service", 4, "service", "piscne", "swimming_pool"),
        ("missing_cell", 5, "service", "", ""),
        ("no_place", 6, "code", "", ""),
        ("out_of_range", 7, "places", "-2", ""),
        ("not_a_whole_number", 7, "sites", "1,5", ""),
        ("not_a_number", 8, "sites", "many", ""),
        ("not_a_number", 8, "places", "x", ""),
    ]


def test_a_file_about_another_territory_is_refused(tmp_path: Path) -> None:
    assert [f[0] for f in refused(tmp_path, "service;commune\nlibrary;Paris\n")] == [
        "nothing_in_territory"
    ]


@pytest.mark.parametrize(
    ("head", "column"), [("service;x", "code"), ("type;x", "code"), ("commune;x", "service")]
)
def test_a_missing_column_is_named(tmp_path: Path, head: str, column: str) -> None:
    ((problem, _, name, _, _),) = refused(tmp_path, f"{head}\na;b\n")
    assert (problem, name) == ("missing_column", column)


def test_a_name_that_two_neighbours_bear_is_not_guessed(tmp_path: Path) -> None:
    here = territory()
    twins = tuple(commune(code, "Valenciennes", member=False) for code in ("59001", "59606"))
    doubled = replace(here, communes=(*here.members, *twins))
    path = write(tmp_path, "f.csv", "service;commune\nlibrary;Valenciennes\n")
    with pytest.raises(TableError) as caught:
        place_facilities(path, doubled, CATALOGUE)
    assert [f.problem for f in caught.value.findings] == ["unknown_commune"]


def test_a_member_wins_over_a_neighbour_of_the_same_name(tmp_path: Path) -> None:
    here = territory()
    doubled = replace(here, communes=(*here.communes, commune("59001", "Denain", member=False)))
    path = write(tmp_path, "f.csv", "service;commune;nom\nlibrary;Denain;here\n")
    after = place_facilities(path, doubled, CATALOGUE)
    assert [f.commune for f in after.facilities if f.name == "here"] == [DENAIN]
