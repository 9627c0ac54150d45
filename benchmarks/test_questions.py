"""The questions, warm, beside the same solves done cold in plain PuLP+CBC."""

from dataclasses import replace

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks import naive_plan
from benchmarks.cases import CASES
from optimiser.case import Case
from optimiser.questions.pareto import pareto
from optimiser.questions.portfolio import portfolio
from optimiser.questions.prices import prices
from optimiser.questions.relaxations import ways
from optimiser.questions.why import changed_places, contrary, why
from optimiser.questions.workbench import Change, Wish, Workbench
from optimiser.scenario import Lock
from optimiser.solution import Status
from optimiser.solvers import Limits

EVERY_CASE = pytest.mark.parametrize(
    "case", [pytest.param(make(), id=name) for name, make in CASES.items()]
)
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
GAP = Limits(gap=1e-4)


def warm(case: Case) -> Workbench:
    bench = Workbench(replace(case), GAP)
    assert bench.best.status is Status.OPTIMAL
    return bench


def note(benchmark: BenchmarkFixture, bench: Workbench, gap: float, **more: object) -> None:
    """Keep the size of the model, and how many plans stand behind the answer."""
    benchmark.extra_info.update(
        score=round(bench.best.score, 2),
        gap=gap,
        rows=bench.matrix.rows.shape[0],
        columns=len(bench.matrix.names),
        nonzeros=int(bench.matrix.rows.nnz),
        **more,
    )


def wishes(bench: Workbench) -> list[Wish]:
    """Contraries that one lock in the scenario can ask for, and that the rules allow."""
    members = {commune.code for commune in bench.case.members}
    asked = [contrary(bench, place) for place in changed_places(bench) if place[1] in members]
    return [wish for wish in asked if wish.most == 0 or wish.least == 1]


@EVERY_CASE
def test_why(benchmark: BenchmarkFixture, case: Case) -> None:
    bench = warm(case)
    asked = iter(wishes(bench) * 10)
    answers = []
    benchmark.pedantic(lambda: answers.append(why(bench, next(asked))), rounds=11, warmup_rounds=1)
    note(benchmark, bench, max(answer.gap for answer in answers), asked=len(answers))


@EVERY_CASE
def test_naive_pulp_cbc_why(benchmark: BenchmarkFixture, case: Case) -> None:
    bench = warm(case)
    asked = iter(wishes(bench) * 10)

    def cold() -> float:
        wish = next(asked)
        lock = Lock(service=wish.service, commune=wish.commune)
        section = "forbidden" if wish.most == 0 else "forced"
        locks = (*getattr(case.scenario, section), lock)
        scenario = case.scenario.model_copy(update={section: locks})
        try:
            return naive_plan.solve(replace(case, scenario=scenario))
        except (TypeError, ValueError):
            # What is locked the other way, or cannot be had, is told in the time it takes.
            return 0.0

    benchmark.pedantic(cold, rounds=5, warmup_rounds=1)
    note(benchmark, bench, 1e-4)


@EVERY_CASE
def test_prices_of_families(benchmark: BenchmarkFixture, case: Case) -> None:
    bench = warm(case)
    answer = benchmark.pedantic(lambda: prices(bench, each=False, workers=1), rounds=2)
    assert answer.status is Status.OPTIMAL
    note(benchmark, bench, answer.gap, families=len(answer.families))


@EVERY_CASE
def test_five_ways(benchmark: BenchmarkFixture, case: Case) -> None:
    bench = warm(case)
    spent = bench.today.costs.recurrent_eur - bench.case.running_today_eur
    index = [r.asked.name for r in bench.model.rules].index("running_budget")
    # Ten million less a year than today: no plan allows that.
    change = Change(slack={index: spent - 1e7})
    answer = benchmark.pedantic(lambda: ways(bench, change, most_ways=5), rounds=2)
    note(benchmark, bench, answer.gap, ways=len(answer.ways))


@EVERY_CASE
def test_five_alternatives(benchmark: BenchmarkFixture, case: Case) -> None:
    bench = warm(case)
    answer = benchmark.pedantic(lambda: portfolio(bench, within=0.005, apart=3, most=5), rounds=1)
    note(benchmark, bench, answer.gap, plans=len(answer.alternatives))


@EVERY_CASE
def test_front_of_five_points(benchmark: BenchmarkFixture, case: Case) -> None:
    bench = warm(case)
    answer = benchmark.pedantic(lambda: pareto(bench, "equity", "cost", points=5), rounds=2)
    note(benchmark, bench, answer.gap, points=len(answer.points))
