"""The page of support functions, and its worker."""

import pytest

from optimiser.labels import Labels
from optimiser.scenario import Scenario
from tests.ui.opened import html, opened
from tests.ui.test_runs import waited
from ui import asking, runs
from ui.cache import store

QUESTION = Scenario.model_validate({"sharing": {"functions": ["legal"]}})


def test_groups_are_found_on_request_and_kept() -> None:
    record = store().create("Juridique", QUESTION)
    app = opened("support", "fr", scenario=record.id)
    assert not html(app).count("<table")
    start = Labels("fr")("ui.support.start")
    next(button for button in app.button if button.label == start).click().run()
    job = asking.job_for("sharing", QUESTION, "fr", start=False)
    assert job is not None

    def done() -> bool:
        job.touch()
        return job.done.is_set()

    assert waited(done, 180)
    app = opened("support", "fr", scenario=record.id)
    assert not app.exception
    assert html(app).count("<table") >= 4
    assert Labels("fr")("function.legal") in html(app)


def test_an_ended_worker_leaves_nothing_and_can_be_started_again() -> None:
    asked = QUESTION.model_copy(update={"title": "ended"})
    job = asking.job_for("sharing", asked, "fr", start=True)
    assert job is not None
    job.cancel()
    assert waited(job.done.is_set)
    assert job.page is None
    assert asking.job_for("sharing", asked, "fr", start=False) is None


def test_a_worker_that_nobody_looks_at_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "ABANDONED_SECONDS", 0.0)
    asked = QUESTION.model_copy(update={"title": "left"})
    job = asking.job_for("sharing", asked, "en", start=True)
    assert job is not None
    assert waited(job.done.is_set)
    assert job.page is None


def test_a_question_without_figures_is_refused_in_words() -> None:
    asked = Scenario.model_validate({"sharing": {"functions": ["nothing"]}})
    job = asking.job_for("sharing", asked, "fr", start=True)
    assert job is not None
    assert waited(job.done.is_set)
    assert job.page is not None
    assert job.page.failure
    assert not job.page.tables


@pytest.mark.parametrize("question", ["why", "prices", "relax", "alternatives", "pareto"])
def test_a_question_is_answered_in_words_and_tables(question: str) -> None:
    scenario = Scenario(services=("swimming_pool", "theatre"))
    detail = "theatre:59172" if question == "why" else ""
    job = asking.job_for(question, scenario, "fr", detail=detail, start=True)
    assert job is not None

    def done() -> bool:
        job.touch()
        return job.done.is_set()

    assert waited(done, 180)
    assert job.page is not None
    assert not job.page.failure
    assert job.page.sentences or job.page.tables
