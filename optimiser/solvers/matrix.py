"""A PuLP model as arrays: what every backend takes, and what crosses to another process."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pulp
from scipy import sparse

from optimiser.units import BoolArray, FloatArray

INFINITY = float("inf")


@dataclass(frozen=True, eq=False)
class LinearModel:
    """A mixed-integer linear programme.

    Parameters
    ----------
    names
        Names of the columns.
    cost, offset
        Objective: cost (columns,) and a constant.
    maximise
        Direction.
    lower, upper, integer
        Bounds and integrality (columns,).
    rows
        Coefficients (rows, columns), sparse by row.
    row_lower, row_upper
        Limits (rows,).
    """

    names: tuple[str, ...]
    cost: FloatArray
    offset: float
    maximise: bool
    lower: FloatArray
    upper: FloatArray
    integer: BoolArray
    rows: sparse.csr_array
    row_lower: FloatArray
    row_upper: FloatArray

    @classmethod
    def from_pulp(cls, problem: pulp.LpProblem) -> "LinearModel":
        """Translate a PuLP problem; its columns keep the order of ``problem.variables()``.

        Parameters
        ----------
        problem
            The model.

        Returns
        -------
        LinearModel
            The same model as arrays.
        """
        variables = problem.variables()
        column = {variable: index for index, variable in enumerate(variables)}
        cost = np.zeros(len(variables))
        for variable, coefficient in problem.objective.items():
            cost[column[variable]] = coefficient
        starts, indices, data = [0], [], []
        row_lower, row_upper = [], []
        for constraint in problem.constraints():
            for variable, coefficient in constraint.items():
                indices.append(column[variable])
                data.append(coefficient)
            starts.append(len(indices))
            limit = -constraint.constant
            row_lower.append(limit if constraint.sense >= 0 else -INFINITY)
            row_upper.append(limit if constraint.sense <= 0 else INFINITY)
        return cls(
            names=tuple(variable.name for variable in variables),
            cost=cost,
            offset=float(problem.objective.constant),
            maximise=problem.sense == pulp.LpMaximize,
            lower=_floats([-INFINITY if v.lowBound is None else v.lowBound for v in variables]),
            upper=_floats([INFINITY if v.upBound is None else v.upBound for v in variables]),
            integer=np.array([v.cat == pulp.LpInteger for v in variables], dtype=bool),
            rows=sparse.csr_array(
                (np.array(data, dtype=np.float64), np.array(indices), np.array(starts)),
                shape=(len(row_lower), len(variables)),
            ),
            row_lower=np.array(row_lower, dtype=np.float64),
            row_upper=np.array(row_upper, dtype=np.float64),
        )

    def objective(self, values: FloatArray) -> float:
        """Objective of an answer (columns,)."""
        return float(self.cost @ values) + self.offset


def _floats(values: Sequence[float]) -> FloatArray:
    return np.array(values, dtype=np.float64)
