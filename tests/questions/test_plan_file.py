"""plan.json read back."""

import json
from pathlib import Path

import pytest

from optimiser.errors import ScenarioError
from optimiser.questions.workbench import Workbench
from optimiser.report.plan_json import plan_document
from optimiser.scenario import Scenario
from optimiser.sources import open_case
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


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"scenario": {}, "decisions": {"sites": [1]}}'])
def test_what_is_no_plan_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError):
        read_plan(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError):
        read_plan(tmp_path / "none.json")
