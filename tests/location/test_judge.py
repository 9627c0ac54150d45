"""The judge of bounds: what it refuses, and what a false claim costs."""

from dataclasses import replace

import numpy as np
import pytest

from optimiser.errors import VerificationError
from optimiser.location.certificate import (
    NONE,
    Certificate,
    Node,
    Proof,
    derive,
    replay,
)
from optimiser.location.effort import Effort
from optimiser.location.mclp import mclp
from optimiser.location.p_center import p_center
from optimiser.location.p_median import p_median
from optimiser.location.reduce import Step
from optimiser.location.result import Evidence
from optimiser.location.rules import Rules
from optimiser.location.travel import PointTravel
from optimiser.solvers import Limits

EXACT = Limits(gap=0.0)


def towns(n, seed=0):
    rng = np.random.default_rng(seed)
    return PointTravel(rng.random((n, 2)) * 100), rng.integers(1, 1000, n).astype(float)


def _tree():
    for seed in range(40):
        travel, weights = towns(120, seed)
        few = Effort(fixing=False, ascents=1, ascent=20, node=40, cuts=False)
        result = mclp(travel, weights, 10, 8, limits=Limits(seconds=20.0, gap=0.0), effort=few)
        certificate = result.evidence.certificate
        if len(certificate.nodes) > 3:
            return result, certificate
    raise AssertionError


def test_the_judge_refuses_a_tree_that_leaves_answers_out():
    result, certificate = _tree()
    parents = {node.parent for node in certificate.nodes}
    leaf = next(n for n in reversed(range(len(certificate.nodes))) if n not in parents)
    nodes = [node for n, node in enumerate(certificate.nodes) if n != leaf]
    nodes = [replace(node, parent=node.parent - (node.parent > leaf)) for node in nodes]
    with pytest.raises(VerificationError, match="leave answers out"):
        derive(result.evidence.core, Certificate(certificate.steps, nodes))


def test_a_false_fixing_costs_the_claim_its_bound():
    result, certificate = _tree()
    core = result.evidence.core
    honest = derive(core, certificate)
    root = certificate.nodes[0]
    proof = root.proofs[0]
    decided = set(proof.closed.tolist()) | set(proof.opened.tolist())
    kept = np.flatnonzero(certificate.steps[0].because)
    number = next(j for j in range(len(kept)) if j not in decided)
    false = replace(proof, closed=np.array([number]), opened=np.empty(0, dtype=np.int64))
    lone = Certificate(certificate.steps, [Node(-1, NONE, 0, [false])])
    # What was wrongly closed comes back as a bound no better than the root's.
    assert derive(core, lone) <= honest


def test_the_judge_refuses_reductions_that_are_wrong():
    result, certificate = _tree()
    core = result.evidence.core
    for place, step in enumerate(certificate.steps):
        if step.rule == "allowed":
            continue
        wrong = step.because.copy()
        wrong[:] = wrong[0]
        steps = (
            *certificate.steps[:place],
            replace_step(step, wrong),
            *certificate.steps[place + 1 :],
        )
        with pytest.raises(VerificationError):
            derive(core, Certificate(steps, certificate.nodes))


@pytest.mark.parametrize("seed", range(3))
def test_the_judge_refuses_a_claim_about_fewer_candidates_than_may_open(seed):
    travel, weights = towns(40, seed)
    result = p_median(travel, weights, 4, limits=EXACT)
    without = p_median(travel, weights, 4, rules=Rules(forbidden=result.sites), limits=EXACT)
    # The bound of the problem without the best sites is true of that problem alone.
    assert without.evidence.bound() > result.objective
    claim = replace(result.evidence, certificate=without.evidence.certificate)
    with pytest.raises(VerificationError, match="left out"):
        claim.bound()


def test_the_judge_is_told_once_what_may_open():
    result, certificate = _tree()
    kept = replay(result.evidence.core, certificate.steps).candidates
    again = Step("allowed", np.arange(kept) > 0)
    with pytest.raises(VerificationError, match="once"):
        derive(result.evidence.core, replace(certificate, steps=(*certificate.steps, again)))


def test_a_falsely_opened_candidate_costs_the_claim_its_bound():
    result, certificate = _tree()
    core, root = result.evidence.core, certificate.nodes[0]
    proof = replace(root.proofs[0], closed=NONE)
    for number in range(replay(core, certificate.steps).candidates):
        false = replace(proof, opened=np.array([number]))
        lone = Certificate(certificate.steps, [Node(-1, NONE, 0, [false])])
        worth = float(result.evidence.worth)
        assert worth - derive(core, lone) >= result.objective


def replace_step(step, because):
    return step._replace(because=because)


def _cut_off():
    """A covering result of which the linear relaxation with cuts decides more than the ascent."""
    for seed in range(40):
        travel, weights = towns(150, seed)
        few = Effort(ascents=1, ascent=20, anneal=20)
        result = mclp(travel, weights, 14, 8, limits=Limits(seconds=20.0, gap=0.0), effort=few)
        if any(len(p.cuts) for p in result.evidence.certificate.nodes[0].proofs):
            return result, result.evidence.certificate
    raise AssertionError


def test_no_cut_however_weighed_cuts_the_optimum_off():
    result, certificate = _cut_off()
    core, best = result.evidence.core, result.objective
    small = replay(core, certificate.steps)
    rng = np.random.default_rng(0)
    assert result.evidence.bound() >= best
    for _ in range(40):
        size = int(rng.choice([1, 3, 5, 7]))
        cuts = [np.sort(rng.choice(small.demands, size, replace=False)) for _ in range(30)]
        weights = rng.random(30) * rng.choice([1.0, 1e2, 1e4])
        guess = rng.random(small.demands) * small.unserved
        empty = np.empty(0, dtype=np.int64)
        proof = Proof(guess, empty, empty, np.arange(30), weights)
        claim = Certificate(certificate.steps, [Node(-1, NONE, 0, [proof])], cuts)
        assert Evidence(core, claim, float(result.evidence.worth)).bound() >= best


def test_cuts_prove_more_than_multipliers_alone():
    result, certificate = _cut_off()
    proofs = certificate.nodes[0].proofs
    bare = [replace(p, cuts=p.cuts[:0], weights=p.weights[:0]) for p in proofs]
    bare = [replace(p, opened=p.opened[:0], closed=p.closed[:0]) for p in bare]
    claim = Certificate(certificate.steps, [Node(-1, NONE, 0, bare)])
    worth = float(result.evidence.worth)
    assert Evidence(result.evidence.core, claim, worth).bound() > result.bound


@pytest.mark.parametrize("wrong", [[0, 1], [0, 0, 1], [0, 1, 10**6], []])
def test_the_judge_refuses_a_cut_that_is_no_odd_set(wrong):
    result, certificate = _cut_off()
    cuts = [np.array(wrong, dtype=np.int64), *certificate.cuts[1:]]
    with pytest.raises(VerificationError, match="odd set"):
        derive(result.evidence.core, replace(certificate, cuts=cuts))


def test_the_judge_refuses_a_remainder_that_leaves_candidates_out():
    result, certificate = _cut_off()
    core = result.evidence.core
    small = replay(core, certificate.steps)
    lone = [Node(-1, NONE, 0)]
    whole = Step("allowed", np.ones(small.candidates, dtype=np.int64))
    rest = Certificate((whole,), certificate.nodes[:1])
    assert derive(core, Certificate(certificate.steps, lone, (), replace(rest, nodes=lone))) <= 0
    part = whole._replace(because=np.arange(small.candidates) > 0)
    with pytest.raises(VerificationError, match="left out"):
        derive(core, Certificate(certificate.steps, lone, (), replace(rest, steps=(part,))))


@pytest.mark.parametrize("priced", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_a_centre_is_proven_by_its_covering_problems(seed, priced):
    travel, _ = towns(14, seed)
    costs = np.random.default_rng(seed).integers(0, 30, 14) if priced else None
    for rules in (Rules(costs=costs), Rules(costs=costs, required=[0], forbidden=[3])):
        result = p_center(travel, 3, rules=rules, limits=EXACT)
        proof = result.evidence
        assert proof.bound() == pytest.approx(result.bound) == result.objective
        # Without its covering problems little is proven.
        bare = replace(proof, covers=())
        assert bare.bound() < result.bound
        if not priced:
            # Those of a problem in which more may open do not prove more than is true.
            freer = p_center(travel, 5, rules=rules, limits=EXACT).evidence
            assert freer.bound() <= result.objective


def test_a_cover_that_was_tampered_with_proves_no_centre():
    travel, _ = towns(20, 3)
    proof = p_center(travel, 4, limits=EXACT).evidence
    cover = proof.covers[0]
    nodes = cover.evidence.certificate.nodes
    assert len(nodes) > 0
    empty = [replace(node, proofs=[]) for node in nodes[:1]]
    weak = replace(cover.evidence, certificate=Certificate(cover.evidence.certificate.steps, empty))
    assert replace(proof, covers=(replace(cover, evidence=weak),)).bound() < proof.bound()
