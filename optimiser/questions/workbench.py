"""A case, its model and its best plan, kept ready: a question is one more solve of the same rows.

The model is written once; a question changes bounds, adds rows, or lets rules give way. Whatever
comes back is judged like any plan: only the rules that the question released may be broken.
"""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
import pulp

from optimiser import check
from optimiser.case import Case
from optimiser.errors import NoPlanError, VerificationError
from optimiser.planning.decode import decode, encode
from optimiser.planning.families import build
from optimiser.planning.model import PlanModel
from optimiser.questions.rows import Row, with_rows
from optimiser.solution import Decisions, Evaluation, Place, Solution, Status, StopReason, Violation
from optimiser.solvers import BACKENDS, Limits, LinearModel

FINE = Limits(gap=1e-6)
"""Differences between plans are small beside their scores: the gap must be smaller still."""

_SEVERAL = frozenset({"new_duplicate", "themes"})
"""Rules that break once for each pair or theme, under one slack."""


@dataclass(frozen=True, slots=True, order=True)
class Wish:
    """How many sites of a type should operate in a commune; for a neighbour, 1 is an agreement.

    Parameters
    ----------
    service, commune
        Where, and of which type.
    least, most
        Limits of the number of sites; None: none.
    """

    service: str
    commune: str
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class Change:
    """What one question changes.

    Parameters
    ----------
    wishes
        Numbers of sites that are asked for.
    slack
        By index of the rule in `PlanModel.rules`: by how much it gives way, in the unit of its
        row; negative where it becomes stricter. ``inf``: it is dropped.
    rows
        Further constraints on the columns of the model.
    """

    wishes: tuple[Wish, ...] = ()
    slack: Mapping[int, float] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Blocked:
    """A question without a plan.

    Parameters
    ----------
    status
        ``infeasible``: proven; ``no_answer``: stopped before anything was found.
    stop
        Why the solve ended.
    """

    status: Status
    stop: StopReason


Reply: TypeAlias = Solution | Blocked


@dataclass(frozen=True, slots=True)
class Aimed:
    """The best plan of another aim than the score.

    Parameters
    ----------
    plan
        The plan; nothing is proven about its score.
    objective, bound
        What the solver claims of the aim, and what no plan exceeds.
    """

    plan: Solution
    objective: float
    bound: float


class Workbench:
    """A case ready for questions.

    Parameters
    ----------
    case
        The case.
    limits
        Of every solve.

    Attributes
    ----------
    model, matrix
        The plan model and the same as arrays.
    """

    def __init__(self, case: Case, limits: Limits = FINE) -> None:
        self.case = case
        self.limits = limits
        self.model: PlanModel = build(case)
        self.matrix = LinearModel.from_pulp(self.model.problem)
        self._column = {name: index for index, name in enumerate(self.matrix.names)}
        self._services = {service.code: k for k, service in enumerate(case.services)}
        self._communes = {c.code: j for j, c in enumerate(case.territory.communes)}

    @cached_property
    def today(self) -> Evaluation:
        """Today's network, as the judge sees it."""
        return check.evaluate(self.case, check.today(self.case))

    @cached_property
    def best(self) -> Solution:
        """The best plan of the case.

        Raises
        ------
        NoPlanError
            There is none.
        """
        reply = self.find()
        if isinstance(reply, Blocked):
            raise NoPlanError(reply.status)
        return reply

    def find(self) -> Reply:
        """Find the best plan of the case, from today's network where the rules allow it."""
        return self.ask(Change(), start=None if self.today.violations else check.today(self.case))

    def ask(self, change: Change, *, start: Decisions | None = None) -> Reply:
        """Solve with a change.

        Parameters
        ----------
        change
            What the question changes.
        start
            Decisions to start from.

        Returns
        -------
        Solution or Blocked
            The best plan under the change, judged.

        Raises
        ------
        VerificationError
            The judge refuses the plan: a defect of ours.
        """
        matrix = self.changed(change)
        return self.solve(matrix, released=change.slack, start=start)

    def solve(
        self,
        matrix: LinearModel,
        *,
        released: Collection[int] = (),
        start: Decisions | None = None,
        limits: Limits | None = None,
    ) -> Reply:
        """Solve a model of the score that holds the columns of this one first.

        Parameters
        ----------
        matrix
            The model, perhaps with more columns at its end.
        released
            Rules that a plan may break.
        start
            Decisions to start from.
        limits
            Of this solve; None: those of the workbench.

        Returns
        -------
        Solution or Blocked
            The plan, judged; its score is the solver's.
        """
        found = self._run(matrix, released, start, limits, own_score=True)
        return found if isinstance(found, Blocked) else found.plan

    def aim(
        self,
        matrix: LinearModel,
        *,
        released: Collection[int] = (),
        start: Decisions | None = None,
        limits: Limits | None = None,
    ) -> Aimed | Blocked:
        """Solve a model, as `solve` does, whose objective is another one than the score.

        Returns
        -------
        Aimed or Blocked
            The plan, judged; that the aim is what the solver claims is for the caller to check.
        """
        return self._run(matrix, released, start, limits, own_score=False)

    def _run(
        self,
        matrix: LinearModel,
        released: Collection[int],
        start: Decisions | None,
        limits: Limits | None,
        *,
        own_score: bool,
    ) -> Aimed | Blocked:
        began = time.perf_counter()
        first = None
        if start is not None:
            first = np.full(len(matrix.names), np.nan)
            first[: len(self.matrix.names)] = encode(self.model, start)
        outcome = BACKENDS["highs"](matrix, limits or self.limits, start=first)
        if outcome.values is None or outcome.objective is None:
            return Blocked(outcome.status, outcome.stop)
        decisions = decode(self.model, outcome.values[: len(self.matrix.names)])
        evaluation = self.judge(decisions, released, outcome.objective if own_score else None)
        best = np.inf if matrix.maximise else -np.inf
        bound = best if outcome.bound is None else outcome.bound
        plan = Solution(
            decisions=decisions,
            evaluation=evaluation,
            today=self.today,
            status=outcome.status,
            stop=outcome.stop,
            bound=max(bound, evaluation.score) if own_score else np.inf,
            solver=outcome.solver,
            seconds={"ask": time.perf_counter() - began},
            nodes=outcome.nodes,
        )
        return Aimed(plan, outcome.objective, bound)

    def judge(
        self, decisions: Decisions, released: Collection[int] = (), claimed: float | None = None
    ) -> Evaluation:
        """Let the judge recompute a plan; only released rules may be broken.

        Parameters
        ----------
        decisions
            The plan.
        released
            Indices of the rules that may be broken.
        claimed
            What the solver says that it is worth; None: it says nothing.

        Returns
        -------
        Evaluation
            With the violations of released rules.

        Raises
        ------
        VerificationError
            Another rule is broken, or the score differs from the claim.
        """
        evaluation = check.evaluate(self.case, decisions)
        asked = [self.model.rules[r].asked for r in released]
        allowed = {(a.name, a.subject) for a in asked}
        complaints = [
            str(violation)
            for violation in evaluation.violations
            if rule_key(violation) not in allowed
        ]
        scale = 1e-5 * max(1.0, evaluation.coverage_points)
        if claimed is not None and abs(evaluation.score - claimed) > scale:
            complaints.append(f"score {evaluation.score:.6f}, claimed {claimed:.6f}")
        if complaints:
            raise VerificationError(complaints)
        return evaluation

    def changed(self, change: Change) -> LinearModel:
        """Model with a change made.

        Parameters
        ----------
        change
            The change.

        Returns
        -------
        LinearModel
            The same columns; rules that give way have their slack, and there may be more rows.
        """
        lower, upper = self.matrix.lower.copy(), self.matrix.upper.copy()
        for r, amount in change.slack.items():
            rule = self.model.rules[r]
            column = self.column(rule.slack)
            lower[column] = min(0.0, amount)
            upper[column] = rule.most if np.isinf(amount) else amount
        rows = [*change.rows, *(self._wished(wish) for wish in change.wishes)]
        return with_rows(replace(self.matrix, lower=lower, upper=upper), rows)

    def _wished(self, wish: Wish) -> Row:
        terms = self.count(wish.service, wish.commune)
        low = -np.inf if wish.least is None else wish.least
        high = np.inf if wish.most is None else wish.most
        return Row(terms, low, high)

    def count(self, service: str, commune: str) -> dict[int, float]:
        """Columns that sum to the number of sites of a type in a commune.

        Parameters
        ----------
        service, commune
            Codes.

        Returns
        -------
        dict
            Coefficient by column; empty where no site can ever operate. A neighbour's column is 1
            where its sites are shared.
        """
        k, j = self._services[service], self._communes[commune]
        if (k, j) in self.model.agreed:
            return {self.column(self.model.agreed[k, j]): 1.0}
        if j >= len(self.case.members):
            return {}
        return {self.column(column): c for column, c in self.model.count(k, [j])}

    def column(self, variable: pulp.LpVariable) -> int:
        """Index of a column of the model."""
        return self._column[variable.name]

    @cached_property
    def decided(self) -> tuple[Place, ...]:
        """Types and communes where something is decided, members first."""
        codes = [commune.code for commune in self.case.territory.communes]
        places = [
            (self.case.services[k].code, codes[j])
            for table in (self.model.kept, self.model.opened, self.model.agreed)
            for k, j in table
        ]
        return tuple(
            sorted(set(places), key=lambda p: (self._services[p[0]], self._communes[p[1]]))
        )

    def presence(self, place: Place) -> int:
        """Column that is 1 where any site of a place operates."""
        k, j = self._services[place[0]], self._communes[place[1]]
        column = self.model.present(k, j)
        if column is None:
            raise KeyError(place)
        return self.column(column)

    def most(self, place: Place) -> int:
        """Largest number of sites that may operate in a place."""
        return round(float(sum(self.matrix.upper[c] for c in self.count(*place))))

    def value(self, decisions: Decisions, place: Place) -> int:
        """Sites that operate in a place; 1 where a neighbour's are shared."""
        return int(place in decisions.agreements) or decisions.sites.get(place, 0)


def rule_key(violation: Violation) -> tuple[str, tuple[str, ...]]:
    """Name and subject of the rule that a violation breaks.

    Parameters
    ----------
    violation
        What the judge found.

    Returns
    -------
    tuple
        Pairs of one type, and themes of one commune, are one rule.
    """
    several = violation.rule in _SEVERAL
    return violation.rule, violation.subject[:1] if several else violation.subject
