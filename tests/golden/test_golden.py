"""The answer on the reference territory with every rule: what it was is what it is.

A change that moves it on purpose writes it anew: `python -m tests.golden.test_golden`.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from optimiser.planning import plan
from optimiser.solution import Solution, Status
from optimiser.solvers import BACKENDS, Limits
from optimiser.sources import open_case, read_scenario

HERE = Path(__file__).parent
SCENARIO, GOLDEN = HERE / "all_rules.toml", HERE / "all_rules.json"


def answer(solver: str, gap: float) -> Solution:
    found = plan(open_case(read_scenario(SCENARIO)), Limits(gap=gap), solver=solver)
    assert isinstance(found, Solution)
    return found


def summary(solution: Solution) -> dict[str, Any]:
    """What a reader would notice if it changed."""
    case = open_case(read_scenario(SCENARIO))
    return {
        "score": round(solution.score, 2),
        "coverage_points": round(solution.evaluation.coverage_points, 2),
        "duplicate_points": round(solution.evaluation.duplicate_points, 2),
        "capital_eur": round(solution.evaluation.costs.capital_eur),
        "recurrent_eur": round(solution.evaluation.costs.recurrent_eur),
        "today_points": round(solution.today.coverage_points, 2),
        "share_guaranteed": {
            service.code: [
                round(solution.today.share(k) or 0.0, 4),
                round(solution.evaluation.share(k) or 0.0, 4),
            ]
            for k, service in enumerate(case.services)
        },
        "sites": {
            service.code: [
                int(case.existing_members(k).sum()),
                int(solution.evaluation.sites[k].sum()),
            ]
            for k, service in enumerate(case.services)
        },
        "agreements": sorted(map(list, solution.decisions.agreements)),
        "transfers": len(solution.decisions.transfers),
    }


def test_the_plan_of_the_porte_du_hainaut_is_the_golden_one() -> None:
    assert summary(answer("highs", 0.0)) == json.loads(GOLDEN.read_text(encoding="utf-8"))


@pytest.mark.parametrize("solver", BACKENDS)
def test_every_rule_at_once_is_proven_to_a_hundredth_of_a_percent(solver: str) -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    solution = answer(solver, 1e-4)
    assert solution.status is Status.OPTIMAL
    assert solution.gap <= 1e-4 + 1e-6
    assert solution.score == pytest.approx(golden["score"], rel=1.1e-4)
    assert solution.bound >= golden["score"] * (1 - 1e-6)


if __name__ == "__main__":
    text = json.dumps(summary(answer("highs", 0.0)), indent=2, ensure_ascii=False)
    GOLDEN.write_text(text + "\n", encoding="utf-8")
