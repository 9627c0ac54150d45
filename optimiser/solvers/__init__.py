"""Solvers: one file per backend, and the registry that the contract tests walk."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from optimiser.solution import Status, StopReason
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


def _honest(solve: Backend) -> Backend:
    """Call nothing optimal whose objective and bound do not meet within the gap asked for."""

    def solve_honestly(
        model: LinearModel,
        limits: Limits,
        *,
        start: FloatArray | None = None,
        watch: Watcher | None = None,
        cancelled: Cancelled | None = None,
    ) -> Outcome:
        outcome = solve(model, limits, start=start, watch=watch, cancelled=cancelled)
        if outcome.status is Status.OPTIMAL and not outcome.closed(limits.gap):
            return replace(outcome, status=Status.FEASIBLE, stop=StopReason.SOLVER)
        return outcome

    return solve_honestly


BACKENDS: Mapping[str, Backend] = {"highs": _honest(highs.solve), "cbc": _honest(cbc.solve)}

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
