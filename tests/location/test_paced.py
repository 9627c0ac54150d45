"""Loops in parts do what they do in one piece, and what the clock cuts short is still verified."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser.location import effort, reduce, travel
from optimiser.location.answer import core_of
from optimiser.location.cflp import cflp
from optimiser.location.effort import Clock
from optimiser.location.kernels.dual import ascend, begin
from optimiser.location.kernels.greedy import complete, greedy
from optimiser.location.kernels.interchange import stand
from optimiser.location.lscp import lscp
from optimiser.location.mclp import mclp
from optimiser.location.p_center import p_center
from optimiser.location.p_dispersion import p_dispersion
from optimiser.location.p_median import p_median
from optimiser.location.paced import toll
from optimiser.location.rules import Rules, checked_sites
from optimiser.location.travel import PointTravel
from optimiser.solution import Status, StopReason
from optimiser.solvers import Limits, isolated
from tests.location.test_guarantees import towns
from tests.solvers.models import hard

NO_SITES = np.empty(0, dtype=np.int32)


def core(seed, count, radius=25.0, must=False):
    travel, weights = towns(60, seed)
    pairs = travel.within(radius, np.ones(60, dtype=bool))
    sites = checked_sites(Rules(), 60, count, default_cost=1.0)
    unserved = np.full(60, np.inf) if must else weights
    return core_of(pairs, np.zeros(len(pairs.site)), unserved, sites, count)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**31), st.sampled_from([None, 1, 7, 60]), st.integers(1, 200))
def test_a_greedy_search_in_parts_opens_the_same_sites_as_one_that_tries_all(seed, count, work):
    problem = core(seed, count, must=count is None)
    whole = stand(problem.net, problem.penalised, NO_SITES)
    assert greedy(problem.net, whole, problem.net.number, 1 << 62)
    parts = stand(problem.net, problem.penalised, NO_SITES)
    while not greedy(problem.net, parts, problem.net.number, work):
        pass
    opened = whole.sites[: whole.size[0]].tolist()
    assert opened == parts.sites[: parts.size[0]].tolist()
    # Each is the first of those that bring most.
    value = [problem.value(np.array(opened[:k], dtype=np.int64)) for k in range(len(opened) + 1)]
    if count is not None:
        for k, site in enumerate(opened[:3]):
            tries = [
                problem.value(np.array([*opened[:k], j])) if j not in opened[:k] else np.inf
                for j in range(60)
            ]
            assert site == int(np.argmin(tries))
            assert value[k + 1] == min(tries)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.lists(st.integers(1, 40), min_size=1, max_size=6))
def test_an_ascent_in_parts_is_the_same_to_the_last_bit(seed, parts):
    problem = core(seed, 6)
    free = np.zeros(problem.candidates, dtype=np.int8)
    start = 0.3 * problem.unserved
    upper, many = float(problem.unserved.sum()), sum(parts)
    whole = begin(problem.net, start, free, 1.0)
    ascend(problem.net, whole, free, upper, np.inf, many, 20)
    pieces = begin(problem.net, start, free, 1.0)
    for part in parts:
        ascend(problem.net, pieces, free, upper, np.inf, part, 20)
    for one, other in zip(whole, pieces, strict=True):
        assert one.tolist() == other.tolist()


@pytest.mark.parametrize("must", [False, True])
def test_reductions_in_parts_are_the_same_and_those_without_time_are_none(must, monkeypatch):
    problem = core(3, None if must else 5, radius=40.0, must=must)
    allowed = np.ones(problem.candidates, dtype=bool)
    whole = reduce.reduce(problem, allowed)
    monkeypatch.setattr(reduce, "PAIRS_AT_ONCE", 1)
    parts = reduce.reduce(problem, allowed, clock=Clock(600.0))
    assert whole.counts == parts.counts
    for one, other in zip(whole.steps, parts.steps, strict=True):
        assert one.rule == other.rule
        assert one.because.tolist() == other.because.tolist()
    late = reduce.reduce(problem, allowed, clock=Clock(1e-9))
    assert [step.rule for step in late.steps] == ["allowed"]
    assert late.counts["pairs_left"] == late.counts["pairs"] > whole.counts["pairs_left"]


def test_whatever_serves_the_rest_is_a_cover_and_keeps_the_number():
    for count in (None, 9):
        problem = core(1, count, must=count is None)
        at = stand(problem.net, problem.penalised, NO_SITES)
        complete(problem.net, at, problem.net.number)
        opened = np.sort(at.sites[: at.size[0]]).astype(np.int64)
        assert np.isfinite(problem.value(opened))
        assert count is None or len(set(opened.tolist())) == count


def test_without_a_limit_nothing_is_owed_and_nothing_is_measured():
    problem, clock = core(1, 5), Clock(None)
    assert toll(problem, problem, clock) == clock.owed == 0.0
    assert not clock.out
    timed = Clock(1000.0)
    assert toll(problem, problem, timed) > 0.0
    assert 500.0 < timed.left < 1000.0 - timed.owed
    timed.owed = 1e9
    assert 400.0 < timed.left <= 500.0


def test_a_time_that_ends_among_the_pairs_leaves_what_is_known_without_them(monkeypatch):
    monkeypatch.setattr(travel, "BLOCK", 16)
    # As if looking at the clock for the second time were too late.
    monkeypatch.setattr(effort, "PAIRS_SHARE", 0.0)
    places, weights = towns(300)
    short = Limits(seconds=30.0, gap=0.0)
    for result in (
        mclp(places, weights, 8, 12, limits=short),
        lscp(places, 10, limits=short),
        p_median(places, weights, 12, limits=short),
        cflp(places, weights, np.full(300, 1e9), np.full(300, 5.0), limits=short),
    ):
        assert (result.status, result.stop) == (Status.NO_ANSWER, StopReason.TIME)
        assert result.objective is result.bound is None
        assert len(result.sites) == 0
        assert (result.assignment == -1).all()
    far = p_dispersion(places, 7, limits=short)
    assert (far.status, far.stop) == (Status.FEASIBLE, StopReason.TIME)
    points = places._demands[far.sites]
    apart = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    assert far.objective == pytest.approx(apart[np.triu_indices(7, 1)].min())
    assert far.bound >= p_dispersion(places, 7, limits=Limits(seconds=2.0)).objective


def test_p_center_out_of_time_among_the_pairs_keeps_the_sites_that_it_has(monkeypatch):
    rng = np.random.default_rng(0)
    places = PointTravel(rng.random((300, 2)), rng.random((40, 2)))
    exact = p_center(places, 5, limits=Limits(gap=0.0))
    calls = []

    def third_time(clock):
        calls.append(clock)
        if len(calls) > 20:
            raise effort.OutOfTimeError

    monkeypatch.setattr(travel, "BLOCK", 16)
    monkeypatch.setattr(Clock, "check_pairs", third_time)
    result = p_center(places, 5, limits=Limits(seconds=30.0, gap=0.0))
    assert (result.status, result.stop) == (Status.FEASIBLE, StopReason.TIME)
    assert result.objective == places.to_nearest(result.sites)[1].max()
    assert 0.0 < result.bound <= exact.objective <= result.objective


def test_a_solver_that_does_not_keep_its_time_is_ended(monkeypatch):
    monkeypatch.setattr(isolated, "LATE", 0.0)
    monkeypatch.setattr(isolated, "START_SECONDS", 0.0)
    outcome = isolated.solve("highs", hard(), Limits(seconds=60.0))
    assert (outcome.status, outcome.stop) == (Status.NO_ANSWER, StopReason.TIME)
