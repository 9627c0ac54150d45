"""Plans near the best one, against every plan."""

import pytest

from optimiser.questions.portfolio import portfolio
from optimiser.solution import Decisions, Status
from tests.questions.every import Judged, allowed, bench_of, case_of, feasible

SEEDS = feasible(8)
Numbers = frozenset[tuple[object, int]]


def numbers(decisions: Decisions) -> Numbers:
    """Places and their numbers of sites: what makes two plans the same."""
    sites = {(place, count) for place, count in decisions.sites.items() if count}
    return frozenset(sites | {((*place, "agreement"), 1) for place in decisions.agreements})


def distance(a: Decisions, b: Decisions) -> int:
    first, second = dict(numbers(a)), dict(numbers(b))
    return sum(first.get(p, 0) != second.get(p, 0) for p in first.keys() | second.keys())


def near(seed: int, within: float) -> list[Judged]:
    plans = list(allowed(seed))
    best = max(e.score for _, e in plans)
    return [(d, e) for d, e in plans if e.score >= best - within * abs(best) - 1e-6]


@pytest.mark.parametrize("within", [0.02, 0.2])
@pytest.mark.parametrize("seed", SEEDS)
def test_all_plans_within_are_found_and_no_other(seed: int, within: float) -> None:
    expected = {numbers(d) for d, _ in near(seed, within)}
    if len(expected) > 60:
        pytest.skip("too many plans to list in a test")
    answer = portfolio(bench_of(seed), within=within, most=100)
    found = [numbers(answer.best.decisions)]
    found += [numbers(a.plan.decisions) for a in answer.alternatives]
    assert answer.complete
    assert len(found) == len(set(found))
    assert set(found) == expected
    scores = [a.plan.score for a in answer.alternatives]
    assert scores == pytest.approx(sorted(scores, reverse=True))
    assert not any(a.plan.evaluation.violations for a in answer.alternatives)
    assert answer.status is Status.OPTIMAL


@pytest.mark.parametrize("seed", SEEDS)
def test_each_plan_is_the_best_that_is_far_enough_from_those_before(seed: int) -> None:
    answer = portfolio(bench_of(seed), within=0.3, apart=2, most=5)
    plans = near(seed, 0.3)
    known = [answer.best.decisions]
    for alternative in answer.alternatives:
        far = [e.score for d, e in plans if all(distance(d, k) >= 2 for k in known)]
        assert alternative.plan.score == pytest.approx(max(far), rel=1e-6, abs=1e-4)
        assert all(distance(alternative.plan.decisions, k) >= 2 for k in known)
        assert len(alternative.moved) == distance(alternative.plan.decisions, known[0])
        known.append(alternative.plan.decisions)
    if len(answer.alternatives) < 5:
        assert answer.complete
        assert not [d for d, _ in plans if all(distance(d, k) >= 2 for k in known)]


@pytest.mark.parametrize("within", [0.0, 0.02, 0.2])
@pytest.mark.parametrize("seed", SEEDS)
def test_always_sometimes_and_never_are_those_of_all_plans_within(seed: int, within: float) -> None:
    answer = portfolio(bench_of(seed), within=within, most=1)
    plans = [d for d, _ in near(seed, within)]
    assert set(answer.standing) == set(bench_of(seed).decided)
    for place, state in answer.standing.items():
        stands = {place in d.agreements or d.sites.get(place, 0) > 0 for d in plans}
        expected = "sometimes" if len(stands) > 1 else "always" if True in stands else "never"
        assert state == expected


def test_places_with_three_sites_are_among_the_cases() -> None:
    counts = [case_of(seed).existing[:, :3].max() for seed in SEEDS]
    assert max(counts) >= 3
