"""Why here, why not there: against every plan that decides the place otherwise."""

import numpy as np
import pytest

from optimiser.errors import NoPlanError
from optimiser.questions.why import changed_places, contrary, why, why_all
from optimiser.questions.workbench import Wish, Workbench
from optimiser.solution import Decisions, Status
from tests.questions.every import (
    EXACT,
    allowed,
    bench_of,
    broken,
    case_of,
    feasible,
    infeasible,
    judged,
)

SEEDS = feasible(8)


def count(decisions: Decisions, place: tuple[str, str]) -> int:
    return int(place in decisions.agreements) or decisions.sites.get(place, 0)


def grants(decisions: Decisions, wish: Wish) -> bool:
    many = count(decisions, (wish.service, wish.commune))
    return (wish.least or 0) <= many <= (10 if wish.most is None else wish.most)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_contrary_of_every_decision_loses_what_trying_every_plan_says(seed: int) -> None:
    bench = bench_of(seed)
    best = max(e.score for _, e in allowed(seed))
    for place in bench.decided:
        answer = why(bench, contrary(bench, place))
        scores = [e.score for d, e in allowed(seed) if grants(d, answer.wish)]
        assert answer.best.score == pytest.approx(best)
        if scores and not answer.barred:
            assert answer.status is Status.OPTIMAL
            assert not answer.relaxation
            assert answer.other is not None
            assert answer.loss == pytest.approx(best - max(scores), abs=1e-5 * abs(best))
            assert not answer.other.evaluation.violations
        elif not answer.barred:
            assert answer.relaxation


@pytest.mark.parametrize("seed", SEEDS)
def test_where_no_plan_grants_the_wish_the_fewest_rules_give_way(seed: int) -> None:
    bench = bench_of(seed)
    for place in bench.decided:
        answer = why(bench, contrary(bench, place))
        if answer.relaxation:
            fewest = min(len(broken(e)) for d, e in judged(seed) if grants(d, answer.wish))
            assert len(answer.relaxation) == fewest
            assert answer.other is not None
            given = {(r.rule, r.subject) for r in answer.relaxation}
            assert broken(answer.other.evaluation) <= given


@pytest.mark.parametrize("seed", SEEDS[:6])
def test_differences_are_those_of_the_two_plans(seed: int) -> None:
    bench = bench_of(seed)
    for place in bench.decided[:4]:
        answer = why(bench, contrary(bench, place))
        if answer.change is None or answer.other is None:
            continue
        a, b = answer.best.evaluation, answer.other.evaluation
        assert answer.change.score == pytest.approx(b.score - a.score)
        gained = float(b.guaranteed.sum() - a.guaranteed.sum())
        assert answer.change.whole.persons == pytest.approx(gained)
        by_basin = sum(access.persons for access in answer.change.by_basin.values())
        by_service = sum(access.persons for access in answer.change.by_service.values())
        assert by_basin == pytest.approx(gained)
        assert by_service == pytest.approx(gained)
        sites = sum(move.after - move.before for move in answer.change.moved if not move.agreement)
        assert sites == int(b.sites.sum() - a.sites.sum())


def test_a_place_below_the_thresholds_is_asked_for_with_the_thresholds_lifted() -> None:
    found = 0
    for seed in feasible(40):
        case, bench = case_of(seed), bench_of(seed)
        for k, service in enumerate(case.services):
            for j in np.flatnonzero(~case.can_open[k] & (case.existing_members(k) == 0)).tolist():
                answer = why(bench, Wish(service.code, case.members[j].code, least=1))
                keys = {barred.key for barred in answer.barred}
                if service.lever == "observe":
                    assert keys == {"levers"}
                    assert answer.other is None
                else:
                    found += 1
                    assert keys <= {"minimum_public", "minimum_host"}
                    assert keys
                    assert all(b.amount < b.limit for b in answer.barred)
                    assert answer.other is not None
                    assert count(answer.other.decisions, (service.code, case.members[j].code)) == 1
    assert found >= 3


def test_changed_places_are_those_where_sites_come_or_go() -> None:
    for seed in SEEDS:
        bench = bench_of(seed)
        sites = bench.best.evaluation.sites - bench.today.sites
        many = int((sites != 0).sum()) + len(bench.best.decisions.agreements)
        assert len(changed_places(bench)) == many


def test_worker_processes_answer_as_this_one_does() -> None:
    bench = Workbench(case_of(SEEDS[0]), EXACT)
    wishes = [contrary(bench, place) for place in bench.decided]
    alone = why_all(bench, wishes, workers=1)
    together = why_all(bench, wishes, workers=2)
    assert [a.wish for a in alone] == [t.wish for t in together]
    assert [a.loss for a in alone] == pytest.approx([t.loss for t in together])


def test_a_case_without_a_plan_has_no_best_one() -> None:
    with pytest.raises(NoPlanError) as caught:
        _ = bench_of(infeasible(1)[0]).best
    assert caught.value.status == Status.INFEASIBLE
