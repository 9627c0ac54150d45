"""Problems that fall apart: the same answer as in one piece, and evidence that cannot be bent."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimiser.errors import VerificationError
from optimiser.location.certificate import derive
from optimiser.location.components import components
from optimiser.location.core import Core
from optimiser.location.effort import Effort
from optimiser.location.engine import solve
from optimiser.location.lscp import lscp
from optimiser.location.mclp import mclp
from optimiser.location.p_median import p_median
from optimiser.location.rules import Rules
from optimiser.location.travel import MatrixTravel, PointTravel
from optimiser.solution import Status
from optimiser.solvers import Limits
from tests.location import brute
from tests.location.examples import examples

EXACT = Limits(gap=0.0)
QUICK = Effort(ascent=40, ascents=4, node=20, shakes=0, anneal=300, squeeze=500)
WHOLE = replace(QUICK, reductions=False)


@st.composite
def islands(draw):
    """Two or three groups of places far from each other: a matrix, weights, costs."""
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    blocks = draw(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), min_size=2, max_size=3))
    n, m = (sum(block[side] for block in blocks) for side in (0, 1))
    matrix = np.full((n, m), np.inf)
    i = j = 0
    for rows, columns in blocks:
        matrix[i : i + rows, j : j + columns] = rng.integers(0, 60, (rows, columns))
        i, j = i + rows, j + columns
    # Groups are not told by their order.
    matrix = matrix[rng.permutation(n)][:, rng.permutation(m)]
    scale = draw(st.sampled_from([1.0, 0.37]))
    return matrix, scale * rng.integers(1, 6, n), scale * rng.integers(1, 90, m)


def check(result, whole, expected):
    for found in (result, whole):
        assert found.status is Status.OPTIMAL
        assert found.objective == pytest.approx(expected, rel=1e-9, abs=1e-9)
        assert found.bound == pytest.approx(found.evidence.bound(), rel=1e-12, abs=1e-12)
        assert found.bound == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert "components" not in whole.counts


@examples(200)
@given(islands(), st.integers(0, 60))
def test_parts_and_whole_agree_with_trying_everything(case, radius):
    matrix, weights, costs = case
    travel, rules = MatrixTravel(matrix), Rules(costs=costs)

    def both(ask):
        return tuple(ask(effort) for effort in (QUICK, WHOLE))

    expected = brute.p_median(matrix, weights, None, costs)
    check(
        *both(lambda e: p_median(travel, weights, None, rules=rules, limits=EXACT, effort=e)),
        expected,
    )
    expected = brute.mclp(matrix, weights, radius, None, costs)
    check(
        *both(lambda e: mclp(travel, weights, radius, None, rules=rules, limits=EXACT, effort=e)),
        expected,
    )
    if (matrix <= radius).any(axis=1).all():
        check(
            *both(lambda e: lscp(travel, radius, rules=rules, limits=EXACT, effort=e)),
            brute.lscp(matrix, radius, costs),
        )


def rings():
    """Three rings of demands, each near the two candidates beside it: nothing can be reduced."""
    site = []
    for first in (0, 5, 10):
        site += [sorted((first + i, first + (i + 1) % 5)) for i in range(5)]
    return Core(
        np.arange(0, 32, 2),
        np.array(site, dtype=np.int32).ravel(),
        np.zeros(30),
        np.full(15, np.inf),
        np.ones(15),
        None,
    )


def test_each_ring_needs_three_sites():
    found = solve(rings(), EXACT)
    assert found.value == found.bound == 9
    assert found.counts["components"] == 3
    assert derive(rings(), found.certificate) == 9


def test_a_fixed_number_of_sites_holds_the_parts_together():
    assert len(components(rings())) == 3
    assert components(replace(rings(), count=9)) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda parts: parts[:2], "leave something out"),
        (lambda parts: (*parts, parts[0]), "shares members"),
        (
            lambda parts: (
                replace(parts[0], candidates=parts[1].candidates),
                replace(parts[1], candidates=parts[0].candidates),
                parts[2],
            ),
            "crosses",
        ),
        (
            lambda parts: (replace(parts[0], demands=parts[0].demands - 15), *parts[1:]),
            "shares members",
        ),
    ],
)
def test_the_judge_refuses_parts_that_are_none(change, said):
    certificate = solve(rings(), EXACT).certificate
    wrong = replace(certificate, parts=change(certificate.parts))
    with pytest.raises(VerificationError, match=said):
        derive(rings(), wrong)
    with pytest.raises(VerificationError, match="share a number"):
        derive(replace(rings(), count=9), replace(certificate, steps=()))


def test_out_of_time_the_parts_still_have_a_cover_and_a_bound():
    rng = np.random.default_rng(3)
    points = np.concatenate([rng.random((400, 2)) * 100 + shift for shift in (0.0, 1000.0, 5000.0)])
    travel = PointTravel(points)
    result = lscp(travel, 8.0, limits=Limits(seconds=0.01))
    assert result.status in {Status.FEASIBLE, Status.OPTIMAL}
    assert (travel.to_nearest(result.sites)[1] <= 8.0).all()
    assert result.evidence.bound() <= result.objective


def test_demands_that_are_alone_make_one_part():
    site = np.array([*rings().site[:10], 5, 6, 7], dtype=np.int32)
    start = np.array([0, 2, 4, 6, 8, 10, 11, 12, 13])
    core = Core(start, site, np.zeros(13), np.full(8, np.inf), np.ones(8), None)
    parts = [(demands.tolist(), candidates.tolist()) for demands, candidates in components(core)]
    assert parts == [([5, 6, 7], [5, 6, 7]), ([0, 1, 2, 3, 4], [0, 1, 2, 3, 4])]
    assert solve(core, EXACT).bound == 6
