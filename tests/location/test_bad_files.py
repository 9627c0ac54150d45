"""What a file or an option may hold that no answer can rest on: one clear message, code 2."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point
from typer.testing import CliRunner

from optimiser.cli import app
from optimiser.errors import InputError, TableError
from optimiser.location import travel
from optimiser.location.p_median import p_median
from optimiser.location.rules import Rules
from optimiser.location.travel import MatrixTravel, PointTravel
from optimiser.sources.location_files import read_matrix

TOWNS = pd.DataFrame(
    {"code": ["01", "02"], "lon": [3.0, 3.1], "lat": [50.0, 50.0], "population": [10, 20]}
)


def run(*words):
    return CliRunner().invoke(app, ["locate", *map(str, words)])


def refused(result, *said):
    assert result.exit_code == 2, result.output
    assert isinstance(result.exception, SystemExit)
    for words in said:
        assert words in result.output


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("void.csv", b""),
        ("latin.csv", "code,lon,lat,nom\n1,2,3,é\n".encode("latin-1")),
        ("ragged.csv", b"code,lon,lat\n1,2,3\n1,2,3,4,5\n"),
        ("open.csv", b'code,lon,lat\n1,"2,3\n'),
        ("junk.parquet", b"junk" * 9),
        ("junk.gpkg", b"junk" * 9),
    ],
)
def test_a_broken_file_is_named(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    refused(run("p-median", "--demand", tmp_path / name, "-p", 1), name)
    places = tmp_path / "towns.csv"
    TOWNS.to_csv(places, index=False)
    words = ["--demand", places, "--matrix", tmp_path / name]
    refused(run("p-median", *words, "-p", 1), name)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("population", -1.0),
        ("population", np.inf),
        ("population", 1e300),
        ("lon", 400.0),
        ("lat", np.nan),
        ("code", None),
    ],
)
@pytest.mark.parametrize(("kind", "row"), [("csv", "3"), ("parquet", "2"), ("gpkg", "2")])
def test_a_bad_cell_is_found_where_it_stands(tmp_path, kind, row, column, value):
    table = TOWNS.astype({"population": float})
    table.loc[1, column] = value
    path = tmp_path / f"towns.{kind}"
    if kind == "csv":
        table.to_csv(path, index=False)
    elif kind == "parquet":
        table.to_parquet(path)
    else:
        points = [Point(x, y) for x, y in zip(table["lon"], table["lat"], strict=True)]
        gpd.GeoDataFrame(table.drop(columns=["lon", "lat"]), geometry=points, crs=4326).to_file(
            path
        )
        # A point that is nowhere in one coordinate is nowhere.
        column = "lon" if column == "lat" else column
    refused(run("p-median", "--demand", path, "-p", 1), path.name, f"ligne {row}", column)


def test_codes_keep_their_zeros_under_any_heading(tmp_path):
    path, minutes = tmp_path / "towns.csv", tmp_path / "minutes.csv"
    TOWNS.rename(columns={"code": "INSEE"}).to_csv(path, index=False)
    pairs = [("01", "01", 0), ("01", "02", 7), ("02", "01", 9), ("02", "02", 0)]
    pd.DataFrame(pairs, columns=["de", "vers", "min"]).to_csv(minutes, index=False, sep=";")
    told = json.loads(
        run("p-median", "--demand", path, "--matrix", minutes, "-p", 1, "--json").stdout
    )
    assert (told["sites"], told["objective"]) == (["02"], 70.0)


def test_a_pair_that_stands_twice_is_told_with_both_rows(tmp_path):
    path, minutes = tmp_path / "towns.csv", tmp_path / "minutes.csv"
    TOWNS.to_csv(path, index=False)
    minutes.write_text("from,to,minutes\n01,01,1\n01,02,1\n01,01,2\n")
    words = ["--demand", path, "--matrix", minutes, "-p", 1]
    refused(run("p-median", *words), "ligne 4", "ligne 2")
    minutes.write_text("from,to,minutes\n01,01,1\n")
    refused(run("p-median", *words), "02")


@pytest.mark.parametrize(
    "text",
    ["2 1 1\n1.5 2 3\n", "2 1 1\n1 2 1e300\n", "4000000 1 1\n1 2 1\n"],
)
def test_an_orlib_file_that_cannot_be_taken_is_refused(tmp_path, text):
    path = tmp_path / "pmed.txt"
    path.write_text(text)
    refused(run("p-median", "--orlib", path))


def test_no_site_at_all_is_not_the_number_of_the_file(tmp_path):
    path = tmp_path / "pmed.txt"
    path.write_text("2 1 1\n1 2 3\n")
    told = json.loads(run("p-median", "--orlib", path, "-p", 0, "--json").stdout)
    assert told["status"] == "infeasible"


@pytest.mark.parametrize(
    "text",
    ["DIMENSION: 3\nNODE_COORD_SECTION\n1 0 0\nEOF", "NODE_COORD_SECTION\n1 1e200 0\n2 0 0\nEOF"],
)
def test_a_tsplib_file_cut_short_or_out_of_range_is_refused(tmp_path, text):
    path = tmp_path / "t.tsp"
    path.write_text(text)
    refused(run("p-median", "--tsplib", path, "-p", 1), "t.tsp")


@pytest.mark.parametrize("cost", ["1e308", "nan", "-4"])
def test_a_cost_out_of_range_is_told_once(tmp_path, cost):
    path = tmp_path / "towns.csv"
    TOWNS.to_csv(path, index=False)
    refused(run("p-median", "--demand", path, "-p", 1, f"--site-cost={cost}"), "--site-cost", cost)


def test_json_holds_no_infinite_number(tmp_path):
    path, minutes = tmp_path / "towns.csv", tmp_path / "minutes.csv"
    TOWNS.to_csv(path, index=False)
    minutes.write_text("from,to,minutes\n01,01,0\n")
    result = run("p-dispersion", "--demand", path, "--matrix", minutes, "-p", 2, "--json")
    assert "Infinity" not in result.stdout
    assert json.loads(result.stdout)["objective"] is None


def test_numbers_whose_sums_would_overflow_are_refused():
    square = MatrixTravel([[0.0, 1.0], [1.0, 0.0]])
    for call in (
        lambda: MatrixTravel([[1e300]]),
        lambda: PointTravel([[1e200, 0.0], [0.0, 0.0]]),
        lambda: p_median(square, [1e300, 1.0], 1),
        lambda: p_median(square, None, 1, rules=Rules(costs=[1e308, 0.0])),
    ):
        with pytest.raises(InputError):
            call()


def test_too_many_pairs_for_the_memory_are_refused_before_they_are_looked_for(
    tmp_path, monkeypatch
):
    path = tmp_path / "towns.csv"
    TOWNS.to_csv(path, index=False)
    monkeypatch.setattr(travel, "FEW_PAIRS", 0)
    monkeypatch.setattr(travel, "BYTES_A_PAIR", 10**15)
    for words in (["mclp", "--radius", 10**6], ["p-median"]):
        refused(run(*words, "--demand", path, "-p", 1), "mémoire")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--radius", "-5"], "--radius"),
        (["--minutes", "-5"], "--minutes"),
        (["--minutes", "nan"], "--minutes"),
        (["--radius", "5", "--time-limit", "0"], "--time-limit"),
        (["--radius", "5", "--time-limit", "nan"], "--time-limit"),
        (["--radius", "5", "--gap", "1"], "--gap"),
        (["--radius", "5", "--tsplib", "x.tsp"], "--demand | --orlib | --tsplib"),
        (["--radius", "5", "--required", "01001", "--forbidden", "01001"], "01001"),
    ],
)
def test_an_option_that_cannot_be_is_named(tmp_path, words, said):
    (tmp_path / "d.csv").write_text("code,lon,lat\n01000,3,50\n01001,3,51\n")
    demand = ["--demand", str(tmp_path / "d.csv"), "-p", "1"]
    result = CliRunner().invoke(app, ["locate", "mclp", *demand, *words])
    assert result.exit_code == 2
    assert said in result.output


def test_an_endless_time_is_no_limit_and_an_endless_radius_covers_all(tmp_path):
    (tmp_path / "d.csv").write_text("code,lon,lat\n01000,3,50\n01001,3,51\n")
    demand = ["--demand", str(tmp_path / "d.csv"), "-p", "1", "--radius", "inf", "--json"]
    result = CliRunner().invoke(app, ["locate", "mclp", *demand, "--time-limit", "inf"])
    assert json.loads(result.stdout)["objective"] == 2.0
    gradual = CliRunner().invoke(app, ["locate", "gradual-mclp", *demand])
    assert gradual.exit_code == 2


def test_more_vertices_than_any_table_holds_are_refused_at_once(tmp_path):
    (tmp_path / "o.txt").write_text("1000000000 0 1\n")
    result = CliRunner().invoke(app, ["locate", "p-median", "--orlib", str(tmp_path / "o.txt")])
    assert result.exit_code == 2
    assert result.output.count("\n") == 1


def test_codes_of_a_matrix_that_do_not_match_are_named_by_its_columns(tmp_path):
    (tmp_path / "m.csv").write_text("from,to,minutes\n1,2,3\n")
    with pytest.raises(TableError) as error:
        read_matrix(tmp_path / "m.csv", ["01"], ["02"])
    assert [each.column for each in error.value.findings] == ["from/to"]
