"""The years and the money of the reference territory: what they were is what they are.

A change that moves them on purpose writes them anew: `python -m tests.golden.test_golden_years`.
"""

import json
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from optimiser.ahead import Ahead, look_ahead
from optimiser.impact.cases import finance_cases
from optimiser.impact.payers import payers
from optimiser.schedule import schedule
from optimiser.schedule_solution import ScheduleSolution
from optimiser.solution import Status
from optimiser.solvers import BACKENDS, Limits
from optimiser.sources import data_folder, open_case, read_scenario

GOLDEN = Path(__file__).parent / "years.json"


@cache
def reference(gap: float = 0.0) -> tuple[Ahead, ScheduleSolution]:
    scenario = read_scenario(data_folder() / "scenarios" / "porte-du-hainaut.toml")
    found = look_ahead(open_case(scenario), limits=Limits(gap=gap))
    answer = schedule(found.plan, Limits(gap=gap))
    assert isinstance(answer, ScheduleSolution)
    return found, answer


def summary(found: Ahead, answer: ScheduleSolution) -> dict[str, Any]:
    """What a reader would notice if it changed: decisions by year, euros, debt."""
    money, judged, first = answer.evaluation.money, answer.evaluation, found.plan.asked.first_year
    decisions: dict[str, list[str]] = defaultdict(list)
    for action, year in sorted(answer.years.items(), key=lambda each: (each[1], each[0])):
        what = f"{action.kind} {action.what} {action.where}"
        decisions[str(first + year - 1)].append(what if action.number == 1 else f"{what} again")
    who = payers(found.plan, answer)
    return {
        "value_eur": round(answer.value_eur),
        "today": {
            "debt_eur": round(float(money.debt_eur[0])),
            "caf_eur": round(found.plan.caf_today_eur),
        },
        "decisions": dict(decisions),
        "years": {
            str(first + t): {
                "spending_eur": round(float(judged.spending_eur[t])),
                "paid_eur": round(float(money.invested_eur[t])),
                "running_change_eur": round(float(money.running_eur[:, t].sum())),
                "caf_eur": round(float(money.caf_eur[t])),
                "debt_eur": round(float(money.debt_eur[t + 1])),
                "debt_years": round(money.debt_years(t + 1), 3),
                "access": round(judged.networks[t + 1].mean_share() or 0.0, 4),
            }
            for t in range(found.plan.years)
        },
        "cases": {
            name: {"debt_years": round(case.debt_years, 3), "survives": case.survives}
            for name, case in finance_cases(found.plan, answer).items()
        },
        "balance_eur": {
            code: round(float(euros))
            for code, euros in zip(who.codes, who.balance_eur.sum(axis=1), strict=True)
            if round(float(euros))
        },
    }


def test_the_years_of_the_porte_du_hainaut_are_the_golden_ones() -> None:
    assert summary(*reference()) == json.loads(GOLDEN.read_text(encoding="utf-8"))


@pytest.mark.parametrize("solver", BACKENDS)
def test_each_solver_proves_the_golden_value(solver: str) -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    answer = schedule(reference()[0].plan, Limits(gap=1e-3), solver=solver)
    assert isinstance(answer, ScheduleSolution)
    assert answer.status is Status.OPTIMAL
    assert answer.value_eur == pytest.approx(golden["value_eur"], rel=1.1e-3)
    assert answer.bound >= golden["value_eur"] * (1 - 1e-6)


if __name__ == "__main__":
    text = json.dumps(summary(*reference()), indent=2, ensure_ascii=False)
    GOLDEN.write_text(text + "\n", encoding="utf-8")
