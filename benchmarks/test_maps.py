"""Redrawing the app's maps in a headless Chromium, at 47, 300 and 35,000 polygons.

From the gesture to the pixels: the browser is asked for the picture that it has just drawn.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from optimiser.sources.national import index
from tests.browser.conftest import CHROMIUM, ROOT, playwright, served

pytestmark = pytest.mark.skipif(not CHROMIUM or playwright is None, reason="needs Chromium")

PAGE = """
from pathlib import Path

import streamlit as st
from optimiser import open_case, plan
from optimiser.labels import Labels
from optimiser.report.atlas import Atlas
from optimiser.scenario import Scenario
from optimiser.sources import load_polygons
from ui.components import commune_map
from ui.map_document import before_after, map_document


@st.cache_resource
def drawn():
    case = open_case(Scenario(services=("library",)), communes_path=Path({path!r}))
    polygons = load_polygons([commune.code for commune in case.territory.communes])
    atlas = Atlas(case, polygons, Labels("fr"))
    return map_document(atlas, before_after(atlas, plan(case), "library"))


commune_map.show(drawn(), "map")
"""

ZOOM = """element => new Promise(done => {
  const began = performance.now();
  element.dispatchEvent(new KeyboardEvent("keydown", { key: %r, bubbles: true, composed: true }));
  requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)));
})"""

FRANCE = """canvas => new Promise(done => {
  const drawn = new MutationObserver(() => {
    const began = performance.now();
    canvas.getContext("2d").getImageData(0, 0, 1, 1);
    drawn.disconnect();
    done(Number(canvas.dataset.drawMs) + performance.now() - began);
  });
  drawn.observe(canvas, { attributes: true, attributeFilter: ["data-draw-ms"] });
  canvas.dispatchEvent(new KeyboardEvent("keydown", { key: "0", bubbles: true }));
})"""
"""Milliseconds of drawing all of France anew; the rest of the time, the map waits to be at rest."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.mark.parametrize("communes", [47, 300])
def test_redraw_in_the_browser(
    benchmark: BenchmarkFixture, browser: Any, communes: int, tmp_path_factory: Any
) -> None:
    folder = tmp_path_factory.mktemp("communes")
    codes = [code for code in index().codes if code.startswith("59")][:communes]
    (folder / "communes.csv").write_text("code\n" + "\n".join(codes) + "\n", encoding="utf-8")
    page_file = folder / "page.py"
    page_file.write_text(PAGE.format(path=str(folder / "communes.csv")), encoding="utf-8")
    for address in served(page_file, f"sqlite:///{folder / 'store.db'}"):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(address)
        first = page.locator(".commune").first
        first.wait_for(timeout=120_000)
        assert page.locator(".commune").count() == 2 * communes
        benchmark.pedantic(_zoom, args=(first,), rounds=11, warmup_rounds=1)
        page.close()


@pytest.mark.parametrize("communes", [35_000])
def test_redraw_france_in_the_browser(
    benchmark: BenchmarkFixture, browser: Any, communes: int, tmp_path_factory: Any
) -> None:
    del communes
    from benchmarks.test_campaign import campaign  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("france")
    campaign(folder / "out", os.cpu_count() or 1)
    store = f"sqlite:///{folder / 'store.db'}"
    app = ROOT / "ui" / "app.py"
    for address in served(app, store, MAILLAGE_CAMPAIGN=str(folder / "out")):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{address}/national")
        canvas = page.locator("canvas[data-draw-ms]")
        canvas.wait_for(timeout=120_000)
        spent: list[float] = []
        benchmark.pedantic(_draw, args=(canvas, spent), rounds=11, warmup_rounds=1)
        benchmark.extra_info["draw_ms"] = sorted(spent)[len(spent) // 2]
        page.close()


def _zoom(commune: Any) -> None:
    for key in "+-":
        commune.evaluate(ZOOM % key)


def _draw(canvas: Any, spent: list[float]) -> None:
    spent.append(canvas.evaluate(FRANCE))
