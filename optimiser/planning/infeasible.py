"""A question without an answer, explained: which rules conflict, and the smallest relaxation.

HiGHS's irreducible infeasible sets are for linear programmes; here the model is solved again with
rules that can give way.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy import sparse

from optimiser.errors import SolverError
from optimiser.planning.rules import Programme, Rule
from optimiser.solution import Infeasible, Relaxation, Status
from optimiser.solvers import BACKENDS, Limits, LinearModel
from optimiser.units import IntArray

_AMOUNT_WEIGHT = 1e-3
"""One rule more always weighs more than all amounts together, which are at most 1 per rule."""

_EPSILON = 1e-7

_LEAST_SECONDS = 10.0


def explain(
    model: Programme,
    matrix: LinearModel,
    limits: Limits,
    seconds: Mapping[str, float],
) -> Infeasible:
    """Say why a case has no plan.

    Parameters
    ----------
    model, matrix
        The model of the case, proven infeasible, and the same as arrays.
    limits
        Limits of each further solve.
    seconds
        Wall time spent so far, by stage.

    Returns
    -------
    Infeasible
        A minimal conflict, and the fewest rules that must give way, each by the least amount.

    Raises
    ------
    SolverError
        Even without any rule there is no plan: a defect of the model.
    """
    began = time.perf_counter()
    if limits.seconds is not None:
        # The proof that there is no plan may have used all the time; the reason is worth a little.
        limits = replace(limits, seconds=max(limits.seconds, _LEAST_SECONDS))
    column = {name: index for index, name in enumerate(matrix.names)}
    slack = np.array([column[rule.slack.name] for rule in model.rules])
    elastic = _elastic(matrix, model.rules, slack)
    outcome = BACKENDS["highs"](elastic, replace(limits, gap=_EPSILON))
    if outcome.status is Status.INFEASIBLE:
        msg = "no plan even without rules"
        raise SolverError(msg)
    amounts = np.zeros(len(slack)) if outcome.values is None else outcome.values[slack]
    relaxation = tuple(
        Relaxation(
            rule.asked.name,
            rule.asked.subject,
            rule.asked.limit,
            rule.needed(float(amount)),
            rule.asked.unit,
        )
        for rule, amount in zip(model.rules, amounts, strict=True)
        if amount > _EPSILON * max(1.0, rule.most)
    )
    relaxed = time.perf_counter()
    conflict = _Conflict(matrix, model.rules, slack, limits).find()
    spent = {"relax": relaxed - began, "conflict": time.perf_counter() - relaxed}
    return Infeasible(
        conflict=tuple((rule.asked.name, rule.asked.subject) for rule in conflict),
        relaxation=relaxation,
        proven=outcome.status is Status.OPTIMAL,
        seconds={**seconds, **spent},
    )


def _elastic(matrix: LinearModel, rules: Sequence[Rule], slack: IntArray) -> LinearModel:
    """Let every rule give way, and minimise how many do, then by how much."""
    many = len(rules)
    most = np.array([rule.most for rule in rules])
    upper = matrix.upper.copy()
    upper[slack] = most
    cost = np.zeros(len(matrix.names) + many)
    cost[slack] = _AMOUNT_WEIGHT / (np.maximum(most, 1e-9) * max(1, many))
    cost[len(matrix.names) :] = 1.0
    linked = sparse.csr_array(
        (
            np.concatenate([np.ones(many), -most]),
            (
                np.tile(np.arange(many), 2),
                np.concatenate([slack, len(matrix.names) + np.arange(many)]),
            ),
        ),
        shape=(many, len(cost)),
    )
    wider = sparse.csr_array(
        (matrix.rows.data, matrix.rows.indices, matrix.rows.indptr),
        shape=(matrix.rows.shape[0], len(cost)),
    )
    return LinearModel(
        names=matrix.names + tuple(f"gives_way_{r}" for r in range(many)),
        cost=cost,
        offset=0.0,
        maximise=False,
        lower=np.concatenate([matrix.lower, np.zeros(many)]),
        upper=np.concatenate([upper, np.ones(many)]),
        integer=np.concatenate([matrix.integer, np.ones(many, dtype=bool)]),
        rows=sparse.csr_array(sparse.vstack([wider, linked])),
        row_lower=np.concatenate([matrix.row_lower, np.full(many, -np.inf)]),
        row_upper=np.concatenate([matrix.row_upper, np.zeros(many)]),
    )


class _Conflict:
    """A minimal set of rules that cannot hold together (QuickXplain, Junker 2004)."""

    def __init__(
        self, matrix: LinearModel, rules: Sequence[Rule], slack: IntArray, limits: Limits
    ) -> None:
        self.matrix = replace(matrix, cost=np.zeros(len(matrix.names)), offset=0.0)
        self.rules = list(rules)
        self.slack = slack
        self.limits = limits

    def find(self) -> list[Rule]:
        """Find the conflict; its rules stand in their order."""
        everything = list(range(len(self.rules)))
        return [self.rules[r] for r in sorted(self._explain([], everything, asked=False))]

    def _explain(self, held: list[int], doubtful: list[int], *, asked: bool) -> list[int]:
        if asked and not self._possible(held):
            return []
        if len(doubtful) == 1:
            return doubtful
        half = len(doubtful) // 2
        first, second = doubtful[:half], doubtful[half:]
        from_second = self._explain(held + first, second, asked=bool(first))
        from_first = self._explain(held + from_second, first, asked=bool(from_second))
        return from_first + from_second

    def _possible(self, held: Sequence[int]) -> bool:
        upper = self.matrix.upper.copy()
        upper[self.slack] = [rule.most for rule in self.rules]
        upper[self.slack[list(held)]] = 0.0
        outcome = BACKENDS["highs"](replace(self.matrix, upper=upper), self.limits)
        return outcome.status is not Status.INFEASIBLE
