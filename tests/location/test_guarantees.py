"""Bad input, time limits, certificates, reductions, and agreement with the plain models."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser.errors import InputError
from optimiser.location import branch, parts, polish
from optimiser.location.certificate import (
    CLOSED,
    NONE,
    OPEN,
    Certificate,
    Node,
    Proof,
    derive,
)
from optimiser.location.core import Core
from optimiser.location.effort import Effort
from optimiser.location.engine import solve
from optimiser.location.facility_location import uflp
from optimiser.location.gradual_mclp import gradual_mclp, linear
from optimiser.location.kernels.rows import sort_rows
from optimiser.location.lscp import lscp
from optimiser.location.mclp import mclp
from optimiser.location.p_center import p_center
from optimiser.location.p_dispersion import p_dispersion
from optimiser.location.p_median import p_median
from optimiser.location.plain import (
    plain_center,
    plain_dispersion,
    plain_gradual,
    plain_lscp,
    plain_mclp,
    plain_median,
)
from optimiser.location.rules import Rules
from optimiser.location.travel import MatrixTravel, Metric, PointTravel
from optimiser.solution import Status
from optimiser.solvers import Limits, LinearModel, highs

EXACT = Limits(gap=0.0)
SQUARE = MatrixTravel(np.array([[0.0, 5.0], [5.0, 0.0]]))


def towns(n, seed=0):
    rng = np.random.default_rng(seed)
    return PointTravel(rng.random((n, 2)) * 100), rng.integers(1, 1000, n).astype(float)


def matrix_of(travel):
    pairs = travel.within(math.inf, np.ones(travel.candidates, dtype=bool))
    table = np.full((travel.demands, travel.candidates), np.inf)
    table[pairs.demand, pairs.site] = pairs.travel
    return table


def optimum(plain):
    outcome = highs.solve(LinearModel.from_pulp(plain[0]), EXACT)
    assert outcome.status is Status.OPTIMAL
    return outcome.objective


@pytest.mark.parametrize("seed", range(2))
def test_engine_agrees_with_the_plain_models_on_thirty_towns(seed):
    travel, weights = towns(30, seed)
    table, none = matrix_of(travel), np.zeros(30)
    costs = np.random.default_rng(seed).integers(500, 9000, 30).astype(float)
    cover = table <= 20
    share = linear(10, 30)(table)
    pairs = [
        (mclp(travel, weights, 20, 5, limits=EXACT), plain_mclp(cover, weights, none, 5)),
        (lscp(travel, 20, limits=EXACT), plain_lscp(cover, np.ones(30))),
        (p_median(travel, weights, 6, limits=EXACT), plain_median(table, weights, none, 6)),
        (uflp(travel, weights, costs, limits=EXACT), plain_median(table, weights, costs, None)),
        (
            gradual_mclp(travel, weights, 30, linear(10, 30), 4, limits=EXACT),
            plain_gradual(share, weights, none, 4),
        ),
        (p_center(travel, 6, limits=EXACT), plain_center(table, 6)),
        (p_dispersion(travel, 6, limits=EXACT), plain_dispersion(table, 6)),
    ]
    for result, plain in pairs:
        assert result.status is Status.OPTIMAL, result.problem
        assert result.objective == pytest.approx(optimum(plain), rel=1e-6), result.problem


@pytest.mark.parametrize("seed", range(3))
def test_reductions_and_fixing_change_no_optimum(seed):
    travel, weights = towns(50, seed)
    for effort in (Effort(), Effort(reductions=False), Effort(fixing=False)):
        covered = mclp(travel, weights, 12, 6, limits=EXACT, effort=effort)
        sites = lscp(travel, 20, limits=EXACT, effort=effort)
        far = p_median(travel, weights, 7, limits=EXACT, effort=effort)
        if effort == Effort():
            expected = covered.objective, sites.objective, far.objective
        assert (covered.objective, sites.objective) == expected[:2]
        assert far.objective == pytest.approx(expected[2])
        assert all(r.status is Status.OPTIMAL for r in (covered, sites, far))


def test_the_same_seed_gives_the_same_answer_and_the_same_counts():
    travel, weights = towns(150)
    first, second = (mclp(travel, weights, 9, 8, limits=EXACT) for _ in range(2))
    assert first.sites.tolist() == second.sites.tolist()
    assert first.counts == second.counts
    assert first.bound == second.bound


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000))
def test_a_hundredth_of_a_second_gives_a_verified_answer_or_none(seed):
    travel, weights = towns(400, seed)
    short = Limits(seconds=0.01, gap=0.0)
    for result in (
        mclp(travel, weights, 8, 12, limits=short),
        p_median(travel, weights, 12, limits=short),
        lscp(travel, 10, limits=short),
        p_center(travel, 12, limits=short),
    ):
        if result.objective is None:
            assert result.status is Status.NO_ANSWER
            continue
        assert result.status in (Status.OPTIMAL, Status.FEASIBLE)
        if result.bound is not None:
            sign = 1 if result.maximise else -1
            assert sign * (result.bound - result.objective) >= -1e-6 * abs(result.objective)


def test_a_bound_never_crosses_the_optimum_however_poor_the_multipliers():
    travel, weights = towns(40)
    best = p_median(travel, weights, 4, limits=EXACT)
    core = best.evidence.core
    rng = np.random.default_rng(1)
    empty = np.empty(0, dtype=np.int64)
    for _ in range(50):
        guess = Proof(rng.random(core.demands) * 1e5 - 1e4, empty, empty)
        bound = derive(core, Certificate((), [Node(-1, NONE, 0, [guess])]))
        assert bound <= best.objective + 1e-9 * best.objective


@pytest.mark.parametrize("seed", range(4))
def test_cuts_restarts_and_the_bare_tree_agree(seed, monkeypatch):
    travel, weights = towns(90, seed)
    # However little the cuts fix, what is left is solved anew.
    monkeypatch.setattr(branch, "RESTART", 2.0 if seed % 2 else 0.0)
    few = Effort(ascents=1, ascent=30, anneal=10)
    with_cuts = mclp(travel, weights, 15, 6, limits=EXACT, effort=few)
    bare = mclp(travel, weights, 15, 6, limits=EXACT, effort=replace(few, cuts=False))
    assert with_cuts.objective == bare.objective == with_cuts.bound == bare.bound
    assert with_cuts.evidence.bound() == with_cuts.bound
    sites = lscp(travel, 17, limits=EXACT, effort=few)
    fewest = lscp(travel, 17, limits=EXACT, effort=replace(few, cuts=False))
    assert sites.objective == fewest.objective == sites.bound == fewest.bound


@pytest.mark.parametrize("seed", range(3))
def test_a_large_core_climbs_by_parts_and_the_judge_agrees(seed, monkeypatch):
    travel, weights = towns(160, seed)
    exact = mclp(travel, weights, 12, 9, limits=EXACT)
    fewest = lscp(travel, 14, limits=EXACT)
    # As if the whole were too large for one relaxation, and a part much smaller than it.
    monkeypatch.setattr(branch, "LINEAR_PAIRS", 0)
    for name, value in (("BLOCK", 60), ("INNER", 30), ("PART_DEMANDS", 40)):
        monkeypatch.setattr(parts, name, value)
    monkeypatch.setattr(polish, "SQUEEZE_PAIRS", 0)
    few = Effort(ascents=1, ascent=60, anneal=20, squeeze=20)
    result = mclp(travel, weights, 12, 9, limits=EXACT, effort=few)
    assert result.evidence.bound() == result.bound >= exact.objective >= result.objective
    cover = lscp(travel, 14, limits=EXACT, effort=few)
    assert cover.evidence.bound() == cover.bound <= fewest.objective <= cover.objective
    bare = replace(few, climbs=0)
    assert result.bound < mclp(travel, weights, 12, 9, limits=EXACT, effort=bare).bound


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**31))
def test_rows_come_in_the_order_of_a_full_sort(seed):
    rng = np.random.default_rng(seed)
    width = rng.integers(0, 9, 12)
    start = np.concatenate(([0], np.cumsum(width)))
    site = np.concatenate([rng.permutation(20)[:k] for k in width]).astype(np.int32)
    cost = rng.integers(0, 4, len(site)).astype(float)
    order = np.lexsort((site, cost, np.repeat(np.arange(12), width)))
    expected = site[order].tolist(), cost[order].tolist()
    sort_rows(start, site, cost)
    assert (site.tolist(), cost.tolist()) == expected


def test_states_keep_their_numbers():
    assert (OPEN, CLOSED) == (1, 2)


@pytest.mark.parametrize(
    ("matrix", "match"),
    [
        ([[np.nan]], "travel"),
        ([[-1.0]], "travel"),
        ([1.0, 2.0], "matrix_shape"),
        (np.empty((0, 3)), "empty"),
        (np.empty((3, 0)), "empty"),
    ],
)
def test_a_matrix_that_is_none_is_refused(matrix, match):
    with pytest.raises(InputError, match=match):
        MatrixTravel(matrix)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -1.0])
def test_weights_and_costs_must_be_numbers_from_zero_up(bad):
    for call in (
        lambda: mclp(SQUARE, [1.0, bad], 1, 1),
        lambda: p_median(SQUARE, [bad, 1.0], 1),
        lambda: p_median(SQUARE, None, 1, rules=Rules(costs=[1.0, bad])),
        lambda: lscp(SQUARE, 1, rules=Rules(costs=[bad, 1.0])),
    ):
        with pytest.raises(InputError, match="number"):
            call()


def test_a_wrong_length_is_refused():
    with pytest.raises(InputError, match="length"):
        mclp(SQUARE, [1.0], 1, 1)


@pytest.mark.parametrize("count", [3, -1])
def test_more_sites_than_candidates_are_refused(count):
    for call in (
        lambda: mclp(SQUARE, None, 1, count),
        lambda: p_median(SQUARE, None, count),
        lambda: p_center(SQUARE, count),
        lambda: p_dispersion(SQUARE, count),
    ):
        with pytest.raises(InputError, match="site_number"):
            call()


@pytest.mark.parametrize(
    ("rules", "match"),
    [
        (Rules(required=[0], forbidden=[0]), "required_and_forbidden"),
        (Rules(required=[7]), "candidate_number"),
        (Rules(required=[0, 1]), "site_number"),
        (Rules(forbidden=[0, 1]), "site_number"),
    ],
)
def test_rules_that_contradict_each_other_are_refused(rules, match):
    with pytest.raises(InputError, match=match):
        p_median(SQUARE, None, 1, rules=rules)


def test_a_radius_that_is_none_is_refused():
    for radius in (np.nan, -1.0):
        with pytest.raises(InputError, match="radius"):
            mclp(SQUARE, None, radius, 1)


def test_a_demand_that_no_candidate_reaches_is_named():
    travel = MatrixTravel(np.array([[1.0, 2.0], [np.inf, np.inf]]))
    for call in (
        lambda: lscp(travel, 5),
        lambda: p_median(travel, None, 1),
        lambda: p_center(travel, 1),
    ):
        with pytest.raises(InputError, match="unreachable"):
            call()
    assert mclp(travel, None, 5, 1).objective == 1.0


def test_too_few_sites_to_reach_all_is_infeasible():
    travel = MatrixTravel(np.array([[1.0, np.inf], [np.inf, 1.0]]))
    result = p_median(travel, None, 1)
    assert result.status is Status.INFEASIBLE
    assert result.objective is None
    assert p_center(travel, 1).status is Status.INFEASIBLE


@pytest.mark.parametrize("points", [[[np.nan, 0.0]], [[0.0, np.inf]], [[0.0]], np.empty((0, 2))])
def test_points_that_are_none_are_refused(points):
    with pytest.raises(InputError):
        PointTravel(points)


def test_degrees_out_of_range_are_refused():
    with pytest.raises(InputError, match="coordinate"):
        PointTravel([[200.0, 0.0]], metric=Metric.GREAT_CIRCLE)


def test_twins_at_one_place_are_no_trouble():
    travel = PointTravel(np.zeros((6, 2)))
    weights = np.arange(6.0)
    assert mclp(travel, weights, 0.0, 2).objective == weights.sum()
    assert p_median(travel, weights, 3).objective == 0.0
    assert lscp(travel, 0.0).objective == 1.0
    assert p_center(travel, 2).objective == 0.0


def test_a_great_circle_is_measured_in_metres():
    travel = PointTravel([[3.0573, 50.6292]], [[2.3522, 48.8566]], Metric.GREAT_CIRCLE)
    _, far = travel.to_nearest(np.array([0]))
    assert far[0] == pytest.approx(204_000, rel=0.01)


def test_any_number_of_sites_may_be_none():
    result = mclp(SQUARE, [1.0, 1.0], 1, None, rules=Rules(costs=[5.0, 5.0]), limits=EXACT)
    assert result.objective == 0.0
    assert len(result.sites) == 0


def test_an_asymmetric_matrix_is_read_from_demand_to_candidate():
    travel = MatrixTravel(np.array([[0.0, 1.0], [9.0, 0.0]]))
    assert p_median(travel, None, 1).sites.tolist() == [1]


def test_a_core_without_an_answer_says_so():
    core = Core(
        start=np.array([0, 1, 2]),
        site=np.array([0, 1], dtype=np.int32),
        cost=np.zeros(2),
        unserved=np.full(2, np.inf),
        opening=np.zeros(2),
        count=1,
    )
    found = solve(core, EXACT)
    assert found.sites is None
    assert math.isinf(found.bound)


def test_each_demand_has_a_list_as_long_as_it_asks_for():
    points, _ = towns(40)
    allowed = np.arange(40) % 5 > 0
    length = np.random.default_rng(1).integers(0, 40, 40)
    for travel in (points, MatrixTravel(matrix_of(points))):
        whole, own = travel.nearest(40, allowed), travel.nearest(length, allowed)
        assert np.diff(own.start).tolist() == np.minimum(length, allowed.sum()).tolist()
        for i in range(40):
            ours = slice(own.start[i], own.start[i + 1])
            first = slice(whole.start[i], whole.start[i] + ours.stop - ours.start)
            assert own.site[ours].tolist() == whole.site[first].tolist()
            assert own.travel[ours] == pytest.approx(whole.travel[first])


def test_only_the_demands_beyond_their_lists_get_longer_ones():
    class Noting(PointTravel):
        asked = ()

        def nearest(self, number, allowed, clock=None):
            self.asked = (*self.asked, np.array(number))
            return super().nearest(number, allowed, clock)

    # One site serves thirty towns close together, the other three far off.
    near = np.random.default_rng(0).random((30, 2))
    far = np.array([[1000.0, 0.0], [1004.0, 0.0], [1000.0, 5.0]])
    travel = Noting(np.concatenate((near, far)))
    result = p_median(travel, None, 2, nearest=3, limits=EXACT)
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(p_median(travel, None, 2, limits=EXACT).objective)
    grown = travel.asked[-2]
    assert (grown[:30] > 3).any()
    assert (grown[30:] == 3).all()
