"""The years ahead and the impact score in a real browser."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.test_app import FR, at_rest, picture, serious

Visit = Callable[..., Any]

OPENING = np.array([0x00, 0x72, 0xB2])


def shows(chart: Any, colour: np.ndarray) -> bool:
    pixels = picture(chart).reshape(-1, 3).astype(int)
    return bool((np.abs(pixels - colour).max(axis=1) <= 3).sum() > 100)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_years_are_drawn_and_the_film_turns(
    app: str, visit: Visit, width: int, scheme: str
) -> None:
    page = visit(f"{app}/years", width, color_scheme=scheme)
    page.get_by_role("button", name=FR("ui.years.start"), exact=True).click()
    page.locator("figure svg").first.wait_for(timeout=90_000)
    at_rest(page)
    charts = page.locator('[data-testid="stVegaLiteChart"]')
    expect(charts).to_have_count(3, timeout=30_000)
    page.wait_for_timeout(1500)
    assert shows(charts.first, OPENING)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not serious(page)
    page.get_by_role("slider").first.focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    page.get_by_text(FR("ui.years.frame", year="2033", share="")[:5]).first.wait_for()
    page.locator("figcaption, p", has_text="2033").first.wait_for()


def test_the_parts_of_the_score_are_drawn(app: str, visit: Visit) -> None:
    page = visit(f"{app}/score")
    chart = page.locator('[data-testid="stVegaLiteChart"]').first
    chart.wait_for(timeout=60_000)
    at_rest(page)
    page.wait_for_timeout(1500)
    assert shows(chart, OPENING)
