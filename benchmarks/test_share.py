"""Shared functions of the Porte du Hainaut, beside the plain PuLP+CBC build."""

from dataclasses import replace

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks import naive_share
from optimiser.scenario import Scenario
from optimiser.sharing import share
from optimiser.sharing.families import build
from optimiser.sharing.model import SharingModel
from optimiser.sharing_case import SharingCase
from optimiser.sharing_solution import SharingSolution
from optimiser.solution import Status
from optimiser.solvers import Limits, LinearModel
from optimiser.sources.open_sharing import open_sharing

QUESTIONS = (
    ("procurement", "base"),
    ("procurement", "high"),
    ("legal", "base"),
    ("urban_permits", "base"),
)
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def question(function: str, saving_case: str) -> SharingCase:
    asked = {"functions": [function], "saving_case": saving_case}
    scenario = Scenario.model_validate({"sharing": asked})
    return open_sharing(scenario)


EVERY_CASE = pytest.mark.parametrize(
    "case", [pytest.param(question(*asked), id="share_" + "_".join(asked)) for asked in QUESTIONS]
)


def proven(case: SharingCase) -> SharingSolution:
    answer = share(case, Limits(gap=naive_share.GAP))
    assert isinstance(answer, SharingSolution)
    assert answer.status is Status.OPTIMAL
    return answer


def note(benchmark: BenchmarkFixture, case: SharingCase, model: LinearModel) -> None:
    """Keep what does not depend on the machine: the optimum, and the size of the model."""
    answer = share(case, Limits(gap=1e-6))
    assert isinstance(answer, SharingSolution)
    benchmark.extra_info.update(
        score=round(answer.saving_eur, 1),
        gap=answer.gap,
        nodes=answer.nodes,
        rows=model.rows.shape[0],
        columns=len(model.names),
        nonzeros=int(model.rows.nnz),
    )


@EVERY_CASE
def test_share(benchmark: BenchmarkFixture, case: SharingCase) -> None:
    benchmark.pedantic(lambda: proven(replace(case)), rounds=3, warmup_rounds=1)
    note(benchmark, case, LinearModel.from_pulp(build(SharingModel(case)).problem))


@EVERY_CASE
def test_naive_pulp_cbc_share(benchmark: BenchmarkFixture, case: SharingCase) -> None:
    saving = benchmark.pedantic(lambda: naive_share.solve(replace(case)), rounds=1)
    best = proven(case)
    assert saving == pytest.approx(best.saving_eur, rel=3 * naive_share.GAP)
    note(benchmark, case, LinearModel.from_pulp(naive_share.build(case)))
