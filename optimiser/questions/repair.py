"""The cheapest repair of a network that does not hold its users, or whose sites are hardly used.

Sites grow by levels, each half of an ordinary site in capacity, capital and running cost, or shrink
by such levels without any saving being claimed (assumptions, grade D); new sites open where the
catalogue allows. Users are spread (``best`` assignment of `optimiser.questions.certify`). In this
order: as few persons of those within reach as possible find no room; sites are used as nearly as
possible up to the minimum throughput, a new one always; and the changes cost least.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pulp

from optimiser.case import Case
from optimiser.catalogue import Grade
from optimiser.errors import VerificationError
from optimiser.questions.certify import LEAST_USE, network
from optimiser.solution import Decisions, Status
from optimiser.solvers import BACKENDS, Limits, LinearModel, Outcome
from optimiser.units import BoolArray, Euros, FloatArray, Persons, ServiceCode, Share, within

LEVEL = 0.5
"""Part of an ordinary site that one level adds."""

MOST_LEVELS = 4

_HAIR = 1e-6
"""Part by which an earlier aim may be missed, so that rounding does not forbid the later ones."""


@dataclass(frozen=True, slots=True)
class Enlargement:
    """One change.

    Parameters
    ----------
    service, commune
        Where.
    levels
        Levels added to the sites that stand, or taken from them where negative; 0 for a new site.
    capital_eur, running_eur
        Euros once, and a year; nothing where a site shrinks.
    grade
        Evidence grade of the euros: a level is an assumption, a new site has the catalogue's worse
        one.
    """

    service: ServiceCode
    commune: str
    levels: int
    capital_eur: Euros
    running_eur: Euros
    grade: Grade


@dataclass(frozen=True)
class Repair:
    """The cheapest repair of one type.

    Parameters
    ----------
    service
        Code.
    changes
        What to enlarge, to shrink and to open.
    left_over
        Persons who find no room even with every change allowed.
    underused
        Users whom sites lack to reach the minimum throughput even so.
    annual_eur
        Full yearly cost of the changes.
    status, gap
        As proven, of the last and the earlier aims.
    """

    service: ServiceCode
    changes: tuple[Enlargement, ...]
    left_over: Persons
    underused: Persons
    annual_eur: Euros
    status: Status
    gap: Share


def repair(
    case: Case,
    decisions: Decisions,
    k: int,
    limits: Limits | None = None,
    *,
    least_use: Share = LEAST_USE,
    most_levels: int = MOST_LEVELS,
) -> Repair:
    """Find the cheapest changes with which everybody within reach finds room.

    Parameters
    ----------
    case, decisions
        The case, and where sites operate.
    k
        The type.
    limits
        Of each solve.
    least_use
        Minimum throughput, as a part of capacity.
    most_levels
        Levels that the sites of one commune may grow by.

    Returns
    -------
    Repair
        Where no changes suffice, those that leave the fewest persons over, the cheapest of them.
    """
    case.refuse_cells("certify --repair", "certify")
    model = _Model(case, decisions, k, least_use, most_levels)
    code = case.services[k].code
    outcome, status, gap = _in_turn(model, limits or Limits(gap=1e-6))
    if outcome is None:
        nothing = float("nan")
        return Repair(code, (), nothing, nothing, nothing, status, float("inf"))
    value = dict(zip(model.names, outcome, strict=True))
    model.check(value, case.public[k])
    changes = [
        _change(case, k, j, sign * round(value[column.name]), new=False)
        for table, sign in ((model.grown, 1), (model.shrunk, -1))
        for j, column in table.items()
        if round(value[column.name])
    ]
    changes += [
        _change(case, k, j, 0, new=True)
        for j, column in model.opened.items()
        if round(value[column.name])
    ]
    annuity = case.annuity(k)
    return Repair(
        service=code,
        changes=tuple(changes),
        left_over=sum(value[column.name] for column in model.left.values()),
        underused=sum(value[column.name] for column in model.short.values()),
        annual_eur=sum(c.running_eur + annuity * c.capital_eur for c in changes),
        status=status,
        gap=gap,
    )


_Room: TypeAlias = tuple[float, list[tuple[pulp.LpVariable, float]]]
"""Persons that sites hold as they stand, and the columns that add to it."""


class _Model:
    """The sites, their sizes and their users, as columns and rows."""

    def __init__(
        self, case: Case, decisions: Decisions, k: int, least_use: Share, most_levels: int
    ) -> None:
        self.problem = problem = pulp.LpProblem("repair", pulp.LpMinimize)
        self.grown: dict[int, pulp.LpVariable] = {}
        self.shrunk: dict[int, pulp.LpVariable] = {}
        self.opened: dict[int, pulp.LpVariable] = {}
        self.left: dict[int, pulp.LpVariable] = {}
        self.short: dict[int, pulp.LpVariable] = {}
        service = case.services[k]
        half = LEVEL * service.persons_per_site
        minutes, capacity = network(case, decisions, k)
        reached = within(minutes, service.guarantee_minutes).any(axis=1) & (case.public[k] > 0)
        self.room: dict[int, _Room] = {}
        for j, commune in enumerate(case.members):
            if decisions.sites.get((service.code, commune.code), 0):
                least = max(0, int(capacity[j] // half) - 1)
                up = problem.add_variable(f"level_{j}", 0, most_levels, "Integer")
                down = problem.add_variable(f"less_{j}", 0, least, "Integer")
                self.grown[j], self.shrunk[j] = up, down
                self.room[j] = float(capacity[j]), [(up, half), (down, -half)]
            elif case.can_open[k, j]:
                self.opened[j] = problem.add_variable(f"open_{j}", 0, 1, "Integer")
                self.room[j] = 0.0, [(self.opened[j], service.persons_per_site)]
                minutes[:, j] = case.minutes[:, j]
        for j in np.flatnonzero(capacity > 0).tolist():
            self.room.setdefault(j, (float(capacity[j]), []))
        for i in np.flatnonzero(reached).tolist():
            self.left[i] = problem.add_variable(f"left_{i}", 0, float(case.public[k, i]))
        self._spread(case.public[k], within(minutes, service.guarantee_minutes), least_use)
        self.yearly: dict[pulp.LpVariable, Euros] = {
            **{column: LEVEL * _annual(case, k, j) for j, column in self.grown.items()},
            **{column: _annual(case, k, j) for j, column in self.opened.items()},
            # Shrinking saves nothing here, and is not done for nothing.
            **dict.fromkeys(self.shrunk.values(), 1.0),
        }
        self.names = [variable.name for variable in problem.variables()]

    def check(self, value: Mapping[str, float], public: FloatArray) -> None:
        """Add the users of an answer up again, from whole levels.

        Raises
        ------
        VerificationError
            Sites hold more than their room, or somebody within reach is neither user nor left.
        """
        problems = []
        for j, (fixed, sizes) in self.room.items():
            most = fixed + sum(part * round(value[column.name]) for column, part in sizes)
            users = sum(value[x.name] for (_, b), x in self.flows.items() if b == j)
            if users > most + _HAIR * max(1.0, most):
                problems.append(f"users {users:.3f}, room {most:.3f}")
        for i, rest in self.left.items():
            counted = sum(value[x.name] for (a, _), x in self.flows.items() if a == i)
            counted += value[rest.name]
            if abs(counted - public[i]) > _HAIR * max(1.0, float(public[i])):
                problems.append(f"persons {counted:.3f}, public {public[i]:.3f}")
        if problems:
            raise VerificationError(problems)

    def _spread(
        self,
        public: FloatArray,
        near: BoolArray,
        least_use: Share,
    ) -> None:
        """Give users to sites: everybody within reach or left, no site overfull or hardly used."""
        problem = self.problem
        self.flows = flows = {
            (i, j): problem.add_variable(f"x_{i}_{j}", 0)
            for i in self.left
            for j in self.room
            if near[i, j]
        }
        for i, rest in self.left.items():
            users = pulp.lpSum(x for (a, _), x in flows.items() if a == i)
            problem += users + rest >= float(public[i])
            problem += users <= float(public[i])
        for j, (fixed, sizes) in self.room.items():
            most = fixed + pulp.lpSum(part * column for column, part in sizes)
            users = pulp.lpSum(x for (_, b), x in flows.items() if b == j)
            problem += users <= most
            if j in self.opened:
                problem += users >= least_use * most
            elif j in self.grown:
                self.short[j] = problem.add_variable(f"short_{j}", 0)
                problem += users + self.short[j] >= least_use * most


def _in_turn(model: _Model, limits: Limits) -> tuple[FloatArray | None, Status, Share]:
    """Solve for the fewest left over, then the fewest lacking, then the least cost."""
    problem, found = model.problem, None
    status, gap = Status.OPTIMAL, 0.0
    aims = (
        pulp.lpSum(model.left.values()),
        pulp.lpSum(model.short.values()),
        pulp.lpSum(euros * column for column, euros in model.yearly.items()),
    )
    for aim in aims:
        problem.setObjective(aim)
        outcome = BACKENDS["highs"](LinearModel.from_pulp(problem), limits)
        if outcome.values is None or outcome.objective is None:
            return found, outcome.status if found is None else Status.FEASIBLE, float("inf")
        found = outcome.values
        if outcome.status is not Status.OPTIMAL:
            status = Status.FEASIBLE
        gap = max(gap, _gap(outcome))
        problem += aim <= outcome.objective + _HAIR * max(1.0, abs(outcome.objective))
    return found, status, gap


def _gap(outcome: Outcome) -> Share:
    if outcome.objective is None or outcome.bound is None:
        return float("inf")
    distance = max(0.0, outcome.objective - outcome.bound)
    return distance / max(1.0, abs(outcome.objective))


def repaired(decisions: Decisions, found: Repair) -> Decisions:
    """Plan with the new sites of a repair; levels are no decisions of the plan.

    Parameters
    ----------
    decisions
        The plan.
    found
        The repair.

    Returns
    -------
    Decisions
        With one more site for each opening.
    """
    sites = dict(decisions.sites)
    for change in found.changes:
        if not change.levels:
            place = (change.service, change.commune)
            sites[place] = sites.get(place, 0) + 1
    return Decisions(sites, decisions.agreements, decisions.transfers, decisions.themes)


def _annual(case: Case, k: int, j: int) -> Euros:
    return float(case.running_eur[k, j] + case.annuity(k) * case.capital_eur[k, j])


def _change(case: Case, k: int, j: int, levels: int, *, new: bool) -> Enlargement:
    service = case.services[k]
    part = 1.0 if new else LEVEL * max(0, levels)
    return Enlargement(
        service=service.code,
        commune=case.members[j].code,
        levels=levels,
        capital_eur=part * float(case.capital_eur[k, j]),
        running_eur=part * float(case.running_eur[k, j]),
        grade=max(service.capital_eur.grade, service.running_eur.grade) if new else "D",
    )
