"""The planner's work in a real browser: by keyboard alone, with files, from a front of plans."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from optimiser.labels import Labels
from optimiser.scenario import Scenario
from tests.browser.test_app import at_rest, file_of, go, serious
from ui.store import Record, Store

FR = Labels("fr")
Visit = Callable[..., Any]
SMALL = Scenario(services=("swimming_pool", "theatre"))

FOCUSED = """() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  if (!at || at === document.body) return "";
  const own = ["A", "BUTTON"].includes(at.tagName) ? at.innerText : "";
  const around = at.closest("label")?.innerText || "";
  return [at.getAttribute("aria-label") || "", own, around].join(" ");
}"""


@pytest.fixture(scope="module")
def kept(store_url: str) -> Store:
    return Store(store_url)


@pytest.fixture
def small(kept: Store) -> Record:
    return kept.create("Deux types", SMALL)


def tab_to(page: Any, words: str, most: int = 90) -> None:
    """Press Tab until what has the focus says these words."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if words in page.evaluate(FOCUSED):
            return
    raise AssertionError(words)


def test_a_plan_is_made_by_keyboard_alone(app: str, visit: Visit, small: Record) -> None:
    page = visit(f"{app}/plan_map?scenario={small.id}")
    page.locator(".commune").first.wait_for()
    at_rest(page)
    tab_to(page, "Wallers · ", 150)
    page.keyboard.press("Enter")
    page.locator(".chosen").first.wait_for()
    at_rest(page)
    tab_to(page, FR("ui.lock.free"), 150)
    page.keyboard.press("ArrowLeft")
    page.locator(".legend", has_text=FR("ui.lock.forbidden")).wait_for()
    at_rest(page)
    tab_to(page, FR("ui.solve.title"), 150)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=FR("ui.solve.title"), exact=True).wait_for()
    at_rest(page)
    tab_to(page, FR("ui.solve.start"))
    page.keyboard.press("Enter")
    page.get_by_text(FR("ui.solve.done")).wait_for()


def test_the_map_shows_catchments_and_duplicates(app: str, visit: Visit) -> None:
    page = visit(f"{app}/plan_map")
    page.locator(".commune").first.wait_for()
    at_rest(page)
    for view, least in (("catchments", 40), ("duplicates", 0)):
        page.get_by_role("combobox", name=FR("ui.map.view")).click()
        page.get_by_role("option", name=FR(f"ui.map.views.{view}"), exact=True).click()
        page.get_by_text(FR(f"ui.map.line.{view}")).wait_for()
        at_rest(page)
        assert page.locator(f"figure .line.{view}").count() >= least
    assert page.locator(".maillage-table caption", has_text="Piscine").count() >= 1


def test_a_workbook_is_taken_away_changed_and_brought_back(
    app: str, visit: Visit, small: Record, kept: Store
) -> None:
    page = visit(f"{app}/scenario?scenario={small.id}")
    page.get_by_role("button", name=FR("ui.export.book")).wait_for()
    at_rest(page)
    book = openpyxl.load_workbook(io.BytesIO(file_of(page, FR("ui.export.book"))))
    sheet = book.worksheets[1]
    keys = [cell.value for cell in sheet[1]]
    row = next(cell.row for cell in sheet["A"] if cell.value == "theatre")
    sheet.cell(row, keys.index("running_eur") + 1, 123_456)
    stream = io.BytesIO()
    book.save(stream)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    given = {"name": "../../étrange <b>.xlsx", "mimeType": kind, "buffer": stream.getvalue()}
    page.locator("input[type=file]").set_input_files([given])
    page.get_by_role("button", name=FR("ui.scenarios.read")).click()
    page.wait_for_function(f"!location.search.includes('{small.id}')")
    at_rest(page)
    found = kept.scenarios()[0]
    assert found.id != small.id
    assert found.scenario.facilities.values["theatre"].running_eur == 123_456
    sheet.cell(row, keys.index("running_eur") + 1, "cher")
    stream = io.BytesIO()
    book.save(stream)
    page.locator("input[type=file]").set_input_files([{**given, "buffer": stream.getvalue()}])
    page.get_by_role("button", name=FR("ui.scenarios.read")).click()
    page.locator("[data-testid='stAlert']", has_text="Types").wait_for()


def test_a_click_on_the_front_opens_that_plan(app: str, visit: Visit, small: Record) -> None:
    page = visit(f"{app}/questions?scenario={small.id}")
    page.get_by_role("combobox", name=FR("ui.questions.which")).click()
    page.get_by_role("option", name=FR("ui.questions.pareto")).click()
    at_rest(page)
    page.get_by_role("button", name=FR("ui.questions.ask"), exact=True).click()
    page.locator(".point").first.wait_for()
    at_rest(page)
    assert not serious(page)
    page.locator(".point").last.click()
    page.locator("[data-testid='stAlert']", has_text="Deux types").wait_for()
    at_rest(page)
    go(page, "solve")
    page.get_by_text(FR("ui.solve.done")).wait_for()
