"""Questions where the public lives in cells: right against every plan, or refused in a sentence."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from optimiser import check
from optimiser.case import Case
from optimiser.errors import ScenarioError
from optimiser.labels import Labels
from optimiser.labels.errors import describe_error
from optimiser.questions.axes import Axis, axis_model, best_on, low_income, measures, signed
from optimiser.questions.certify import certify
from optimiser.questions.difference import difference
from optimiser.questions.equity import equity
from optimiser.questions.kolm_pollak import kolm_pollak
from optimiser.questions.neighbours import offers
from optimiser.questions.repair import repair
from optimiser.questions.why import contrary, why
from optimiser.questions.workbench import Blocked, Workbench
from optimiser.solution import Evaluation, Status
from optimiser.solvers import Limits
from tests.planning.test_cells import minutes_of, with_cells
from tests.questions.every import EXACT, Judged
from tests.questions.test_why import grants
from tests.small_cases import every_plan, small_case


@cache
def case_of(seed: int) -> Case:
    return with_cells(small_case(seed), seed, 9)


@cache
def allowed(seed: int) -> tuple[Judged, ...]:
    case = case_of(seed)
    found = ((d, check.evaluate(case, d)) for d in every_plan(case))
    return tuple((d, e) for d, e in found if not e.violations)


@cache
def feasible(count: int) -> tuple[int, ...]:
    seeds = (seed for seed in range(60) if allowed(seed))
    return tuple(seed for seed, _ in zip(seeds, range(count), strict=False))


SEEDS = feasible(4)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_contrary_of_every_decision_loses_what_trying_every_plan_says(seed: int) -> None:
    bench = Workbench(case_of(seed), EXACT)
    best = max(e.score for _, e in allowed(seed))
    for place in bench.decided:
        answer = why(bench, contrary(bench, place))
        assert answer.best.score == pytest.approx(best)
        scores = [e.score for d, e in allowed(seed) if grants(d, answer.wish)]
        if scores and not answer.barred:
            assert answer.status is Status.OPTIMAL
            assert answer.loss == pytest.approx(best - max(scores), abs=1e-5 * abs(best))


@pytest.mark.parametrize("axis", ["coverage", "cost", "equity", "low_income"])
@pytest.mark.parametrize("seed", SEEDS)
def test_each_axis_reaches_the_best_of_all_plans(seed: int, axis: Axis) -> None:
    case = case_of(seed)
    bench = Workbench(case, EXACT)
    reply = best_on(bench, axis_model(bench, [axis]), axis)
    assert not isinstance(reply, Blocked)
    best = max(signed(axis, measures(case, e)[axis]) for _, e in allowed(seed))
    assert reply.value == pytest.approx(best, rel=1e-5, abs=1e-5)


def by_cell(case: Case, evaluation: Evaluation, k: int) -> list[tuple[int, float, float, int]]:
    """Member, persons, minutes and nearest commune of every cell, one after the other."""
    cells, n = case.cells, len(case.members)
    assert cells is not None
    every = minutes_of(cells, len(case.territory.communes))
    serving = np.append(evaluation.sites[k] > 0, evaluation.agreed[k, n:])
    rows = []
    for c, i in enumerate(cells.home.tolist()):
        ways = [(every[c, j], j) for j in np.flatnonzero(serving).tolist()]
        minutes, j = min(ways, default=(np.inf, -1))
        rows.append((i, float(case.public[k, i] * cells.share[c]), float(minutes), j))
    return rows


@pytest.mark.parametrize("seed", SEEDS)
def test_equity_is_that_of_the_cells(seed: int) -> None:
    case = case_of(seed)
    today = check.evaluate(case, check.today(case))
    evaluation = allowed(seed)[-1][1]
    found, low = equity(case, evaluation, today), low_income(case)
    for k, (service, each) in enumerate(zip(case.services, found.services, strict=True)):
        rows = [row for row in by_cell(case, evaluation, k) if np.isfinite(row[2])]
        persons, minutes = np.array([r[1] for r in rows]), np.array([r[2] for r in rows])
        if not persons.sum():
            assert each.mean is None
            continue
        assert each.mean == pytest.approx(float(persons @ minutes / persons.sum()))
        assert each.ede == pytest.approx(kolm_pollak(persons, minutes, each.kappa))
        poor = float(case.public[k, low].sum())
        near = sum(r[1] for r in rows if low[r[0]] and r[2] <= service.guarantee_minutes)
        assert each.low_income == (pytest.approx(near / poor) if poor else None)


@pytest.mark.parametrize("seed", SEEDS)
def test_everybody_goes_to_the_nearest_site_of_his_own_cell(seed: int) -> None:
    case = case_of(seed)
    for decisions, evaluation in allowed(seed)[:5]:
        answer = certify(case, decisions)
        for k, each in enumerate(answer.services):
            limit = case.services[k].guarantee_minutes
            rows = by_cell(case, evaluation, k)
            inside = [row for row in rows if row[2] <= limit]
            came: dict[int, float] = {}
            for _, persons, _, j in inside:
                came[j] = came.get(j, 0.0) + persons
            beyond = sum(row[1] for row in rows) - sum(came.values())
            assert each.out_of_reach == pytest.approx(beyond, abs=1e-6)
            assert each.served + each.out_of_capacity == pytest.approx(sum(came.values()))
            for load in each.loads:
                j = [c.code for c in case.territory.communes].index(load.commune)
                assert load.users == pytest.approx(min(load.capacity, came.get(j, 0.0)))


@pytest.mark.parametrize("seed", SEEDS)
def test_an_agreement_brings_the_cells_that_nothing_else_serves(seed: int) -> None:
    bench = Workbench(case_of(seed), EXACT)
    case, cells = bench.case, bench.case.cells
    assert cells is not None
    every = minutes_of(cells, len(case.territory.communes))
    alone = check.evaluate(case, replace(bench.best.decisions, agreements=frozenset()))
    listed = {(offer.service, offer.commune): offer.persons for offer in offers(bench)}
    for k, j in np.argwhere(case.can_share).tolist():
        limit = case.services[k].guarantee_minutes
        brought = sum(
            persons
            for c, (_, persons, minutes, _) in enumerate(by_cell(case, alone, k))
            if minutes > limit >= every[c, j]
        )
        place = (case.services[k].code, case.territory.communes[j].code)
        assert listed.get(place, 0.0) == pytest.approx(brought)


@pytest.mark.parametrize("seed", SEEDS)
def test_two_plans_differ_by_the_persons_that_the_judge_counts(seed: int) -> None:
    case = case_of(seed)
    before, after = allowed(seed)[0], allowed(seed)[-1]
    found = difference(case, before, after)
    net = float(after[1].guaranteed.sum() - before[1].guaranteed.sum())
    assert found.whole.gaining - found.whole.losing == pytest.approx(net, abs=1e-6)


def test_what_knows_only_communes_is_refused_in_a_sentence() -> None:
    case = case_of(SEEDS[0])
    decisions, _ = allowed(SEEDS[0])[0]
    bench = Workbench(case, EXACT)
    questions = {
        "certify --assignment best": lambda: certify(case, decisions, assignment="best"),
        "certify --repair": lambda: repair(case, decisions, 0, Limits()),
        "car_km, ede": lambda: axis_model(bench, ["car_km", "cost", "ede"]),
    }
    for asked, put in questions.items():
        with pytest.raises(ScenarioError) as refused:
            put()
        assert np.size(refused.value.findings) == 1
        text = " ".join(describe_error(refused.value, Labels("en")))
        assert asked in text
        assert "travel.cells" in text
