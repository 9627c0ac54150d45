"""The app in a real browser, as planners and executives use it."""

import io
import re
import sqlite3
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pypdf
import pytest
from PIL import Image

from optimiser.labels import Labels

AXE = Path(__file__).parent / "axe" / "axe-core-4.10.3.min.js"
FR = Labels("fr")
Visit = Callable[..., Any]


def picture(element: Any) -> Any:
    return np.asarray(Image.open(io.BytesIO(element.screenshot())).convert("RGB"))


def go(page: Any, view: str) -> None:
    page.get_by_role("link", name=FR(f"ui.{view}.title"), exact=True).click()
    page.get_by_role("heading", name=FR(f"ui.{view}.title"), exact=True).wait_for()


def serious(page: Any) -> list[Any]:
    """Whatever axe-core finds serious or critical on the page as it stands."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return [
        (each["id"], [node["target"] for node in each["nodes"]][:3])
        for each in page.evaluate("axe.run()")["violations"]
        if each["impact"] in ("serious", "critical")
    ]


def at_rest(page: Any) -> None:
    page.wait_for_timeout(300)
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


def file_of(page: Any, button: str) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=button, exact=True).click()
    return Path(waiting.value.path()).read_bytes()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_map_shows_its_colours(app: str, visit: Visit, width: int, scheme: str) -> None:
    page = visit(app, width, color_scheme=scheme)
    maps = page.locator("figure svg")
    maps.first.wait_for()
    at_rest(page)
    assert maps.count() == 2
    for n in range(2):
        pixels = picture(maps.nth(n)).reshape(-1, 3)
        fills = maps.nth(n).evaluate(
            "svg => [...svg.querySelectorAll('.commune')].map(each => each.getAttribute('fill'))"
        )
        assert len(set(fills)) > 1
        for fill in set(fills):
            colour = np.array([int(fill[i : i + 2], 16) for i in (1, 3, 5)])
            assert (np.abs(pixels.astype(int) - colour).max(axis=1) <= 2).sum() > 50, fill
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.documentElement.lang") == "fr"


def test_every_commune_is_reached_and_named_by_keyboard(app: str, visit: Visit) -> None:
    page = visit(f"{app}/plan_map")
    page.locator(".commune").first.wait_for()
    at_rest(page)
    figures = page.locator("figure").count()
    assert page.locator(".commune[tabindex='0'][aria-label]").count() == 47 * figures
    page.locator(".commune").first.focus()
    name = page.evaluate(
        "[...document.querySelectorAll('*')].map(e => e.shadowRoot?.activeElement)"
        ".find(e => e)?.getAttribute('aria-label')"
    )
    page.keyboard.press("Enter")
    combo = page.get_by_role("combobox", name=FR("ui.lock.commune"))
    page.locator(".chosen").first.wait_for()
    at_rest(page)
    assert name.split(" · ")[0] in (combo.get_attribute("aria-label") or "") + (
        page.locator('[data-testid="stSelectbox"]', has=combo).inner_text()
        + str(combo.input_value())
    )


def test_a_planner_forces_a_site_solves_compares_and_exports(app: str, visit: Visit) -> None:
    page = visit(app)
    page.locator(".commune").first.wait_for()
    at_rest(page)
    go(page, "plan_map")
    page.get_by_role("combobox", name=FR("column.service")).click()
    page.get_by_role("option", name=FR("service.library"), exact=True).click()
    page.locator("figcaption", has_text="10 min").first.wait_for()
    at_rest(page)
    target = page.locator(".commune[aria-label^='Wallers']").first
    target.wait_for()
    at_rest(page)
    target.click()
    page.locator(".chosen").first.wait_for()
    at_rest(page)
    page.locator("label", has_text=re.compile(f"^{FR('ui.lock.forced')}$")).click()
    page.get_by_text(FR("ui.scenario_open")).wait_for()
    at_rest(page)
    assert FR("ui.lock.forced") in page.locator(".legend").inner_text()
    address = page.url
    assert "scenario=" in address
    go(page, "solve")
    page.get_by_role("button", name=FR("ui.solve.start"), exact=True).click()
    page.get_by_text(FR("ui.solve.done")).wait_for()
    go(page, "compare")
    page.get_by_role("heading", name=FR("ui.compare.settings")).wait_for()
    at_rest(page)
    assert "forced" in page.locator(".maillage-table").first.inner_text()
    page.get_by_role("link", name=FR("ui.executive.title"), exact=True).click()
    page.get_by_text(FR("ui.export.title")).wait_for()
    at_rest(page)

    assert_exports_are_readable(page)
    link = page.locator("code", has_text="?read=").inner_text()
    assert link.startswith(app)
    again = visit(address)
    again.get_by_text(FR("ui.scenario_open")).wait_for()
    reader = visit(link)
    reader.locator(".commune").first.wait_for()
    at_rest(reader)
    assert reader.get_by_text(FR("ui.read_only")).count() == 1
    assert reader.get_by_role("link", name=FR("ui.scenario.title")).count() == 0
    assert reader.locator("code", has_text="?read=").count() == 0


def assert_exports_are_readable(page: Any) -> None:
    book = openpyxl.load_workbook(io.BytesIO(file_of(page, FR("ui.export.xlsx"))))
    assert FR("table.actions.name") in book.sheetnames
    package = file_of(page, FR("ui.export.gpkg"))
    assert package[:15] == b"SQLite format 3"
    texts = zipfile.ZipFile(io.BytesIO(file_of(page, FR("ui.export.csv")))).namelist()
    assert f"{FR('table.costs.name')}.csv" in texts
    assert b"<svg" in file_of(page, FR("ui.export.svg"))
    assert Image.open(io.BytesIO(file_of(page, FR("ui.export.png")))).width > 600
    asked = tomllib.loads(file_of(page, FR("ui.export.toml")).decode())
    assert asked["forced"] == [{"service": "library", "commune": "59632"}]
    printed = pypdf.PdfReader(io.BytesIO(file_of(page, FR("ui.export.pdf"))))
    assert printed.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_two_visitors_are_served_at_once(app: str, visit: Visit) -> None:
    pages = [visit(f"{app}/?epci={epci}") for epci in ("200067106", "200042190")]
    for page in reversed(pages):
        page.locator(".commune").first.wait_for()
    assert pages[0].locator("h1").inner_text() != pages[1].locator("h1").inner_text()


def test_a_run_can_be_cancelled_and_keeps_a_plan(app: str, visit: Visit, store_url: str) -> None:
    # A metropolis takes long enough to be interrupted.
    page = visit(f"{app}/solve?epci=200054807")
    start = page.get_by_role("button", name=FR("ui.solve.start"), exact=True)
    start.click()
    page.get_by_role("button", name=FR("ui.solve.cancel")).or_(
        page.get_by_text(FR("ui.solve.done"))
    ).first.wait_for()
    cancel = page.get_by_role("button", name=FR("ui.solve.cancel"))
    if cancel.count():
        cancel.click()
    page.get_by_text(FR("ui.solve.done")).wait_for()
    path = store_url.removeprefix("sqlite:///")
    database = sqlite3.connect(path)
    query = "select state, answer from run where scenario_id = 'base-200054807'"
    ((state, answer),) = database.execute(query).fetchall()
    database.close()
    assert state == "finished"
    assert '"kind":"plan"' in answer


@pytest.mark.parametrize(
    "view",
    [
        "",
        "territory",
        "scenario",
        "plan_map",
        "solve",
        "support",
        "years",
        "score",
        "national",
        "questions",
        "compare",
        "scenarios",
    ],
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(app: str, visit: Visit, view: str, scheme: str) -> None:
    page = visit(f"{app}/{view}", color_scheme=scheme)
    page.locator("h1").first.wait_for()
    at_rest(page)
    page.wait_for_timeout(1000)
    assert not serious(page)


def test_names_that_are_markup_do_nothing(hostile: str, visit: Visit) -> None:
    page = visit(hostile)
    page.get_by_text("end", exact=True).wait_for()
    page.locator(".commune").first.wait_for()
    page.wait_for_timeout(1000)
    assert page.evaluate("window.hit === undefined")
    assert page.locator("h1 img, .maillage-table img, a[href^='javascript']").count() == 0
    assert page.locator(".commune").first.get_attribute("aria-label").startswith("<script>")
