"""The cheapest repair of a network that does not hold its users: larger sites, and new ones.

Sites grow by levels, each half of an ordinary site in capacity, capital and running cost (an
assumption, grade D); new sites open where the catalogue allows. Users are spread (``best``
assignment of `optimiser.questions.certify`), and all within reach of today's plan find room.
"""

from dataclasses import dataclass

import numpy as np
import pulp

from optimiser.case import Case
from optimiser.questions.certify import network
from optimiser.solution import Decisions, Status
from optimiser.solvers import BACKENDS, Limits, LinearModel
from optimiser.units import Euros, Persons, ServiceCode, Share

LEVEL = 0.5
"""Part of an ordinary site that one level adds."""

MOST_LEVELS = 4


@dataclass(frozen=True, slots=True)
class Enlargement:
    """One change.

    Parameters
    ----------
    service, commune
        Where.
    levels
        Levels added to the sites that stand; 0 for a new site.
    capital_eur, running_eur
        Euros once, and a year.
    """

    service: ServiceCode
    commune: str
    levels: int
    capital_eur: Euros
    running_eur: Euros


@dataclass(frozen=True)
class Repair:
    """The cheapest repair of one type.

    Parameters
    ----------
    service
        Code.
    changes
        What to enlarge and to open.
    left_over
        Persons who find no room even with every change allowed.
    annual_eur
        Full yearly cost of the changes.
    status, gap
        As proven.
    """

    service: ServiceCode
    changes: tuple[Enlargement, ...]
    left_over: Persons
    annual_eur: Euros
    status: Status
    gap: Share


def repair(case: Case, decisions: Decisions, k: int, limits: Limits | None = None) -> Repair:
    """Find the cheapest changes with which everybody within reach finds room.

    Parameters
    ----------
    case, decisions
        The case, and where sites operate.
    k
        The type.
    limits
        Of the solve.

    Returns
    -------
    Repair
        Where no changes suffice, those that leave the fewest persons over, the cheapest of them.
    """
    service = case.services[k]
    minutes, capacity = network(case, decisions, k)
    limit = service.guarantee_minutes + 1e-9
    reached = (minutes <= limit).any(axis=1) & (case.public[k] > 0)
    problem = pulp.LpProblem("repair", pulp.LpMinimize)
    grown, opened = {}, {}
    room = {}
    for j, commune in enumerate(case.members):
        standing = bool(decisions.sites.get((service.code, commune.code), 0))
        if standing:
            grown[j] = problem.add_variable(f"level_{j}", 0, MOST_LEVELS, "Integer")
            room[j] = float(capacity[j]) + LEVEL * service.persons_per_site * grown[j]
        elif case.can_open[k, j]:
            opened[j] = problem.add_variable(f"open_{j}", 0, 1, "Integer")
            room[j] = service.persons_per_site * opened[j]
            minutes[:, j] = case.minutes[:, j]
    for j in np.flatnonzero(capacity > 0).tolist():
        room.setdefault(j, pulp.LpAffineExpression(constant=float(capacity[j])))
    left = {}
    for i in np.flatnonzero(reached).tolist():
        left[i] = problem.add_variable(f"left_{i}", 0, float(case.public[k, i]))
    flows = {
        (i, j): problem.add_variable(f"x_{i}_{j}", 0)
        for i in left
        for j in room
        if minutes[i, j] <= limit
    }
    for i, rest in left.items():
        problem += pulp.lpSum(x for (a, _), x in flows.items() if a == i) + rest >= float(
            case.public[k, i]
        )
    for j, most in room.items():
        problem += pulp.lpSum(x for (_, b), x in flows.items() if b == j) <= most
    yearly = {
        **{(j, "level"): LEVEL * _annual(case, k, j) for j in grown},
        **{(j, "open"): _annual(case, k, j) for j in opened},
    }
    # Nobody is left over to save money: one person costs more than every change together.
    dear = 1.0 + sum(MOST_LEVELS * euros for euros in yearly.values())
    problem.setObjective(
        pulp.lpSum(yearly[j, "level"] * column for j, column in grown.items())
        + pulp.lpSum(yearly[j, "open"] * column for j, column in opened.items())
        + pulp.lpSum(dear * column for column in left.values())
    )
    matrix = LinearModel.from_pulp(problem)
    outcome = BACKENDS["highs"](matrix, limits or Limits(gap=1e-6))
    if outcome.values is None:
        return Repair(service.code, (), float("nan"), float("nan"), outcome.status, float("inf"))
    value = dict(zip(matrix.names, outcome.values.tolist(), strict=True))
    changes = [
        _change(case, k, j, round(value[column.name]), new=False)
        for j, column in grown.items()
        if round(value[column.name])
    ]
    changes += [
        _change(case, k, j, 0, new=True)
        for j, column in opened.items()
        if round(value[column.name])
    ]
    annuity = case.annuity(k)
    bound = outcome.bound if outcome.bound is not None else -np.inf
    total = matrix.objective(outcome.values)
    return Repair(
        service=service.code,
        changes=tuple(changes),
        left_over=sum(value[column.name] for column in left.values()),
        annual_eur=sum(c.running_eur + annuity * c.capital_eur for c in changes),
        status=outcome.status,
        gap=max(0.0, total - bound) / abs(total) if total else 0.0,
    )


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
    part = 1.0 if new else LEVEL * levels
    return Enlargement(
        service=case.services[k].code,
        commune=case.members[j].code,
        levels=levels,
        capital_eur=part * float(case.capital_eur[k, j]),
        running_eur=part * float(case.running_eur[k, j]),
    )
