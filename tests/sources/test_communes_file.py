import math
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from optimiser.errors import Finding, TableError
from optimiser.sources.communes_file import load_communes
from optimiser.sources.embedded import load_polygons, load_territory
from optimiser.territory import Territory
from tests.sources.builders import DENAIN, SAINT_AMAND, catalogue, same, write

CATALOGUE = catalogue()
CAPH = "200042190"


def load(path: Path, epci: str = CAPH) -> Territory:
    return load_communes(path, epci, CATALOGUE)


def refused(folder: Path, text: str) -> list[tuple[str, int | None, str]]:
    return [(f.problem, f.row, f.column) for f in findings(folder, text)]


def findings(folder: Path, text: str) -> list[Finding]:
    with pytest.raises(TableError) as caught:
        load(write(folder, "c.csv", text))
    return list(caught.value.findings)


def test_own_basins_replace_those_of_insee_and_all_else_stays(tmp_path: Path) -> None:
    embedded = load_territory(CAPH, CATALOGUE)
    lines = [f"{c.code};{'Est' if c.lon > 3.4 else 'Ouest'}" for c in embedded.members]
    territory = load(write(tmp_path, "c.csv", "code;bassin\n" + "\n".join(lines)))
    assert set(territory.basins) == {"Est", "Ouest"}
    assert [c.code for c in territory.communes] == [c.code for c in embedded.communes]
    assert territory.population == embedded.population
    assert territory.facilities == embedded.facilities
    assert territory.members[0].finances == embedded.members[0].finances


def test_figures_of_the_file_replace_the_embedded_ones(tmp_path: Path) -> None:
    text = "code;nom;population;superficie;revenu médian\n59172;Denain-Ville;21 000;12,5;15000\n"
    commune = load(write(tmp_path, "c.csv", text)).by_code[DENAIN]
    assert (commune.name, commune.population, commune.area_km2) == ("Denain-Ville", 21_000, 12.5)
    assert commune.median_income_eur == 15_000
    assert sum(commune.ages.values()) == pytest.approx(21_000)


def test_ages_of_the_file_are_scaled_to_the_population(tmp_path: Path) -> None:
    text = "code;population;0-19;20-64;65+\n59172;1000;1;2;1\n"
    commune = load(write(tmp_path, "c.csv", text)).by_code[DENAIN]
    assert commune.ages == {"0_19": 250.0, "20_64": 500.0, "65_plus": 250.0}


def test_a_territory_that_france_does_not_know_needs_only_population_and_place(
    tmp_path: Path,
) -> None:
    text = "code,name,population,lon,lat\nA,Alpha,100,4.4,50.8\nB,Beta,50,4.5,50.8\n"
    territory = load(write(tmp_path, "c.csv", text), "Brabant")
    assert (territory.code, territory.name) == ("Brabant", "Brabant")
    assert [c.name for c in territory.members] == ["Alpha", "Beta"]
    assert territory.facilities == ()
    assert set(territory.basins) == {"Brabant"}
    assert math.isnan(territory.members[0].area_km2)


def test_a_foreign_commune_with_a_french_code_takes_nothing_from_france(tmp_path: Path) -> None:
    text = "code;nom;population;lon;lat\n59172;Elsewhere;100;-3,7;40,4\n"
    territory = load(write(tmp_path, "c.csv", text), "Madrid")
    (commune,) = territory.communes
    assert commune.median_income_eur is None
    assert territory.facilities == ()


def test_codes_that_lost_their_zero_in_a_spreadsheet_find_it_again(tmp_path: Path) -> None:
    territory = load(write(tmp_path, "c.csv", "code;x\n1004;a\n"))
    assert territory.members[0].code == "01004"
    assert territory.members[0].name == "Ambérieu-en-Bugey"


def test_members_are_those_that_the_file_says(tmp_path: Path) -> None:
    text = "code;membre\n59172;oui\n59526;non\n59606;x\n"
    territory = load(write(tmp_path, "c.csv", text))
    assert [c.code for c in territory.members] == ["59172", "59606"]
    assert [c.code for c in territory.neighbours] == ["59526"]


def test_of_a_national_file_the_members_are_those_of_the_epci(tmp_path: Path) -> None:
    text = "code;epci\n59172;200042190\n59526;200042190\n59606;245901160\n75056;200054781\n"
    territory = load(write(tmp_path, "c.csv", text))
    assert [c.code for c in territory.members] == ["59172", "59526"]
    assert [c.code for c in territory.neighbours] == ["59606"]


def test_csv_excel_parquet_and_geopackage_give_the_same_territory(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "code": [DENAIN, SAINT_AMAND],
            "population": [20_000, 16_000],
            "lon": [3.39, 3.43],
            "lat": [50.33, 50.45],
            "superficie": [11.5, 33.5],
            "bassin": ["S", "N"],
        }
    )
    frame.to_csv(tmp_path / "c.csv", sep=";", decimal=",", index=False)
    frame.to_excel(tmp_path / "c.xlsx", index=False)
    frame.to_parquet(tmp_path / "c.parquet")
    shapes = gpd.GeoSeries([box(3.38, 50.32, 3.40, 50.34), box(3.42, 50.44, 3.44, 50.46)])
    layer = gpd.GeoDataFrame(frame, geometry=shapes.to_numpy(), crs=4326)
    layer.to_crs(2154).to_file(tmp_path / "c.gpkg", layer="communes")
    layer.to_file(tmp_path / "c.geojson")
    reference = load(tmp_path / "c.csv")
    for name in ("c.xlsx", "c.parquet", "c.gpkg", "c.geojson"):
        assert same(load(tmp_path / name), reference), name


def test_places_and_areas_come_from_polygons_where_no_column_gives_them(tmp_path: Path) -> None:
    polygons = load_polygons([DENAIN, SAINT_AMAND]).assign(code=["X1", "X2"], population=[10, 20])
    polygons.to_file(tmp_path / "c.gpkg")
    territory = load(tmp_path / "c.gpkg", "own")
    embedded = load_territory(CAPH, CATALOGUE).by_code
    for own, code in (("X1", DENAIN), ("X2", SAINT_AMAND)):
        assert territory.by_code[own].area_km2 == pytest.approx(embedded[code].area_km2, rel=0.03)
        assert territory.by_code[own].lon == pytest.approx(embedded[code].lon, abs=0.05)


def test_every_wrong_row_is_named_and_nothing_is_loaded(tmp_path: Path) -> None:
    text = (
        "code;nom;population;lon;lat\n"
        "A1;a;12;4,5;50,1\n"
        "A2;b;x;4,6;50,1\n"
        "A2;c;-3;400;50\n"
        ";d;1;4;50\n"
        "A4;e;;4;\n"
    )
    assert refused(tmp_path, text) == [
        ("not_a_number", 3, "population"),
        ("value_twice", 3, "code"),
        ("value_twice", 4, "code"),
        ("out_of_range", 4, "population"),
        ("out_of_range", 4, "lon"),
        ("missing_cell", 5, "code"),
        ("missing_cell", 6, "population"),
        ("missing_cell", 6, "lat"),
    ]


def test_a_wrong_cell_is_named_with_what_stands_there_and_what_may(tmp_path: Path) -> None:
    (finding,) = findings(tmp_path, "code;population;lon;lat\nA;5;200;50\n")
    assert (finding.found, finding.expected) == ("200", "-180 … 180")


def test_a_file_without_codes_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "nom;population\nA;5\n") == [("missing_column", None, "code")]


def test_a_file_without_members_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "code;membre\n59172;non\n") == [("no_member", 2, "member")]


def test_an_answer_that_is_neither_yes_nor_no_is_named(tmp_path: Path) -> None:
    assert refused(tmp_path, "code;membre\n59172;oui\n59526;peut-être\n") == [
        ("not_yes_or_no", 3, "member")
    ]
