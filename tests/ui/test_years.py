"""The pages of the years ahead and of the impact score."""

import json
from html import unescape

import pytest

from optimiser.labels import LANGUAGES, Labels
from optimiser.scenario import Scenario
from tests.ui.opened import html, opened
from tests.ui.waiting import ended
from ui import asking
from ui.cache import store

QUESTION = Scenario.model_validate(
    {
        "services": ["library", "france_services"],
        "coverage": {"guarantee": {"france_services": 1.0}},
    }
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_years_are_found_on_request_drawn_and_told(language: str) -> None:
    record = store().create("Deux types", QUESTION)
    labels = Labels(language)
    app = opened("years", language, scenario=record.id)
    assert not app.get("vega_lite_chart")
    next(b for b in app.button if b.label == labels("ui.years.start")).click().run()
    found = asking.find("years", record, language, start=False)
    assert found is not None
    ended(found)
    app = opened("years", language, scenario=record.id)
    assert not app.exception
    charts = [json.loads(each.proto.spec) for each in app.get("vega_lite_chart")]
    assert len(charts) == 3
    assert labels("ask.table.finances_cases") in {each.label for each in app.expander}
    assert labels("finances.assumed.debt") in unescape(html(app))
    year = app.select_slider[0]
    year.set_value(4).run()
    assert not app.exception
    assert any("2029" in caption.value for caption in app.caption)


def test_a_schedule_that_cannot_be_is_said_on_the_page() -> None:
    tight = QUESTION.schedule.model_copy(update={"capital_eur_per_year": 1.0})
    asked = QUESTION.model_copy(update={"schedule": tight})
    found = asking.find("years", store().create("Serré", asked), "fr", start=True)
    assert found is not None
    job = found.job
    assert job is not None
    ended(found)
    assert job.page is not None
    assert "ne peut pas se faire" in job.page.failure[0]


def test_weights_move_the_score_of_scenarios_side_by_side() -> None:
    labels = Labels("fr")
    record = store().create("Deux types", QUESTION)
    opened("executive", "fr", scenario=record.id)
    opened("executive", "fr")
    app = opened("score", "fr", scenario=record.id)
    assert not app.exception
    before = html(app)
    app.multiselect[0].set_value(list(app.multiselect[0].options)).run()
    assert not app.exception
    assert labels("ask.table.score_parts") in html(app)
    land = next(n for n in app.number_input if n.label == labels("ui.setting.land"))
    land.set_value(9.0).run()
    assert not app.exception
    assert html(app) != before
    for weight in app.number_input:
        weight.set_value(0.0)
    app.run()
    assert app.info[0].value == labels("ui.score.nothing")
