"""The years of a plan, in two stages, beside choosing plan and years in one programme."""

from collections.abc import Callable

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.cases import YEARS
from optimiser.ahead import look_ahead
from optimiser.case import Case
from optimiser.planning import plan
from optimiser.schedule import schedule, schedule_jointly
from optimiser.schedule.families import build
from optimiser.schedule.model import ScheduleModel
from optimiser.schedule_case import ScheduleCase
from optimiser.schedule_solution import ScheduleAnswer, ScheduleSolution
from optimiser.solution import Solution, Status
from optimiser.solvers import Limits, LinearModel

EVERY_CASE = pytest.mark.parametrize(
    "make", [pytest.param(make, id=name) for name, make in YEARS.items()]
)
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

Make = Callable[[], Case]


def proven(answer: ScheduleAnswer) -> ScheduleSolution:
    assert isinstance(answer, ScheduleSolution)
    assert answer.status is Status.OPTIMAL
    assert answer.gap <= 1e-3
    return answer


def accepted(case: Case) -> Solution:
    solution = plan(case)
    assert isinstance(solution, Solution)
    return solution


@EVERY_CASE
def test_schedule(benchmark: BenchmarkFixture, make: Make) -> None:
    case = make()
    spread = ScheduleCase(case, accepted(case).decisions)
    answer = benchmark.pedantic(lambda: proven(schedule(spread)), rounds=5, warmup_rounds=1)
    model = LinearModel.from_pulp(build(ScheduleModel(spread, spread.actions)).problem)
    exact = proven(schedule(spread, Limits(gap=0.0)))
    benchmark.extra_info.update(
        score=round(exact.value_eur),
        gap=answer.gap,
        rows=model.rows.shape[0],
        columns=len(model.names),
        nonzeros=int(model.rows.nnz),
    )


@EVERY_CASE
def test_plan_and_schedule(benchmark: BenchmarkFixture, make: Make) -> None:
    case = make()
    answer = benchmark.pedantic(lambda: look_ahead(case).answer, rounds=5, warmup_rounds=1)
    benchmark.extra_info.update(gap=proven(answer).gap)


@EVERY_CASE
def test_joint_schedule(benchmark: BenchmarkFixture, make: Make) -> None:
    case, limits = make(), Limits(seconds=300, gap=1e-3)
    _, answer = benchmark.pedantic(
        lambda: schedule_jointly(case, limits), rounds=3, warmup_rounds=1
    )
    assert isinstance(answer, ScheduleSolution)
    staged = proven(schedule(ScheduleCase(case, accepted(case).decisions)))
    # Two stages may lose; they can never be above what the joint programme proves.
    assert answer.bound >= staged.value_eur * (1 - 1e-3)
    benchmark.extra_info.update(gap=answer.gap)
