"""Rules of a plan as rows that can give way: what a price tag, or an infeasible question, needs."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import pulp

from optimiser.solution import Relaxation

Unit: TypeAlias = Literal[
    "eur",
    "eur_per_year",
    "share",
    "sites",
    "themes",
    "agreements",
    "lock",
    "communes",
    "groups",
    "posts_per_year",
    "volume",
]

Term: TypeAlias = tuple[pulp.LpVariable, float]


_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Asked:
    """What the scenario asks, as people say it.

    Parameters
    ----------
    name, subject
        As in `optimiser.solution.Violation`.
    limit, unit
        What is asked, and what it is counted in.
    per_unit
        What one unit of ``limit`` is in the unit of the row: persons of a share of 1, say.
    """

    name: str
    subject: tuple[str, ...]
    limit: float
    unit: Unit
    per_unit: float = 1.0


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule in the model; its rows hold a slack column, bounded to 0 while the rule stands.

    Parameters
    ----------
    asked
        What the scenario asks.
    slack
        The column, in the unit of the row.
    most
        Slack at which the rule no longer restricts anything.
    direction
        +1 where giving way raises the limit, -1 where it lowers it.
    """

    asked: Asked
    slack: pulp.LpVariable
    most: float
    direction: int

    def needed(self, slack: float) -> float:
        """Limit, in its unit, that a slack amounts to, rounded so that it suffices as shown."""
        exact = self.asked.limit + self.direction * slack / self.asked.per_unit
        digits = 4 if self.asked.unit == "share" else 0
        outwards = math.ceil if self.direction > 0 else math.floor
        # A solver's own tolerance must not add a unit.
        return float(outwards(exact * 10**digits - self.direction * _ROUNDING)) / 10.0**digits

    def relaxation(self, slack: float) -> Relaxation:
        """Say what a slack amounts to."""
        asked = self.asked
        return Relaxation(asked.name, asked.subject, asked.limit, self.needed(slack), asked.unit)


class Programme:
    """An integer programme whose rules can give way; base of the models.

    Attributes
    ----------
    problem
        The PuLP problem; maximises.
    rules
        Every rule that can give way, in the order in which they were written.
    """

    def __init__(self, name: str) -> None:
        """Start an empty programme of that name."""
        self.problem = pulp.LpProblem(name, pulp.LpMaximize)
        self.rules: list[Rule] = []

    def binary(self, name: str, *, low: int = 0) -> pulp.LpVariable:
        """Add a column that is 0 or 1; 1 alone where ``low`` is 1."""
        return self.problem.add_variable(name, low, 1, "Integer")

    def row(self, constraint: pulp.LpConstraint) -> None:
        """Add a constraint."""
        self.problem += constraint

    def slack(self, asked: Asked, *, most: float, direction: int) -> pulp.LpVariable:
        """Add a rule, and give it its slack column.

        Parameters
        ----------
        asked
            What the scenario asks.
        most
            Slack, in the unit of the row, at which the rule no longer restricts anything.
        direction
            +1 where giving way raises the limit, -1 where it lowers it.
        """
        slack = self.problem.add_variable(f"slack_{len(self.rules)}", 0, 0)
        self.rules.append(Rule(asked, slack, max(0.0, most), direction))
        return slack

    def at_most(self, asked: Asked, terms: Sequence[Term], limit: float, *, most: float) -> None:
        """Write ``sum of terms <= limit`` as a rule that can give way by ``most``."""
        slack = self.slack(asked, most=most, direction=1)
        self.row(total(terms) - slack <= limit)

    def at_least(self, asked: Asked, terms: Sequence[Term], limit: float) -> None:
        """Write ``sum of terms >= limit``, of terms that are never negative, as a rule."""
        slack = self.slack(asked, most=limit, direction=-1)
        self.row(total(terms) + slack >= limit)


def total(terms: Iterable[Term]) -> pulp.LpAffineExpression:
    """Sum terms; a column may stand in several of them."""
    sums: dict[pulp.LpVariable, float] = defaultdict(float)
    for column, coefficient in terms:
        sums[column] += coefficient
    return pulp.LpAffineExpression(dict(sums))
