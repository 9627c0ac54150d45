"""Across the border: offers against the judge, and use both ways against a plain count."""

from dataclasses import replace

import numpy as np
import pytest

from optimiser import check
from optimiser.access import TravelTimes
from optimiser.case import Case
from optimiser.questions.neighbours import border
from tests.questions.every import allowed, bench_of, case_of, feasible

SEEDS = [s for s in feasible(30) if case_of(s).can_share.any()][:8]


def everywhere(case: Case) -> TravelTimes:
    """Minutes that are the same both ways."""
    codes = tuple(c.code for c in case.territory.communes)
    n, m = case.minutes.shape
    minutes = np.full((m, m), 3.0)
    minutes[:n] = case.minutes
    minutes[n:, :n] = case.minutes[:, n:].T
    return TravelTimes(codes, codes, minutes)


def test_some_cases_have_neighbours_to_agree_with() -> None:
    assert len(SEEDS) >= 8


@pytest.mark.parametrize("seed", SEEDS)
def test_an_offer_gains_what_the_judge_counts(seed: int) -> None:
    bench, case = bench_of(seed), case_of(seed)
    bare = replace(bench.best.decisions, agreements=frozenset())
    before = float(check.evaluate(case, bare).guaranteed.sum())
    together = bare
    offers = border(bench, workers=1).offers
    assert [o.per_euro for o in offers] == sorted((o.per_euro for o in offers), reverse=True)
    for offer in offers:
        place = (offer.service, offer.commune)
        alone = check.evaluate(case, replace(bare, agreements=frozenset({place})))
        assert float(alone.guaranteed.sum()) - before == pytest.approx(offer.persons)
        assert float(alone.costs.fees_eur.sum()) == pytest.approx(offer.fee_eur)
        less = float(check.evaluate(case, together).guaranteed.sum())
        together = replace(together, agreements=together.agreements | {place})
        more = float(check.evaluate(case, together).guaranteed.sum())
        assert more - less == pytest.approx(offer.added)


@pytest.mark.parametrize("seed", SEEDS)
def test_offers_are_worth_what_trying_every_plan_says(seed: int) -> None:
    for offer in border(bench_of(seed), workers=1).offers:
        place = (offer.service, offer.commune)
        having = [e.score for d, e in allowed(seed) if place in d.agreements]
        lacking = [e.score for d, e in allowed(seed) if place not in d.agreements]
        if having and lacking:
            assert offer.points == pytest.approx(max(having) - max(lacking), rel=1e-5, abs=1e-3)
        else:
            assert offer.points is None


@pytest.mark.parametrize("seed", SEEDS)
def test_use_across_the_border_is_counted_person_by_person(seed: int) -> None:
    bench, case = bench_of(seed), case_of(seed)
    times = everywhere(case)
    answer = border(bench, times, workers=1)
    sites = bench.best.decisions.sites
    communes = case.territory.communes
    coming, going = 0.0, 0.0
    for service in case.services:
        stands = {
            c.code
            for c in communes
            if (
                sites.get((service.code, c.code), 0)
                if c.member
                else case.territory.count(c.code, service.code)
            )
        }
        for commune in communes:
            reach = {code: float(times.between([commune.code], [code])[0, 0]) for code in stands}
            nearest = min(reach, key=lambda code: (reach[code], code), default=None)
            if nearest is None or reach[nearest] > service.guarantee_minutes:
                continue
            public = sum(s * commune.ages.get(g, 0.0) for g, s in service.public.items())
            ours = case.territory.by_code[nearest].member
            coming += public if ours and not commune.member else 0.0
            going += public if commune.member and not ours else 0.0
    assert sum(use.persons for use in answer.guests) == pytest.approx(coming)
    assert sum(use.persons for use in answer.abroad) == pytest.approx(going)
    for use in (*answer.guests, *answer.abroad):
        assert 0.0 < use.share <= 1.0
        assert use.contribution_eur >= 0.0
