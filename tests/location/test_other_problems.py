import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from optimiser.errors import InputError
from optimiser.location.capacitated_p_median import capacitated_p_median
from optimiser.location.cflp import cflp
from optimiser.location.lscp_b import lscp_b
from optimiser.location.p_center import p_center
from optimiser.location.p_dispersion import p_dispersion
from optimiser.location.plain import plain_capacitated
from optimiser.location.rules import Rules
from optimiser.location.travel import MatrixTravel, PointTravel
from optimiser.solution import Status, StopReason
from optimiser.solvers import Limits, LinearModel, Outcome, highs
from tests.location import brute
from tests.location.examples import examples
from tests.location.test_core_problems import QUICK, cases

EXACT = Limits(gap=0.0)
SOME = examples(60)
MANY = examples(300)


@MANY
@given(cases(whole=False), st.data())
def test_p_center_is_what_trying_everything_finds(case, data):
    matrix, _, _, count = case
    m = matrix.shape[1]
    fixed = data.draw(st.lists(st.integers(0, m - 1), max_size=count, unique=True))
    expected = min(
        matrix[:, opened].min(axis=1).max()
        for opened in brute.subsets(range(m), count, tuple(fixed))
    )
    result = p_center(
        MatrixTravel(matrix), count, rules=Rules(required=fixed), limits=EXACT, effort=QUICK
    )
    assert result.status is Status.OPTIMAL
    assert result.objective == expected == result.bound
    assert len(result.sites) <= count


@MANY
@given(cases(whole=False), st.data())
def test_p_center_with_site_costs_and_every_rule(case, data):
    matrix, _, costs, _ = case
    m = matrix.shape[1]
    group = _groups(m, data)
    allowed = [*group["r"], *group["o"]]
    if not allowed:
        return
    count = data.draw(st.integers(len(group["r"]), len(allowed)))
    if count + len(group["e"]) == 0:
        return
    rules = Rules(required=group["r"], forbidden=group["f"], existing=group["e"], costs=costs)
    expected = min(
        matrix[:, sorted({*opened, *group["e"]})].min(axis=1).max() + costs[opened].sum()
        for opened in brute.subsets(allowed, count, tuple(group["r"]))
    )
    result = p_center(MatrixTravel(matrix), count, rules=rules, limits=EXACT, effort=QUICK)
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(expected)
    assert result.bound == pytest.approx(expected)


def test_a_radius_that_the_rest_of_the_candidates_cannot_reach_is_ruled_out():
    # The proof stands in what the fixings leave, whose worst answer is cheaper than the whole's.
    matrix = np.array(
        [
            [47.4, 51.2, 76.3, 95.8, 3.28, 14.5],
            [84.0, 96.0, 25.7, 31.5, 87.3, 42.2],
            [28.0, 83.5, 25.1, 41.6, 65.8, 55.6],
            [8.92, 2.04, 87.5, 76.5, 84.1, 54.6],
        ]
    )
    costs = np.array([0.0, 0.51, 0.0, 0.3, 3.28, 0.0])
    rules = Rules(required=[0, 3], forbidden=[4], costs=costs)
    result = p_center(MatrixTravel(matrix), 3, rules=rules, limits=EXACT, effort=QUICK)
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(31.8)


def _groups(m, data):
    kinds = data.draw(st.lists(st.sampled_from("rfeoo"), min_size=m, max_size=m))
    return {kind: [j for j in range(m) if kinds[j] == kind] for kind in "rfeo"}


@MANY
@given(st.integers(2, 7), st.integers(0, 2**31), st.booleans(), st.data())
def test_p_dispersion_is_what_trying_everything_finds(m, seed, priced, data):
    rng = np.random.default_rng(seed)
    points = rng.integers(0, 12, (m, 2)).astype(float)
    matrix = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    planar = data.draw(st.booleans())
    if not planar:
        matrix = rng.integers(1, 30, (m, m)).astype(float)
    group = _groups(m, data)
    allowed = [*group["r"], *group["o"]]
    count = data.draw(st.integers(len(group["r"]), len(allowed)))
    if count + len(group["e"]) < 2:
        return
    costs = rng.integers(0, 9, m).astype(float) if priced else np.zeros(m)
    both = np.minimum(matrix, matrix.T)
    expected = max(
        min(both[a, b] for a, b in itertools.combinations(sorted({*opened, *group["e"]}), 2))
        - costs[opened].sum()
        for opened in brute.subsets(allowed, count, tuple(group["r"]))
    )
    travel = PointTravel(points) if planar else MatrixTravel(matrix)
    rules = Rules(
        required=group["r"],
        forbidden=group["f"],
        existing=group["e"],
        costs=costs if priced else None,
    )
    result = p_dispersion(travel, count, rules=rules, limits=EXACT)
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(expected)
    assert result.bound == pytest.approx(expected)


def test_p_dispersion_looks_at_near_pairs_only():
    points = np.random.default_rng(0).random((400, 2)) * 100
    result = p_dispersion(PointTravel(points), 30, limits=Limits(seconds=0.5, gap=0.0))
    assert result.counts["pairs"] < 400 * 399 / 4


def _assignments(matrix, weights, room, costs, count):
    n, m = matrix.shape
    best = math.inf
    for plan in itertools.product(range(m), repeat=n):
        load = np.bincount(plan, weights=weights, minlength=m)
        if (load > room).any():
            continue
        travel = sum(weights[i] * matrix[i, j] for i, j in enumerate(plan))
        used = set(plan)
        sizes = [count] if count is not None else range(m + 1)
        for size in sizes:
            for opened in itertools.combinations(range(m), size):
                if used <= set(opened):
                    best = min(best, travel + sum(costs[j] for j in opened))
    return best


@SOME
@given(st.integers(1, 5), st.integers(1, 3), st.integers(0, 2**31), st.data())
def test_capacitated_p_median_is_what_trying_everything_finds(n, m, seed, data):
    rng = np.random.default_rng(seed)
    matrix = rng.integers(0, 20, (n, m)).astype(float)
    weights, room = rng.integers(0, 5, n).astype(float), rng.integers(0, 12, m).astype(float)
    costs = rng.integers(0, 9, m).astype(float)
    count = data.draw(st.integers(1, m))
    expected = _assignments(matrix, weights, room, costs, count)
    result = capacitated_p_median(
        MatrixTravel(matrix),
        weights,
        room,
        count,
        nearest=data.draw(st.sampled_from([None, 1, 2])),
        rules=Rules(costs=costs),
        limits=EXACT,
    )
    if math.isinf(expected):
        assert result.status is Status.INFEASIBLE
        return
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(expected)


def _shared_out(matrix, weights, room, opened):
    """Least travel of demands shared out between open sites, a transport problem; inf for none."""
    n, k = len(weights), len(opened)
    if weights.sum() > room[opened].sum():
        return math.inf
    if k == 0:
        return 0.0
    once, load = np.kron(np.eye(n), np.ones(k)), np.kron(weights, np.eye(k))
    cost = (weights[:, None] * matrix[:, opened]).ravel()
    done = linprog(cost, load, room[opened], once, np.ones(n))
    assert done.status == 0
    return done.fun


@SOME
@given(st.integers(1, 5), st.integers(1, 4), st.integers(0, 2**31), st.sampled_from([None, 1, 2]))
def test_cflp_is_what_trying_everything_finds(n, m, seed, nearest):
    rng = np.random.default_rng(seed)
    matrix = rng.integers(0, 20, (n, m)).astype(float)
    weights, costs = rng.integers(1, 5, n).astype(float), rng.integers(0, 9, m).astype(float)
    room = rng.integers(0, 12, m).astype(float)
    expected = min(
        _shared_out(matrix, weights, room, opened) + costs[opened].sum()
        for opened in brute.subsets(range(m), None, ())
        if opened
    )
    result = cflp(MatrixTravel(matrix), weights, room, costs, nearest=nearest, limits=EXACT)
    if math.isinf(expected):
        assert result.status is Status.INFEASIBLE
        return
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(expected)
    assert result.bound == pytest.approx(expected)


@SOME
@given(st.integers(0, 2**31), st.sampled_from([1, 3, None]), st.booleans())
def test_capacities_agree_with_the_plain_model_however_short_the_lists(seed, nearest, whole):
    rng = np.random.default_rng(seed)
    n, m = 14, 7
    matrix = rng.random((n, m)) * 20
    weights, room = rng.integers(1, 5, n).astype(float), rng.integers(5, 14, m).astype(float)
    costs = rng.integers(0, 40, m).astype(float)
    required, forbidden, existing = rng.permutation(m)[:3].tolist()
    rules = Rules([required], [forbidden], [existing], costs)
    travel, paid = MatrixTravel(matrix), costs.copy()
    paid[existing] = 0.0
    count = 4 if whole else None
    total = None if count is None else count + 1
    problem, y = plain_capacitated(matrix, weights, room, paid, total, whole=whole)
    y[required].lowBound = y[existing].lowBound = 1
    y[forbidden].upBound = 0
    plain = highs.solve(LinearModel.from_pulp(problem), EXACT)
    if whole:
        result = capacitated_p_median(
            travel, weights, room, count, nearest=nearest, rules=rules, limits=EXACT
        )
    else:
        result = cflp(travel, weights, room, costs, nearest=nearest, rules=rules, limits=EXACT)
    assert result.status is plain.status
    if plain.objective is not None:
        assert result.objective == pytest.approx(plain.objective)
        assert {required, existing} <= set(result.sites.tolist())
        assert forbidden not in result.sites


@SOME
@given(cases(), st.integers(20, 80), st.booleans())
def test_backup_covers_most_twice_among_the_cheapest_covers(case, radius, priced):
    matrix, weights, costs, _ = case
    costs = costs + 1.0 if priced else np.ones(matrix.shape[1])
    least = brute.lscp(matrix, radius, costs)
    travel, rules = MatrixTravel(matrix), Rules(costs=costs if priced else None)
    if math.isinf(least):
        with pytest.raises(InputError):
            lscp_b(travel, weights, radius, rules=rules, limits=EXACT)
        return
    best = -1.0
    for opened in brute.subsets(range(matrix.shape[1]), None, ()):
        times = (matrix[:, opened] <= radius).sum(axis=1)
        if (times > 0).all() and costs[opened].sum() <= least:
            best = max(best, weights[times > 1].sum())
    result = lscp_b(travel, weights, radius, rules=rules, limits=EXACT, effort=QUICK)
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(best)
    assert costs[result.sites].sum() == least


def test_a_radius_without_an_answer_is_proven_though_a_forbidden_site_is_dear():
    # One site of two, neither of which covers alone within the lesser radii.
    matrix = np.array([[3.6, 1.0, 2.5], [0.3, 3.2, 0.8], [1.4, 2.1, 0.4], [1.9, 0.4, 3.2]])
    rules = Rules(forbidden=[2], costs=np.array([0.0, 0.0, 0.8]))
    result = p_center(MatrixTravel(matrix), 1, rules=rules, limits=EXACT, effort=QUICK)
    assert result.status is Status.OPTIMAL
    assert result.objective == result.bound == 3.2


def test_backup_out_of_time_claims_no_proof(monkeypatch):
    places = PointTravel(np.random.default_rng(0).random((60, 2)) * 100)
    exact = lscp_b(places, None, 20, limits=EXACT)
    assert (exact.status, exact.stop) == (Status.OPTIMAL, StopReason.PROOF)
    for outcome in (
        Outcome(Status.NO_ANSWER, StopReason.TIME, None, 60.0, None, ""),
        # An answer that is none: sites that do not cover.
        Outcome(Status.OPTIMAL, StopReason.PROOF, 60.0, 60.0, np.zeros(120), ""),
    ):
        monkeypatch.setattr(
            "optimiser.location.lscp_b.solved", lambda *_, o=outcome: (o, np.array([0]))
        )
        result = lscp_b(places, None, 20, limits=EXACT)
        assert result.status is Status.FEASIBLE
        assert result.stop is not StopReason.PROOF
        assert len(result.sites) == len(exact.sites)
        assert result.objective <= exact.objective <= result.bound
