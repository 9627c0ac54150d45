"""Rows and columns added to a model: what a question needs beyond changed bounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from optimiser.solvers import LinearModel
from optimiser.units import FloatArray


@dataclass(frozen=True, slots=True)
class Row:
    """One more constraint: ``low <= sum of coefficients x columns <= high``.

    Parameters
    ----------
    terms
        Coefficient of each column, by index.
    low, high
        Limits.
    """

    terms: Mapping[int, float]
    low: float = -np.inf
    high: float = np.inf


def with_rows(matrix: LinearModel, rows: Sequence[Row]) -> LinearModel:
    """Add rows to a model.

    Parameters
    ----------
    matrix
        The model.
    rows
        What to add.

    Returns
    -------
    LinearModel
        The longer model.
    """
    if not rows:
        return matrix
    places = [(n, column) for n, row in enumerate(rows) for column in row.terms]
    data = [coefficient for row in rows for coefficient in row.terms.values()]
    more = sparse.csr_array(
        (
            np.array(data, dtype=np.float64),
            (
                np.array([n for n, _ in places], dtype=np.int32),
                np.array([column for _, column in places], dtype=np.int32),
            ),
        ),
        shape=(len(rows), len(matrix.names)),
    )
    return replace(
        matrix,
        rows=sparse.csr_array(sparse.vstack([matrix.rows, more])),
        row_lower=np.concatenate([matrix.row_lower, [row.low for row in rows]]),
        row_upper=np.concatenate([matrix.row_upper, [row.high for row in rows]]),
    )


def with_columns(
    matrix: LinearModel, names: Sequence[str], *, cost: FloatArray, upper: FloatArray, whole: bool
) -> LinearModel:
    """Add columns, from 0 up, to the end of a model.

    Parameters
    ----------
    matrix
        The model.
    names
        Their names.
    cost, upper
        Objective and upper bound (len(names),).
    whole
        True: they take whole values.

    Returns
    -------
    LinearModel
        The wider model.
    """
    many = len(names)
    shape = (matrix.rows.shape[0], len(matrix.names) + many)
    rows = matrix.rows
    return replace(
        matrix,
        names=matrix.names + tuple(names),
        cost=np.concatenate([matrix.cost, cost]),
        lower=np.concatenate([matrix.lower, np.zeros(many)]),
        upper=np.concatenate([matrix.upper, upper]),
        integer=np.concatenate([matrix.integer, np.full(many, whole)]),
        rows=sparse.csr_array((rows.data, rows.indices, rows.indptr), shape=shape),
    )
