"""Parts that share a number of sites: the best split is found, and evidence cannot be bent."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser.errors import VerificationError
from optimiser.location import remainder, shared
from optimiser.location.apart import shared_bound
from optimiser.location.certificate import derive
from optimiser.location.core import Core
from optimiser.location.effort import Clock, Effort
from optimiser.location.engine import _Run, solve
from optimiser.location.p_median import p_median
from optimiser.location.reduce import Reduced
from optimiser.location.shared import sharing, solved_together
from optimiser.location.travel import PointTravel
from optimiser.solvers import Limits
from tests.location import brute
from tests.location.test_layers import ROUGH

EXACT = Limits(gap=0.0)


def islands(seed, whole=True):
    """A covering core of two or three islands, with a number of sites."""
    rng = np.random.default_rng(seed)
    blocks = rng.integers(1, 4, (rng.integers(2, 4), 2))
    n, m = blocks.sum(axis=0)
    near = np.zeros((n, m), dtype=bool)
    i = j = 0
    for rows, columns in blocks:
        near[i : i + rows, j : j + columns] = rng.random((rows, columns)) < 0.7
        i, j = i + rows, j + columns
    near[np.arange(n), near.argmax(axis=1)] |= near.any(axis=1)
    near = near[near.any(axis=1)][:, rng.permutation(m)]
    scale = 1.0 if whole else 0.37
    unserved = np.where(rng.random(len(near)) < 0.2, np.inf, rng.integers(1, 9, len(near)) * scale)
    return Core(
        start=np.concatenate(([0], np.cumsum(near.sum(axis=1)))),
        site=np.nonzero(near)[1].astype(np.int32),
        cost=np.zeros(int(near.sum())),
        unserved=unserved,
        opening=rng.integers(0, 3, m) * scale,
        count=int(rng.integers(0, m + 1)),
        constant=float(rng.integers(0, 5)) * scale,
    )


def best_of(core):
    sets = brute.subsets(range(core.candidates), core.count, ())
    return min(core.value(np.array(sites, dtype=np.int64)) for sites in sets)


def together(core, price):
    """A run that solved the parts of a core together; None where it has none."""
    left = Reduced(core, np.arange(core.candidates), (), {})
    run = _Run(core, left, EXACT, Effort(ascents=1, ascent=20), Clock(None), None, None)
    run.price = price
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shared, "LARGE", 1)
        return run if solved_together(run, solve) else None


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**31), st.booleans(), st.sampled_from([0.0, 1.0, 3.0, 40.0]))
def test_parts_together_are_what_trying_everything_finds(seed, whole, price):
    core = islands(seed, whole)
    run = together(core, price)
    if run is None:
        return
    best = best_of(core)
    assert run.value == pytest.approx(best, rel=1e-9)
    bound = derive(core, run.certificate)
    assert bound <= best
    assert math.isinf(best) or bound == pytest.approx(best, rel=1e-8)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**31), st.floats(0.0, 50.0))
def test_a_price_that_was_not_paid_never_takes_the_bound_past_the_optimum(seed, price):
    core = islands(seed)
    run = together(core, 2.0)
    if run is None:
        return
    # Evidence for one price proves something for another, too, but no more than is true.
    bent = [replace(s, priced=tuple((price, c) for _, c in s.priced)) for s in run.shares]
    try:
        assert shared_bound(core, bent, derive) <= best_of(core)
    except VerificationError:
        return


def _two():
    for seed in range(100):
        core = islands(seed)
        run = together(core, 1.0)
        if run is not None and np.isfinite(run.value) and core.count > 1:
            return core, run
    raise AssertionError


@pytest.mark.parametrize(
    ("bend", "match"),
    [
        (lambda parts: parts[:-1], "leave something out|crosses"),
        (lambda parts: (*parts, parts[0]), "shares members"),
        (lambda parts: (replace(parts[0], priced=((-1.0, None),)), *parts[1:]), "price"),
        (lambda parts: (replace(parts[0], priced=((math.nan, None),)), *parts[1:]), "price"),
        (lambda parts: (replace(parts[0], counted=((99, None),)), *parts[1:]), "in no answer"),
        (lambda parts: (replace(parts[0], counted=((-1, None),)), *parts[1:]), "in no answer"),
    ],
)
def test_the_judge_refuses_bent_parts(bend, match):
    core, run = _two()
    claim = replace(run.certificate, shares=tuple(bend(run.shares)))
    with pytest.raises(VerificationError, match=match):
        derive(core, claim)


def test_the_judge_refuses_a_shared_number_where_there_is_none():
    core, run = _two()
    with pytest.raises(VerificationError, match="share none"):
        derive(replace(core, count=None), run.certificate)


def test_clusters_of_a_p_median_are_solved_together(monkeypatch):
    monkeypatch.setattr(shared, "LARGE", 8)
    monkeypatch.setattr(remainder, "WORK", 0)
    monkeypatch.setattr(remainder, "DENSE", 1.0)
    rng = np.random.default_rng(3)
    centres = np.array([[0.0, 0.0], [400.0, 0.0], [0.0, 400.0]])
    points = np.concatenate([c + np.rint(rng.random((25, 2)) * 24) for c in centres])
    rough = replace(ROUGH, ascent=100)
    result = p_median(PointTravel(points), None, 14, limits=EXACT, effort=rough)
    plain = p_median(PointTravel(points), None, 14, limits=EXACT, effort=Effort(cuts=False))
    certificate = result.evidence.certificate
    while certificate.rest is not None:
        certificate = certificate.rest
    assert len(certificate.shares) > 2
    assert result.objective == pytest.approx(plain.objective, rel=1e-9)
    assert result.bound == pytest.approx(plain.bound, rel=1e-9)


def test_parts_alone_in_their_size_are_not_split(monkeypatch):
    core, _ = _two()
    assert sharing(core) == []
    monkeypatch.setattr(shared, "LARGE", 1)
    members = sharing(core)
    assert sorted(np.concatenate([c for _, c in members])) == list(range(core.candidates))
    assert sharing(replace(core, count=None)) == []
