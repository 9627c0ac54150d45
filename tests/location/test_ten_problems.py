"""What every problem owes: reductions change no optimum, and a time limit no truth."""

import inspect
import math
from dataclasses import dataclass
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimiser.location.capacitated_p_median import capacitated_p_median
from optimiser.location.cflp import cflp
from optimiser.location.effort import Effort
from optimiser.location.facility_location import uflp
from optimiser.location.gradual_mclp import gradual_mclp, linear
from optimiser.location.lscp import lscp
from optimiser.location.lscp_b import lscp_b
from optimiser.location.mclp import mclp
from optimiser.location.p_center import p_center
from optimiser.location.p_dispersion import p_dispersion
from optimiser.location.p_median import p_median
from optimiser.location.registry import PROBLEMS
from optimiser.location.travel import PointTravel
from optimiser.solution import Status, StopReason
from optimiser.solvers import Limits
from tests.location.examples import examples
from tests.location.test_guarantees import matrix_of

NEAREST = 3


@dataclass
class Towns:
    """Points, weights, and what some problems want besides."""

    travel: PointTravel
    weights: np.ndarray
    radius: float
    count: int
    room: np.ndarray
    costs: np.ndarray


def towns(n, seed):
    """Towns in a square of 100 by 100, the radius such that some ten are near each."""
    rng = np.random.default_rng(seed)
    weights = rng.integers(1, 1000, n).astype(float)
    count = max(2, n // 12)
    return Towns(
        PointTravel(rng.random((n, 2)) * 100),
        weights,
        100 * math.sqrt(10 / (n * math.pi)),
        count,
        np.full(n, 1.5 * weights.sum() / count),
        rng.integers(1000, 9000, n).astype(float),
    )


def asked(t):
    """Every problem, to be given limits and, where it has reductions, an amount of work."""
    places, weights, radius, count = t.travel, t.weights, t.radius, t.count
    near = partial(p_median, places, weights, count, nearest=NEAREST)
    return {
        "lscp": partial(lscp, places, radius),
        "lscp-b": partial(lscp_b, places, weights, radius),
        "mclp": partial(mclp, places, weights, radius, count),
        "gradual-mclp": partial(
            gradual_mclp, places, weights, radius, linear(radius / 3, radius), count
        ),
        "p-median": partial(p_median, places, weights, count),
        "p-median, nearest": near,
        "p-center": partial(p_center, places, count),
        "p-dispersion": partial(p_dispersion, places, count),
        "capacitated-p-median": partial(capacitated_p_median, places, weights, t.room, count),
        "uflp": partial(uflp, places, weights, t.costs),
        "cflp": partial(cflp, places, weights, t.room, t.costs),
    }


ALL = list(asked(towns(12, 0)))
AS_ONE_MODEL = {"p-dispersion", "capacitated-p-median", "cflp"}
FIXED_NUMBER = {
    *("mclp", "gradual_mclp", "p_median", "p_center", "p_dispersion", "capacitated_p_median")
}
REDUCED = [name for name in ALL if name not in AS_ONE_MODEL]


def test_the_problems_are_those_of_the_command():
    assert {name.split(",")[0] for name in ALL} == set(PROBLEMS)


@pytest.mark.parametrize("name", ALL)
def test_what_is_solved_as_one_model_has_no_reductions_to_turn_off(name):
    solve = asked(towns(20, 0))[name]
    assert ("effort" in inspect.signature(solve.func).parameters) == (name in REDUCED)
    counts = solve(limits=Limits(gap=0.0)).counts
    # p-center reduces the covering problem of each radius, whose counts are not its own.
    assert ("candidates_left" in counts) == (name in REDUCED and name != "p-center")


@pytest.mark.parametrize("name", REDUCED)
@examples(12)
@given(st.integers(6, 34), st.integers(0, 2**31))
def test_reductions_and_fixing_change_no_optimum(name, n, seed):
    solve, exact = asked(towns(n, seed))[name], Limits(gap=0.0)
    best = solve(limits=exact)
    assert best.status is Status.OPTIMAL
    for effort in (Effort(reductions=False), Effort(fixing=False)):
        other = solve(limits=exact, effort=effort)
        assert other.status is Status.OPTIMAL
        assert other.objective == pytest.approx(best.objective, rel=1e-8)


def served(t, table, result):
    """Objective of the sites of a result, from the travel alone; None where it takes more."""
    sites = result.sites
    far = table[:, sites].min(axis=1)
    times = (table[:, sites] <= t.radius).sum(axis=1)
    apart = table[np.ix_(sites, sites)] + np.diag(np.full(len(sites), np.inf))
    share = np.where(far <= t.radius, linear(t.radius / 3, t.radius)(far), 0.0)
    return {
        "lscp": len(sites) if (times > 0).all() else math.inf,
        "lscp_b": t.weights[times > 1].sum() if (times > 0).all() else math.inf,
        "mclp": t.weights[times > 0].sum(),
        "gradual_mclp": t.weights @ share,
        "p_median": t.weights @ far,
        "p_center": far.max(),
        "p_dispersion": apart.min(),
        "uflp": t.weights @ far + t.costs[sites].sum(),
    }.get(result.problem)


def within_capacities(t, table, result):
    """What the sites and the assignment of a problem with capacities cost at least."""
    opened = t.costs[result.sites].sum() if result.problem == "cflp" else 0.0
    if result.problem == "capacitated_p_median":
        load = np.bincount(result.assignment, t.weights, len(t.room))
        assert (load <= t.room + 1e-6).all()
        assert set(result.assignment.tolist()) <= set(result.sites.tolist())
        return t.weights @ table[np.arange(len(table)), result.assignment]
    return t.weights @ table[:, result.sites].min(axis=1) + opened


@pytest.mark.parametrize("name", ALL)
@examples(8)
@given(st.integers(30, 260), st.integers(0, 2**31), st.sampled_from([1e-9, 0.01, 0.03]))
def test_however_short_the_time_an_answer_is_verified_or_there_is_none(name, n, seed, seconds):
    t = towns(n, seed)
    result = asked(t)[name](limits=Limits(seconds=seconds, gap=0.0))
    table = matrix_of(t.travel)
    if result.objective is None:
        assert (result.status, result.stop) == (Status.NO_ANSWER, StopReason.TIME)
        assert len(result.sites) == 0
        return
    assert result.status in (Status.OPTIMAL, Status.FEASIBLE)
    assert (result.status is Status.OPTIMAL) == (result.stop is StopReason.PROOF)
    assert result.status is Status.FEASIBLE or result.gap <= 1e-6
    if result.problem in FIXED_NUMBER:
        assert len(result.sites) <= t.count
        assert len(result.sites) == t.count or name == "p-center"
    told = served(t, table, result)
    if told is None:
        least = within_capacities(t, table, result)
        whole = result.problem == "capacitated_p_median"
        assert result.objective >= least - 1e-6 * least
        assert not whole or result.objective == pytest.approx(least)
    else:
        assert result.objective == pytest.approx(told)
    if result.bound is not None:
        sign = 1.0 if result.maximise else -1.0
        assert sign * (result.bound - result.objective) >= -1e-6 * abs(result.objective)
    if result.evidence is not None:
        assert result.evidence.bound() == pytest.approx(result.bound, rel=1e-9)


@pytest.mark.parametrize("name", ALL)
def test_a_bound_from_a_short_time_does_not_cross_the_optimum(name):
    t = towns(40, 5)
    best = asked(t)[name](limits=Limits(gap=0.0))
    assert best.status is Status.OPTIMAL
    for seconds in (1e-9, 0.003, 0.02):
        short = asked(t)[name](limits=Limits(seconds=seconds, gap=0.0))
        sign = 1.0 if best.maximise else -1.0
        slack = 1e-6 * abs(best.objective)
        if short.bound is not None:
            assert sign * (short.bound - best.objective) >= -slack
        if short.objective is not None:
            assert sign * (best.objective - short.objective) >= -slack or name == "lscp-b"
