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
from optimiser.scenario import Lock, Scenario
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


def note(benchmark: BenchmarkFixture, bench: Workbench, gap: float) -> None:
    """Keep what does not depend on the machine: the optimum, and the size of the model."""
    benchmark.extra_info.update(
        score=round(bench.best.score, 2),
        gap=gap,
        rows=bench.matrix.rows.shape[0],
        columns=len(bench.matrix.names),
        nonzeros=int(bench.matrix.rows.nnz),
    )


def wishes(bench: Workbench) -> list[tuple[Wish, float]]:
    """Contraries that one lock can ask for and the rules allow, with the score of their plan."""
    members = {commune.code for commune in bench.case.members}
    found = []
    for place in changed_places(bench):
        wish = contrary(bench, place)
        if place[1] in members and (wish.most == 0 or wish.least == 1):
            answer = why(bench, wish)
            if answer.other is not None and not answer.relaxation and not answer.barred:
                found.append((wish, answer.other.score))
    return found[:6]


@EVERY_CASE
def test_why(benchmark: BenchmarkFixture, case: Case) -> None:
    bench = warm(case)
    asked = iter(wishes(bench) * 5)
    answers = []
    benchmark.pedantic(
        lambda: answers.append(why(bench, next(asked)[0])), rounds=11, warmup_rounds=1
    )
    assert all(answer.status is Status.OPTIMAL for answer in answers)
    note(benchmark, bench, max(answer.gap for answer in answers))


@EVERY_CASE
def test_naive_pulp_cbc_why(benchmark: BenchmarkFixture, case: Case) -> None:
    bench = warm(case)
    asked = iter(wishes(bench) * 5)

    def cold() -> None:
        wish, score = next(asked)
        lock = Lock(service=wish.service, commune=wish.commune)
        section = "forbidden" if wish.most == 0 else "forced"
        locks = (*getattr(case.scenario, section), lock)
        scenario = case.scenario.model_copy(update={section: locks})
        found = naive_plan.solve(replace(case, scenario=scenario))
        assert found == pytest.approx(score, rel=2e-4)

    benchmark.pedantic(cold, rounds=5, warmup_rounds=1)
    note(benchmark, bench, 1e-4)


@EVERY_CASE
def test_prices_of_families(benchmark: BenchmarkFixture, case: Case) -> None:
    bench = warm(case)
    answer = benchmark.pedantic(lambda: prices(bench, each=False, workers=1), rounds=2)
    assert answer.status is Status.OPTIMAL
    note(benchmark, bench, answer.gap)


@EVERY_CASE
def test_naive_pulp_cbc_prices_of_families(benchmark: BenchmarkFixture, case: Case) -> None:
    """One cold solve without each family; both capacities, and both agreements, are one switch."""
    asked = case.scenario

    def section(name: str, **changes: object) -> Scenario:
        return asked.model_copy(update={name: getattr(asked, name).model_copy(update=changes)})

    scenarios = [
        section("budget", running_increase_eur_per_year=None),
        section("budget", capital_eur=None),
        section("coverage", guarantee={}),
        section("coverage", basin_floor=None, basin_floors={}),
        section("coverage", keep_capacity=False),
        section("duplicates", forbid_new=False),
        section("polycentrality", themes_per_commune=None),
        section("polycentrality", structuring_per_commune=None),
        section("neighbours", agreements=None, per_service=None),
        asked.model_copy(update={"forced": ()}),
        asked.model_copy(update={"forbidden": ()}),
    ]

    def cold() -> None:
        for scenario in scenarios:
            naive_plan.solve(replace(case, scenario=scenario))

    benchmark.pedantic(cold, rounds=1)
    note(benchmark, warm(case), 1e-4)


@EVERY_CASE
def test_five_ways(benchmark: BenchmarkFixture, case: Case) -> None:
    bench = warm(case)
    spent = bench.today.costs.recurrent_eur - bench.case.running_today_eur
    index = [r.asked.name for r in bench.model.rules].index("running_budget")
    # Ten million less a year than today: no plan allows that.
    change = Change(slack={index: spent - 1e7})
    answer = benchmark.pedantic(lambda: ways(bench, change, most_ways=5), rounds=2)
    note(benchmark, bench, answer.gap)


@EVERY_CASE
def test_five_alternatives(benchmark: BenchmarkFixture, case: Case) -> None:
    bench = warm(case)
    answer = benchmark.pedantic(lambda: portfolio(bench, within=0.005, apart=3, most=5), rounds=1)
    note(benchmark, bench, answer.gap)


@EVERY_CASE
def test_front_of_five_points(benchmark: BenchmarkFixture, case: Case) -> None:
    bench = warm(case)
    answer = benchmark.pedantic(lambda: pareto(bench, "equity", "cost", points=5), rounds=2)
    note(benchmark, bench, answer.gap)
