"""What a location problem answers."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Concatenate, ParamSpec

import numpy as np

from optimiser.location.certificate import Certificate, derive
from optimiser.location.core import Core
from optimiser.location.effort import OutOfTimeError
from optimiser.location.found import Found
from optimiser.location.travel import NOWHERE, Travel
from optimiser.solution import Status, StopReason
from optimiser.solvers import Limits
from optimiser.units import BoolArray, FloatArray, IntArray, Share

P = ParamSpec("P")
NO_SITES = np.empty(0, dtype=np.int64)
AS_MANY = 1e-6


@dataclass(frozen=True, eq=False)
class Evidence:
    """What proves a bound: the core that was solved, the certificate, and how they translate.

    Parameters
    ----------
    core
        The problem as the engine took it.
    certificate
        Why no answer of the core costs less than its bound.
    worth
        The objective is ``worth - value`` of the core where this is given, else the value.
    allowed
        Candidates (m,) that may open; None: all.
    """

    core: Core
    certificate: Certificate
    worth: float | None = None
    allowed: BoolArray | None = None

    def bound(self) -> float:
        """Bound of the objective, derived anew from the certificate."""
        value = derive(self.core, self.certificate, self.allowed)
        return value if self.worth is None else self.worth - value


@dataclass(frozen=True, eq=False)
class Cover:
    """What covering within one travel value costs at least.

    Parameters
    ----------
    rank
        Number of the value.
    evidence
        Of the covering problem.
    most
        Without site costs: how many sites there may be, so that more are no answer; else None.
    """

    rank: int
    evidence: Evidence
    most: int | None

    def cost(self) -> float:
        """Least cost, derived anew; inf where no answer covers."""
        bound = self.evidence.bound()
        if self.most is None:
            return bound
        return math.inf if bound > self.most + AS_MANY else 0.0


@dataclass(frozen=True, eq=False)
class SweptEvidence:
    """What proves a bound of the farthest travel and what sites cost for it.

    Parameters
    ----------
    values
        Travel values (k,), ascending: the farthest travel is one of them, or `beyond` and more.
    covers
        Covering problems, by rank.
    beyond
        Of farther travel.
    """

    values: FloatArray
    covers: tuple[Cover, ...]
    beyond: float

    def bound(self) -> float:
        """Bound of the objective, derived anew: covering costs no less within a shorter travel."""
        least, low = self.beyond, 0
        for cover in self.covers:
            if low <= cover.rank:
                least = min(least, float(self.values[low]) + cover.cost())
                low = cover.rank + 1
        return min(least, float(self.values[low])) if low < len(self.values) else least


@dataclass(frozen=True, eq=False)
class Result:
    """Sites, what they are worth, and what is proven.

    Parameters
    ----------
    problem
        Name of the problem.
    status, stop
        How and why the solve ended.
    sites
        Candidates that are open, ascending, existing ones included; empty without an answer.
    assignment
        Site (n,) of each demand, -1 for none.
    objective, bound
        Value of the sites, recomputed from them alone, and what no answer can beat; None without.
    maximise
        Direction.
    seconds
        Wall time by stage.
    counts
        Sizes and amounts of work; the same on every run with the same seed and no time limit hit.
    evidence
        What the bound rests on; None where it is the solver's.
    """

    problem: str
    status: Status
    stop: StopReason
    sites: IntArray
    assignment: IntArray
    objective: float | None
    bound: float | None
    maximise: bool
    seconds: Mapping[str, float]
    counts: Mapping[str, int] = field(default_factory=dict)
    evidence: Evidence | SweptEvidence | None = None

    @property
    def gap(self) -> Share:
        """Distance between bound and objective, relative to the objective; inf without."""
        if self.objective is None or self.bound is None:
            return math.inf
        distance = self.bound - self.objective if self.maximise else self.objective - self.bound
        if distance <= 0.0:
            return 0.0
        return distance / abs(self.objective) if self.objective else math.inf


def in_time(
    problem: str, *, maximise: bool
) -> Callable[[Callable[Concatenate[Travel, P], Result]], Callable[Concatenate[Travel, P], Result]]:
    """Make of a time that ran out before the pairs were known a result without an answer.

    Parameters
    ----------
    problem, maximise
        Of the result.

    Returns
    -------
    Callable
        To stand before the function that solves the problem.
    """

    def around(
        solve: Callable[Concatenate[Travel, P], Result],
    ) -> Callable[Concatenate[Travel, P], Result]:
        @wraps(solve)
        def solved(travel: Travel, /, *args: P.args, **kwargs: P.kwargs) -> Result:
            began = time.perf_counter()
            try:
                return solve(travel, *args, **kwargs)
            except OutOfTimeError:
                return Result(
                    problem=problem,
                    status=Status.NO_ANSWER,
                    stop=StopReason.TIME,
                    sites=NO_SITES,
                    assignment=np.full(travel.demands, NOWHERE),
                    objective=None,
                    bound=None,
                    maximise=maximise,
                    seconds={"pairs": time.perf_counter() - began},
                )

        return solved

    return around


def status_of(found: Found, worth: float | None, limits: Limits) -> Status:
    """Put what the engine found into a word.

    Parameters
    ----------
    found
        What it found.
    worth
        As in `optimiser.location.engine.solve`.
    limits
        The gap that counts as proof.

    Returns
    -------
    Status
        The word.
    """
    if found.sites is None:
        return (
            Status.INFEASIBLE if math.isinf(found.bound) and found.bound > 0 else Status.NO_ANSWER
        )
    scale = abs((worth or 0.0) - found.value)
    slack = max(limits.gap * scale, 1e-9 * max(1.0, scale))
    return Status.OPTIMAL if found.value - found.bound <= slack else Status.FEASIBLE
