"""The impact score: parts that add up, scales that hold still, and the weights that flip it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from optimiser.catalogue import Catalogue
from optimiser.impact.measures import MEASURES, Impact, Measure
from optimiser.impact.score import least_shift, score
from optimiser.labels import LANGUAGES, Labels
from optimiser.report.answers.score import stability
from optimiser.sources import load_catalogue
from optimiser.sources.land_file import load_land

POINTS = st.lists(st.integers(0, 100), min_size=6, max_size=6)
WEIGHTS = st.lists(st.integers(0, 9), min_size=6, max_size=6).filter(any)


def impact(points: list[int] | list[float]) -> Impact:
    measures = tuple(
        Measure(name, float(value), 0.0, 0.0, 100.0)
        for name, value in zip(MEASURES, points, strict=True)
    )
    return Impact(measures, None, None, 0.0, 0.0)


def weights(values: list[int]) -> dict[str, float]:
    return dict(zip(MEASURES, map(float, values), strict=True))


@given(st.lists(POINTS, min_size=1, max_size=4), WEIGHTS)
def test_parts_add_up_to_the_score(scenarios: list[list[int]], given_weights: list[int]) -> None:
    found = score([impact(p) for p in scenarios], weights(given_weights))
    assert found.parts.sum(axis=1) == pytest.approx(found.totals)
    assert found.weights.sum() == pytest.approx(1.0)
    assert ((found.totals >= -1e-9) & (found.totals <= 100 + 1e-9)).all()
    ranked = found.totals[list(found.ranking)]
    assert (np.diff(ranked) <= 1e-9).all()


@given(POINTS, POINTS, WEIGHTS)
def test_a_flip_is_where_both_score_the_same_and_beyond_it_the_order_turns(
    one: list[int], two: list[int], given_weights: list[int]
) -> None:
    found = score([impact(one), impact(two)], weights(given_weights))
    (pair,) = found.pairs
    for flip in pair.flips:
        at = weights(given_weights) | {flip.name: flip.weight}
        if not any(at.values()):
            continue
        again = score([impact(one), impact(two)], at)
        assert again.totals[0] == pytest.approx(again.totals[1], abs=1e-6)
        if pair.lead > 1e-6:
            step = 0.01 if flip.weight > at.get(flip.name, 0) else 0.0
            beyond = flip.weight + (step or (0.01 if flip.weight > found.given.max() else 0.0))
            if beyond > flip.weight and flip.weight > weights(given_weights)[flip.name]:
                past = score([impact(one), impact(two)], at | {flip.name: beyond})
                assert past.totals[pair.below] >= past.totals[pair.above] - 1e-9


@settings(max_examples=60, deadline=None)
@given(WEIGHTS, st.lists(st.integers(-50, 50), min_size=6, max_size=6))
def test_no_smaller_shift_of_weight_turns_the_order(
    given_weights: list[int], lead: list[int]
) -> None:
    shares = np.array(given_weights) / sum(given_weights)
    leads = np.array(lead, dtype=np.float64)
    if shares @ leads <= 0:
        return
    found = least_shift(shares, leads)
    # Variables: new weights, and the part of each that was taken away.
    n = len(shares)
    best = linprog(
        np.concatenate([np.zeros(n), np.ones(n)]),
        A_ub=np.block([[leads[None], np.zeros((1, n))], [-np.eye(n), -np.eye(n)]]),
        b_ub=np.concatenate([[0.0], -shares]),
        A_eq=np.concatenate([np.ones(n), np.zeros(n)])[None],
        b_eq=[1.0],
    )
    if found is None:
        assert not best.success
    else:
        assert best.fun == pytest.approx(found, abs=1e-7)


def test_a_scenario_that_is_better_in_every_part_is_never_overtaken() -> None:
    found = score([impact([50] * 6), impact([60] * 6)], {})
    assert found.ranking == (1, 0)
    assert found.pairs[0].shift is None
    assert not [flip for flip in found.pairs[0].flips if flip.weight > 0]


def test_another_scenario_changes_no_score() -> None:
    two = score([impact([10, 20, 30, 40, 50, 60]), impact([60] * 6)], {"car": 3.0})
    three = score(
        [impact([10, 20, 30, 40, 50, 60]), impact([60] * 6), impact([99] * 6)], {"car": 3}
    )
    assert three.totals[:2] == pytest.approx(two.totals)


def test_a_part_that_cannot_be_measured_is_in_no_score() -> None:
    blind = impact([50] * 6)
    measures = tuple(
        Measure("car", None, None, 0.0, 0.0) if m.name == "car" else m for m in blind.measures
    )
    found = score([Impact(measures, None, None, 0.0, 0.0), impact([50] * 6)], {})
    assert "car" not in found.names
    assert found.totals == pytest.approx([50.0, 50.0])


def test_weights_that_are_all_zero_are_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        score([impact([50] * 6)], dict.fromkeys(MEASURES, 0.0))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_has_its_words(language: str) -> None:
    for name in MEASURES:
        for key in (f"score.measure.{name}", f"score.unit.{name}", f"ask.column.part_{name}"):
            assert key in Labels(language)


def test_land_is_known_for_every_type_that_a_plan_can_open() -> None:
    catalogue: Catalogue = load_catalogue()
    opened = {service.code for service in catalogue if service.lever != "observe"}
    assert opened <= set(load_land().m2)
    assert set(load_land().m2) <= set(catalogue.services)


def test_equal_scores_share_a_rank_and_say_so() -> None:
    even = [10, 30, 0, 0, 0, 0]
    ones = weights([1, 1, 0, 0, 0, 0])
    found = score([impact(p) for p in (even, [30, 10, 0, 0, 0, 0], even, [5, 5, 0, 0, 0, 0])], ones)
    assert found.ranks == (1, 1, 1, 4)
    assert [pair.tied for pair in found.pairs] == [True, True, False]
    for language, tie in (("fr", "à égalité"), ("en", "tie")):
        said = [stability(pair, list("ABCD"), Labels(language)) for pair in found.pairs]
        assert [tie in each for each in said] == [True, True, False]
    same = score([impact(even), impact(even)], ones)
    assert "whatever the weights" in stability(same.pairs[0], "AB", Labels("en"))


def test_a_lead_that_hangs_on_a_hair_is_not_said_to_hang_on_nothing() -> None:
    lead = score(
        [impact([50.001, 0] + [0] * 4), impact([0, 50] + [0] * 4)], weights([1, 1, 0, 0, 0, 0])
    )
    assert "unless 0.0% " not in stability(lead.pairs[0], "AB", Labels("en"))
