"""Groups against every way of sharing on small territories, with each solver."""

import pytest

from optimiser.sharing import share
from optimiser.sharing_solution import SharingSolution
from optimiser.solution import Infeasible, Status
from optimiser.solvers import BACKENDS, Limits
from tests.sharing.small_sharing import best_by_trying, small_sharing


@pytest.mark.parametrize(
    ("seed", "members", "functions"),
    [*((seed, 4, 1) for seed in range(60)), *((seed, 3, 2) for seed in range(90, 130))],
)
def test_the_groups_save_the_most_of_all(seed: int, members: int, functions: int) -> None:
    case = small_sharing(seed, members=members, functions=functions)
    best = best_by_trying(case)
    for solver in BACKENDS:
        answer = share(case, Limits(gap=0.0), solver=solver)
        if best is None:
            assert isinstance(answer, Infeasible)
            assert answer.relaxation
        else:
            assert isinstance(answer, SharingSolution)
            assert answer.status is Status.OPTIMAL
            assert answer.saving_eur == pytest.approx(best, rel=1e-6, abs=1e-3)
            assert answer.bound >= answer.saving_eur - 1e-3
