import dataclasses
import json
from typing import Any

import jsonschema
import numpy as np
import pytest

from optimiser.case import Case
from optimiser.catalogue import Catalogue
from optimiser.report.plain import plain
from optimiser.report.plan_json import plan_document, plan_schema
from optimiser.report.territory_json import territory_document
from optimiser.report.words import case_labels
from optimiser.solution import (
    Answer,
    Decisions,
    Infeasible,
    NoAnswer,
    Relaxation,
    Solution,
    Status,
    StopReason,
)
from tests.report.conftest import D, E, solve

INFEASIBLE = Infeasible(
    conflict=(("capital_budget", ()), ("guarantee", ("library",))),
    relaxation=(Relaxation("capital_budget", (), 1e6, 2e6, "eur"),),
    proven=True,
    seconds={"explain": 1.0},
)
NO_ANSWER = NoAnswer(StopReason.TIME, {"solve": 60.0})


def valid(document: Any) -> None:
    jsonschema.Draft202012Validator(plan_schema()).validate(document)


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(plan_schema())


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_plan_satisfies_the_schema(case: Case, solution: Solution, language: str) -> None:
    valid(plan_document(solution, case, language))


@pytest.mark.parametrize("answer", [INFEASIBLE, NO_ANSWER])
def test_other_answers_satisfy_the_schema(case: Case, answer: Answer) -> None:
    valid(plan_document(answer, case))


@pytest.mark.parametrize("gone", ["status", "decisions", "indicators", "costs", "language"])
def test_the_schema_refuses_a_plan_that_lacks_something(
    case: Case, solution: Solution, gone: str
) -> None:
    document = plan_document(solution, case)
    del document[gone]
    with pytest.raises(jsonschema.ValidationError):
        valid(document)


def test_the_schema_refuses_what_it_does_not_know(case: Case, solution: Solution) -> None:
    document = plan_document(solution, case)
    with pytest.raises(jsonschema.ValidationError):
        valid({**document, "more": 1})


def test_json_holds_no_number_that_json_does_not_know(case: Case, solution: Solution) -> None:
    document = plan_document(solution, case)
    text = json.dumps(document, allow_nan=False)
    assert json.loads(text) == document


def test_minutes_out_of_reach_are_null(case: Case, solution: Solution) -> None:
    minutes: Any = plan_document(solution, case)["minutes"]
    assert minutes["nursery"]["now"][E] is None
    assert minutes["nursery"]["now"][D] == 2.0


def test_a_gap_without_a_score_is_null(case: Case, solution: Solution) -> None:
    flat = dataclasses.replace(
        solution.evaluation, coverage_points=0.0, duplicate_points=0.0, cost_points=0.0
    )
    document = plan_document(dataclasses.replace(solution, evaluation=flat, bound=1.0), case)
    assert document["gap"] is None
    valid(document)


def test_decisions_tell_today_and_planned(case: Case, solution: Solution) -> None:
    decisions: Any = plan_document(solution, case)["decisions"]
    sites = {(s["service"], s["commune"]): (s["today"], s["planned"]) for s in decisions["sites"]}
    assert sites["swimming_pool", "59002"] == (1, 0)
    assert sites["library", "59001"] == (2, 1)
    assert decisions["transfers"] == [
        {"service": "library", "origin": "59003", "destination": "59002"}
    ]


def test_sentences_speak_the_language_asked_for(case: Case, solution: Solution) -> None:
    french: Any = plan_document(solution, case, "fr")
    english: Any = plan_document(solution, case, "en")
    said = [document["actions"][0]["sentence"] for document in (french, english)]
    assert said[0] != said[1]
    assert french["actions"][0]["score"] == english["actions"][0]["score"]


def test_an_unanswerable_question_is_told_in_sentences(case: Case) -> None:
    document: Any = plan_document(INFEASIBLE, case, "en")
    assert "€2,000,000" in document["relaxation"][0]["sentence"]
    assert document["conflict"][1]["sentence"]


def test_a_territory_is_plain_data(case: Case) -> None:
    document: Any = territory_document(case)
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert document["population"] == 10_500
    assert len(document["communes"]) == 5
    assert document["neighbours"] == {
        "communes": 1,
        "epcis": ["200000002"],
        "population": 9_000,
    }


def test_plain_values() -> None:
    assert plain({"a": np.float64(1.5), 2: (np.int64(3), float("nan"))}) == {
        "a": 1.5,
        "2": [3, None],
    }
    assert plain(frozenset({("b", "c"), ("a", "d")})) == [["a", "d"], ["b", "c"]]
    assert plain(Status.OPTIMAL) == "optimal"
    assert plain(np.array([[1.0, np.inf]])) == [[1.0, None]]
    assert plain(True) is True
    with pytest.raises(TypeError):
        plain(object())


def test_types_of_a_user_go_by_their_own_names(case: Case) -> None:
    named = case.catalogue["library"].model_copy(
        update={"code": "skatepark", "names": {"fr": "Skatepark"}}
    )
    catalogue = Catalogue(services={"skatepark": named})
    own = dataclasses.replace(
        case, catalogue=catalogue, scenario=case.scenario.model_copy(update={"forced": ()})
    )
    labels = case_labels(catalogue, "fr")
    assert labels("service.skatepark") == "Skatepark"
    assert case_labels(catalogue, "en")("service.skatepark") == "skatepark"
    opened = solve(own, Decisions({("skatepark", D): 1}))
    document: Any = plan_document(opened, own, "fr")
    assert "Skatepark, Denain" in document["actions"][0]["sentence"]
