"""The plan against every plan of small territories, with each solver."""

import pytest

from optimiser.planning import plan
from optimiser.solution import Infeasible, Solution, Status
from optimiser.solvers import BACKENDS, Limits
from tests.small_cases import best_by_trying, small_case


@pytest.mark.parametrize("solver", BACKENDS)
@pytest.mark.parametrize("seed", range(80))
def test_the_plan_is_the_best_of_all_plans(seed: int, solver: str) -> None:
    case = small_case(seed)
    answer = plan(case, Limits(gap=0.0), solver=solver)
    best = best_by_trying(case)
    if best is None:
        assert isinstance(answer, Infeasible)
    else:
        assert isinstance(answer, Solution)
        assert answer.status is Status.OPTIMAL
        assert answer.score == pytest.approx(best, rel=1e-6, abs=1e-6)
        assert answer.bound >= answer.score - 1e-6 * abs(answer.score)
