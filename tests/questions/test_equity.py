"""Equity: measures against an independent computation, the fairest places against all choices."""

import itertools
import math

import numpy as np
import pytest

from optimiser.questions.equity import equity, fairest, kappa_of, kolm_pollak
from optimiser.solution import Status
from tests.questions.every import bench_of, case_of, feasible

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
def test_the_fairest_places_are_the_best_of_all_choices(seed: int) -> None:
    case, bench = case_of(seed), bench_of(seed)
    n = len(case.members)
    for k, service in enumerate(case.services):
        counts = np.maximum(1, case.existing_members(k))
        places = [j for j in range(n) if case.can_open[k, j] or case.existing[k, j]]
        held = {j for j in places if case.existing[k, j] and not case.can_close[k]}
        sites = bench.best.decisions.sites
        many = sum(bool(sites.get((service.code, case.members[j].code), 0)) for j in places)
        if not many:
            continue
        minutes = case.minutes[:, :n].copy()
        minutes[np.diag_indices(n)] /= np.sqrt(counts)
        best = min(
            by_hand(case.public[k].tolist(), minutes[:, list(chosen)].min(axis=1).tolist(), -0.1)
            for size in range(1, many + 1)
            for chosen in itertools.combinations(places, size)
            if held <= set(chosen)
        )
        answer = fairest(case, bench.best.decisions, k, -0.1)
        assert answer.status is Status.OPTIMAL
        assert answer.ede == pytest.approx(best, rel=1e-6)
        assert answer.bound <= answer.ede + 1e-6
        assert len(answer.places) <= many
