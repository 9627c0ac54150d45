import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from optimiser.cli import app
from optimiser.cli_locate import PROBLEMS
from optimiser.errors import TableError
from optimiser.labels import Labels
from optimiser.location.effort import OutOfTimeError
from optimiser.location.registry import PROBLEMS as SOLVERS
from optimiser.sources.location_files import read_orlib, read_places, read_tsplib

ORLIB = "4 5 2\n1 2 1\n2 3 9\n3 4 1\n2 3 4\n1 3 50\n"
TSPLIB = "NAME: t\nEDGE_WEIGHT_TYPE : EUC_2D\nNODE_COORD_SECTION\n1 0 0\n2 1.9 0\n3 9 9\nEOF\n"


def run(*words):
    return CliRunner().invoke(app, ["locate", *map(str, words)])


@pytest.fixture
def towns(tmp_path):
    table = pd.DataFrame(
        {
            "code": ["01001", "01002", "01003", "01004"],
            "lon": [3.0, 3.01, 3.5, 3.51],
            "lat": [50.0, 50.0, 50.0, 50.0],
            "population": [10, 20, 30, 5],
            "room": [40, 40, 40, 40],
            "price": [0, 1, 9, 2],
        }
    )
    table.to_csv(tmp_path / "towns.csv", index=False)
    table.to_parquet(tmp_path / "towns.parquet")
    return tmp_path


@pytest.mark.parametrize("name", ["towns.csv", "towns.parquet"])
def test_covering_answers_in_json(towns, name):
    result = run("mclp", "--demand", towns / name, "--radius", 2000, "-p", 1, "--json")
    told = json.loads(result.stdout)
    assert told["status"] == "optimal"
    assert told["objective"] == told["bound"] == 35.0
    assert told["gap"] == 0.0
    assert told["sites"][0] in ("01003", "01004")
    assert told["seconds"] >= 0


@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_problem_has_a_command(towns, problem):
    words = ["--demand", towns / "towns.csv", "--radius", 60_000, "-p", 2, "--json"]
    if problem in ("uflp", "cflp", "capacitated-p-median"):
        words += ["--site-cost", 5, "--capacity", "room"]
    result = run(problem, *words)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["status"] == "optimal"


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "optimal, à l'écart"), ("en", "optimal, within")]
)
def test_the_answer_and_the_help_are_in_words(towns, language, words):
    maillage = "from optimiser.cli import main; main()"
    ask = [sys.executable, "-c", maillage, "locate", "lscp", "--lang", language]
    demand = ["--demand", towns / "towns.csv", "--radius", "2000"]
    told = subprocess.run([*ask, *demand], capture_output=True, text=True, check=True).stdout
    assert words in told
    assert told.splitlines()[-1].split()[-2:] == ["01002", "01004"]
    helped = subprocess.run([*ask, "--help"], capture_output=True, text=True, check=True).stdout
    assert Labels(language)("cli.locate.lscp").split()[0] in helped
    for option in ("demand", "matrix", "nearest", "gap"):
        assert Labels(language)(f"cli.locate.option.{option}")[:20] in helped


def test_site_costs_and_capacities_are_a_number_or_a_column(towns):
    words = ["--demand", towns / "towns.csv", "-p", 1, "--json"]
    cheap = json.loads(run("mclp", *words, "--radius", 2000, "--site-cost", "price").stdout)
    assert (cheap["objective"], cheap["sites"]) == (33.0, ["01004"])
    alike = json.loads(run("mclp", *words, "--radius", 2000, "--site-cost", 4).stdout)
    assert alike["objective"] == 31.0
    full = run("capacitated-p-median", *words, "--capacity", 40)
    assert json.loads(full.stdout)["status"] == "infeasible"
    assert full.exit_code == 3
    assert full.stderr.count("\n") == 1
    for option in ("--site-cost", "--capacity"):
        wrong = run("cflp", *words, "--site-cost", 1, "--capacity", 99, option, "rooom")
        assert wrong.exit_code == 2
        assert "rooom" in wrong.output
    missing = run("cflp", *words, "--site-cost", 1)
    assert missing.exit_code == 2
    assert "--capacity" in missing.output


def test_the_commands_are_the_problems():
    assert set(PROBLEMS) == set(SOLVERS)


@pytest.mark.parametrize(
    ("problem", "words", "unused"),
    [
        ("p-median", ["-p", 2, "--radius", 5], ["--radius"]),
        ("p-center", ["-p", 2, "--minutes", 5, "--nearest", 3], ["--minutes", "--nearest"]),
        ("lscp", ["-p", 0, "--radius", 60_000], ["-p"]),
        ("mclp", ["-p", 2, "--radius", 5], []),
    ],
)
def test_what_means_nothing_to_a_problem_is_said_once(towns, problem, words, unused):
    result = run(problem, "--demand", towns / "towns.csv", *words, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["status"] == "optimal"
    notes = result.stderr.splitlines()
    assert [option for option in unused if any(f" {option} " in note for note in notes)] == unused
    assert len(notes) == len(unused)


def test_a_file_of_the_literature_needs_no_matrix_and_says_so(tmp_path):
    path = tmp_path / "pmed.txt"
    path.write_text(ORLIB)
    result = run("p-median", "--orlib", path, "--matrix", path, "--minutes", 5, "--json")
    assert result.exit_code == 0
    assert [line.count("--matrix") for line in result.stderr.splitlines()] == [0, 1]


def test_a_radius_and_minutes_at_once_are_refused(towns):
    words = ["--demand", towns / "towns.csv", "-p", 1, "--radius", 5, "--minutes", 5]
    result = run("mclp", *words)
    assert result.exit_code == 2
    assert "--radius | --minutes" in result.output


def test_no_answer_in_time_is_said_in_words(towns, monkeypatch):
    def late(*_):
        raise OutOfTimeError

    monkeypatch.setattr("optimiser.location.travel.PointTravel.within", late)
    words = ["--demand", towns / "towns.csv", "-p", 1, "--radius", 5, "--time-limit", 1, "--json"]
    result = run("mclp", *words)
    assert result.exit_code == 4
    told = json.loads(result.stdout)
    assert (told["status"], told["stop"], told["sites"]) == ("no_answer", "time", [])
    assert told["objective"] is told["bound"] is told["gap"] is None
    assert result.stderr.count("\n") == 1


def test_a_matrix_file_gives_the_minutes(towns):
    pairs = [("01001", "01001", 0), ("01002", "01001", 9), ("01003", "01001", 99)]
    matrix = pd.DataFrame(pairs, columns=["from", "to", "minutes"])
    matrix.to_csv(towns / "minutes.csv", index=False)
    words = ["--demand", towns / "towns.csv", "--matrix", towns / "minutes.csv", "-p", 1, "--json"]
    told = json.loads(run("mclp", *words, "--minutes", 10).stdout)
    assert (told["objective"], told["sites"]) == (30.0, ["01001"])


def test_codes_that_do_not_match_are_named(towns):
    matrix = pd.DataFrame([("01001", "99999", 1)], columns=["from", "to", "minutes"])
    matrix.to_csv(towns / "minutes.csv", index=False)
    words = ["--demand", towns / "towns.csv", "--matrix", towns / "minutes.csv", "-p", 1]
    result = run("mclp", *words, "--minutes", 10)
    assert result.exit_code == 2
    assert "99999" in result.output


def test_of_two_edges_the_last_counts(tmp_path):
    path = tmp_path / "pmed.txt"
    path.write_text(ORLIB)
    lengths, count = read_orlib(path)
    assert count == 2
    assert lengths[0].tolist() == [0, 1, 5, 6]
    told = json.loads(run("p-median", "--orlib", path, "--json").stdout)
    assert (told["status"], told["objective"]) == ("optimal", 2.0)


def test_tsplib_distances_are_rounded_down(tmp_path):
    path = tmp_path / "t.tsp"
    path.write_text(TSPLIB)
    assert read_tsplib(path).tolist() == [[0, 0], [1.9, 0], [9, 9]]
    told = json.loads(run("p-median", "--tsplib", path, "-p", 2, "--json").stdout)
    assert told["objective"] == 1.0


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (read_orlib, ""),
        (read_orlib, "2 1 1\n1 9 3\n"),
        (read_orlib, "2 1 1\n1 2 -3\n"),
        (read_orlib, "2 2 1\n1 2 3\n"),
        (read_tsplib, "1 2 3"),
        (read_tsplib, "NODE_COORD_SECTION\n1 2\nEOF"),
        (read_tsplib, "EDGE_WEIGHT_TYPE: GEO\nNODE_COORD_SECTION\n1 2 3\nEOF"),
        (read_places, "code,lon\n1,2\n"),
        (read_places, "code,lon,lat\n1,2,abc\n"),
        (read_places, "code,lon,lat\n1,2,3\n1,2,3\n"),
        (read_places, "code,lon,lat\n"),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path, reader, text):
    path = tmp_path / "file.csv"
    path.write_text(text)
    with pytest.raises(TableError):
        reader(path)
    with pytest.raises(TableError):
        reader(tmp_path / "none.csv")


def test_a_geopackage_gives_its_points(tmp_path):
    gpd = pytest.importorskip("geopandas")

    points = gpd.points_from_xy([700_000, 700_500], [6_600_000, 6_600_000])
    gpd.GeoDataFrame({"population": [1, 2]}, geometry=points, crs=2154).to_file(tmp_path / "p.gpkg")
    places = read_places(tmp_path / "p.gpkg")
    assert places.degrees
    assert places.weights.tolist() == [1, 2]
    assert np.abs(places.points - [3.0, 46.5]).max() < 0.1


@pytest.mark.parametrize("words", [[], ["-p", "1"], ["--demand", "none.csv", "-p", "1"]])
def test_what_is_missing_is_said(words):
    result = run("mclp", *words)
    assert result.exit_code == 2
    assert result.output
