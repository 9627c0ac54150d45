"""INSEE's population grids: every official format, and what is wrong with one."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from optimiser import check
from optimiser.errors import InputError, TableError
from optimiser.planning import plan
from optimiser.report.plan_json import plan_document
from optimiser.scenario import Scenario
from optimiser.solution import Solution
from optimiser.sources import data_folder, open_case
from optimiser.sources.grid_file import read_grid

EMBEDDED = data_folder() / "population_grid_1km.parquet"
LIBRARIES = Scenario(services=("library",))


def table() -> pd.DataFrame:
    """Four cells around Denain and Saint-Amand, as the 2019 edition writes them."""
    return pd.DataFrame(
        {
            "idcar_200m": [
                "CRS3035RES200mN3044000E3856000",
                "CRS3035RES200mN3044200E3856000",
                "CRS3035RES200mN3058000E3860000",
                "CRS3035RES200mN3058200E3860200",
            ],
            "idcar_1km": ["x"] * 4,
            "lcog_geo": ["59172"] * 4,
            "ind": [10.5, 4.0, 0.0, 7.0],
        }
    )


def written(frame: pd.DataFrame, path: Path, kind: str) -> Path:
    path = path / f"grid.{kind.partition('.')[2] or kind}"
    if kind == "gpkg":
        points = shapely.points(np.zeros(len(frame)), np.zeros(len(frame)))
        gpd.GeoDataFrame(frame, geometry=points, crs="EPSG:3035").to_file(path)
    else:
        frame.to_csv(path, index=False, sep=";" if kind == "semicolon.csv" else ",")
    return path


@pytest.mark.parametrize("kind", ["csv", "semicolon.csv", "gpkg"])
@pytest.mark.parametrize(
    "names",
    [
        {},
        {"idcar_200m": "Idcar_200m", "ind": "Ind"},
        {"idcar_200m": "IdINSPIRE", "ind": "Ind"},
    ],
)
def test_every_edition_is_read(tmp_path: Path, kind: str, names: dict[str, str]) -> None:
    grid = read_grid(written(table().rename(columns=names), tmp_path, kind))
    assert grid.persons.tolist() == [10.5, 4.0, 7.0]
    assert grid.east.tolist() == [3856000, 3856000, 3860200]
    assert grid.north.tolist() == [3044000, 3044200, 3058200]
    assert set(grid.size.tolist()) == {200.0}


def test_the_embedded_grid_is_read() -> None:
    grid = read_grid(EMBEDDED)
    assert len(grid.east) > 700
    assert set(grid.size.tolist()) == {1000.0}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"ind": [1, -2, 3, 4]}, "out_of_range"),
        ({"ind": [1, "many", 3, 4]}, "out_of_range"),
        ({"idcar_200m": ["a", "b", "c", "d"]}, "grid_code"),
    ],
)
def test_wrong_cells_are_refused_with_their_row(
    tmp_path: Path, change: dict[str, list[object]], problem: str
) -> None:
    path = written(table().assign(**change), tmp_path, "csv")
    with pytest.raises(TableError) as refused:
        read_grid(path)
    finding = refused.value.findings[0]
    assert finding.problem == problem
    assert finding.row in (2, 3)


def test_files_that_are_no_grid_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="file_missing"):
        read_grid(tmp_path / "none.csv")
    with pytest.raises(TableError, match="file_kind_unknown"):
        read_grid(tmp_path / "grid.xlsx")
    with pytest.raises(TableError, match="missing_column"):
        read_grid(written(table().drop(columns="ind"), tmp_path, "csv"))
    broken = tmp_path / "broken.gpkg"
    broken.write_bytes(b"no")
    with pytest.raises(TableError, match="file_unreadable"):
        read_grid(broken)


def test_a_plan_on_the_cells_of_the_reference_territory() -> None:
    case = open_case(LIBRARIES, cells_path=EMBEDDED)
    cells = case.cells
    assert cells is not None
    assert len(cells) > 250
    # Rescaled: the public is the commune's, wherever it lives in it.
    assert np.bincount(cells.home, weights=cells.share) == pytest.approx(np.ones(len(case.members)))
    evaluation = check.evaluate(case, check.today(case))
    assert evaluation.public.sum() == pytest.approx(case.public.sum())
    assert evaluation.within.sum() == pytest.approx(evaluation.guaranteed.sum())
    assert any(text.startswith("note.grid_rescaled") for text in case.territory.notes)
    answer = plan(case)
    assert isinstance(answer, Solution)
    demand = plan_document(answer, case)["demand"]
    assert isinstance(demand, dict)
    assert demand["cells"] == len(cells)
    assert demand["exact"] is True


def test_a_grid_of_elsewhere_and_a_matrix_of_communes_are_refused(tmp_path: Path) -> None:
    far = table().assign(idcar_200m=[f"CRS3035RES200mN2000000E40000{i}0" for i in range(4)])
    with pytest.raises(TableError, match="grid_elsewhere"):
        open_case(LIBRARIES, cells_path=written(far, tmp_path, "csv"))
    matrix = tmp_path / "times.csv"
    codes = [c.code for c in open_case(LIBRARIES).members]
    pd.DataFrame(
        [(a, b, 5) for a in codes for b in codes], columns=["origin", "destination", "minutes"]
    ).to_csv(matrix, index=False)
    with pytest.raises(InputError, match="grid_with_matrix"):
        open_case(LIBRARIES, cells_path=EMBEDDED, matrix_path=matrix)
