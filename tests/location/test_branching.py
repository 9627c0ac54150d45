"""Trees that branch on sets of sites: what they prove, and what the judge refuses."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from optimiser.errors import VerificationError
from optimiser.location import branch, engine, neighbourhoods
from optimiser.location.certificate import CLOSED, OPEN, derive
from optimiser.location.effort import Clock, Effort
from optimiser.location.lscp import lscp
from optimiser.location.mclp import mclp
from optimiser.location.plain import plain_lscp, plain_mclp
from optimiser.location.sets import shared_sets
from optimiser.location.travel import PointTravel
from optimiser.solvers import BACKENDS, Limits, LinearModel

EXACT = Limits(seconds=60.0, gap=0.0)
# Little is left to the root, so that trees grow.
BARE = Effort(cut_rounds=0, dives=0, rounding=1, anneal=1, squeeze=1, ascents=1, fixing=False)


def drawn(number, seed):
    rng = np.random.default_rng(seed)
    points = rng.random((number, 2)) * 100
    return PointTravel(points), rng.integers(1, 8, number).astype(float), points


def near(points, radius):
    return np.linalg.norm(points[:, None] - points[None], axis=2) <= radius


def by_highs(problem):
    return BACKENDS["highs"](LinearModel.from_pulp(problem[0]), EXACT).objective


def grown(seed, number=250):
    travel, weights, points = drawn(number, seed)
    result = mclp(travel, weights, 12, 20, limits=EXACT, effort=BARE)
    return result, weights, points


@pytest.mark.parametrize("seed", range(8))
def test_trees_of_sets_find_what_highs_finds(seed, monkeypatch):
    monkeypatch.setattr(branch, "RESTART", 0.0)
    result, weights, points = grown(seed)
    assert result.status.value == "optimal"
    none = np.zeros(len(weights))
    assert result.objective == round(by_highs(plain_mclp(near(points, 12), weights, none, 20)))


@pytest.mark.parametrize("seed", range(3))
def test_covers_by_trees_of_sets_are_as_small_as_those_of_highs(seed):
    travel, _, points = drawn(200, seed)
    result = lscp(travel, 9, limits=EXACT, effort=BARE)
    assert result.status.value == "optimal"
    assert result.objective == round(by_highs(plain_lscp(near(points, 9), np.ones(200))))


@pytest.mark.parametrize("seed", [1, 6, 7])
def test_a_tree_is_the_same_on_one_thread_and_on_two(seed, monkeypatch):
    twice = [grown(seed)[0].evidence.certificate.nodes]
    monkeypatch.setattr(branch, "ThreadPoolExecutor", lambda _: ThreadPoolExecutor(1))
    twice.append(grown(seed)[0].evidence.certificate.nodes)
    assert len(twice[0]) == len(twice[1]) > 1
    for one, other in zip(*twice, strict=True):
        assert (one.parent, one.state) == (other.parent, other.state)
        assert np.array_equal(one.sites, other.sites)
        for proof, same in zip(one.proofs, other.proofs, strict=True):
            assert np.array_equal(proof.multipliers, same.multipliers)


def _tree_of_sets(monkeypatch):
    monkeypatch.setattr(branch, "RESTART", 0.0)
    for seed in range(20):
        result, _, _ = grown(seed)
        certificate = result.evidence.certificate
        for number, node in enumerate(certificate.nodes):
            if len(node.sites) > 1 and node.state == OPEN and len(certificate.nodes) > 2:
                return result, certificate, number
    raise AssertionError


def test_the_judge_refuses_children_that_decide_different_sets(monkeypatch):
    result, certificate, number = _tree_of_sets(monkeypatch)
    nodes = list(certificate.nodes)
    nodes[number] = replace(nodes[number], sites=nodes[number].sites[:-1])
    with pytest.raises(VerificationError, match="leave answers out"):
        derive(result.evidence.core, replace(certificate, nodes=nodes))


def test_the_judge_refuses_multipliers_for_sets_that_nobody_wants(monkeypatch):
    result, certificate, _ = _tree_of_sets(monkeypatch)
    nodes = list(certificate.nodes)
    proof = nodes[0].proofs[0]
    more = np.append(proof.multipliers, 1e6)
    nodes[0] = replace(nodes[0], proofs=[replace(proof, multipliers=more)])
    with pytest.raises(VerificationError, match="other demands"):
        derive(result.evidence.core, replace(certificate, nodes=nodes))


def test_dearer_sets_never_take_the_bound_past_the_optimum(monkeypatch):
    result, certificate, _ = _tree_of_sets(monkeypatch)
    core = result.evidence.core
    best = result.evidence.worth - result.objective
    rng = np.random.default_rng(0)
    for factor in (0.0, 0.5, 3.0, 1e6):
        nodes = []
        for node in certificate.nodes:
            proofs = []
            for proof in node.proofs:
                multipliers = proof.multipliers.astype(float)
                known = min(len(p.multipliers) for p in certificate.nodes[0].proofs)
                multipliers[known:] *= factor * rng.random(len(multipliers) - known)
                proofs.append(replace(proof, multipliers=multipliers))
            nodes.append(replace(node, proofs=proofs))
        assert derive(core, replace(certificate, nodes=nodes)) <= best


@pytest.mark.parametrize("seed", range(3))
def test_sites_placed_anew_are_no_worse_and_the_answer_stays(seed, monkeypatch):
    # As if every problem, and every neighbourhood of it, were large enough for neighbourhoods.
    monkeypatch.setattr(engine, "PLACING_PAIRS", 0)
    monkeypatch.setattr(engine, "PLACED_SITES", 4)
    travel, weights, points = drawn(250, seed)
    none = np.zeros(len(weights))
    best = round(by_highs(plain_mclp(near(points, 12), weights, none, 20)))
    assert mclp(travel, weights, 12, 20, limits=EXACT).objective == best
    rough = replace(BARE, climbs=0)
    monkeypatch.setattr(branch, "LINEAR_PAIRS", 0)
    with_them = mclp(travel, weights, 12, 20, limits=EXACT, effort=rough)
    without = mclp(travel, weights, 12, 20, limits=EXACT, effort=replace(rough, placing=False))
    assert without.objective <= with_them.objective <= best
    assert with_them.evidence.bound() == with_them.bound >= best


@pytest.mark.parametrize("seed", range(3))
def test_neighbourhoods_placed_side_by_side_do_not_know_each_other(seed):
    travel, weights, _ = drawn(250, seed)
    core = mclp(travel, weights, 12, 20, limits=EXACT).evidence.core
    rng = np.random.default_rng(seed)
    sites = np.sort(rng.choice(core.candidates, core.count, replace=False))
    calls = []

    def solve(part, start):
        found = engine.solve(part, EXACT, start=start)
        calls.append(part.value(start) - min(found.value, part.value(start)))
        return found

    def placed(threads):
        clock = Clock(None)
        return neighbourhoods.placed_anew(core, sites, 3, 0, clock, 0.0, threads, solve)

    better = placed(1)
    assert sum(calls) > 0
    # What each brings adds up only where no demand is near candidates of two at a time.
    assert core.value(better) == pytest.approx(core.value(sites) - sum(calls))
    assert np.array_equal(placed(2), better)


def test_sets_are_near_two_demands_and_partly_open():
    travel, weights, _ = drawn(80, 1)
    core = mclp(travel, weights, 15, 4, limits=EXACT).evidence.core
    opening = np.random.default_rng(0).random(core.candidates) * 0.2
    state = np.zeros(core.candidates, dtype=np.int8)
    state[:20] = CLOSED
    near_to = [set(core.site[core.start[i] : core.start[i + 1]]) for i in range(core.demands)]
    sets = shared_sets(core, state, opening, 10)
    assert sets
    for members in sets:
        assert (np.diff(members) > 0).all()
        assert (state[members] == 0).all()
        assert 0.05 < opening[members].sum() < 0.95
        held = [sites for sites in near_to if set(members.tolist()) <= sites]
        assert len(held) >= 2
