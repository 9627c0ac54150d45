"""The map of France in a real browser: coloured pixels, hover, click, search, keyboard."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optimiser.labels import Labels
from optimiser.sources import epcis
from tests.browser.conftest import ROOT, served
from tests.browser.test_app import picture
from tests.campaign.few import EPCIS

FR = Labels("fr")
Visit = Callable[..., Any]
DRAWN = "canvas[data-draw-ms]"


@pytest.fixture(scope="module")
def national(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store = f"sqlite:///{tmp_path_factory.mktemp('national') / 'store.db'}"
    yield from served(ROOT / "ui" / "app.py", store, MAILLAGE_CAMPAIGN=str(finished))


def near(pixels: Any, colour: str) -> int:
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    return int((np.abs(pixels.reshape(-1, 3).astype(int) - wanted).max(axis=1) <= 3).sum())


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_all_of_france_is_drawn_and_a_search_leads_to_colours(
    national: str, visit: Visit, width: int, scheme: str
) -> None:
    page = visit(f"{national}/national?lang=fr", width, color_scheme=scheme)
    canvas = page.locator(DRAWN)
    canvas.wait_for()
    page.get_by_text(FR("ui.national.hint")).wait_for()
    pixels = picture(canvas)
    # Five small territories have a result; the others are drawn as being without one.
    assert near(pixels, "#f4f4f4") > 0.15 * pixels.shape[0] * pixels.shape[1]
    box = page.get_by_role("combobox", name=FR("ui.national.search"))
    box.fill(epcis()[EPCIS[0]])
    box.press("Enter")
    page.get_by_role("button", name=FR("ui.national.open")).wait_for()
    page.wait_for_timeout(1500)
    fills = page.locator(".france-map .box").evaluate_all(
        "all => all.map(e => getComputedStyle(e).backgroundColor.match(/\\d+/g).map(Number))"
    )
    colours = ["#{:02x}{:02x}{:02x}".format(*fill) for fill in fills[:-1]]
    pixels = picture(page.locator(DRAWN))
    assert (
        sum(near(pixels, colour) for colour in colours) > 0.01 * pixels.shape[0] * pixels.shape[1]
    )
    assert near(pixels, "#d55e00") > 50
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_commune_says_what_it_is_and_a_click_chooses_its_territory(
    national: str, visit: Visit
) -> None:
    page = visit(f"{national}/national?lang=fr")
    page.locator(DRAWN).wait_for()
    page.get_by_text(FR("ui.national.hint")).wait_for()
    box = page.locator(DRAWN).bounding_box()
    at = (box["x"] + 0.55 * box["width"], box["y"] + 0.45 * box["height"])
    page.mouse.move(*at)
    said = page.locator(".said")
    assert FR("ui.national.no_result") in said.inner_text()
    name = said.inner_text().rpartition(" · ")[2]
    assert name in epcis().values()
    page.locator(DRAWN).focus()
    before = picture(page.locator(DRAWN))
    page.keyboard.press("+")
    page.wait_for_timeout(600)
    assert (picture(page.locator(DRAWN)) != before).any()


def test_the_campaign_s_plan_opens(national: str, visit: Visit) -> None:
    page = visit(f"{national}/national?lang=fr")
    page.locator(DRAWN).wait_for()
    box = page.get_by_role("combobox", name=FR("ui.national.search"))
    box.fill(epcis()[EPCIS[2]])
    box.press("Enter")
    page.get_by_role("button", name=FR("ui.national.open")).click()
    page.get_by_role("heading", name=epcis()[EPCIS[2]]).wait_for()
    page.locator("figure svg").first.wait_for()
    assert f"epci={EPCIS[2]}" in page.url
