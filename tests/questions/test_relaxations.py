"""Minimal relaxations: all of them, against every plan."""

import pytest

from optimiser.case import Case
from optimiser.questions.relaxations import ways
from optimiser.questions.workbench import Change, Wish
from optimiser.solution import Evaluation, Relaxation, Status
from tests.questions.every import Key, bench_of, broken, case_of, feasible, infeasible, judged

SEEDS = infeasible(10)


def minimal(sets: set[frozenset[Key]], most: int) -> set[frozenset[Key]]:
    return {s for s in sets if len(s) <= most and not any(other < s for other in sets)}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_minimal_way_is_found_and_no_other(seed: int) -> None:
    answer = ways(bench_of(seed), most_rules=3, most_ways=200)
    assert answer.complete
    assert not answer.answerable
    assert answer.status is Status.OPTIMAL
    found = {frozenset((r.rule, r.subject) for r in way.relaxations) for way in answer.ways}
    assert len(found) == len(answer.ways)
    assert found == minimal({broken(e) for _, e in judged(seed)}, 3)


@pytest.mark.parametrize("seed", SEEDS)
def test_each_plan_breaks_no_more_than_the_way_says_and_is_the_best_that_does(seed: int) -> None:
    case = case_of(seed)
    for way in ways(bench_of(seed), most_rules=3, most_ways=200).ways:
        given = {(r.rule, r.subject): r for r in way.relaxations}
        assert way.plan is not None
        assert broken(way.plan.evaluation) <= given.keys()
        assert all(
            within(case, v.amount, given[v.rule, v.subject[: len(k[1])]])
            for v in way.plan.evaluation.violations
            for k in given
            if k[0] == v.rule and v.subject[: len(k[1])] == k[1]
        )
        best = max(
            e.score for _, e in judged(seed) if broken(e) <= given.keys() and fits(case, e, given)
        )
        assert way.plan.score == pytest.approx(best, rel=1e-5, abs=1e-4)


@pytest.mark.parametrize("seed", SEEDS)
def test_one_rule_alone_gives_way_by_the_least_amount(seed: int) -> None:
    case = case_of(seed)
    for way in ways(bench_of(seed), most_rules=3, most_ways=200).ways:
        if len(way.relaxations) == 1:
            (relaxation,) = way.relaxations
            key = (relaxation.rule, relaxation.subject)
            amounts = [
                v.amount for _, e in judged(seed) if broken(e) <= {key} for v in e.violations
            ]
            if relaxation.unit == "lock":
                continue
            least = min if moves_up(relaxation) else max
            # What is shown is rounded so that it suffices.
            unit = 1e-4 if relaxation.unit == "share" else 1.0
            exact = in_unit(case, relaxation, least(amounts))
            beyond = (
                relaxation.needed - exact if moves_up(relaxation) else exact - relaxation.needed
            )
            assert -1e-5 <= beyond <= unit


def moves_up(relaxation: Relaxation) -> bool:
    """Whether the limit rises as the rule gives way."""
    floors = ("guarantee", "basin_floor", "basin_capacity", "commune_capacity", "forced")
    return relaxation.rule not in floors


def in_unit(case: Case, relaxation: Relaxation, amount: float) -> float:
    """What the judge counts, in the unit of the relaxation."""
    if relaxation.rule == "running_budget":
        return amount - case.running_today_eur
    if relaxation.unit == "share":
        k = [service.code for service in case.services].index(relaxation.subject[0])
        basins = [case.basins.index(b) for b in relaxation.subject[1:]] or range(len(case.basins))
        return amount / sum(float(case.public[k][case.basin_of == b].sum()) for b in basins)
    return amount


def within(case: Case, amount: float, relaxation: Relaxation) -> bool:
    if relaxation.unit == "lock" or relaxation.rule == "themes":
        return True
    value = in_unit(case, relaxation, amount)
    tolerance = 1e-5 * max(1.0, abs(relaxation.needed))
    if moves_up(relaxation):
        return value <= relaxation.needed + tolerance
    return value >= relaxation.needed - tolerance


def fits(case: Case, evaluation: Evaluation, given: dict[Key, Relaxation]) -> bool:
    for violation in evaluation.violations:
        several = violation.rule in ("new_duplicate", "themes")
        subject = violation.subject[:1] if several else violation.subject
        if not within(case, violation.amount, given[violation.rule, subject]):
            return False
    return True


@pytest.mark.parametrize("seed", feasible(4))
def test_a_question_with_an_answer_needs_no_relaxation(seed: int) -> None:
    answer = ways(bench_of(seed))
    assert answer.answerable
    assert answer.ways == ()


def test_a_list_cut_short_is_never_called_complete() -> None:
    for seed in SEEDS:
        whole = ways(bench_of(seed), most_ways=200)
        if len(whole.ways) > 1:
            assert not ways(bench_of(seed), most_ways=1).complete
            return
    pytest.fail("no case with two ways")


def test_a_wish_that_the_rules_refuse_has_its_own_ways() -> None:
    for seed in feasible(6):
        bench = bench_of(seed)
        for place in bench.decided:
            wish = Wish(*place, least=bench.most(place))
            plans = [
                e
                for d, e in judged(seed)
                if (place in d.agreements or d.sites.get(place, 0)) >= wish.least
            ]
            answer = ways(bench, Change(wishes=(wish,)), most_rules=3, most_ways=200)
            found = {frozenset((r.rule, r.subject) for r in way.relaxations) for way in answer.ways}
            expected = minimal({broken(e) for e in plans}, 3)
            assert (found or {frozenset()}) == expected
