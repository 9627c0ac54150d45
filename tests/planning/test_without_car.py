"""Access without a car: its own tier in the objective, exact, and judged apart."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from optimiser import check
from optimiser.access.spot_times import StoredTimes
from optimiser.case import Case
from optimiser.cells import CellDemand
from optimiser.errors import ScenarioError
from optimiser.planning import plan
from optimiser.report.plan_json import plan_document
from optimiser.scenario import Scenario, WithoutCar
from optimiser.solution import Infeasible, Solution
from optimiser.solvers import Limits
from optimiser.sources import data_folder, open_case, read_scenario
from tests.small_cases import best_by_trying, small_case

GRID = data_folder() / "population_grid_1km.parquet"


def on_foot(case: Case, seed: int, weight: float) -> Case:
    """The case with minutes on foot drawn at random; some reach nothing at all."""
    rng = np.random.default_rng(seed)
    n, m = len(case.members), len(case.territory.communes)
    minutes = rng.choice([5.0, 12.0, 20.0, np.inf], size=(m, n))
    start = np.concatenate([[0], np.cumsum(np.isfinite(minutes).sum(axis=1))])
    rows = np.nonzero(np.isfinite(minutes))[1]
    walkers = CellDemand(
        np.arange(n),
        np.ones(n),
        StoredTimes(start, rows, minutes[np.isfinite(minutes)]),
        limit=20.0,
    )
    asked = WithoutCar(weight=weight, mode="walk", minutes=12.0)
    scenario = case.scenario.model_copy(update={"without_car": asked})
    return replace(case, scenario=scenario, without_car=walkers)


@pytest.mark.parametrize("seed", range(20))
def test_no_plan_tried_is_better_than_the_plan_found(seed: int) -> None:
    case = on_foot(small_case(seed), seed, weight=1.5)
    best, answer = best_by_trying(case), plan(case, Limits(gap=0.0))
    if best is None:
        assert isinstance(answer, Infeasible)
    else:
        assert isinstance(answer, Solution)
        assert answer.score == pytest.approx(best, rel=1e-6, abs=1e-6)


def test_its_points_by_hand() -> None:
    with_weight, without = (on_foot(small_case(7), 7, w) for w in (2.0, 0.0))
    plain = check.evaluate(without, check.today(without))
    valued = check.evaluate(with_weight, check.today(with_weight))
    assert valued.without_car is not None
    served = np.divide(
        valued.without_car,
        with_weight.public.sum(axis=1),
        out=np.zeros(len(with_weight.services)),
        where=with_weight.public.sum(axis=1) > 0,
    )
    assert 0 <= served.min() <= served.max() <= 1
    gained = valued.coverage_points - plain.coverage_points
    # Where incomes do not count, a person without a car is worth the weight of the tier.
    if not with_weight.scenario.coverage.low_income_weight:
        expected = 2.0 * float(with_weight.importance @ valued.without_car)
        assert gained == pytest.approx(expected)
    else:
        assert gained >= 0


def asking(**changes: object) -> Scenario:
    asked = WithoutCar.model_validate({"weight": 1.0} | changes)
    return Scenario(services=("library",), without_car=asked)


def share(case: Case) -> float:
    evaluation = check.evaluate(case, check.today(case))
    assert evaluation.without_car is not None
    return float(evaluation.without_car.sum() / case.public.sum())


def test_a_scenario_that_asks_for_it() -> None:
    near, far = (share(open_case(asking(minutes=m))) for m in (15, 40))
    assert 0 < near < far <= 1
    assert share(open_case(asking(mode="walk", minutes=15))) <= near
    case = open_case(asking(minutes=25))
    assert any(text.startswith("note.without_car_estimate") for text in case.territory.notes)
    answer = plan(case)
    assert isinstance(answer, Solution)
    document = plan_document(answer, case)["without_car"]
    assert isinstance(document, dict)
    assert document["mode"] == "bicycle"
    fine = open_case(asking(minutes=25), cells_path=GRID)
    assert fine.without_car is not None
    assert len(fine.without_car) == len(fine.cells or ())


def test_public_transport_needs_a_file_of_times(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="transit_needs_times"):
        open_case(asking(mode="transit"))
    codes = [commune.code for commune in open_case(asking()).members]
    pd.DataFrame(
        [(a, b, 0.0 if a == b else 50.0) for a in codes for b in codes],
        columns=["origin", "destination", "minutes"],
    ).to_csv(tmp_path / "bus.csv", index=False)
    # A path of the scenario starts from its own folder.
    text = (
        'services = ["library"]\n[without_car]\nweight = 1\nmode = "transit"\ntimes = "bus.csv"\n'
    )
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    case = open_case(read_scenario(tmp_path / "mine.toml"))
    with_library = case.existing_members(0) > 0
    expected = float(case.public[0][with_library].sum() / case.public[0].sum())
    assert share(case) == pytest.approx(expected)


def test_times_and_cells_of_the_scenario_itself(tmp_path: Path) -> None:
    (tmp_path / "grid.parquet").write_bytes(GRID.read_bytes())
    text = 'services = ["library"]\n[travel]\ncells = "grid.parquet"\n'
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    assert open_case(read_scenario(tmp_path / "mine.toml")).cells is not None
