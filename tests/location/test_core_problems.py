import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimiser.errors import InputError
from optimiser.location.effort import Effort
from optimiser.location.facility_location import uflp
from optimiser.location.gradual_mclp import gradual_mclp, linear
from optimiser.location.lscp import lscp
from optimiser.location.mclp import mclp
from optimiser.location.p_median import p_median
from optimiser.location.rules import Rules
from optimiser.location.travel import MatrixTravel
from optimiser.solution import Status
from optimiser.solvers import Limits
from tests.location import brute
from tests.location.examples import examples

EXACT = Limits(gap=0.0)
MANY = examples(400)
QUICK = Effort(ascent=40, ascents=4, node=20, shakes=0, anneal=300, squeeze=500)


@st.composite
def cases(draw, whole=True):
    n = draw(st.integers(1, 9))
    m = draw(st.integers(1, 7))
    seed = draw(st.integers(0, 2**31))
    rng = np.random.default_rng(seed)
    top = draw(st.sampled_from([3, 10, 100]))
    matrix = rng.integers(0, top + 1, (n, m)).astype(float)
    weights = rng.integers(0, 6, n).astype(float)
    costs = rng.integers(0, 5, m).astype(float)
    if not whole:
        matrix += rng.random((n, m))
        weights *= rng.random(n)
        costs *= rng.random(m)
    count = draw(st.integers(1, m))
    return matrix, weights, costs, count


def same(result, expected):
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(expected, rel=1e-9, abs=1e-9)
    derived = result.evidence.bound()
    assert result.bound == pytest.approx(derived, rel=1e-12, abs=1e-12)
    if result.maximise:
        assert derived >= expected - 1e-9
    else:
        assert derived <= expected + 1e-9


@MANY
@given(cases(), st.integers(0, 60), st.booleans())
def test_mclp_is_what_trying_everything_finds(case, radius, priced):
    matrix, weights, costs, count = case
    rules = Rules(costs=costs) if priced else Rules()
    result = mclp(
        MatrixTravel(matrix), weights, radius, count, rules=rules, limits=EXACT, effort=QUICK
    )
    same(result, brute.mclp(matrix, weights, radius, count, costs if priced else None))


@MANY
@given(cases(whole=False), st.integers(0, 60))
def test_mclp_with_fractions_and_any_number_of_sites(case, radius):
    matrix, weights, costs, _ = case
    result = mclp(
        MatrixTravel(matrix),
        weights,
        radius,
        None,
        rules=Rules(costs=costs),
        limits=EXACT,
        effort=QUICK,
    )
    same(result, brute.mclp(matrix, weights, radius, None, costs))


@MANY
@given(cases(whole=False), st.integers(1, 50))
def test_gradual_cover_is_what_trying_everything_finds(case, full):
    matrix, weights, _, count = case
    share = linear(full, full + 40)
    result = gradual_mclp(
        MatrixTravel(matrix), weights, full + 40, share, count, limits=EXACT, effort=QUICK
    )
    same(result, brute.gradual(matrix, weights, share, count))


@MANY
@given(cases(), st.booleans(), st.sampled_from([None, 1, 2]))
def test_p_median_is_what_trying_everything_finds(case, priced, nearest):
    matrix, weights, costs, count = case
    rules = Rules(costs=costs) if priced else Rules()
    result = p_median(
        MatrixTravel(matrix),
        weights,
        count,
        nearest=nearest,
        rules=rules,
        limits=EXACT,
        effort=QUICK,
    )
    same(result, brute.p_median(matrix, weights, count, costs if priced else None))


@MANY
@given(cases(whole=False), st.sampled_from([None, 1, 2]))
def test_p_median_with_fractions(case, nearest):
    matrix, weights, _, count = case
    result = p_median(
        MatrixTravel(matrix), weights, count, nearest=nearest, limits=EXACT, effort=QUICK
    )
    same(result, brute.p_median(matrix, weights, count))


@MANY
@given(cases())
def test_facility_location_is_what_trying_everything_finds(case):
    matrix, weights, costs, _ = case
    result = uflp(MatrixTravel(matrix), weights, costs, limits=EXACT, effort=QUICK)
    expected = brute.p_median(matrix, weights, None, costs)
    if not (weights > 0).any():
        expected = 0.0
    same(result, expected)


@MANY
@given(cases(), st.integers(0, 60), st.booleans())
def test_lscp_is_what_trying_everything_finds(case, radius, priced):
    matrix, _, costs, _ = case
    costs = costs + 1 if priced else None
    travel = MatrixTravel(matrix)
    expected = brute.lscp(matrix, radius, costs)
    if math.isinf(expected):
        with pytest.raises(InputError, match="unreachable"):
            lscp(travel, radius, rules=Rules(costs=costs), limits=EXACT)
        return
    same(lscp(travel, radius, rules=Rules(costs=costs), limits=EXACT, effort=QUICK), expected)


@MANY
@given(cases(), st.integers(0, 60), st.data())
def test_rules_hold_and_nothing_better_keeps_them(case, radius, data):
    matrix, weights, costs, _ = case
    m = matrix.shape[1]
    kinds = data.draw(st.lists(st.sampled_from("rfeo"), min_size=m, max_size=m))
    group = {kind: [j for j in range(m) if kinds[j] == kind] for kind in "rfeo"}
    allowed = [*group["r"], *group["o"]]
    if not allowed:
        return
    count = data.draw(st.integers(len(group["r"]), len(allowed)))
    rules = Rules(required=group["r"], forbidden=group["f"], existing=group["e"], costs=costs)
    travel = MatrixTravel(matrix)
    expected = brute.mclp(matrix, weights, radius, count, costs, allowed, group["r"], group["e"])
    same(mclp(travel, weights, radius, count, rules=rules, limits=EXACT, effort=QUICK), expected)
    if count + len(group["e"]) == 0:
        return
    expected = brute.p_median(matrix, weights, count, costs, allowed, group["r"], group["e"])
    result = p_median(travel, weights, count, rules=rules, limits=EXACT, effort=QUICK)
    if math.isinf(expected):
        expected = 0.0
    same(result, expected)
    assert set(group["r"]) <= set(result.sites.tolist())
    assert not set(group["f"]) & set(result.sites.tolist())
