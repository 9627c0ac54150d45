"""Every page in every language, run by Streamlit's own tester."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import ui
from optimiser.labels import LANGUAGES, Labels
from ui.navigation import VIEWS

APP = str(Path(ui.__file__).with_name("app.py"))
SECONDS = 120


def opened(view: str, language: str, **query: str) -> AppTest:
    # The tester cannot follow `st.navigation` to another page: the page is drawn directly.
    program = f"""
from ui.session import labels
from ui.views import {view}
{view}.show(labels())
"""
    app = AppTest.from_string(program, default_timeout=SECONDS)
    app.query_params["lang"] = language
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def test_the_app_starts_on_the_first_page() -> None:
    app = AppTest.from_file(APP, default_timeout=SECONDS).run()
    assert not app.exception
    assert app.title[0].value.endswith("Porte du Hainaut")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", [key for key, _ in VIEWS])
def test_a_page_shows_its_figures_in_the_language_asked_for(view: str, language: str) -> None:
    app = opened(view, language)
    assert not app.exception
    labels = Labels(language)
    assert app.metric[0].label in {labels("ui.access_planned"), labels("ui.communes")}
    assert all(metric.value != labels("unit.none") for metric in app.metric)
    assert app.dataframe


def test_another_territory_is_planned_when_it_is_chosen() -> None:
    app = opened("executive", "fr", epci="200067106")
    assert not app.exception
    assert app.title[0].value.endswith("Pays Basque")


def test_a_smaller_budget_costs_no_more() -> None:
    app = opened("executive", "fr")
    app.sidebar.checkbox[0].check().run()
    app.sidebar.number_input[0].set_value(2.0).run()
    assert not app.exception
    capital = app.metric[2].value
    assert float(capital.replace("\u202f", "").split()[0].replace(",", ".")) <= 2.0


def test_an_unknown_territory_or_language_in_the_address_falls_back() -> None:
    app = opened("executive", "zz", epci="<script>")
    assert not app.exception
    assert app.title[0].value.endswith("Porte du Hainaut")
