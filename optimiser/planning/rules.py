"""Rules of a plan as rows that can give way: what a price tag, or an infeasible question, needs."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import pulp

Unit: TypeAlias = Literal["eur", "eur_per_year", "share", "sites", "themes", "agreements", "lock"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule that the scenario asks for.

    Its rows hold a slack column, bounded to zero while the rule stands.

    Parameters
    ----------
    name, subject
        As in `optimiser.solution.Violation`.
    slack
        The column, in the unit of the row.
    most
        Slack at which the rule no longer restricts anything.
    limit
        What the scenario asks for, in ``unit``.
    per_unit
        Slack that one unit of ``limit`` stands for (persons of a share of 1, say).
    unit
        What ``limit`` is counted in.
    direction
        +1 where giving way raises the limit, -1 where it lowers it.
    """

    name: str
    subject: tuple[str, ...]
    slack: pulp.LpVariable
    most: float
    limit: float
    per_unit: float
    unit: Unit
    direction: int

    def needed(self, slack: float) -> float:
        """Limit, in its unit, that a slack amounts to."""
        return self.limit + self.direction * slack / self.per_unit
