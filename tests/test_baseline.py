"""The plan model is as large, and its optimum where, the committed baseline says."""

import json
from pathlib import Path

import pytest

from benchmarks.cases import caph_all_rules
from optimiser.planning import plan
from optimiser.planning.families import build
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
