"""Lists of the nearest candidates: short to begin with, long enough in the end."""

import itertools

import numpy as np
import pytest

from optimiser.errors import InputError
from optimiser.location import p_median as lists
from optimiser.location.cflp import cflp
from optimiser.location.facility_location import uflp
from optimiser.location.p_median import p_median
from optimiser.location.rules import Rules
from optimiser.location.travel import PointTravel
from optimiser.solution import Status
from optimiser.solvers import Limits

EXACT = Limits(gap=0.0)


def drawn(seed, number=9):
    rng = np.random.default_rng(seed)
    return rng.random((number, 2)) * 100, rng.integers(1, 9, number).astype(float)


def least(points, weights, costs):
    far = np.linalg.norm(points[:, None] - points[None], axis=2)
    sets = itertools.chain.from_iterable(
        itertools.combinations(range(len(points)), size) for size in range(1, len(points) + 1)
    )
    return min(weights @ far[:, chosen].min(axis=1) + costs[list(chosen)].sum() for chosen in sets)


@pytest.mark.parametrize("cost", [1.0, 100.0, 10_000.0])
@pytest.mark.parametrize("seed", range(8))
def test_however_dear_sites_are_short_lists_find_the_best(seed, cost, monkeypatch):
    # Dear sites are few and far, so that no short list holds them.
    monkeypatch.setattr(lists, "LEAST_LIST", 1)
    monkeypatch.setattr(lists, "LISTS", 1)
    points, weights = drawn(seed)
    costs = cost * np.random.default_rng(seed).integers(1, 4, len(points))
    result = uflp(PointTravel(points), weights, costs, limits=EXACT)
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(least(points, weights, costs))
    assert result.evidence.bound() <= result.objective


def test_lists_that_may_not_grow_claim_nothing_they_do_not_know(monkeypatch):
    monkeypatch.setattr(lists, "MOST_PAIRS", 20)
    monkeypatch.setattr(lists, "LEAST_LIST", 1)
    points, weights = drawn(0)
    costs = np.full(len(points), 10_000.0)
    result = uflp(PointTravel(points), weights, costs, limits=EXACT)
    assert result.status in (Status.FEASIBLE, Status.NO_ANSWER)
    assert result.bound <= least(points, weights, costs)
    one = p_median(PointTravel(points), weights, 1, limits=EXACT)
    assert one.bound <= one.objective


@pytest.mark.parametrize("solve", [uflp, cflp])
def test_candidates_that_are_all_forbidden_reach_nobody(solve):
    points, weights = drawn(1)
    more = (np.full(9, 100.0),) if solve is cflp else ()
    with pytest.raises(InputError, match="unreachable"):
        solve(PointTravel(points), weights, *more, np.ones(9), rules=Rules(forbidden=range(9)))
