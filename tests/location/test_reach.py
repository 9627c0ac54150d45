"""How far demands go: nothing better than the cut goes farther, whatever the multipliers."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser.errors import VerificationError
from optimiser.location import certificate as judge
from optimiser.location import remainder
from optimiser.location.certificate import NONE, Reach, derive
from optimiser.location.p_median import p_median
from optimiser.location.reach import reach
from optimiser.location.travel import PointTravel
from optimiser.solvers import Limits
from tests.location import brute
from tests.location.test_layers import ROUGH, drawn


def answers(core):
    """Every admissible set of sites and its value."""
    for sites in brute.subsets(range(core.candidates), core.count, ()):
        chosen = np.array(sites, dtype=np.int64)
        yield set(sites), core.value(chosen)


def beyond(core, sites, size):
    """Whether a demand finds no site among its first so many candidates."""
    lists = (core.site[a : a + k] for a, k in zip(core.start[:-1], size, strict=True) if k >= 0)
    return any(sites.isdisjoint(first.tolist()) for first in lists)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**31), st.booleans(), st.floats(0.0, 1.3))
def test_nothing_better_than_the_cut_goes_farther(seed, whole, part):
    core = drawn(seed, whole)
    rng = np.random.default_rng(seed)
    values = [value for _, value in answers(core)]
    cut = part * min(max(values), core.worst)
    found = reach(core, rng.random(core.demands) * 6, cut)
    cut_short = core.reaching(found.size)
    for sites, value in answers(core):
        short = cut_short.value(np.array(sorted(sites), dtype=np.int64))
        assert short >= value - 1e-12
        if value < cut:
            assert not beyond(core, sites, found.size)
            assert short == pytest.approx(value, rel=1e-12)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**31), st.booleans())
def test_the_judge_never_says_more_than_an_answer_that_goes_farther_costs(seed, whole):
    core = drawn(seed, whole)
    rng = np.random.default_rng(seed)
    size = rng.integers(-1, np.diff(core.start) + 1)
    claim = Reach((rng.random(core.demands) * 6).astype(np.float32), size)
    bound = judge._beyond(core, np.zeros(core.candidates, dtype=np.int8), claim)
    costs = [value for sites, value in answers(core) if beyond(core, sites, size)]
    assert bound <= min(costs, default=np.inf)


@pytest.fixture
def reached(monkeypatch):
    """A result that was told in layers within reach, and its certificate."""
    # No tree over multipliers comes first.
    monkeypatch.setattr(remainder, "WORK", 0)
    monkeypatch.setattr(remainder, "DENSE", 1.0)
    for seed in range(20):
        points = np.rint(np.random.default_rng(seed).random((90, 2)) * 30)
        result = p_median(PointTravel(points), None, 9, limits=Limits(gap=0.0), effort=ROUGH)
        if result.evidence.certificate.reach is not None:
            return result, result.evidence.certificate
    raise AssertionError


def test_a_shorter_reach_than_proven_costs_the_claim_its_bound(reached):
    result, claim = reached
    honest = derive(result.evidence.core, claim)
    assert honest == pytest.approx(result.objective)
    assert (claim.reach.size >= 0).mean() > 0.5
    for short in (claim.reach.size.copy(), np.zeros_like(claim.reach.size)):
        short[short > 0] -= 1
        wrong = replace(claim, reach=replace(claim.reach, size=short))
        # Lists that nobody proved long enough come back as a bound, or fit the reductions no more.
        try:
            assert derive(result.evidence.core, wrong) < honest
        except VerificationError:
            continue


@pytest.mark.parametrize("wrong", [NONE, np.array([-2]), np.array([10**6])])
def test_the_judge_refuses_a_reach_of_other_demands_or_lists(wrong, reached):
    result, claim = reached
    size = claim.reach.size.copy()
    size[: len(wrong)] = wrong
    false = replace(claim.reach, size=size if len(wrong) else NONE)
    with pytest.raises(VerificationError, match="reach"):
        derive(result.evidence.core, replace(claim, reach=false))
