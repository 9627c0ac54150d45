"""What a solver is given besides the model, and what it reports."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from optimiser.solution import Status, StopReason
from optimiser.units import FloatArray


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a solve may stop.

    Parameters
    ----------
    seconds
        Wall-clock limit; None: none.
    gap
        Relative distance between bound and objective that counts as proof.
    threads
        Threads that the solver may use.
    seed
        Seed of the solver's random choices.
    """

    seconds: float | None = None
    gap: float = 1e-4
    threads: int = 2
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse limits that mean nothing.

        Raises
        ------
        ValueError
            A negative time or gap, or no thread.
        """
        if self.seconds is not None and not self.seconds > 0:
            msg = "seconds > 0"
            raise ValueError(msg)
        if not 0 <= self.gap < 1:
            msg = "0 <= gap < 1"
            raise ValueError(msg)
        if self.threads < 1:
            msg = "threads >= 1"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a solve stands.

    Parameters
    ----------
    seconds
        Since the solver started.
    objective, bound
        Best found and best proven; None while there is none.
    nodes
        Branch-and-bound nodes so far.
    values
        Value (columns,) of each variable, when the best answer has just improved.
    """

    seconds: float
    objective: float | None = None
    bound: float | None = None
    nodes: int = 0
    values: FloatArray | None = None


ROUNDING = 1e-6
"""Part of an objective that a solver's own tolerances may hide."""

Watcher: TypeAlias = Callable[[Progress], None]
Cancelled: TypeAlias = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the solver itself reports at the end.

    Parameters
    ----------
    status, stop
        How and why it ended.
    objective, bound
        Best found and best proven, in the model's own direction; None where there is none.
    values
        Value (columns,) of each variable in the best answer; None where there is none.
    solver
        Name and version.
    nodes
        Branch-and-bound nodes.
    seconds
        Wall time by stage.
    """

    status: Status
    stop: StopReason
    objective: float | None
    bound: float | None
    values: FloatArray | None
    solver: str
    nodes: int = 0
    seconds: Mapping[str, float] = field(default_factory=dict)

    def closed(self, gap: float) -> bool:
        """Whether objective and bound meet within the gap, or within a solver's rounding."""
        if self.objective is None or self.bound is None:
            return False
        distance = abs(self.bound - self.objective)
        return distance <= gap * abs(self.objective) + ROUNDING * max(1.0, abs(self.objective))
