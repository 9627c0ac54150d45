import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser.errors import InputError
from optimiser.location.capacitated_p_median import capacitated_p_median
from optimiser.location.cflp import cflp
from optimiser.location.lscp_b import lscp_b
from optimiser.location.p_center import p_center
from optimiser.location.p_dispersion import p_dispersion
from optimiser.location.rules import Rules
from optimiser.location.travel import MatrixTravel
from optimiser.solution import Status
from optimiser.solvers import Limits
from tests.location import brute
from tests.location.test_core_problems import QUICK, cases

EXACT = Limits(gap=0.0)
SOME = settings(max_examples=60, deadline=None)
MANY = settings(max_examples=300, deadline=None)


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


@SOME
@given(st.integers(2, 7), st.integers(0, 2**31), st.data())
def test_p_dispersion_is_what_trying_everything_finds(m, seed, data):
    matrix = np.random.default_rng(seed).integers(1, 30, (m, m)).astype(float)
    matrix = np.minimum(matrix, matrix.T)
    np.fill_diagonal(matrix, 0)
    count = data.draw(st.integers(2, m))
    expected = max(
        min(matrix[a, b] for a, b in itertools.combinations(opened, 2))
        for opened in itertools.combinations(range(m), count)
    )
    result = p_dispersion(MatrixTravel(matrix), count, limits=EXACT)
    assert result.status is Status.OPTIMAL
    assert result.objective == expected == result.bound


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
        MatrixTravel(matrix), weights, room, count, rules=Rules(costs=costs), limits=EXACT
    )
    if math.isinf(expected):
        assert result.status is Status.INFEASIBLE
        return
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(expected)


@SOME
@given(st.integers(1, 5), st.integers(1, 3), st.integers(0, 2**31))
def test_cflp_costs_no_more_than_whole_demands_and_no_less_than_no_capacities(n, m, seed):
    rng = np.random.default_rng(seed)
    matrix = rng.integers(0, 20, (n, m)).astype(float)
    weights, costs = rng.integers(1, 5, n).astype(float), rng.integers(0, 9, m).astype(float)
    room = rng.integers(0, 12, m).astype(float)
    result = cflp(MatrixTravel(matrix), weights, room, costs, limits=EXACT)
    whole = _assignments(matrix, weights, room, costs, None)
    if room.sum() < weights.sum():
        assert result.status is Status.INFEASIBLE
        return
    assert result.status is Status.OPTIMAL
    assert result.objective <= whole + 1e-6
    assert result.objective >= brute.p_median(matrix, weights, None, costs) - 1e-6
    assert result.bound == pytest.approx(result.objective)


@SOME
@given(cases(), st.integers(20, 80))
def test_backup_covers_most_twice_among_the_smallest_covers(case, radius):
    matrix, weights, _, _ = case
    least = brute.lscp(matrix, radius)
    travel = MatrixTravel(matrix)
    if math.isinf(least):
        with pytest.raises(InputError):
            lscp_b(travel, weights, radius, limits=EXACT)
        return
    best = -1.0
    for opened in itertools.combinations(range(matrix.shape[1]), int(least)):
        times = (matrix[:, list(opened)] <= radius).sum(axis=1)
        if (times > 0).all():
            best = max(best, weights[times > 1].sum())
    result = lscp_b(travel, weights, radius, limits=EXACT, effort=QUICK)
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(best)
    assert len(result.sites) == least
