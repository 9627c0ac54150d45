"""Rules of a plan as rows that can give way: what a price tag, or an infeasible question, needs."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import pulp

from optimiser.solution import Relaxation

Unit: TypeAlias = Literal["eur", "eur_per_year", "share", "sites", "themes", "agreements", "lock"]


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
        """Limit, in its unit, that a slack amounts to."""
        return self.asked.limit + self.direction * slack / self.asked.per_unit

    def relaxation(self, slack: float) -> Relaxation:
        """Say what a slack amounts to."""
        asked = self.asked
        return Relaxation(asked.name, asked.subject, asked.limit, self.needed(slack), asked.unit)
