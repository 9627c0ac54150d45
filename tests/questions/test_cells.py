"""Questions where the public lives in cells: right against every plan, or refused in a sentence."""

from functools import cache

import numpy as np
import pytest

from optimiser import check
from optimiser.case import Case
from optimiser.errors import ScenarioError
from optimiser.labels import Labels
from optimiser.labels.errors import describe_error
from optimiser.questions.axes import Axis, axis_model, best_on, measures, signed
from optimiser.questions.certify import certify
from optimiser.questions.equity import equity
from optimiser.questions.why import contrary, why
from optimiser.questions.workbench import Blocked, Workbench
from optimiser.schedule_case import ScheduleCase
from optimiser.solution import Status
from tests.planning.test_cells import with_cells
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


@pytest.mark.parametrize("axis", ["coverage", "cost", "equity"])
@pytest.mark.parametrize("seed", SEEDS)
def test_each_axis_reaches_the_best_of_all_plans(seed: int, axis: Axis) -> None:
    case = case_of(seed)
    bench = Workbench(case, EXACT)
    reply = best_on(bench, axis_model(bench, [axis]), axis)
    assert not isinstance(reply, Blocked)
    best = max(signed(axis, measures(case, e)[axis]) for _, e in allowed(seed))
    assert reply.value == pytest.approx(best, rel=1e-5, abs=1e-5)


def test_what_knows_only_communes_is_refused_in_a_sentence() -> None:
    case = case_of(SEEDS[0])
    decisions, evaluation = allowed(SEEDS[0])[0]
    bench = Workbench(case, EXACT)
    questions = {
        "certify": lambda: certify(case, decisions),
        "equity": lambda: equity(case, evaluation, evaluation),
        "schedule": lambda: ScheduleCase(case, decisions),
        "car_km, ede": lambda: axis_model(bench, ["car_km", "cost", "ede"]),
        "low_income": lambda: axis_model(bench, ["low_income"]),
    }
    for asked, put in questions.items():
        with pytest.raises(ScenarioError) as refused:
            put()
        assert np.size(refused.value.findings) == 1
        text = " ".join(describe_error(refused.value, Labels("en")))
        assert asked in text
        assert "travel.cells" in text
