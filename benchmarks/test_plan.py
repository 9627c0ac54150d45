"""The plan model: build, solve, and solve again after a change, beside the plain PuLP+CBC build."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks import naive_plan
from benchmarks.cases import CASES
from optimiser.case import Case
from optimiser.planning import plan
from optimiser.planning.families import build
from optimiser.scenario import Lock
from optimiser.solution import Solution, Status
from optimiser.solvers import Limits, LinearModel

EVERY_CASE = pytest.mark.parametrize(
    "case", [pytest.param(make(), id=name) for name, make in CASES.items()]
)
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def proven(case: Case, **settings: object) -> Solution:
    answer = plan(case, **settings)  # type: ignore[arg-type]
    assert isinstance(answer, Solution)
    assert answer.status is Status.OPTIMAL
    return answer


def note(benchmark: BenchmarkFixture, case: Case, model: LinearModel) -> None:
    """Keep what does not depend on the machine: the optimum, and the size of the model."""
    solution = proven(case, limits=Limits(gap=0.0))
    benchmark.extra_info.update(
        score=round(solution.score, 2),
        gap=solution.gap,
        nodes=solution.nodes,
        rows=model.rows.shape[0],
        columns=len(model.names),
        nonzeros=int(model.rows.nnz),
    )


def matrix(case: Case) -> LinearModel:
    return LinearModel.from_pulp(build(case).problem)


@EVERY_CASE
def test_build(benchmark: BenchmarkFixture, case: Case) -> None:
    fresh = replace(case)
    model = benchmark.pedantic(lambda: matrix(replace(fresh)), rounds=5, warmup_rounds=1)
    note(benchmark, case, model)


@EVERY_CASE
def test_solve(benchmark: BenchmarkFixture, case: Case) -> None:
    benchmark.pedantic(lambda: proven(replace(case)), rounds=5, warmup_rounds=1)
    note(benchmark, case, matrix(case))


@EVERY_CASE
def test_naive_pulp_cbc(benchmark: BenchmarkFixture, case: Case) -> None:
    score = benchmark.pedantic(lambda: naive_plan.solve(replace(case)), rounds=3, warmup_rounds=1)
    best = proven(case)
    assert score == pytest.approx(best.score, rel=2e-4)
    note(benchmark, case, LinearModel.from_pulp(naive_plan.build(case)))


def other_budget(case: Case, turn: int) -> Case:
    budget = case.scenario.budget
    capital = (budget.capital_eur or 0.0) * (0.9 + 0.02 * turn)
    changed = budget.model_copy(update={"capital_eur": capital})
    return replace(case, scenario=case.scenario.model_copy(update={"budget": changed}))


def other_site(case: Case, turn: int) -> Case:
    """Force a site where the model may open one: another one at each turn."""
    places = [(k, j) for k in range(len(case.services)) for j in case.can_open[k].nonzero()[0]]
    k, j = places[(37 * turn) % len(places)]
    lock = Lock(service=case.services[k].code, commune=case.members[j].code)
    forbidden = tuple(other for other in case.scenario.forbidden if other != lock)
    forced = (*case.scenario.forced, lock)
    changed = case.scenario.model_copy(update={"forced": forced, "forbidden": forbidden})
    return replace(case, scenario=changed)


@EVERY_CASE
@pytest.mark.parametrize("change", [other_budget, other_site])
def test_resolve(
    benchmark: BenchmarkFixture, case: Case, change: Callable[[Case, int], Case]
) -> None:
    first = proven(case)
    turns = iter(range(1000))
    statuses = []

    def again() -> None:
        answer = plan(change(case, next(turns)), start=first.decisions)
        statuses.append(answer.status if isinstance(answer, Solution) else None)

    benchmark.pedantic(again, rounds=11, warmup_rounds=1)
    assert set(statuses) <= {Status.OPTIMAL, None}
    benchmark.extra_info["infeasible"] = statuses.count(None)
    note(benchmark, case, matrix(case))
