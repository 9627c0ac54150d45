"""The judge carries out a reduction when it is right, and refuses it when it is not."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser.errors import VerificationError
from optimiser.location.core import Core
from optimiser.location.reduce import Step
from optimiser.location.replay import replay


@st.composite
def claims(draw):
    """A small core of few prices, and a claim about who gives way to whom, often a false one."""
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    n, m = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    covering = draw(st.booleans())
    table = np.where(rng.random((n, m)) < 0.6, rng.integers(0, 1 if covering else 3, (n, m)), 9)
    rows = [sorted((table[i, j], j) for j in range(m) if table[i, j] < 9) for i in range(n)]
    core = Core(
        np.concatenate(([0], np.cumsum([len(row) for row in rows]))),
        np.array([j for row in rows for _, j in row], dtype=np.int32),
        np.array([float(cost) for row in rows for cost, _ in row]),
        np.where(rng.random(n) < 0.7, math.inf, 5.0),
        rng.integers(0, 2, m).astype(float),
        None,
    )
    rule = draw(st.sampled_from(["dominated", "implied", "merge"]))
    size = m if rule == "dominated" else n
    because = np.arange(size)
    loser, other = rng.integers(size, size=2)
    because[loser] = other
    return core, table, rule, because, (int(loser), int(other))


def holds(core, table, rule, loser, other):
    if loser == other:
        return True
    if rule == "dominated":
        near = table[:, loser] < 9
        cheaper = (table[near, other] <= table[near, loser]).all()
        return cheaper and core.opening[other] <= core.opening[loser]
    ours = [j for j in range(table.shape[1]) if table[loser, j] < 9]
    theirs = [j for j in range(table.shape[1]) if table[other, j] < 9]
    if rule == "implied":
        free = math.isinf(core.unserved[other]) and not table[loser, ours].any()
        return free and set(theirs) <= set(ours)
    ranks = [sorted(near, key=lambda j, i=i: (table[i, j], j)) for i, near in
             ((loser, ours), (other, theirs))]  # fmt: skip
    return ranks[0] == ranks[1]


@settings(max_examples=300, deadline=None)
@given(claims())
def test_a_reduction_is_carried_out_exactly_when_it_is_right(claim):
    core, table, rule, because, pair = claim
    step = Step(rule, because)
    if not holds(core, table, rule, *pair):
        with pytest.raises(VerificationError):
            replay(core, [step])
        return
    small = replay(core, [step])
    best = {c: least(c) for c in (core, small)}
    assert best[core] == best[small]


def least(core):
    every = (
        [j for j in range(core.candidates) if mask >> j & 1] for mask in range(2**core.candidates)
    )
    return min(core.value(np.array(opened, dtype=np.int64)) for opened in every)
