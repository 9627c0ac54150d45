"""Problems without a core: a sparse model, solved by HiGHS, whose bound is as it reports it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from optimiser.location.effort import Clock
from optimiser.location.result import NO_SITES, Result
from optimiser.location.travel import NOWHERE
from optimiser.solution import Status
from optimiser.solvers import BACKENDS, Limits, LinearModel, Outcome, isolated
from optimiser.units import BoolArray, FloatArray, IntArray

LEAST_SECONDS = 1e-3
LARGE = 200_000
"""Coefficients from which a model with a time limit is solved in a process of its own."""

Entries = tuple[Any, Any, Any]
"""Arrays: rows, counted from the block's first, columns, and coefficients, or one for all."""


class Rows:
    """Rows of a model, block by block; memory is that of the coefficients."""

    def __init__(self) -> None:
        self.blocks: list[tuple[IntArray, IntArray, FloatArray]] = []
        self.lower: list[FloatArray] = []
        self.upper: list[FloatArray] = []
        self.count = 0

    def add(self, entries: Sequence[Entries], lower: ArrayLike, upper: ArrayLike, n: int) -> None:
        """Add a block of rows.

        Parameters
        ----------
        entries
            Coefficients; those of one place add up.
        lower, upper
            Limits of each row, or of all.
        n
            Number of rows.
        """
        for row, column, value in entries:
            shape = np.shape(row)
            self.blocks.append(
                (
                    self.count + np.asarray(row, dtype=np.int64),
                    np.asarray(column, dtype=np.int64),
                    np.broadcast_to(np.asarray(value, dtype=np.float64), shape),
                )
            )
        self.lower.append(np.broadcast_to(np.asarray(lower, dtype=np.float64), (n,)))
        self.upper.append(np.broadcast_to(np.asarray(upper, dtype=np.float64), (n,)))
        self.count += n

    def model(
        self,
        cost: FloatArray,
        upper: FloatArray,
        integer: BoolArray,
        *,
        lower: FloatArray | None = None,
        maximise: bool = False,
    ) -> LinearModel:
        """Make a model of the rows.

        Parameters
        ----------
        cost, upper, integer, lower
            Objective, limits and kind of each column; lower limits are 0 unless given.
        maximise
            Direction.

        Returns
        -------
        LinearModel
            The model; its columns have no names of their own.
        """
        row, column, value = (np.concatenate(part) for part in zip(*self.blocks, strict=True))
        return LinearModel(
            names=("x",) * len(cost),
            cost=cost,
            offset=0.0,
            maximise=maximise,
            lower=np.zeros(len(cost)) if lower is None else lower,
            upper=upper,
            integer=integer,
            rows=sparse.csr_array((value, (row, column)), shape=(self.count, len(cost))),
            row_lower=np.concatenate(self.lower),
            row_upper=np.concatenate(self.upper),
        )


def fixed_limits(
    candidates: int, required: IntArray, allowed: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Lower and upper limits (m,) of the opening variables under rules about sites."""
    lower = np.zeros(candidates)
    lower[required] = 1.0
    return lower, np.where(allowed, 1.0, 0.0)


def solved(
    model: LinearModel, candidates: int, limits: Limits, clock: Clock
) -> tuple[Outcome, IntArray]:
    """Solve a model whose first columns say which candidate opens.

    Parameters
    ----------
    model
        The model.
    candidates
        Number m of opening variables.
    limits
        Where to stop, its time aside.
    clock
        How much time is left.

    Returns
    -------
    tuple
        What the solver reports, and the sites.
    """
    left = clock.left
    # Nothing left is no limit that a solver understands.
    limits = replace(limits, seconds=None if left is None else max(left, LEAST_SECONDS))
    if limits.seconds is not None and model.rows.nnz > LARGE:
        # HiGHS does not always look at its clock: on large models another process is ended for it.
        outcome = isolated.solve("highs", model, limits)
    else:
        outcome = BACKENDS["highs"](model, limits)
    if outcome.values is None:
        return outcome, NO_SITES
    return outcome, np.flatnonzero(outcome.values[:candidates] > 0.5)  # noqa: PLR2004 - a binary


def result_from(
    name: str,
    outcome: Outcome,
    sites: IntArray,
    assignment: IntArray | None,
    objective: float | None,
    demands: int,
    *,
    maximise: bool,
    seconds: dict[str, float],
    counts: dict[str, int],
) -> Result:
    """Make a result of what the solver reports, the objective being recomputed by the caller."""
    answered = objective is not None and outcome.status in (Status.OPTIMAL, Status.FEASIBLE)
    nowhere = np.full(demands, NOWHERE)
    return Result(
        problem=name,
        status=outcome.status,
        stop=outcome.stop,
        sites=sites if answered else NO_SITES,
        assignment=nowhere if assignment is None or not answered else assignment,
        objective=objective if answered else None,
        bound=outcome.bound,
        maximise=maximise,
        seconds=seconds,
        counts={"nodes": outcome.nodes, **counts},
    )
