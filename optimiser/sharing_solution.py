"""What was decided about support functions, and what it is worth."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from optimiser.functions import FunctionCode
from optimiser.solution import Infeasible, NoAnswer, Status, StopReason, Violation
from optimiser.units import Euros, FloatArray, InseeCode, Share


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """Communes that share one function.

    Parameters
    ----------
    function
        Code of the function.
    host
        INSEE code of the member that hosts, or the code of the EPCI.
    members
        INSEE codes, the host's among them where it is a commune.
    """

    function: FunctionCode
    host: InseeCode
    members: tuple[InseeCode, ...]


@dataclass(frozen=True)
class SharingDecisions:
    """Everything that is decided: who is in no group is alone.

    Parameters
    ----------
    groups
        By function, then host.
    """

    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupCosts:
    """Money of one group, euros a year, as the judge recomputes it.

    Parameters
    ----------
    alone_eur
        What its members cost alone, together.
    production_eur
        What the function costs for all of them in one place.
    partners_eur
        Partner penalty and minutes.
    leakage_eur
        What the members' other functions become dearer by.
    moving_eur_per_year
        Part of the cost of moving that one year bears.
    moving_eur
        Cost of moving, once.
    volume
        Volume of the group.
    staff
        Full-time posts that change employer.
    """

    alone_eur: Euros
    production_eur: Euros
    partners_eur: Euros
    leakage_eur: Euros
    moving_eur_per_year: Euros
    moving_eur: Euros
    volume: float
    staff: float

    @property
    def shared_eur(self) -> Euros:
        """Everything that the group costs in a year."""
        return self.production_eur + self.partners_eur + self.leakage_eur + self.moving_eur_per_year

    @property
    def saving_eur(self) -> Euros:
        """What the group saves in a year; may be negative."""
        return self.alone_eur - self.shared_eur


@dataclass(frozen=True, slots=True)
class SharingEvaluation:
    """Decisions as the judge recomputes them.

    Parameters
    ----------
    groups
        Costs of each group, in the order of the decisions.
    alone_eur
        Euros a year (F) that each function costs when every commune is alone.
    violations
        Rules broken; empty for acceptable decisions.
    """

    groups: tuple[GroupCosts, ...]
    alone_eur: FloatArray
    violations: tuple[Violation, ...] = ()

    @property
    def saving_eur(self) -> Euros:
        """What all groups save in a year: the objective."""
        return sum(group.saving_eur for group in self.groups)

    @property
    def moving_eur(self) -> Euros:
        """What moving costs, once."""
        return sum(group.moving_eur for group in self.groups)

    @property
    def recurrent_saving_eur(self) -> Euros:
        """What all groups save in a year once moving is paid."""
        return sum(group.saving_eur + group.moving_eur_per_year for group in self.groups)


@dataclass(frozen=True)
class SharingSolution:
    """Verified decisions.

    Parameters
    ----------
    decisions, evaluation
        What was decided, and what the judge makes of it.
    status, stop
        How and why the solve ended.
    bound
        Saving that no decision can exceed, proven by the solver.
    solver
        Name and version of the solver.
    seconds
        Wall time of each stage.
    nodes
        Branch-and-bound nodes.
    """

    decisions: SharingDecisions
    evaluation: SharingEvaluation
    status: Status
    stop: StopReason
    bound: Euros
    solver: str
    seconds: Mapping[str, float]
    nodes: int = 0

    @property
    def saving_eur(self) -> Euros:
        """Objective, as the judge recomputed it."""
        return self.evaluation.saving_eur

    @property
    def gap(self) -> Share:
        """Distance between bound and saving, relative to the saving; inf where it is 0."""
        distance = self.bound - self.saving_eur
        if distance <= 1e-6 * max(1.0, abs(self.bound)):
            return 0.0
        return distance / abs(self.saving_eur) if self.saving_eur else float("inf")


SharingAnswer: TypeAlias = SharingSolution | Infeasible | NoAnswer
