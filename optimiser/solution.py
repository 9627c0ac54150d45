"""What was decided, and what it is worth: the same words for every model, solver and face."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from optimiser.units import (
    BoolArray,
    Euros,
    FloatArray,
    InseeCode,
    IntArray,
    Persons,
    ServiceCode,
    Share,
)


class Status(enum.StrEnum):
    """How a solve ended, as the solver itself reports it.

    Attributes
    ----------
    OPTIMAL
        Proven to within the gap that was asked for.
    FEASIBLE
        A verified answer, stopped before the proof.
    INFEASIBLE
        Proven that no answer satisfies the rules.
    NO_ANSWER
        Stopped before any answer was found, and nothing is proven.
    """

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    NO_ANSWER = "no_answer"


class StopReason(enum.StrEnum):
    """Why a solve ended."""

    PROOF = "proof"
    TIME = "time"
    INTERRUPT = "interrupt"
    MEMORY = "memory"
    SOLVER = "solver"


Place: TypeAlias = tuple[ServiceCode, InseeCode]


@dataclass(frozen=True, slots=True, order=True)
class Transfer:
    """A site that moves: it closes in one member as another opens in the next."""

    service: ServiceCode
    origin: InseeCode
    destination: InseeCode


@dataclass(frozen=True)
class Decisions:
    """Everything that a plan decides.

    Parameters
    ----------
    sites
        Number of sites that operate, by type and member; absent means none.
    agreements
        Neighbours' sites that are shared, by type and commune.
    transfers
        Which closing and which opening belong together; each site moves once.
    themes
        Themes given to each member that receives a new structuring facility.
    """

    sites: Mapping[Place, int]
    agreements: frozenset[Place] = frozenset()
    transfers: tuple[Transfer, ...] = ()
    themes: Mapping[InseeCode, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that decisions break.

    Parameters
    ----------
    rule
        Name of the constraint family, as in docs/mathematics.md.
    subject
        What it is about: codes of service, basin or commune.
    amount, limit
        What the decisions do, and what the rule allows.
    """

    rule: str
    subject: tuple[str, ...]
    amount: float
    limit: float

    def __str__(self) -> str:
        """Name the rule and the two figures."""
        return f"{self.rule} {'/'.join(self.subject)}: {self.amount:g} against {self.limit:g}"


@dataclass(frozen=True, slots=True)
class Costs:
    """Money of a plan.

    Parameters
    ----------
    running_eur
        Euros a year (K, n) of the sites that operate.
    fees_eur
        Euros a year (K, m) of the agreements.
    opening_eur, closing_eur
        Euros (K, n), once.
    spared_eur
        Closing cost (K) that transfers spare.
    annual_eur
        Running costs, fees and the year's part of capital, less today's running costs.
    """

    running_eur: FloatArray
    fees_eur: FloatArray
    opening_eur: FloatArray
    closing_eur: FloatArray
    spared_eur: FloatArray
    annual_eur: Euros

    @property
    def capital_eur(self) -> Euros:
        """What the plan costs once: openings and closings, less what transfers spare."""
        return float(self.opening_eur.sum() + self.closing_eur.sum() - self.spared_eur.sum())

    @property
    def recurrent_eur(self) -> Euros:
        """What the network costs every year: running costs and fees."""
        return float(self.running_eur.sum() + self.fees_eur.sum())


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Decisions as the judge recomputes them; arrays are indexed as in `optimiser.case`.

    Parameters
    ----------
    sites
        Sites (K, n) that operate in the members.
    agreed
        Whether (K, m) the sites of a neighbour are shared.
    minutes
        Minutes (K, n) from each member to the nearest site that serves it, the mean over its cells
        where there are any; inf without one.
    within
        Persons (K, n) within the guaranteed time, by member.
    covered
        Persons (R,) of each type's public within each tier, nearest tier first; one array a type.
    guaranteed
        Persons (K, B) within the guaranteed time, by basin.
    public
        Persons (K, B) of the public, by basin.
    excess
        Sites (K, n) within the exclusive time of each member beyond what its public fills.
    duplicated
        Persons (K) served by more sites than needed, counted once for each site too many.
    coverage_points, duplicate_points, cost_points
        Parts of the score, in inhabitants-and-types served.
    costs
        Money.
    violations
        Rules broken; empty for an acceptable plan.
    without_car
        Persons (K) of each type's public within the limit without a car; None where nobody asked.
    """

    sites: IntArray
    agreed: BoolArray
    minutes: FloatArray
    within: FloatArray
    covered: tuple[FloatArray, ...]
    guaranteed: FloatArray
    public: FloatArray
    excess: FloatArray
    duplicated: FloatArray
    coverage_points: float
    duplicate_points: float
    cost_points: float
    costs: Costs
    violations: tuple[Violation, ...]
    without_car: FloatArray | None = None

    @property
    def score(self) -> float:
        """Objective: coverage less duplicates less cost."""
        return self.coverage_points - self.duplicate_points - self.cost_points

    def share(self, k: int, basin: int | None = None) -> Share | None:
        """Share of the public of k within the guaranteed time; None where there is no public.

        Parameters
        ----------
        k
            Index of the type.
        basin
            Index of the basin; None: the whole territory.
        """
        pick = slice(None) if basin is None else slice(basin, basin + 1)
        total: Persons = float(self.public[k, pick].sum())
        return float(self.guaranteed[k, pick].sum()) / total if total else None

    def mean_share(self, basin: int | None = None) -> Share | None:
        """Mean over the types of the share within the guaranteed time: the access of a network.

        Parameters
        ----------
        basin
            Index of the basin; None: the whole territory.

        Returns
        -------
        float or None
            Types without any public are left out; None where that is every type.
        """
        shares = [self.share(k, basin) for k in range(len(self.public))]
        known = [share for share in shares if share is not None]
        return sum(known) / len(known) if known else None

    def worst_share(self) -> Share | None:
        """Access of the basin that has least of it; None where no basin has any public."""
        shares = [self.mean_share(b) for b in range(self.public.shape[1])]
        return min((share for share in shares if share is not None), default=None)


@dataclass(frozen=True)
class Solution:
    """A verified plan.

    Parameters
    ----------
    decisions
        What was decided.
    evaluation, today
        What the judge makes of it, and of today's network.
    status, stop
        How and why the solve ended.
    bound
        Score that no plan can exceed, proven by the solver.
    solver
        Name and version of the solver.
    seconds
        Wall time of each stage.
    nodes
        Branch-and-bound nodes.
    """

    decisions: Decisions
    evaluation: Evaluation
    today: Evaluation
    status: Status
    stop: StopReason
    bound: float
    solver: str
    seconds: Mapping[str, float]
    nodes: int = 0

    @property
    def score(self) -> float:
        """Objective, as the judge recomputed it."""
        return self.evaluation.score

    @property
    def gap(self) -> Share:
        """Distance between bound and score, relative to the score; inf where the score is 0."""
        distance = max(0.0, self.bound - self.score)
        if distance == 0.0:
            return 0.0
        return distance / abs(self.score) if self.score else float("inf")


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One rule and by how much it would have to give way.

    Parameters
    ----------
    rule, subject
        As in `Violation`.
    limit
        What the scenario asks.
    needed
        The nearest value at which the question has an answer, together with the other relaxations.
    unit
        ``eur``, ``share``, ``sites``, ``themes`` or ``lock``.
    """

    rule: str
    subject: tuple[str, ...]
    limit: float
    needed: float
    unit: str


@dataclass(frozen=True)
class Infeasible:
    """The answer to a question that has none.

    Parameters
    ----------
    conflict
        Rules that cannot hold together.
    minimal
        True: drop any one rule of the conflict and the others have an answer. False: the time to
        find a minimal one ran out.
    relaxation
        The smallest set of rules, each by the least amount, that makes the question answerable.
    proven
        True when the relaxation is proven smallest.
    seconds
        Wall time of each stage.
    """

    conflict: tuple[tuple[str, tuple[str, ...]], ...]
    relaxation: tuple[Relaxation, ...]
    proven: bool
    seconds: Mapping[str, float]
    minimal: bool = True


@dataclass(frozen=True)
class NoAnswer:
    """Stopped before any plan was found; nothing is proven about the question.

    Parameters
    ----------
    stop
        Why the solve ended.
    seconds
        Wall time of each stage.
    """

    stop: StopReason
    seconds: Mapping[str, float]


Answer: TypeAlias = Solution | Infeasible | NoAnswer
