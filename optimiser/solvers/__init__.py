"""Solvers: one file per backend, and the registry that the contract tests walk."""

from collections.abc import Mapping
from typing import Protocol

from optimiser.solvers import cbc, highs
from optimiser.solvers.matrix import LinearModel
from optimiser.solvers.outcome import Cancelled, Limits, Outcome, Progress, Watcher
from optimiser.units import FloatArray


class Backend(Protocol):
    """A function that solves a model; see `optimiser.solvers.highs.solve`."""

    def __call__(
        self,
        model: LinearModel,
        limits: Limits,
        *,
        start: FloatArray | None = None,
        watch: Watcher | None = None,
        cancelled: Cancelled | None = None,
    ) -> Outcome:
        """Solve."""


BACKENDS: Mapping[str, Backend] = {"highs": highs.solve, "cbc": cbc.solve}

__all__ = [
    "BACKENDS",
    "Backend",
    "Cancelled",
    "Limits",
    "LinearModel",
    "Outcome",
    "Progress",
    "Watcher",
]
