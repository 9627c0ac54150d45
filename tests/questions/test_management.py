"""Transfers of management and reuse of buildings: counts, and no euro without evidence."""

from dataclasses import replace

import pytest

from optimiser import check
from optimiser.questions.management import EPCI_FACTOR, ground, handovers, on_new_land, reuses
from optimiser.scenario import Buildings
from tests.questions.every import bench_of, case_of, feasible, judged

SEEDS = feasible(10)


@pytest.mark.parametrize("seed", SEEDS)
def test_without_evidence_nothing_is_claimed(seed: int) -> None:
    case, decisions = case_of(seed), bench_of(seed).best.decisions
    for handover in handovers(case, decisions):
        assert handover.low_eur == handover.base_eur == handover.high_eur == 0.0
        assert handover.grade == "D"
        assert handover.agents is None
        assert handover.sites == decisions.sites[handover.service, handover.commune]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_user_enters_is_multiplied_by_sites(seed: int) -> None:
    case, decisions = case_of(seed), bench_of(seed).best.decisions
    factors = dict.fromkeys((s.code for s in case.services), (0.9, 1.0, 1.2))
    agents = dict.fromkeys((s.code for s in case.services), 2.0)
    for handover in handovers(case, decisions, factors=factors, agents=agents):
        assert handover.low_eur == pytest.approx(-0.1 * handover.running_eur)
        assert handover.high_eur == pytest.approx(0.2 * handover.running_eur)
        assert handover.agents == 2.0 * handover.sites


@pytest.mark.parametrize("seed", SEEDS)
def test_reuse_pairs_a_closing_with_an_opening_in_one_commune(seed: int) -> None:
    case, bench = case_of(seed), bench_of(seed)
    change = bench.best.evaluation.sites - bench.today.sites
    expected = sum(
        int((change[:, j] < 0).sum()) * int((change[:, j] > 0).sum())
        for j in range(len(case.members))
    )
    assert len(reuses(case, bench.best.decisions)) == expected


def test_a_pool_is_never_said_to_be_cheaper_under_the_epci() -> None:
    low, base, high = EPCI_FACTOR["swimming_pool"]
    assert 1.0 <= low <= base <= high < 1.2


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("most", [0, 1])
def test_a_limit_of_new_land_gives_the_best_of_all_plans_that_keep_it(seed: int, most: int) -> None:
    case, bench = case_of(seed), bench_of(seed)
    change = {"buildings": Buildings(new_land=most)}
    limited = replace(case, scenario=case.scenario.model_copy(update=change))
    plans = [(d, check.evaluate(limited, d)) for d, _ in judged(seed)]
    scores = [e.score for _, e in plans if not e.violations]
    answer = ground(bench, most)
    assert answer.most == most
    if not scores:
        assert answer.limited is None
        return
    assert answer.limited is not None
    assert answer.limited.score == pytest.approx(max(scores), rel=1e-6)
    assert answer.limited_land == on_new_land(case, answer.limited.decisions) <= most
    assert answer.free is not None
    assert answer.free.score >= answer.limited.score - 1e-6
