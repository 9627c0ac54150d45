"""The app's map and pages: work done by the server for each visit, without a browser."""

import os

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from streamlit.testing.v1 import AppTest

from optimiser import Solution, open_case, plan
from optimiser.labels import Labels
from optimiser.report.atlas import Atlas
from optimiser.scenario import Scenario
from optimiser.sources import load_polygons
from ui.map_document import before_after, map_document

EPCIS = {"47": "200042190", "158": "200067106"}
"""EPCI by its number of communes: the reference territory, and the largest of all by communes."""

PAGE = """
from ui.navigation import draw
from ui.session import labels
from ui.views import {view}
draw({view}.show, labels())
"""


@pytest.mark.parametrize("communes", sorted(EPCIS))
def test_redraw_the_map(benchmark: BenchmarkFixture, communes: str) -> None:
    case = open_case(Scenario(epci=EPCIS[communes], services=("library",)))
    assert len(case.members) == int(communes)
    answer = plan(case)
    assert isinstance(answer, Solution)
    polygons = load_polygons([commune.code for commune in case.territory.communes])
    atlas = Atlas(case, polygons, Labels("fr"))
    drawing = before_after(atlas, answer, "library")
    document = benchmark(map_document, atlas, drawing)
    assert len(document["communes"]) == int(communes)


@pytest.mark.parametrize("view", ["executive", "plan_map"])
def test_load_a_page(
    benchmark: BenchmarkFixture,
    view: str,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path_factory.mktemp("store")
    monkeypatch.setitem(os.environ, "MAILLAGE_STORE", f"sqlite:///{folder / 'store.db'}")
    app = AppTest.from_string(PAGE.format(view=view), default_timeout=120).run()
    benchmark(app.run)
    assert not app.exception
