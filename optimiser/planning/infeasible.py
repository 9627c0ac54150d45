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
from optimiser.solution import Infeasible, Status
from optimiser.solvers import BACKENDS, Limits, LinearModel
from optimiser.units import FloatArray, IntArray

_LEAST_SECONDS = 10.0

_EPSILON = 1e-6
"""Slack, in the unit of its row, that is a solver's own tolerance."""


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
    # The proof that there is no plan may have used all the time; the reason is worth a little.
    allowed = max(limits.seconds or _LEAST_SECONDS, _LEAST_SECONDS)
    limits = replace(limits, seconds=allowed)
    column = {name: index for index, name in enumerate(matrix.names)}
    slack = np.array([column[rule.slack.name] for rule in model.rules])
    outcome = BACKENDS["highs"](elastic(matrix, model.rules, slack), replace(limits, gap=0.0))
    if outcome.status is Status.INFEASIBLE:
        msg = "no plan even without rules"
        raise SolverError(msg)
    gives_way: list[int] = []
    if outcome.values is not None:
        # A count that a solver takes for 0 may hide a slack that is small beside its limit.
        gives_way = np.flatnonzero(outcome.values[slack] > _EPSILON).tolist()
    amounts = least_amounts(matrix, model.rules, slack, gives_way, limits)
    relaxation = tuple(
        model.rules[r].relaxation(amount)
        for r, amount in zip(gives_way, amounts.tolist(), strict=True)
        if amount > _EPSILON
    )
    relaxed = time.perf_counter()
    search = _Conflict(matrix, model.rules, slack, replace(limits, gap=0.5), began + 2 * allowed)
    conflict = search.find(first=gives_way)
    spent = {"relax": relaxed - began, "conflict": time.perf_counter() - relaxed}
    return Infeasible(
        conflict=tuple((rule.asked.name, rule.asked.subject) for rule in conflict),
        relaxation=relaxation,
        minimal=search.complete,
        proven=outcome.status is Status.OPTIMAL,
        seconds={**seconds, **spent},
    )


def elastic(matrix: LinearModel, rules: Sequence[Rule], slack: IntArray) -> LinearModel:
    """Let every rule give way, and minimise how many do.

    Parameters
    ----------
    matrix
        A model whose first columns are those of the plan model.
    rules
        Its rules.
    slack
        Column (rules,) of each rule's slack.

    Returns
    -------
    LinearModel
        With one more column for each rule, at its end, which is 1 where the rule gives way.
    """
    many = len(rules)
    most = np.array([rule.most for rule in rules])
    upper = matrix.upper.copy()
    upper[slack] = most
    cost = np.zeros(len(matrix.names) + many)
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


def least_amounts(
    matrix: LinearModel,
    rules: Sequence[Rule],
    slack: IntArray,
    gives_way: Sequence[int],
    limits: Limits,
) -> FloatArray:
    """Find by how much rules must give way, each as a part of its own greatest slack.

    Parameters
    ----------
    matrix, rules, slack
        As in `elastic`.
    gives_way
        Indices of the rules that do, which leave a plan together.
    limits
        Limits of the solve.

    Returns
    -------
    ndarray
        Slack (len(gives_way),) in the unit of each row; the sum of the parts is least.

    Raises
    ------
    SolverError
        They leave no plan: a defect of ours.
    """
    most = np.array([rules[r].most for r in gives_way], dtype=np.float64)
    if not len(most):
        return most
    upper, cost = matrix.upper.copy(), np.zeros(len(matrix.names))
    picked = slack[list(gives_way)]
    upper[picked] = most
    # Smallest cost 1: the solver would not see one below its own tolerance.
    cost[picked] = max(float(most.max()), 1.0) / np.maximum(most, 1e-9)
    priced = replace(matrix, upper=upper, cost=cost, offset=0.0, maximise=False)
    outcome = BACKENDS["highs"](priced, replace(limits, gap=0.0))
    if outcome.values is None:
        if outcome.status is Status.INFEASIBLE:
            msg = "rules that should suffice leave no plan"
            raise SolverError(msg)
        return most
    amounts: FloatArray = np.maximum(0.0, outcome.values[picked])
    return amounts


class _Conflict:
    """A minimal set of rules that cannot hold together (QuickXplain, Junker 2004)."""

    def __init__(
        self,
        matrix: LinearModel,
        rules: Sequence[Rule],
        slack: IntArray,
        limits: Limits,
        until: float,
    ) -> None:
        self.matrix = replace(matrix, cost=np.zeros(len(matrix.names)), offset=0.0)
        self.rules = list(rules)
        self.slack = slack
        self.limits = limits
        self.until = until
        self.complete = True

    def find(self, *, first: Sequence[int]) -> list[Rule]:
        """Find the conflict; its rules stand in their order.

        Parameters
        ----------
        first
            Rules that are likely to be part of it: looked at last, they are kept soonest.
        """
        likely = set(first)
        everything = sorted(range(len(self.rules)), key=lambda r: r in likely)
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
        """Whether the held rules leave a plan; what is not known in time is taken for possible.

        Then more rules are kept than the conflict needs, and it stays one.
        """
        left = self.until - time.perf_counter()
        if not self.complete or left <= 0:
            self.complete = False
            return True
        upper = self.matrix.upper.copy()
        upper[self.slack] = [rule.most for rule in self.rules]
        upper[self.slack[list(held)]] = 0.0
        limits = replace(self.limits, seconds=left)
        outcome = BACKENDS["highs"](replace(self.matrix, upper=upper), limits)
        if outcome.status is Status.NO_ANSWER:
            self.complete = False
        return outcome.status is not Status.INFEASIBLE
