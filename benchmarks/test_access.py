"""Real access: bounded searches beside scipy's, and demand by cells beside demand by communes.

References are scipy's Dijkstra, and the plan on 47 communes.
"""

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from optimiser.access.road_graph import RoadGraph, build_graph
from optimiser.access.routing import sparse_times
from optimiser.access.spots import Spots
from optimiser.case import Case
from optimiser.planning import plan
from optimiser.scenario import Scenario
from optimiser.solution import Solution
from optimiser.sources import data_folder, open_case

SIDE, PLACES, LIMIT = 500, 100, 30.0
GRID = data_folder() / "population_grid_1km.parquet"


def roads(side: int = SIDE) -> RoadGraph:
    """A country of crooked streets 110 m long, a faster road every ten of them."""
    rng = np.random.default_rng(1)
    at = np.arange(side * side).reshape(side, side)
    pairs = [(at[:, :-1], at[:, 1:]), (at[:-1:, ::4], at[1:, ::4])]
    a = np.concatenate([one.ravel() for one, _ in pairs])
    b = np.concatenate([two.ravel() for _, two in pairs])
    tails, heads = np.concatenate([a, b]), np.concatenate([b, a])
    east, north = np.divmod(np.arange(side * side), side)
    x, y = (axis + rng.uniform(-0.3, 0.3, side * side) for axis in (east, north))
    km = 0.11 * np.hypot(x[tails] - x[heads], y[tails] - y[heads])
    kmh = np.where((east[tails] % 10 == 0) & (east[heads] % 10 == 0), 70.0, 35.0)
    lon, lat = 3 + x * 0.0015, 50 + y * 0.001
    return build_graph("car", lon, lat, tails=tails, heads=heads, minutes=km / kmh * 60, km=km)


def places(graph: RoadGraph) -> np.ndarray:
    return np.random.default_rng(2).choice(graph.nodes, size=PLACES, replace=False)


def test_road_times(benchmark: BenchmarkFixture) -> None:
    graph = roads()
    nodes = places(graph)
    spots = Spots(graph.lon[nodes], graph.lat[nodes])
    found = benchmark.pedantic(
        lambda: sparse_times(graph, spots, spots, LIMIT, threads=1), rounds=3, warmup_rounds=1
    )
    benchmark.extra_info.update(nonzeros=int(found.minutes.nnz))


def test_scipy_road_times(benchmark: BenchmarkFixture) -> None:
    graph = roads()
    nodes = places(graph)
    matrix = csr_array((graph.minutes, graph.end, graph.start), shape=(graph.nodes, graph.nodes))
    found = benchmark.pedantic(
        lambda: dijkstra(matrix, indices=nodes, limit=LIMIT)[:, nodes], rounds=1
    )
    benchmark.extra_info.update(nonzeros=int(np.isfinite(found).sum()))


def solved(case: Case) -> Solution:
    answer = plan(case)
    assert isinstance(answer, Solution)
    return answer


@pytest.mark.parametrize("case", [pytest.param(GRID, id="cells_caph")])
def test_plan_cells(benchmark: BenchmarkFixture, case: object) -> None:
    fine = open_case(Scenario(), cells_path=case)  # type: ignore[arg-type]
    answer = benchmark.pedantic(lambda: solved(fine), rounds=3, warmup_rounds=1)
    benchmark.extra_info.update(gap=answer.gap)


@pytest.mark.parametrize("case", [pytest.param(None, id="cells_caph")])
def test_plan_communes(benchmark: BenchmarkFixture, case: object) -> None:
    del case
    plain = open_case(Scenario())
    answer = benchmark.pedantic(lambda: solved(plain), rounds=3, warmup_rounds=1)
    benchmark.extra_info.update(gap=answer.gap)
