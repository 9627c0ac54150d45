"""The registered cases, and the table that says what is met."""

from pathlib import Path

import pytest

from benchmarks.location import cases as folder
from benchmarks.location.cases import cases
from benchmarks.location.data import AbsentError
from benchmarks.location.table import better_than_proven, table


def test_every_file_is_one_case_and_every_figure_is_wanted():
    known = cases()
    files = {path.stem for path in Path(folder.__file__).parent.glob("*.py")}
    assert {case.family for case in known.values()} == files - {"__init__"}
    assert sum(name.startswith("france_mclp") for name in known) == 18
    assert sum(name.startswith("orlib_pmed") for name in known) == 40
    for name, case in known.items():
        wants = any(value is not None for value in vars(case.wanted).values())
        assert wants == (case.size != "small"), name


def test_data_that_is_not_here_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("INSTANCES", str(tmp_path))
    monkeypatch.delenv("FACTS", raising=False)
    with pytest.raises(AbsentError, match=r"rl5934\.tsp"):
        cases()["tsplib_rl5934_100"].load()
    with pytest.raises(AbsentError, match="FACTS"):
        cases()["france_lscp_10km"].load()


def test_the_table_says_what_is_met_and_what_is_missed():
    mine = {"status": "optimal", "objective": 100.0, "bound": 100.0, "gap": 0.0, "seconds": 1.0}
    mine |= {"megabytes": 400}
    peer = {"status": "optimal", "objective": 100.0, "bound": 100.0, "seconds": 30.0}
    wrong = {"status": "optimal", "objective": 90.0, "bound": 90.0, "seconds": 2.0}
    results = {"nord_mclp": {"maillage": mine, "scip": peer, "highspy": wrong}}
    line = next(line for line in table(results).splitlines() if "maillage" in line)
    assert "30.0 (scip)" in line
    assert line.endswith("| met |")
    mine |= {"megabytes": 501, "gap": None}
    line = next(line for line in table(results).splitlines() if "maillage" in line)
    assert line.endswith("missed: gap, MB |")
    assert not list(better_than_proven(results))
    wrong["objective"] = 101.0
    assert "highspy" in next(better_than_proven(results))
    runs = {f"orlib_pmed_{n}": {"maillage": {**mine, "gap": 0.0, "seconds": 31.0}} for n in (1, 2)}
    assert "missed: s" in table(runs).splitlines()[-1]
    skipped = {"orlib_pmed_40": {"maillage": {"status": "skipped", "words": "no file"}}}
    assert "skipped: no file" in table(skipped)
