"""Small linear programmes over the shares of a game."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy.optimize import linprog

from optimiser.errors import SolverError
from optimiser.units import FloatArray

Bound: TypeAlias = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Optimum of a programme.

    Parameters
    ----------
    values
        Columns (c,).
    objective
        Their cost.
    duals
        Price (r,) of each row that is at most its limit; 0 or negative.
    """

    values: FloatArray
    objective: float
    duals: FloatArray


def minimise(
    cost: FloatArray,
    rows: FloatArray,
    limits: FloatArray,
    *,
    equal: tuple[FloatArray, Sequence[float]] | None = None,
    bounds: Sequence[Bound] | None = None,
) -> Found:
    """Minimise ``cost x`` with ``rows x <= limits``.

    Parameters
    ----------
    cost
        Array (c,).
    rows, limits
        Arrays (r, c) and (r,).
    equal
        Rows and values that must be met.
    bounds
        Of each column; None: all columns are free.

    Returns
    -------
    Found
        The optimum.

    Raises
    ------
    SolverError
        There is none.
    """
    matrix, values = equal or (None, None)
    free: Bound = (None, None)
    found = linprog(
        cost,
        A_ub=rows,
        b_ub=limits,
        A_eq=matrix,
        b_eq=values,
        bounds=list(bounds) if bounds is not None else [free] * len(cost),
    )
    if found.x is None or found.fun is None:
        raise SolverError(str(found.message))
    duals: FloatArray = np.asarray(found.ineqlin.marginals, dtype=np.float64)
    return Found(np.asarray(found.x, dtype=np.float64), float(found.fun), duals)
