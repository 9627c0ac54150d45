"""Equity: measures against an independent computation, the fairest plans against all plans."""

import math

import numpy as np
import pytest

from optimiser.questions.axes import measures, signed
from optimiser.questions.equity import AIMS, equity, fairest
from optimiser.questions.kolm_pollak import kappa_of, kolm_pollak
from optimiser.solution import Status
from tests.questions.every import allowed, bench_of, case_of, feasible

SEEDS = feasible(10)


def by_hand(persons: list[float], minutes: list[float], kappa: float) -> float:
    total = sum(p * math.exp(-kappa * t) for p, t in zip(persons, minutes, strict=True))
    return -math.log(total / sum(persons)) / kappa


def test_kolm_pollak_minutes_are_those_of_the_formula() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        persons, minutes = rng.uniform(1, 900, 8), rng.uniform(2, 40, 8)
        kappa = kappa_of(persons, minutes)
        found = kolm_pollak(persons, minutes, kappa)
        assert found == pytest.approx(by_hand(persons.tolist(), minutes.tolist(), kappa))
        assert found >= np.average(minutes, weights=persons)
        assert kolm_pollak(persons, minutes + 7.0, kappa) == pytest.approx(found + 7.0)
    assert kolm_pollak(np.ones(3), np.full(3, 12.0), -0.1) == pytest.approx(12.0)


@pytest.mark.parametrize("seed", SEEDS)
def test_measures_are_recomputed_person_by_person(seed: int) -> None:
    case, bench = case_of(seed), bench_of(seed)
    evaluation = bench.best.evaluation
    answer = equity(case, evaluation, bench.today)
    reference = case.scenario.coverage.reference_income_eur
    served, public = {True: 0.0, False: 0.0}, {True: 0.0, False: 0.0}
    for k, service in enumerate(case.services):
        for i, commune in enumerate(case.members):
            low = (commune.median_income_eur or reference) < reference
            persons = sum(s * commune.ages.get(g, 0.0) for g, s in service.public.items())
            public[low] += persons
            if evaluation.minutes[k, i] <= service.guarantee_minutes + 1e-9:
                served[low] += persons
    for low, share in ((True, answer.low_income), (False, answer.others)):
        expected = served[low] / public[low] if public[low] else None
        assert share == pytest.approx(expected)
    shares = evaluation.guaranteed.sum(axis=0) / evaluation.public.sum(axis=0)
    assert answer.worst_share == pytest.approx(float(shares.min()))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_fairest_plans_are_the_best_of_all_plans_under_the_rules(seed: int) -> None:
    case, bench = case_of(seed), bench_of(seed)
    plans = [(measures(case, e), e.score) for _, e in allowed(seed)]
    found = fairest(bench)
    assert [each.aim for each in found] == list(AIMS)
    for each in found:
        best = max(signed(each.aim, values[each.aim]) for values, _ in plans)
        hair = 1e-6 * max(1.0, abs(best))
        assert each.plan.status is Status.OPTIMAL
        assert not each.plan.evaluation.violations
        assert signed(each.aim, each.value) == pytest.approx(best, rel=1e-6, abs=1e-6)
        assert signed(each.aim, each.bound) >= best - hair
        as_good = (score for v, score in plans if signed(each.aim, v[each.aim]) >= best - hair)
        assert each.plan.score == pytest.approx(max(as_good), rel=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_axes_of_equity_are_recomputed_person_by_person(seed: int) -> None:
    case, bench = case_of(seed), bench_of(seed)
    persons, before, after = [], [], []
    low_all = low_near = 0.0
    reference = case.scenario.coverage.reference_income_eur
    plan = bench.best.evaluation
    for k, service in enumerate(case.services):
        places = [
            j
            for j, commune in enumerate(case.territory.communes)
            if case.can_share[k, j]
            or (commune.member and (case.existing[k, j] or case.can_open[k, j]))
        ]
        for i, commune in enumerate(case.members):
            many = sum(s * commune.ages.get(g, 0.0) for g, s in service.public.items())
            if commune.median_income_eur is not None and commune.median_income_eur < reference:
                low_all += many
                low_near += many * (plan.minutes[k, i] <= service.guarantee_minutes + 1e-9)
            if places:
                far = max(case.minutes[i, j] for j in places)
                persons.append(many)
                for ways, minutes in ((before, bench.today.minutes), (after, plan.minutes)):
                    ways.append(far if minutes[k, i] == math.inf else minutes[k, i])
    kappa = -sum(p * t for p, t in zip(persons, before, strict=True)) / sum(
        p * t * t for p, t in zip(persons, before, strict=True)
    )
    found = measures(case, plan)
    assert found["ede"] == pytest.approx(by_hand(persons, after, kappa))
    assert found["low_income"] == pytest.approx(low_near / low_all if low_all else 1.0)
