"""What is done in which year, and what it is worth."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from optimiser.functions import FunctionCode
from optimiser.solution import Evaluation, Infeasible, NoAnswer, Status, StopReason, Violation
from optimiser.units import Euros, FloatArray, InseeCode, ServiceCode, Share

ActionKind: TypeAlias = Literal["open", "close", "agreement", "share"]


@dataclass(frozen=True, slots=True, order=True)
class Action:
    """One thing that a plan does, once.

    Parameters
    ----------
    kind
        A new site, a site that goes, an agreement, or a group that starts to share a function.
    what
        Code of the type of facility, or of the function.
    where
        Commune; the host of a group.
    number
        Closings of one type in one commune are counted from 1, and done in that order; else 1.
    """

    kind: ActionKind
    what: ServiceCode | FunctionCode
    where: InseeCode
    number: int = 1


Timetable: TypeAlias = Mapping[Action, int]
"""Year of each action, from 1: it is done, and works end, when that year ends."""


@dataclass(frozen=True, slots=True)
class Money:
    """Euros of every year as they will be paid, prices grown; arrays (T,) unless said otherwise.

    Parameters
    ----------
    capital_eur
        Works, closings and moving, by type (K, T).
    moving_eur
        One-off cost of sharing functions.
    subsidies_eur
        What others pay of the works, by type (K, T).
    running_eur
        What sites and agreements cost more than today's, by type (K, T); negative: less.
    sharing_eur
        What shared functions save.
    lines_eur
        What contributions to others rise by.
    caf_eur
        Gross self-financing: today's, what is saved, less interest above today's.
    other_investment_eur
        What all other investment takes of it.
    interest_eur
        Interest of the debt at the end of the year before.
    debt_eur
        Debt at the end of each year (T + 1,), today's first; negative: cash in hand.
    """

    capital_eur: FloatArray
    moving_eur: FloatArray
    subsidies_eur: FloatArray
    running_eur: FloatArray
    sharing_eur: FloatArray
    lines_eur: FloatArray
    caf_eur: FloatArray
    other_investment_eur: FloatArray
    interest_eur: FloatArray
    debt_eur: FloatArray

    @property
    def invested_eur(self) -> FloatArray:
        """Everything paid once (T,), before subsidies."""
        invested: FloatArray = self.capital_eur.sum(axis=0) + self.moving_eur
        return invested

    def debt_years(self, year: int) -> float:
        """Debt at the end of a year (from 1) in years of that year's CAF; inf without any CAF."""
        debt, caf = max(0.0, float(self.debt_eur[year])), float(self.caf_eur[year - 1])
        if caf > 0:
            return debt / caf
        return float("inf") if debt else 0.0


@dataclass(frozen=True, slots=True)
class ScheduleEvaluation:
    """A timetable as the judge recomputes it.

    Parameters
    ----------
    networks
        Today's network, and the one after each year (T + 1).
    spending_eur
        Paid once in each year (T,), in the catalogue's euros.
    staff
        Full-time posts (T,) that move in each year.
    money
        What is paid.
    value_eur
        Objective: worth of access gained and money saved, less money spent, discounted.
    violations
        Rules broken; empty for an acceptable timetable.
    """

    networks: tuple[Evaluation, ...]
    spending_eur: FloatArray
    staff: FloatArray
    money: Money
    value_eur: Euros
    violations: tuple[Violation, ...] = ()


@dataclass(frozen=True)
class ScheduleSolution:
    """A verified timetable.

    Parameters
    ----------
    years
        Year of each action.
    evaluation
        What the judge makes of it.
    status, stop
        How and why the solve ended.
    bound
        Value that no timetable can exceed, proven by the solver.
    solver
        Name and version of the solver.
    seconds
        Wall time of each stage.
    nodes
        Branch-and-bound nodes.
    """

    years: Timetable
    evaluation: ScheduleEvaluation
    status: Status
    stop: StopReason
    bound: Euros
    solver: str
    seconds: Mapping[str, float]
    nodes: int = 0

    @property
    def value_eur(self) -> Euros:
        """Objective, as the judge recomputed it."""
        return self.evaluation.value_eur

    @property
    def gap(self) -> Share:
        """Distance between bound and value, relative to the value; inf where it is 0."""
        distance = self.bound - self.value_eur
        if distance <= 1e-6 * max(1.0, abs(self.bound)):
            return 0.0
        return distance / abs(self.value_eur) if self.value_eur else float("inf")


@dataclass(frozen=True)
class ScheduleInfeasible:
    """No timetable within the years and the limits.

    Parameters
    ----------
    why
        Which limits conflict, and by how little they must give way.
    years_needed
        Fewest years, under the same limits, that have a timetable; None: none was found.
    """

    why: Infeasible
    years_needed: int | None


ScheduleAnswer: TypeAlias = ScheduleSolution | ScheduleInfeasible | NoAnswer
