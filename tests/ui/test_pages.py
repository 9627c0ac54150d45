"""Every page in every language, run by Streamlit's own tester."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest, element_tree

import ui
from optimiser.labels import LANGUAGES, Labels
from tests.ui.opened import SECONDS, html, opened
from ui import asking
from ui.cache import store
from ui.navigation import VIEWS
from ui.runs import latest
from ui.store.exchange import export_store

APP = str(Path(ui.__file__).with_name("app.py"))


def test_the_app_starts_on_the_first_page() -> None:
    app = AppTest.from_file(APP, default_timeout=SECONDS).run()
    assert not app.exception
    assert app.title[0].value.endswith("Porte du Hainaut")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", [key for key, _ in VIEWS])
def test_a_page_draws_in_the_language_asked_for(view: str, language: str) -> None:
    app = opened(view, language)
    assert not app.exception
    assert not app.error
    labels = Labels(language)
    assert app.sidebar.selectbox[0].label == labels("ui.language")
    named = labels(f"ui.{view}.title")
    assert app.title[0].value in {named, "Communauté d'agglomération de la Porte du Hainaut"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_executive_page_says_everything_on_one_page(language: str) -> None:
    app, labels = opened("executive", language), Labels(language)
    text = html(app)
    for key in ("brief.access", "brief.worst", "brief.capital"):
        assert labels(key) in text
    assert labels("column.running_change") in text
    assert labels("column.basin") in text
    assert labels("column.commune") in text
    said = "\n".join(caption.value for caption in app.caption)
    assert "INSEE" in said
    assert "BPE 2024" in said.replace("\\", "")


def test_communes_are_listed_on_request_only() -> None:
    app = opened("executive")
    labels = Labels("fr")
    caption = f"<caption>{labels('table.communes.name')}</caption>"
    assert caption not in html(app)
    app.toggle[0].set_value(True).run()
    assert caption in html(app)


def test_another_territory_is_planned_when_it_is_chosen() -> None:
    app = opened("executive", "fr", epci="200067106")
    assert not app.exception
    assert app.title[0].value.endswith("Pays Basque")


def test_an_unknown_territory_scenario_or_language_in_the_address_falls_back() -> None:
    app = opened("executive", "zz", epci="<script>", scenario="../../etc/passwd")
    assert not app.exception
    assert app.title[0].value.endswith("Porte du Hainaut")


def test_the_second_visit_reads_the_answer_of_the_first() -> None:
    opened("executive")
    record = store().get("base-200042190")
    assert record is not None
    first = store().runs(record.id)
    opened("executive", "en")
    assert store().runs(record.id) == first
    assert latest(store(), record) == first[0]


def test_a_form_that_is_sent_makes_a_scenario_of_the_planners_own() -> None:
    app = opened("scenario")
    app.text_input[0].set_value("Moins cher")
    capital = next(n for n in app.number_input if n.label == Labels("fr")("ui.setting.capital_eur"))
    capital.set_value(2_000_000.0)
    next(c for c in app.checkbox if "Investissement" in c.label).uncheck()
    app.button[0].click().run()
    assert not app.exception
    assert not app.error
    (record,) = store().scenarios()
    assert record.title == "Moins cher"
    assert record.scenario.budget.capital_eur == 2_000_000
    assert record.scenario.services == ()
    assert record.id in app.query_params["scenario"]


def test_a_question_without_answer_is_explained() -> None:
    base = store().base("200042190", "x").scenario
    budget = base.budget.model_copy(update={"running_increase_eur_per_year": -1e9})
    record = store().create("Trop", base.model_copy(update={"budget": budget}))
    app = opened("executive", "fr", scenario=record.id)
    assert not app.exception
    assert app.error[0].value == Labels("fr")("infeasible.title")
    assert any("dépense annuelle" in each.value for each in app.markdown)


def test_two_scenarios_show_what_differs_and_nothing_else() -> None:
    base = store().base("200042190", "x").scenario
    budget = base.budget.model_copy(update={"capital_eur": 1_000_000.0})
    record = store().create("Petit budget", base.model_copy(update={"budget": budget}))
    opened("executive")
    opened("executive", "fr", scenario=record.id)
    app = opened("compare", "fr", scenario=record.id)
    assert not app.exception
    text = html(app)
    assert "budget.capital_eur" in text
    assert "budget.cost_case" not in text
    assert Labels("fr")("ui.compare.sites") in text


@pytest.mark.parametrize("view", ["executive", "scenario", "plan_map", "solve", "scenarios"])
def test_a_read_only_link_cannot_write(view: str) -> None:
    base = store().base("200042190", "x").scenario
    record = store().create("Lu", base)
    opened("executive", "fr", scenario=record.id)
    before = store().runs(record.id), store().scenarios()
    app = opened(view, "fr", read=record.read_token)
    assert not app.exception
    keys = [button.key or "" for button in app.button]
    assert not [key for key in keys if key.startswith(("copy-", "archive-", "rename-"))]
    assert all(radio.disabled for radio in app.radio)
    for button in app.button:
        assert button.disabled or (button.key or "").startswith("open-")
    assert (store().runs(record.id), store().scenarios()) == before


def test_an_unknown_link_shows_nothing() -> None:
    app = opened("executive", "fr", read="guess")
    assert app.error[0].value == Labels("fr")("ui.link_unknown")
    assert not app.title


def test_who_must_log_in_sees_nothing_before() -> None:
    app = AppTest.from_string(
        "from ui.navigation import draw\nfrom ui.session import labels\n"
        "from ui.views import executive\ndraw(executive.show, labels())",
        default_timeout=SECONDS,
    )
    app.secrets["auth"] = {"redirect_uri": "http://localhost/oauth2callback"}
    app.run()
    assert not app.exception
    assert [button.key for button in app.button] == ["login"]
    assert not html(app).count("maillage-figures")


@pytest.mark.parametrize(
    "view", ["solve", "scenario", "plan_map", "support", "questions", "compare", "scenarios"]
)
def test_a_forged_click_behind_a_read_only_link_writes_nothing(
    view: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A browser does not click what is disabled; a program may.
    monkeypatch.setattr(element_tree.Widget, "_assert_can_interact", lambda _: None)
    record = store().create("Lu", store().base("200042190", "x").scenario)
    before = export_store(store())
    app = opened(view, "fr", read=record.read_token)
    for place in range(len(app.button)):
        app.button[place].click().run()
        assert not app.exception
        app = opened(view, "fr", read=record.read_token)
    for radio in app.radio:
        radio.set_value("forced").run()
        assert not app.exception
    assert export_store(store()) == before
    assert asking.find("sharing", record, "fr", start=False) is None


@pytest.mark.parametrize(
    "title", ["../../etc/passwd", "<script>hit()</script>", "=cmd|' /C calc'!A0"]
)
def test_a_title_is_a_text_and_nothing_else(title: str) -> None:
    base = store().base("200042190", "x").scenario
    record = store().create(title, base.model_copy(update={"title": title}))
    app = opened("scenarios", "fr")
    assert not app.exception
    shown = "".join(each.value for each in app.markdown)
    assert "<script>" not in shown
    assert title.rsplit("/", maxsplit=1)[-1][:4] in shown.replace("\\", "")
    assert store().get(record.id) == record
