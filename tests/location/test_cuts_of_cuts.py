"""Large set covering: cuts that rest on cuts, and fewer sites, two neighbourhoods at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser.errors import VerificationError
from optimiser.location import branch
from optimiser.location.certificate import Certificate, Node, Proof, derive, replay
from optimiser.location.core import Core
from optimiser.location.covering import Climb
from optimiser.location.effort import Clock, Effort
from optimiser.location.engine import solve
from optimiser.location.halves import Halves
from optimiser.location.mclp import mclp
from optimiser.location.parts import fewer_by_parts
from optimiser.location.stacked import Stack, checked_cuts
from optimiser.location.travel import MatrixTravel
from optimiser.solvers import Limits

NONE = np.empty(0, dtype=np.int64)


def covering(near, costs):
    start = np.concatenate(([0], np.cumsum(near.sum(axis=1))))
    site = np.nonzero(near)[1].astype(np.int32)
    return Core(start, site, np.zeros(len(site)), np.full(len(near), np.inf), costs, None)


def scattered(n, reach, seed):
    points = np.random.default_rng(seed).random((n, 2)) * 100
    near = np.linalg.norm(points[:, None] - points[None], axis=2) <= reach
    return covering(near, np.ones(n))


def cheapest_cover(near, costs):
    best = np.inf
    for mask in range(1 << near.shape[1]):
        chosen = (mask >> np.arange(near.shape[1])) & 1 == 1
        if near[:, chosen].any(axis=1).all():
            best = min(best, costs[chosen].sum())
    return best


def odd_members(rng, levels, n):
    """Members of a cut whose levels add up to an odd number."""
    while True:
        members = rng.choice(n + len(levels), rng.integers(1, 4), replace=False)
        total = sum(1 if a < n else levels[a - n] for a in members)
        if total % 2:
            levels.append((total + 1) // 2)
            return np.sort(members).astype(np.int64)


@settings(max_examples=150, deadline=None)
@given(st.integers(3, 8), st.integers(1, 7), st.integers(0, 2**32 - 1))
def test_no_multipliers_and_no_cuts_of_cuts_promise_more_than_the_optimum(n, m, seed):
    rng = np.random.default_rng(seed)
    near = rng.random((n, m)) < 0.5
    near[np.arange(n), rng.integers(0, m, n)] = True
    costs = rng.choice([1.0, 0.1, 3.7, 1e6], m) if seed % 2 else np.ones(m)
    best = cheapest_cover(near, costs)
    levels = []
    cuts = [odd_members(rng, levels, n) for _ in range(8)]
    for _ in range(10):
        weights = rng.random(8) * rng.choice([0.0, 0.3, 1.0], 8) * costs.max()
        guess = rng.random(n) * rng.choice([0.1, 0.5, 1.0]) * costs.max()
        proof = Proof(guess, NONE, NONE, np.arange(8), weights)
        assert derive(covering(near, costs), Certificate((), [Node(-1, 0, 0, [proof])], cuts)) <= (
            best
        )


def test_the_judge_halves_sums_of_rows_and_cuts():
    core = covering(~np.eye(4, dtype=bool), np.ones(4))
    plain = [np.array([0, 1, 2]), np.array([3])]
    assert checked_cuts(core, plain) is plain
    deep = checked_cuts(core, [np.array([0, 1, 2]), np.array([0, 1, 3]), np.array([3, 4, 5])])
    assert isinstance(deep, Stack)
    assert deep.levels == (2, 2, 3)
    # Site j is near every demand but j.
    pairs = zip(deep.sites, deep.heights, strict=True)
    heights = [dict(zip(j.tolist(), h.tolist(), strict=True)) for j, h in pairs]
    assert heights[0] == {0: 1.0, 1: 1.0, 2: 1.0, 3: 2.0}
    assert heights[1] == {0: 1.0, 1: 1.0, 2: 2.0, 3: 1.0}
    assert heights[2] == {0: 2.0, 1: 2.0, 2: 2.0, 3: 2.0}


def test_search_and_judge_read_the_same_out_of_cuts():
    core = scattered(60, 18.0, 3)
    rng = np.random.default_rng(0)
    levels, pool = [], Halves(core)
    cuts = [odd_members(rng, levels, core.demands) for _ in range(40)]
    numbers = [pool.number(members) for members in cuts]
    kept = [pool.demands[c] for c in range(len(pool.demands))]
    stack = checked_cuts(core, kept)
    assert isinstance(stack, Stack)
    for c in sorted(set(numbers)):
        theirs = dict(zip(stack.sites[c].tolist(), stack.heights[c].tolist(), strict=True))
        ours = dict(zip(pool.sites[c].tolist(), pool.heights[c].tolist(), strict=True))
        assert theirs == ours
        assert stack.levels[c] == pool.levels[c]


@pytest.mark.parametrize("wrong", [[0, 1], [0, 0, 1], [0, 1, 10**6], [], [0, 1, 60], [0, 61]])
def test_the_judge_refuses_cuts_that_are_not_odd_or_not_before(wrong):
    core = scattered(60, 18.0, 3)
    cuts = [np.array(wrong, dtype=np.int64), np.array([0]), np.array([1, 2, 61])]
    with pytest.raises(VerificationError, match="odd set"):
        checked_cuts(core, cuts)


def test_the_judge_refuses_cuts_of_cuts_where_a_demand_may_stay_unserved():
    travel = MatrixTravel(np.abs(np.subtract.outer(np.arange(9.0), np.arange(9.0))))
    result = mclp(travel, np.ones(9), 1, 2)
    core = replay(result.evidence.core, ())
    cuts = [np.array([0]), np.array([1, 2, core.demands])]
    with pytest.raises(VerificationError, match="unserved"):
        checked_cuts(core, cuts)


def test_climbing_gains_on_multipliers_whatever_the_number_of_threads():
    core = scattered(500, 9.0, 1)
    guess = np.full(core.demands, 1.0 / np.diff(core.net.column).max())
    found = []
    for threads in (1, 2):
        climb = Climb(core, guess, threads)
        climb.climb(0, Clock(None), 0.0)
        found.append(climb)
    assert np.array_equal(found[0].multipliers, found[1].multipliers)
    assert found[0].weights == found[1].weights
    cuts, weights = found[0].cuts
    proof = Proof(found[0].multipliers, NONE, NONE, cuts, weights)
    claim = Certificate((), [Node(-1, 0, 0, [proof])], found[0].pool.demands)
    assert max(members.max() for members in found[0].pool.demands) >= core.demands
    bare = Certificate((), [Node(-1, 0, 0, [Proof(found[0].multipliers, NONE, NONE)])])
    assert derive(core, claim) > derive(core, bare) > guess.sum()


@pytest.mark.parametrize("seed", range(3))
def test_a_large_covering_problem_is_bounded_by_cuts_of_cuts(monkeypatch, seed):
    core = scattered(300, 12.0, seed)
    best = solve(core, Limits(gap=0.0, seconds=60.0))
    assert best.value == best.bound
    monkeypatch.setattr(branch, "LINEAR_PAIRS", 0)
    few = Effort(squeeze=1, ascents=2, reductions=False)
    found = solve(core, Limits(gap=0.0, seconds=60.0), effort=few)
    assert found.bound <= best.value <= found.value
    assert found.certificate.cuts
    assert found.bound == derive(core, found.certificate)


def test_two_neighbourhoods_at_a_time_cover_with_fewer_whatever_the_number_of_threads(monkeypatch):
    monkeypatch.setattr("optimiser.location.parts.PART_DEMANDS", 40)
    core = scattered(800, 6.0, 4)
    every = np.arange(core.candidates, dtype=np.int32)
    found = [fewer_by_parts(core, every, 1, 0, 30_000_000, Clock(None), t) for t in (1, 2)]
    assert np.array_equal(*found)
    assert np.isfinite(core.value(found[0]))
    assert len(found[0]) < core.candidates // 4
