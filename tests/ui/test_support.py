"""The pages of support functions and of questions, their worker, and what the store keeps."""

import json

import pytest

from optimiser.errors import VerificationError
from optimiser.labels import Labels
from optimiser.scenario import Scenario
from optimiser.solution import Solution
from tests.ui.opened import html, opened
from tests.ui.waiting import ended, waited
from ui import asking, runs
from ui.asking import Found
from ui.cache import answer_of, store
from ui.components.plan_opener import opened_plan
from ui.store import Record, Store
from ui.store.answered import Asked, find_answers
from ui.store.exchange import export_store, import_store
from ui.store.models import AnswerRow

QUESTION = Scenario.model_validate({"sharing": {"functions": ["legal"]}})
SMALL = Scenario(services=("swimming_pool", "theatre"))


def answered(question: str, record: Record, language: str = "fr", detail: str = "") -> Found:
    found = asking.find(question, record, language, detail=detail, start=True)
    assert found is not None
    assert found.job is not None
    ended(found)
    return Found(found.job.page, found.job)


def test_groups_are_found_on_request_kept_and_worded_anew_in_another_language() -> None:
    record = store().create("Juridique", QUESTION)
    app = opened("support", "fr", scenario=record.id)
    assert not html(app).count("<table")
    start = Labels("fr")("ui.support.start")
    next(button for button in app.button if button.label == start).click().run()
    ended(asking.find("sharing", record, "fr", start=False))
    app = opened("support", "fr", scenario=record.id)
    assert not app.exception
    assert html(app).count("<table") >= 5
    assert Labels("fr")("function.legal") in html(app)
    (kept,) = find_answers(
        store(), Asked(record.id, "sharing", "", "fr", QUESTION.model_dump_json())
    )
    assert json.loads(kept.versions)["sha256"]
    # Another language needs no new decision.
    other = asking.find("sharing", record, "en", start=False)
    assert other is not None
    assert other.job is not None
    ended(other)
    again = asking.find("sharing", record, "en", start=False)
    assert again is not None
    assert again.page is not None
    assert again.page.decisions == kept.decisions
    assert again.page.curves


def test_kept_groups_are_judged_and_move_with_the_store(tmp_path: object) -> None:
    record = store().create("Juridique", QUESTION)
    answered("sharing", record)
    other = Store(f"sqlite:///{tmp_path}/other.db")
    import_store(other, export_store(store()).encode())
    asked = Asked(record.id, "sharing", "", "fr", QUESTION.model_dump_json())
    assert find_answers(other, asked) == find_answers(store(), asked)
    other.close()
    with store().session() as session, session.begin():
        row = session.get(AnswerRow, find_answers(store(), asked)[0].id)
        assert row is not None
        content = json.loads(row.decisions)
        row.decisions = json.dumps({**content, "saving_eur": content["saving_eur"] + 1000})
    with pytest.raises(VerificationError):
        asking.find("sharing", record, "fr", start=False)


def test_an_ended_worker_leaves_nothing_and_can_be_started_again() -> None:
    record = store().create("Fini", QUESTION)
    found = asking.find("sharing", record, "fr", start=True)
    assert found is not None
    assert found.job is not None
    found.job.cancel()
    assert waited(found.job.done.is_set)
    assert found.job.page is None
    assert asking.find("sharing", record, "fr", start=False) is None


def test_a_worker_that_nobody_looks_at_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "ABANDONED_SECONDS", 0.0)
    found = asking.find("sharing", store().create("Seul", QUESTION), "en", start=True)
    assert found is not None
    assert found.job is not None
    assert waited(found.job.done.is_set)
    assert found.job.page is None


def test_a_question_without_figures_is_refused_in_words_and_not_kept() -> None:
    asked = Scenario.model_validate({"sharing": {"functions": ["nothing"]}})
    record = store().create("Rien", asked)
    found = answered("sharing", record)
    assert found.page is not None
    assert found.page.failure
    assert not found.page.tables
    assert not find_answers(store(), Asked(record.id, "sharing", "", "fr", asked.model_dump_json()))


@pytest.mark.parametrize("question", ["why", "prices", "relax"])
def test_a_question_is_answered_in_words_and_tables(question: str) -> None:
    detail = "theatre:59172" if question == "why" else ""
    found = answered(question, store().create("Question", SMALL), detail=detail)
    assert found.page is not None
    assert not found.page.failure
    assert found.page.sentences or found.page.tables


@pytest.mark.parametrize(
    ("question", "detail"), [("alternatives", ""), ("pareto", "coverage:cost")]
)
def test_a_plan_of_an_answer_is_opened_as_a_scenario(question: str, detail: str) -> None:
    record = store().create("Question", SMALL)
    page = answered(question, record, detail=detail).page
    assert page is not None
    assert page.plans
    assert (page.chart is not None) == (question == "pareto")
    if page.chart:
        assert len(page.chart["points"]) == len(page.plans)
    copy = opened_plan(page.plans[-1], record, Labels("fr"))
    run = runs.latest(store(), copy)
    assert run is not None
    _, answer = answer_of(run.id)
    assert isinstance(answer, Solution)
    assert not answer.evaluation.violations
    app = opened("executive", "fr", scenario=copy.id)
    assert not app.exception
    assert Labels("fr")("status.feasible") in app.caption[0].value
    again = opened("questions", "fr", scenario=record.id)
    assert not again.exception


def test_a_run_is_repeated_to_the_same_answer_from_what_the_store_holds() -> None:
    record = store().create("Encore", SMALL)
    job = runs.start(store(), record, runs.Limits(seconds=60, gap=1e-4, seed=3))
    assert waited(job.done.is_set)
    run = store().run(job.run.id)
    assert run is not None
    limits = runs.limits_of(run)
    assert (limits.gap, limits.seed) == (1e-4, 3)
    twin = store().create("Encore", run.asked)
    repeated = runs.start(store(), twin, limits)
    assert waited(repeated.done.is_set)
    first, second = (answer_of(each.run.id)[1] for each in (job, repeated))
    assert isinstance(first, Solution)
    assert isinstance(second, Solution)
    for name in ("decisions", "score", "status", "bound"):
        assert getattr(first, name) == getattr(second, name)
    versions = json.loads(run.versions)
    assert versions["sha256"] == runs.versions()["sha256"]
    assert len(versions["sha256.communes.parquet"]) == 64
