"""Road graphs and bounded matrices in a plan, from end to end."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from optimiser import check
from optimiser.access.road_graph import RoadGraph, build_graph
from optimiser.case import Case
from optimiser.errors import InputError, TableError
from optimiser.planning import plan
from optimiser.scenario import Scenario
from optimiser.solution import Solution
from optimiser.sources import open_case
from optimiser.sources.matrix_file import read_matrix
from optimiser.sources.open_case import open_territory
from optimiser.sources.road_files import _write
from optimiser.sources.road_times import road_travel
from optimiser.sources.times_file import write_times
from optimiser.territory import Territory

SCENARIO = Scenario(services=("library", "swimming_pool"))


@pytest.fixture(scope="module")
def territory() -> Territory:
    return open_territory(SCENARIO.epci)


@pytest.fixture(scope="module")
def roads(tmp_path_factory: pytest.TempPathFactory, territory: Territory) -> Path:
    """A square grid of country roads over the territory and its neighbours."""
    lon = np.array([c.lon for c in territory.communes])
    lat = np.array([c.lat for c in territory.communes])
    side = 120
    east, north = np.meshgrid(
        np.linspace(lon.min(), lon.max(), side), np.linspace(lat.min(), lat.max(), side)
    )
    at = np.arange(side * side).reshape(side, side)
    pairs = [(at[:, :-1], at[:, 1:]), (at[:-1], at[1:])]
    a = np.concatenate([x.ravel() for x, _ in pairs])
    b = np.concatenate([y.ravel() for _, y in pairs])
    tails, heads = np.concatenate([a, b]), np.concatenate([b, a])
    x, y = east.ravel(), north.ravel()
    km = 111.2 * np.hypot((x[tails] - x[heads]) * np.cos(np.radians(50.3)), y[tails] - y[heads])
    graph = build_graph("car", x, y, tails=tails, heads=heads, minutes=km / 50 * 60, km=km)
    graph = replace(graph, access_kmh=20.0, terminal_minutes=1.0, provenance={"file": "grid"})
    folder = tmp_path_factory.mktemp("roads")
    _write(graph, folder, "car", graph.provenance)
    return folder


def served(case: Case) -> np.ndarray:
    return check.evaluate(case, check.today(case)).guaranteed


def test_a_plan_over_a_road_graph(roads: Path) -> None:
    case = open_case(SCENARIO, matrix_path=roads)
    assert case.travel.source.startswith("OpenStreetMap")
    assert case.kilometres is not None
    answer = plan(case)
    assert isinstance(answer, Solution)
    assert answer.status.value == "optimal"


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_times_that_are_written_are_read_back(
    roads: Path, territory: Territory, tmp_path: Path, kind: str
) -> None:
    travel, _ = road_travel(territory, roads, "car", 15)
    path = tmp_path / f"times.{kind}"
    pairs = write_times(travel, path)
    assert pairs == int(np.isfinite(travel.minutes).sum())
    back, _ = read_matrix(path, territory)
    assert back.minutes == pytest.approx(travel.minutes, abs=1e-3)
    assert back.km is not None
    finite = np.isfinite(travel.minutes)
    assert back.km[finite] == pytest.approx(travel.km[finite], abs=1e-3)  # type: ignore[index]
    with pytest.raises(InputError, match="file_kind_unknown"):
        write_times(travel, tmp_path / "times.docx")


def test_a_bound_beyond_the_widest_tier_changes_nothing(
    roads: Path, territory: Territory, tmp_path: Path
) -> None:
    case = open_case(SCENARIO, matrix_path=roads)
    widest = max(service.reach_minutes for service in case.services)
    travel, _ = road_travel(territory, roads, "car", widest)
    path = tmp_path / "bounded.csv"
    write_times(travel, path)
    bounded = open_case(SCENARIO, matrix_path=path)
    assert bool(np.isinf(bounded.minutes).any())
    first, second = plan(case), plan(bounded)
    assert isinstance(first, Solution)
    assert isinstance(second, Solution)
    assert second.score == pytest.approx(first.score, rel=2e-4)
    assert served(bounded) == pytest.approx(served(case))


def test_a_graph_of_another_region_is_refused(territory: Territory, tmp_path: Path) -> None:
    here = np.array([0, 1])
    graph: RoadGraph = build_graph(
        "car",
        np.array([7.1, 7.2]),
        np.array([43.7, 43.8]),
        tails=here,
        heads=here[::-1],
        minutes=np.ones(2),
        km=np.ones(2),
    )
    _write(graph, tmp_path, "car", {})
    with pytest.raises(InputError, match="roads_elsewhere") as refused:
        road_travel(territory, tmp_path)
    assert "43.70" in refused.value.findings[0].expected


def pairs_of(territory: Territory, lost: set[str]) -> pd.DataFrame:
    codes = [c.code for c in territory.communes if c.code not in lost]
    return pd.DataFrame(
        [(a, b, 3.0 if a == b else 9.0) for a in codes for b in codes],
        columns=["origin", "destination", "minutes"],
    )


def test_an_island_may_be_without_times(territory: Territory, tmp_path: Path) -> None:
    island = territory.members[3]
    afloat = replace(
        territory,
        communes=tuple(
            replace(c, landmass=77 if c.code == island.code else 1) for c in territory.communes
        ),
    )
    path = tmp_path / "times.csv"
    pairs_of(territory, {island.code}).to_csv(path, index=False)
    travel, notes = read_matrix(path, afloat)
    assert np.isinf(np.delete(travel.minutes[3], 3)).all()
    assert any(text.startswith("note.matrix_alone") and "count=1" in text for text in notes)
    # The same file without that sea is a file with a hole.
    with pytest.raises(TableError, match="matrix_commune_missing"):
        read_matrix(path, territory)


def test_a_bounded_list_may_leave_a_member_alone(territory: Territory, tmp_path: Path) -> None:
    alone = territory.members[5].code
    frame = pairs_of(territory, {alone})
    frame.loc[len(frame)] = [alone, alone, 4.0]
    path = tmp_path / "times.csv"
    frame.to_csv(path, index=False)
    travel, notes = read_matrix(path, territory)
    assert travel.minutes[5, 5] == 4.0
    assert any(text.startswith("note.matrix_alone") for text in notes)


def test_a_list_that_joins_nobody_is_refused(territory: Territory, tmp_path: Path) -> None:
    frame = pairs_of(territory, set())
    path = tmp_path / "times.csv"
    frame[frame["origin"] == frame["destination"]].to_csv(path, index=False)
    with pytest.raises(TableError, match="matrix_commune_missing"):
        read_matrix(path, territory)
