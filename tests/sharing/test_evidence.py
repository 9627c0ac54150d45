"""No saving exceeds the studies: percentages recomputed from the catalogue's own figures."""

import math

import numpy as np
import pytest

from optimiser.functions import CASES, AdviserCurve, ScaleCurve, SupportFunction
from optimiser.sources.functions_file import load_functions

CATALOGUE = load_functions()
WITH_EVIDENCE = [f for f in CATALOGUE if f.evidence is not None]
RANGES = {
    "procurement": (0.0, 0.015, 0.05),
    "hr_payroll": (0.0, 0.0, 0.0),
    "legal": (0.0, 10 / 63, 10 / 63),
    "finance_accounting": (0.0, 0.09, 0.17),
    "urban_permits": (0.0, 1 - 6**-0.15, 1 - 6**-0.20),
}
"""Parts of the cost that the studies support, in the three cases; see the evidence of each."""


def implied(function: SupportFunction, case: str, small: float, large: float) -> float:
    """Part of the cost alone saved when volumes ``small`` are pooled into ``large``."""
    curve = function.cost_curve(case)  # type: ignore[arg-type]
    alone = float(curve.alone(small)) / small
    return 1.0 - float(curve.cost(large)) / large / alone


@pytest.mark.parametrize("function", WITH_EVIDENCE, ids=lambda f: f.code)
@pytest.mark.parametrize("case", CASES)
def test_no_group_of_any_size_saves_more_than_the_evidence(
    function: SupportFunction, case: str
) -> None:
    curve = function.curve
    whole = curve.to_volume if isinstance(curve, ScaleCurve) else curve.units_per_adviser
    sizes = np.geomspace(whole / 1_000, whole * 20, 80)
    most = max(
        implied(function, case, small, large) for small in sizes for large in sizes if large > small
    )
    assert function.evidence is not None
    assert most <= function.evidence.most + 1e-9


@pytest.mark.parametrize("code", RANGES)
def test_the_saving_at_full_scale_is_the_studys(code: str) -> None:
    curve = CATALOGUE[code].curve
    assert isinstance(curve, ScaleCurve)
    for case, limit in zip(CASES, RANGES[code], strict=True):
        found = implied(CATALOGUE[code], case, curve.from_volume / 10, curve.to_volume)
        assert found <= limit + 1e-3
        assert found == pytest.approx(limit, abs=2e-3)


def test_energy_advice_nets_at_most_what_is_identified_less_its_cost() -> None:
    curve = CATALOGUE["energy_advice"].curve
    assert isinstance(curve, AdviserCurve)
    cost = {case: curve.adviser_eur.at(case) / curve.units_per_adviser for case in CASES}
    assert cost["high"] == pytest.approx(1.0)
    assert cost["low"] == pytest.approx(1.5)
    net = {c: curve.identified_eur.at(c) * curve.implemented.at(c) - cost[c] for c in CASES}
    assert all(curve.identified_eur.at(case) <= 5 for case in CASES)
    assert net["low"] < 0 < net["base"] < net["high"] <= 5 - 1


def test_pooled_payroll_never_saves_and_may_cost_what_ravignon_found() -> None:
    function = CATALOGUE["hr_payroll"]
    assert function.leakage.low == pytest.approx(1_841 / 1_245 - 1, abs=1e-3)
    assert function.leakage.base == 0
    assert isinstance(function.curve, ScaleCurve)
    assert 1_060 <= (function.curve.unit_cost_eur or 0) <= 1_245


@pytest.mark.parametrize("code", ["engineering", "building_maintenance", "it"])
def test_a_function_without_evidence_needs_a_value(code: str) -> None:
    function = CATALOGUE[code]
    assert function.evidence is None
    assert function.missing == ("unit_cost_eur", "saving")
    with pytest.raises(ValueError, match="needed"):
        function.cost_curve("base")


@pytest.mark.parametrize("function", WITH_EVIDENCE, ids=lambda f: f.code)
def test_the_cost_of_moving_lies_within_the_five_english_cases(function: SupportFunction) -> None:
    if not isinstance(function.curve, ScaleCurve) or function.curve.saving is None:
        return
    saving = function.curve.saving.base
    if saving:
        for case, spent in (("low", 0.59), ("base", 0.385), ("high", 0.18)):
            assert function.transition.at(case) == pytest.approx(2 * spent * saving, rel=0.02)
    assert function.transition.low >= function.transition.base >= function.transition.high


@pytest.mark.parametrize("function", WITH_EVIDENCE, ids=lambda f: f.code)
def test_average_cost_between_the_points_follows_the_elasticity(function: SupportFunction) -> None:
    curve = function.curve
    if not isinstance(curve, ScaleCurve) or curve.saving is None or not curve.saving.high:
        return
    drawn = function.cost_curve("high")
    elasticity = 1 + math.log(1 - curve.saving.high) / math.log(curve.to_volume / curve.from_volume)
    for volume in np.geomspace(curve.from_volume, curve.to_volume, 30):
        exact = (curve.unit_cost_eur or 0) * curve.from_volume
        exact *= (volume / curve.from_volume) ** elasticity
        assert float(drawn.cost(volume)) == pytest.approx(exact, rel=0.03)
        assert float(drawn.cost(volume)) <= exact * (1 + 1e-9)
