"""What must hold of every plan, whatever the territory."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser import check
from optimiser.access import TravelTimes
from optimiser.case import Case
from optimiser.planning import plan
from optimiser.scenario import Lock, Scenario
from optimiser.solution import Decisions, Solution
from optimiser.solvers import BACKENDS, Limits
from optimiser.territory import Territory
from tests.small_cases import small_case

CASES = st.integers(0, 10_000).map(lambda seed: small_case(seed, members=4, services=2))
EXACT = Limits(gap=0.0)
FEW = settings(max_examples=25, deadline=None)


def asked_otherwise(case: Case, **sections: object) -> Case:
    return replace(case, scenario=case.scenario.model_copy(update=sections))


def score(case: Case) -> float:
    """Best score, on which every solver must agree."""
    found = [plan(case, EXACT, solver=solver) for solver in BACKENDS]
    scores = [answer.score if isinstance(answer, Solution) else -np.inf for answer in found]
    assert scores == pytest.approx([scores[0]] * len(scores), rel=1e-6, abs=1e-5)
    return scores[0]


@FEW
@given(case=CASES)
def test_the_bound_never_lies_below_the_score_and_no_rule_is_broken(case: Case) -> None:
    answer = plan(case, Limits(gap=0.02))
    if isinstance(answer, Solution):
        assert answer.bound >= answer.score - 1e-6 * max(1.0, abs(answer.score))
        assert not answer.evaluation.violations


@FEW
@given(case=CASES, more=st.floats(0, 3e6))
def test_more_money_is_never_worse(case: Case, more: float) -> None:
    budget = case.scenario.budget
    if budget.capital_eur is not None:
        richer = budget.model_copy(update={"capital_eur": budget.capital_eur + more})
        assert score(asked_otherwise(case, budget=richer)) >= score(case) - 1e-3


@FEW
@given(case=CASES, data=st.data())
def test_one_demand_more_is_never_better(case: Case, data: st.DataObject) -> None:
    lock = Lock(
        service=data.draw(st.sampled_from(sorted(case.catalogue.services))),
        commune=data.draw(st.sampled_from([c.code for c in case.members])),
    )
    if lock not in case.scenario.forbidden:
        forced = (*case.scenario.forced, lock)
        assert score(asked_otherwise(case, forced=forced)) <= score(case) + 1e-3


@FEW
@given(case=CASES)
def test_the_order_and_the_codes_of_communes_change_nothing(case: Case) -> None:
    renamed = {c.code: f"{99999 - int(c.code):05d}" for c in case.territory.communes}
    communes = tuple(
        replace(c, code=renamed[c.code], name=f"New {c.name}")
        for c in sorted(case.territory.communes, key=lambda c: (not c.member, renamed[c.code]))
    )
    facilities = tuple(
        replace(f, commune=renamed[f.commune]) for f in reversed(case.territory.facilities)
    )
    old = case.travel
    order = [old.origins.index(code) for code in reversed(old.origins)]
    codes = tuple(renamed[old.origins[i]] for i in order)
    scenario = case.scenario.model_copy(
        update={
            name: tuple(
                Lock(service=lock.service, commune=renamed[lock.commune])
                for lock in getattr(case.scenario, name)
            )
            for name in ("forced", "forbidden")
        }
    )
    twin = Case(
        Territory("E", "Twin", communes, facilities),
        case.catalogue,
        TravelTimes(codes, codes, old.minutes[np.ix_(order, order)]),
        scenario,
    )
    assert score(twin) == pytest.approx(score(case), rel=1e-7, abs=1e-5)


@FEW
@given(case=CASES, data=st.data())
def test_one_site_more_never_covers_fewer(case: Case, data: st.DataObject) -> None:
    today = check.today(case)
    place = (
        data.draw(st.sampled_from(sorted(case.catalogue.services))),
        data.draw(st.sampled_from([c.code for c in case.members])),
    )
    more = Decisions({**today.sites, place: today.sites.get(place, 0) + 1})
    before, after = check.evaluate(case, today), check.evaluate(case, more)
    assert after.coverage_points >= before.coverage_points - 1e-9
    assert after.duplicate_points >= before.duplicate_points - 1e-9
    assert np.all(after.minutes <= before.minutes)


@FEW
@given(case=CASES)
def test_faster_roads_are_never_worse_for_coverage(case: Case) -> None:
    faster = replace(case.travel, minutes=case.travel.minutes * 0.8)
    today = check.today(case)
    quick = replace(case, travel=faster)
    assert (
        check.evaluate(quick, today).coverage_points
        >= check.evaluate(case, today).coverage_points - 1e-9
    )


def test_a_scenario_reads_back_from_its_own_dump() -> None:
    for seed in range(20):
        scenario = small_case(seed).scenario
        assert Scenario.model_validate(scenario.model_dump()) == scenario
