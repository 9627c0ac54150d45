"""Travel told as covering: every set of sites costs the same, and what the judge makes of it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser.errors import VerificationError
from optimiser.location import remainder
from optimiser.location.certificate import NONE, Certificate, Node, Proof, derive
from optimiser.location.core import Core
from optimiser.location.effort import Effort
from optimiser.location.engine import solve
from optimiser.location.facility_location import uflp
from optimiser.location.layers import layered, layered_size
from optimiser.location.p_median import p_median
from optimiser.location.reduce import Step
from optimiser.location.replay import replay
from optimiser.location.travel import MatrixTravel, PointTravel
from optimiser.solvers import Limits
from tests.location import brute
from tests.location.test_core_problems import cases, same

EXACT = Limits(gap=0.0)
# Little is left to the root, so that there is something to tell in layers.
ROUGH = Effort(ascent=20, ascents=1, node=20, shakes=0)
LAYERS = Step("layers", NONE)


def drawn(seed, whole=True):
    """A core with ties, candidates out of reach, and demands that may be left or may not."""
    rng = np.random.default_rng(seed)
    n, m = rng.integers(1, 8), rng.integers(1, 7)
    matrix = rng.integers(0, 6, (n, m)).astype(float)
    if not whole:
        matrix += rng.integers(0, 2, (n, m)) * rng.random((n, m))
    unserved = np.where(rng.random(n) < 0.5, np.inf, rng.integers(1, 9, n))
    held = (rng.random((n, m)) < 0.8) & (matrix < unserved[:, None])
    demand, site = np.nonzero(held)
    order = np.lexsort((site, matrix[held], demand))
    return Core(
        start=np.concatenate(([0], np.cumsum(held.sum(axis=1)))),
        site=site[order].astype(np.int32),
        cost=matrix[held][order],
        unserved=unserved,
        opening=rng.integers(0, 4, m).astype(float),
        count=int(rng.integers(1, m + 1)) if rng.random() < 0.7 else None,
        constant=float(rng.integers(0, 9)),
    )


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**31), st.booleans())
def test_every_set_of_sites_costs_the_same_in_layers(seed, whole):
    core = drawn(seed, whole)
    split = layered(core)
    assert not split.cost.any()
    assert len(split.site) == layered_size(core.start, core.cost)[1]
    for sites in brute.subsets(range(core.candidates), None, ()):
        expected = core.value(np.array(sites, dtype=np.int64))
        assert split.value(np.array(sites, dtype=np.int64)) == pytest.approx(expected, rel=1e-12)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**31), st.booleans())
def test_the_judge_splits_demands_the_same_way(seed, whole):
    core = drawn(seed, whole)
    ours, theirs = layered(core), replay(core, [LAYERS])
    for name in ("start", "site", "cost", "unserved", "opening", "constant"):
        assert np.array_equal(getattr(ours, name), getattr(theirs, name)), name


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**31), st.booleans())
def test_multipliers_and_cuts_of_layers_never_pass_the_optimum(seed, whole):
    core = drawn(seed, whole)
    rng = np.random.default_rng(seed)
    split = layered(core)
    sets = brute.subsets(range(core.candidates), core.count, ())
    best = min(core.value(np.array(sites, dtype=np.int64)) for sites in sets)
    odd = [
        np.sort(rng.choice(split.demands, size, replace=False))
        for size in (1, 3, 5)
        if size <= split.demands
    ]
    proof = Proof(
        rng.random(split.demands) * 6, NONE, NONE, np.arange(len(odd)), rng.random(3)[: len(odd)]
    )
    claim = Certificate((LAYERS,), [Node(-1, NONE, 0, [proof])], odd)
    assert derive(core, claim) <= best


@pytest.fixture
def at_once(monkeypatch):
    """Layers before any tree over multipliers."""
    monkeypatch.setattr(remainder, "WORK", 0)
    monkeypatch.setattr(remainder, "DENSE", 1.0)


@settings(max_examples=150, deadline=None)
@given(cases(whole=False), st.sampled_from([None, 1, 2]))
def test_p_medians_in_layers_are_what_trying_everything_finds(case, nearest):
    matrix, weights, _, count = case
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(remainder, "WORK", 0)
        patch.setattr(remainder, "DENSE", 1.0)
        travel = MatrixTravel(matrix)
        result = p_median(travel, weights, count, nearest=nearest, limits=EXACT, effort=ROUGH)
    same(result, brute.p_median(matrix, weights, count))


@settings(max_examples=150, deadline=None)
@given(cases())
def test_facilities_in_layers_are_what_trying_everything_finds(case):
    matrix, weights, costs, _ = case
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(remainder, "WORK", 0)
        patch.setattr(remainder, "DENSE", 1.0)
        result = uflp(MatrixTravel(matrix), weights, costs, limits=EXACT, effort=ROUGH)
    expected = brute.p_median(matrix, weights, None, costs)
    same(result, expected if (weights > 0).any() else 0.0)


def _solved(seed, effort):
    points = np.rint(np.random.default_rng(seed).random((90, 2)) * 30)
    return p_median(PointTravel(points), None, 9, limits=EXACT, effort=effort)


def _rest(certificate):
    """The part of a certificate that is in layers; None where there is none."""
    while certificate is not None:
        if any(step.rule == "layers" for step in certificate.steps):
            return certificate
        certificate = certificate.rest
    return None


@pytest.mark.usefixtures("at_once")
def test_layers_and_the_bare_tree_agree():
    some = 0
    for seed in range(6):
        result = _solved(seed, replace(ROUGH, fixing=False))
        plain = _solved(seed, Effort(cuts=False))
        some += _rest(result.evidence.certificate) is not None
        assert result.objective == pytest.approx(plain.objective, rel=1e-9)
        assert result.bound == pytest.approx(plain.bound, rel=1e-9)
        assert result.evidence.bound() == result.bound
    assert some > 2


@pytest.mark.usefixtures("at_once")
def test_the_judge_refuses_multipliers_of_layers_without_the_layers():
    result = _solved(0, replace(ROUGH, fixing=False))
    certificate = result.evidence.certificate
    rest = _rest(certificate)
    bare = tuple(step for step in rest.steps if step.rule != "layers")
    claim = replace(certificate, rest=replace(rest, steps=bare))
    with pytest.raises(VerificationError):
        derive(result.evidence.core, claim)


def test_the_judge_refuses_layers_that_bring_nothing_or_are_out_of_order():
    core = Core(
        start=np.array([0, 2]),
        site=np.array([0, 1], dtype=np.int32),
        cost=np.array([1.0, 3.0]),
        unserved=np.array([5.0]),
        opening=np.zeros(2),
        count=1,
    )
    assert replay(core, [LAYERS]).unserved.tolist() == [2.0, 2.0]
    with pytest.raises(VerificationError, match="brings nothing"):
        replay(replace(core, unserved=np.array([3.0])), [LAYERS])
    with pytest.raises(VerificationError, match="out of order"):
        replay(replace(core, cost=np.array([3.0, 1.0])), [LAYERS])


def test_a_demand_out_of_reach_stays_out_of_reach_in_layers():
    core = Core(
        start=np.array([0, 0, 1]),
        site=np.array([0], dtype=np.int32),
        cost=np.array([1.0]),
        unserved=np.array([np.inf, np.inf]),
        opening=np.zeros(1),
        count=1,
    )
    split = layered(core)
    assert split.unserved.tolist() == [np.inf, np.inf]
    assert np.isinf(solve(core, EXACT).bound)
