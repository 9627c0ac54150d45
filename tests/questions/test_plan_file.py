"""plan.json read back."""

import json
import shutil
from pathlib import Path

import pytest

from optimiser import check
from optimiser.errors import ScenarioError, TableError
from optimiser.labels import Labels
from optimiser.labels.errors import describe_error
from optimiser.questions.workbench import Workbench
from optimiser.report.plan_json import plan_document
from optimiser.scenario import Scenario
from optimiser.sources import data_folder, open_case
from optimiser.sources.plan_file import read_plan


def test_a_plan_is_read_as_it_was_written(tmp_path: Path) -> None:
    case = open_case(Scenario(services=("library", "swimming_pool"), title="Test"))
    best = Workbench(case).best
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan_document(best, case)), encoding="utf-8")
    scenario, decisions = read_plan(path)
    assert scenario == case.scenario
    assert decisions.sites == {p: n for p, n in best.decisions.sites.items() if n}
    assert decisions.agreements == best.decisions.agreements
    assert sorted(decisions.transfers) == sorted(best.decisions.transfers)


def test_a_plan_on_cells_is_asked_on_the_same_cells_or_not_at_all(tmp_path: Path) -> None:
    grid = Path(shutil.copy(data_folder() / "population_grid_1km.parquet", tmp_path))
    case = open_case(Scenario(services=("library",)), cells_path=grid)
    best = Workbench(case).best
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan_document(best, case)), encoding="utf-8")
    scenario, decisions = read_plan(path)
    again = open_case(scenario)
    assert again.cells is not None
    assert check.evaluate(again, decisions).score == pytest.approx(best.score)
    grid.unlink()
    with pytest.raises(TableError, match="file_missing"):
        open_case(scenario)
    # As plans were written that told of the cells, and not where they were.
    document = json.loads(path.read_text(encoding="utf-8"))
    document["scenario"]["travel"]["cells"] = ""
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        read_plan(path)
    assert "population_grid_1km.parquet" in " ".join(describe_error(refused.value, Labels("en")))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"scenario": {}, "decisions": {"sites": [1]}}'])
def test_what_is_no_plan_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError):
        read_plan(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError):
        read_plan(tmp_path / "none.json")
