"""The small location cases: their counts are a gate, their times stand beside plain PuLP+CBC."""

import json

import pytest

from benchmarks.location.__main__ import COUNTS, counted, gap_of
from benchmarks.location.cases import cases
from benchmarks.location.solvers import SOLVERS

SMALL = {name: case for name, case in cases().items() if case.size == "small"}


@pytest.mark.parametrize("name", SMALL)
def test_location(benchmark, name):
    case = SMALL[name]
    data = case.load()
    told = benchmark.pedantic(lambda: SOLVERS["maillage"](case, *data), rounds=3, warmup_rounds=1)
    told["gap"] = gap_of(told)
    assert counted(told) == json.loads(COUNTS.read_text())[name]
    benchmark.extra_info.update(counted(told))


@pytest.mark.parametrize("name", [name for name in SMALL if SMALL[name].beside])
def test_naive_pulp_cbc_location(benchmark, name):
    case = SMALL[name]
    data = case.load()
    told = benchmark.pedantic(lambda: SOLVERS["pulp_cbc"](case, *data), rounds=1)
    assert told["objective"] == pytest.approx(json.loads(COUNTS.read_text())[name]["objective"])
