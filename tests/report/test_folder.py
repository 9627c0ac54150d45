import json
from pathlib import Path

import geopandas as gpd
import openpyxl
import pyogrio
import pytest

from optimiser.case import Case
from optimiser.report import folder
from optimiser.report.folder import write_all
from optimiser.solution import NoAnswer, Solution, StopReason

PNG = b"\x89PNG\r\n\x1a\n"


def files(directory: Path) -> set[str]:
    return {str(p.relative_to(directory)) for p in directory.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def written(
    tmp_path_factory: pytest.TempPathFactory,
    case: Case,
    solution: Solution,
    polygons: gpd.GeoDataFrame,
) -> tuple[Path, tuple[Path, ...]]:
    directory = tmp_path_factory.mktemp("answers") / "plan"
    return directory, write_all(solution, case, directory, "fr", polygons=polygons)


def test_everything_is_written_and_returned(written: tuple[Path, tuple[Path, ...]]) -> None:
    directory, paths = written
    assert {str(path.relative_to(directory)) for path in paths} == files(directory)
    assert files(directory) == {
        "plan.json",
        "plan.xlsx",
        "plan.gpkg",
        *(
            f"maps/{service}{which}.{kind}"
            for service in ("swimming_pool", "library", "nursery")
            for which in ("", "_before_after")
            for kind in ("png", "svg")
        ),
    }


def test_every_file_opens(written: tuple[Path, tuple[Path, ...]]) -> None:
    directory, paths = written
    document = json.loads((directory / "plan.json").read_text(encoding="utf-8"))
    assert document["language"] == "fr"
    assert openpyxl.load_workbook(directory / "plan.xlsx").sheetnames[0] == "Synthèse"
    assert len(pyogrio.list_layers(directory / "plan.gpkg")) == 3
    assert all(p.read_bytes().startswith(PNG) for p in paths if p.suffix == ".png")


def test_nothing_is_left_beside_the_folder(written: tuple[Path, tuple[Path, ...]]) -> None:
    directory, _ = written
    assert [path.name for path in directory.parent.iterdir()] == ["plan"]


def test_a_failure_leaves_the_folder_as_it_was(
    tmp_path: Path,
    case: Case,
    solution: Solution,
    polygons: gpd.GeoDataFrame,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    directory = tmp_path / "plan"
    directory.mkdir()
    (directory / "plan.json").write_text("old")

    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(folder, "write_geopackage", broken)
    with pytest.raises(OSError, match="disk full"):
        write_all(solution, case, directory, polygons=polygons)
    assert files(tmp_path) == {"plan/plan.json"}
    assert (directory / "plan.json").read_text() == "old"


def test_files_of_an_earlier_answer_do_not_outlive_it(tmp_path: Path, case: Case) -> None:
    directory = tmp_path / "plan"
    (directory / "maps").mkdir(parents=True)
    for name in ("plan.xlsx", "plan.gpkg", "maps/library_before_after.png", "mine.txt"):
        (directory / name).write_text("old")
    paths = write_all(NoAnswer(StopReason.TIME, {}), case, directory)
    assert paths == (directory / "plan.json",)
    assert files(directory) == {"plan.json", "mine.txt"}


def test_a_relative_folder_gives_relative_paths(
    tmp_path: Path, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    paths = write_all(NoAnswer(StopReason.TIME, {}), case, Path("some/plan"))
    assert paths == (Path("some/plan/plan.json"),)
    assert files(tmp_path) == {"some/plan/plan.json"}


def test_without_any_polygon_there_are_no_maps(
    tmp_path: Path, case: Case, solution: Solution, polygons: gpd.GeoDataFrame
) -> None:
    write_all(solution, case, tmp_path / "plan", polygons=polygons.iloc[:0])
    assert files(tmp_path / "plan") == {"plan.json", "plan.xlsx", "plan.gpkg"}
