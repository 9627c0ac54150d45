"""The app's map and pages: work done by the server for each visit, without a browser."""

import itertools
import os
from dataclasses import replace

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from streamlit.testing.v1 import AppTest

from optimiser import check, open_case
from optimiser.case import Case
from optimiser.labels import Labels
from optimiser.report.atlas import Atlas
from optimiser.report.map_view import Network
from optimiser.report.site_status import sites_today
from optimiser.scenario import Scenario
from optimiser.solvers import Limits
from optimiser.sources import load_polygons
from optimiser.sources.open_case import estimate_travel
from ui import runs
from ui.cache import plan_map, store
from ui.locks import decide
from ui.map_document import Drawing, map_document

MEMBERS = (47, 158, 300)
"""Communes: the reference territory, the largest of all by communes, and more than any EPCI has."""

PAGE = """
from ui.navigation import draw
from ui.session import labels
from ui.views import {view}
draw({view}.show, labels())
"""


def case_of(members: int) -> Case:
    """Case of the reference territory, or of the largest EPCI with its nearest neighbours."""
    scenario = Scenario(epci="200042190" if members == 47 else "200067106", services=("library",))
    case = open_case(scenario)
    if members == len(case.members):
        return case
    everyone = case.territory.communes
    middle = np.array([case.members[0].lon, case.members[0].lat])
    distances = [np.hypot(*(np.array([c.lon, c.lat]) - middle)) for c in everyone]
    wanted = sorted(range(len(everyone)), key=lambda i: (not everyone[i].member, distances[i]))
    chosen = {everyone[i].code for i in wanted[:members]}
    communes = [replace(c, member=c.code in chosen) for c in everyone]
    communes.sort(key=lambda c: (not c.member, c.code))
    territory = replace(case.territory, communes=tuple(communes))
    travel = estimate_travel(territory)
    return Case(territory=territory, catalogue=case.catalogue, travel=travel, scenario=scenario)


@pytest.mark.parametrize("members", MEMBERS)
def test_redraw_the_map(benchmark: BenchmarkFixture, members: int) -> None:
    case = case_of(members)
    today = check.evaluate(case, check.today(case))
    polygons = load_polygons([commune.code for commune in case.territory.communes])
    atlas = Atlas(case, polygons, Labels("fr"))
    sites = tuple(site for site in sites_today(case) if site.service == "library")
    drawing = Drawing((Network("now", "library", today, sites),))
    document = benchmark(map_document, atlas, drawing)
    assert len(document["communes"]) == members


def test_click_to_new_plan(
    benchmark: BenchmarkFixture,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path_factory.mktemp("store")
    monkeypatch.setitem(os.environ, "MAILLAGE_STORE", f"sqlite:///{folder / 'store.db'}")
    case = open_case(Scenario())
    places = itertools.cycle([commune.code for commune in case.members])

    def click() -> None:
        scenario = decide(case, "library", next(places), "forbidden")
        job = runs.start(store(), store().create("x", scenario), Limits(seconds=60))
        while not job.done.wait(1):
            job.touch()
        plan_map(job.run.id, "library", "fr")

    benchmark.pedantic(click, rounds=5, warmup_rounds=1)


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
