from dataclasses import replace

import pytest

from optimiser import check
from optimiser.case import Case
from optimiser.report.actions import Action, list_actions
from optimiser.report.sentences import action_effect, action_reason, action_title
from optimiser.report.words import Words
from optimiser.scenario import Coverage, Lock
from optimiser.solution import Decisions, Solution
from tests.report.conftest import A, B, C, D, E, N, solve, without_locks


def find(case: Case, solution: Solution, kind: str, service: str) -> Action:
    found = list_actions(case, solution).actions
    return next(a for a in found if a.kind == kind and a.service == service)


def test_every_action_is_listed_once(case: Case, solution: Solution) -> None:
    found = list_actions(case, solution)
    assert {(a.kind, a.service, a.commune, a.origin) for a in found.actions} == {
        ("close", "swimming_pool", B, ""),
        ("agreement", "swimming_pool", N, ""),
        ("close", "library", A, ""),
        ("transfer", "library", B, C),
        ("open", "nursery", A, ""),
    }
    assert len(found.actions) == 5
    assert found.kept == {"swimming_pool": 1, "library": 1, "nursery": 1}


def test_undoing_the_actions_one_by_one_gives_the_marginal_figures(
    case: Case, solution: Solution, decisions: Decisions
) -> None:
    back = replace(decisions, sites={**decisions.sites, ("swimming_pool", B): 1})
    without = check.evaluate(case, back)
    action = find(case, solution, "close", "swimming_pool")
    planned = solution.evaluation
    assert action.score == pytest.approx(planned.score - without.score)
    assert action.guaranteed_persons == pytest.approx(
        float(planned.guaranteed[0].sum() - without.guaranteed[0].sum())
    )
    assert action.recurrent_eur == pytest.approx(-200_000)
    assert action.capital_eur == pytest.approx(100_000)


def test_a_closing_tells_who_travels_longer(case: Case, solution: Solution) -> None:
    losses = find(case, solution, "close", "swimming_pool").losses
    # B goes from 2 to 6 minutes, C from 7 to 8, D keeps 16 minutes to N.
    assert {c.commune: c.minutes for c in losses.communes} == {B: 4.0, C: 1.0}
    assert losses.persons == 3_000
    assert losses.person_minutes == 1_000 * 4 + 2_000 * 1
    assert losses.mean_minutes == 2.0
    assert losses.worst is not None
    assert losses.worst.commune == B
    assert losses.stranded == 0


def test_an_agreement_tells_who_comes_nearer(case: Case, solution: Solution) -> None:
    action = find(case, solution, "agreement", "swimming_pool")
    assert action.guaranteed_persons == 500
    assert {c.commune: c.minutes for c in action.gains.communes} == {D: 4.0, E: 16.0}
    assert action.recurrent_eur == pytest.approx(65_000)
    assert action.losses.persons == 0


def test_a_transfer_is_one_action_and_spares_the_closing_cost(
    case: Case, solution: Solution
) -> None:
    action = find(case, solution, "transfer", "library")
    assert action.capital_eur == pytest.approx(3_000_000)
    assert action.recurrent_eur == pytest.approx(0)
    assert {c.commune for c in action.losses.communes} == {C, D}
    assert {c.commune for c in action.gains.communes} == {B, E}
    assert action.gains.stranded == 0


def test_losing_the_last_site_strands_the_public(case: Case) -> None:
    plan = without_locks(case)
    sites = {k: v for k, v in check.today(plan).sites.items() if k[0] != "nursery"}
    action = find(plan, solve(plan, Decisions(sites)), "close", "nursery")
    # E had no nursery within reach before either.
    assert action.losses.stranded == pytest.approx(10_000 * 0.25 * 0.2)
    assert action.losses.persons == action.losses.stranded
    assert action.losses.mean_minutes == 0
    assert action.losses.worst is not None
    assert action.losses.worst.minutes == float("inf")
    assert action.places == -30


def test_places_follow_the_sites(case: Case, solution: Solution) -> None:
    assert find(case, solution, "open", "nursery").places == 20
    assert find(case, solution, "close", "library").places is None


def test_an_action_that_the_scenario_asks_for_says_so_first(case: Case, solution: Solution) -> None:
    reasons = find(case, solution, "open", "nursery").reasons
    assert reasons[0].key == "forced"
    assert all(reason.key != "rule" for reason in reasons)


def test_an_action_that_a_rule_needs_names_the_rule(case: Case, decisions: Decisions) -> None:
    coverage = Coverage(basin_floor=None, keep_capacity=False, guarantee={"swimming_pool": 0.6})
    strict = replace(case, scenario=case.scenario.model_copy(update={"coverage": coverage}))
    action = find(strict, solve(strict, decisions), "agreement", "swimming_pool")
    assert action.reasons[0].key == "rule"
    assert action.reasons[0].subject == ("guarantee", "swimming_pool")


def test_a_rule_that_the_plan_breaks_anyway_is_no_reason(case: Case, decisions: Decisions) -> None:
    coverage = Coverage(basin_floor=None, keep_capacity=False, guarantee={"swimming_pool": 1.0})
    strict = replace(case, scenario=case.scenario.model_copy(update={"coverage": coverage}))
    action = find(strict, solve(strict, decisions), "agreement", "swimming_pool")
    assert all(reason.key != "rule" for reason in action.reasons)


def test_a_closing_that_a_lock_asks_for_says_so(case: Case, decisions: Decisions) -> None:
    locks = {"forbidden": (Lock(service="swimming_pool", commune=B),)}
    locked = replace(case, scenario=case.scenario.model_copy(update=locks))
    action = find(locked, solve(locked, decisions), "close", "swimming_pool")
    assert action.reasons[0].key == "forbidden"


def test_actions_come_by_falling_effect(case: Case, solution: Solution) -> None:
    scores = [action.score for action in list_actions(case, solution).actions]
    assert scores == sorted(scores, reverse=True)


def test_nothing_to_do_gives_no_action(case: Case, unchanged: Solution) -> None:
    found = list_actions(without_locks(case), unchanged)
    assert found.actions == ()
    assert sum(found.kept.values()) == 6


def test_sentences_name_place_effect_and_loss(case: Case, solution: Solution, words: Words) -> None:
    action = find(case, solution, "close", "swimming_pool")
    assert "Bellaing" in action_title(action, words)
    reason = action_reason(action, words)
    assert words.labels.persons(3_000) in reason
    assert words.labels.minutes(4.0, 1) in reason
    assert "Bellaing" in reason
    assert words.labels.signed_euros(-200_000) in action_effect(action, words)


def test_every_action_has_a_sentence_in_every_language(
    case: Case, solution: Solution, words: Words
) -> None:
    for action in list_actions(case, solution).actions:
        assert action_reason(action, words).endswith(".")
        assert "{" not in action_reason(action, words) + action_title(action, words)
