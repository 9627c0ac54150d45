"""The models are as large, and their optima where, the committed baseline says."""

import json
from pathlib import Path

import pytest

from benchmarks import test_share as shared
from benchmarks.cases import caph_all_rules
from optimiser.planning import plan
from optimiser.planning.families import build
from optimiser.sharing import share
from optimiser.sharing.families import build as build_sharing
from optimiser.sharing.model import SharingModel
from optimiser.sharing_solution import SharingSolution
from optimiser.solution import Solution
from optimiser.solvers import Limits, LinearModel

BASELINE = Path(__file__).parents[1] / "benchmarks" / "baseline.json"


def test_the_counts_of_the_baseline_are_those_of_the_code() -> None:
    kept = json.loads(BASELINE.read_text(encoding="utf-8"))["test_solve[caph_all_rules]"]
    case = caph_all_rules()
    model = LinearModel.from_pulp(build(case).problem)
    answer = plan(case, Limits(gap=0.0))
    assert isinstance(answer, Solution)
    assert model.rows.shape == (kept["rows"], kept["columns"])
    assert model.rows.nnz == kept["nonzeros"]
    assert answer.score == pytest.approx(kept["score"], abs=0.01)


@pytest.mark.parametrize("asked", shared.QUESTIONS, ids="_".join)
def test_the_counts_of_shared_functions_are_those_of_the_code(asked: tuple[str, str]) -> None:
    kept = json.loads(BASELINE.read_text(encoding="utf-8"))[f"test_share[share_{'_'.join(asked)}]"]
    case = shared.question(*asked)
    model = LinearModel.from_pulp(build_sharing(SharingModel(case)).problem)
    assert model.rows.shape == (kept["rows"], kept["columns"])
    assert model.rows.nnz == kept["nonzeros"]
    gap = 1e-3
    answer = share(case, Limits(gap=gap))
    assert isinstance(answer, SharingSolution)
    assert answer.saving_eur * (1 - 1e-6) <= kept["score"] <= answer.bound * (1 + 1e-6)
    assert answer.gap <= gap
