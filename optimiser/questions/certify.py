"""Formulation F2: does a network hold its users, who is left over, and what would repair it.

x_ij persons of member i use the sites of j, within the guaranteed time. Everybody uses the nearest
sites (``closest``), or is spread so that as many as possible find room and then travel least
(``best``): a transportation problem, solved as a linear programme in two stages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import pulp

from optimiser import check
from optimiser.case import Case
from optimiser.cells import CellDemand
from optimiser.errors import SolverError
from optimiser.solution import Decisions, Status, Violation
from optimiser.solvers import BACKENDS, Limits, LinearModel
from optimiser.units import BoolArray, FloatArray, Persons, ServiceCode, Share, within

Assignment: TypeAlias = Literal["closest", "best"]

LEAST_USE = 0.25
"""Part of its capacity below which a site is hardly used: an assumption (grade D)."""


@dataclass(frozen=True, slots=True)
class Load:
    """What the sites of one commune bear.

    Parameters
    ----------
    commune
        Code.
    capacity, users
        Persons that they can serve, and who use them.
    left_over
        Persons who come and find no room.
    hardly_used
        True where the users are fewer than the minimum throughput.
    """

    commune: str
    capacity: Persons
    users: Persons
    left_over: Persons
    hardly_used: bool


@dataclass(frozen=True, slots=True)
class ServiceCertificate:
    """Whether the network of one type holds its users.

    Parameters
    ----------
    service
        Code.
    public, served, out_of_capacity, out_of_reach
        Persons: all; with room within the guaranteed time; within it but without room; beyond it.
    minutes
        Mean minutes of those served.
    by_commune
        For each member: persons served, out of capacity, out of reach.
    loads
        Of each commune with sites.
    status
        ``optimal`` where the assignment is proven.
    """

    service: ServiceCode
    public: Persons
    served: Persons
    out_of_capacity: Persons
    out_of_reach: Persons
    minutes: float
    by_commune: dict[str, tuple[Persons, Persons, Persons]]
    loads: tuple[Load, ...]
    status: Status

    @property
    def hardly_used(self) -> bool:
        """Whether the sites of some commune are used less than the minimum throughput."""
        return any(load.hardly_used for load in self.loads)


@dataclass(frozen=True)
class Certificate:
    """Whether a network holds its users.

    Parameters
    ----------
    assignment
        How users choose.
    services
        One for each type.
    violations
        Rules of the scenario that the plan breaks.
    """

    assignment: Assignment
    services: tuple[ServiceCertificate, ...]
    violations: tuple[Violation, ...]

    @property
    def holds(self) -> bool:
        """Whether everybody within the guaranteed time finds room."""
        return all(each.out_of_capacity < 1.0 for each in self.services)

    @property
    def status(self) -> Status:
        """``optimal`` where every assignment is proven."""
        proven = all(each.status is Status.OPTIMAL for each in self.services)
        return Status.OPTIMAL if proven else Status.FEASIBLE

    @property
    def share(self) -> Share:
        """Part of the public, all types together, that is served."""
        public = sum(each.public for each in self.services)
        return sum(each.served for each in self.services) / public if public else 1.0


def certify(
    case: Case,
    decisions: Decisions,
    *,
    assignment: Assignment = "closest",
    least_use: Share = LEAST_USE,
) -> Certificate:
    """Say whether a network holds its users.

    Parameters
    ----------
    case, decisions
        The case, and where sites operate.
    assignment
        How users choose.
    least_use
        Part of its capacity below which a commune's sites are hardly used.

    Returns
    -------
    Certificate
        Type by type, commune by commune.
    """
    if assignment == "best":
        case.refuse_cells("certify --assignment best", "--assignment closest")
    found = []
    for k in range(len(case.services)):
        minutes, capacity = network(case, decisions, k)
        beyond = np.where(within(minutes, _limit(case, k)).any(axis=1), 0.0, case.public[k])
        if assignment == "closest":
            came = _coming(case, k, minutes)
            if case.cells is not None:
                operates = np.asarray(np.isfinite(minutes).any(axis=0))
                came, minutes = _cells_coming(case, case.cells, k, operates)
                beyond = np.maximum(0.0, case.public[k] - came.sum(axis=1))
            flows, status = _with_room(came, capacity), Status.OPTIMAL
        else:
            flows, status = spread(case.public[k], minutes, capacity, _limit(case, k))
            came = flows
        found.append(_service(case, k, minutes, capacity, flows, came, beyond, least_use, status))
    violations = check.evaluate(case, decisions).violations
    return Certificate(assignment, tuple(found), violations)


def network(case: Case, decisions: Decisions, k: int) -> tuple[FloatArray, FloatArray]:
    """Minutes and capacities of the sites of a type that operate.

    Parameters
    ----------
    case, decisions
        The case, and where sites operate.
    k
        The type.

    Returns
    -------
    tuple
        Minutes (n, m), inf to places without sites; persons (m) that the sites can serve. Places
        count where they are known; a neighbour's sites keep room for the public of their own
        commune first (assumption, grade D).
    """
    service, n = case.services[k], len(case.members)
    minutes = np.full(case.minutes.shape, np.inf)
    capacity = np.zeros(case.minutes.shape[1])
    for j, commune in enumerate(case.territory.communes):
        place = (service.code, commune.code)
        if j < n and (count := decisions.sites.get(place, 0)):
            scale = 1.0
            if service.places_per_site:
                scale = case.places_per_site(k, j) / service.places_per_site
            capacity[j] = count * service.persons_per_site * scale
            minutes[:, j] = case.minutes[:, j]
            minutes[j, j] /= np.sqrt(count)
        elif place in decisions.agreements:
            own = sum(s * commune.ages.get(g, 0.0) for g, s in service.public.items())
            room = case.existing[k, j] * service.persons_per_site - own
            capacity[j] = max(0.0, float(room))
            minutes[:, j] = case.minutes[:, j]
    return minutes, capacity


def _limit(case: Case, k: int) -> float:
    return case.services[k].guarantee_minutes


def _coming(case: Case, k: int, minutes: FloatArray) -> FloatArray:
    """Send everybody to the nearest sites: who comes (n, m)."""
    came = np.zeros(minutes.shape)
    nearest = minutes.argmin(axis=1)
    for i, j in enumerate(nearest.tolist()):
        if within(minutes[i, j], _limit(case, k)):
            came[i, j] = case.public[k, i]
    return came


def _cells_coming(
    case: Case, cells: CellDemand, k: int, serving: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Send every cell to the nearest sites: who comes (n, m), and their mean minutes (n, m)."""
    site, minutes = cells.nearest_site(serving, _limit(case, k))
    goes, shape = site >= 0, case.minutes.shape
    place = cells.home[goes] * shape[1] + site[goes]
    weight, size = cells.share[goes], shape[0] * shape[1]
    part = np.bincount(place, weights=weight, minlength=size)
    spent = np.bincount(place, weights=weight * minutes[goes], minlength=size)
    means = np.divide(spent, part, out=np.full(size, np.inf), where=part > 0)
    return case.public[k][:, None] * part.reshape(shape), means.reshape(shape)


def _with_room(came: FloatArray, capacity: FloatArray) -> FloatArray:
    """Who finds room (n, m): all who come to a commune in the same proportion."""
    load = came.sum(axis=0)
    room = np.divide(capacity, load, out=np.ones_like(load), where=load > 0)
    served: FloatArray = came * np.minimum(1.0, room)
    return served


def spread(
    public: FloatArray, minutes: FloatArray, capacity: FloatArray, limit: float
) -> tuple[FloatArray, Status]:
    """Give room to as many as possible, and then by the shortest ways.

    Parameters
    ----------
    public
        Persons (n).
    minutes
        Minutes (n, m).
    capacity
        Persons (m).
    limit
        Minutes beyond which nobody goes.

    Returns
    -------
    tuple
        Persons (n, m), and the status of the solve.
    """
    pairs = [(i, j) for i, j in np.argwhere(within(minutes, limit)).tolist() if public[i] > 0]
    flows = np.zeros(minutes.shape)
    if not pairs:
        return flows, Status.OPTIMAL
    problem = pulp.LpProblem("spread", pulp.LpMaximize)
    x = {(i, j): problem.add_variable(f"x_{i}_{j}", 0, public[i]) for i, j in pairs}
    for i in sorted({i for i, _ in pairs}):
        problem += pulp.lpSum(x[p] for p in pairs if p[0] == i) <= float(public[i])
    for j in sorted({j for _, j in pairs}):
        problem += pulp.lpSum(x[p] for p in pairs if p[1] == j) <= float(capacity[j])
    problem.setObjective(pulp.lpSum(x.values()))
    most = _solved(problem)
    problem += pulp.lpSum(x.values()) >= float(most.sum()) * (1 - 1e-9)
    problem.setObjective(pulp.lpSum(-float(minutes[p]) * x[p] for p in pairs))
    values = _solved(problem)
    order = [variable.name for variable in problem.variables()]
    amount = dict(zip(order, values.tolist(), strict=True))
    for pair, variable in x.items():
        flows[pair] = amount[variable.name]
    return flows, Status.OPTIMAL


def _solved(problem: pulp.LpProblem) -> FloatArray:
    outcome = BACKENDS["highs"](LinearModel.from_pulp(problem), Limits(gap=0.0))
    if outcome.values is None or outcome.status is not Status.OPTIMAL:
        msg = f"assignment: {outcome.status}"
        raise SolverError(msg)
    return outcome.values


def _service(  # noqa: PLR0917
    case: Case,
    k: int,
    minutes: FloatArray,
    capacity: FloatArray,
    flows: FloatArray,
    came: FloatArray,
    beyond: FloatArray,
    least_use: Share,
    status: Status,
) -> ServiceCertificate:
    public = case.public[k]
    served = flows.sum(axis=1)
    left = np.maximum(0.0, public - served - beyond)
    where = flows > 0
    spent = float((flows[where] * minutes[where]).sum())
    return ServiceCertificate(
        service=case.services[k].code,
        public=float(public.sum()),
        served=float(served.sum()),
        out_of_capacity=float(left.sum()),
        out_of_reach=float(beyond.sum()),
        minutes=spent / float(served.sum()) if served.sum() else 0.0,
        by_commune={
            commune.code: (float(served[i]), float(left[i]), float(beyond[i]))
            for i, commune in enumerate(case.members)
        },
        loads=tuple(_loads(case, capacity, flows, came, least_use)),
        status=status,
    )


def _loads(
    case: Case, capacity: FloatArray, flows: FloatArray, came: FloatArray, least_use: Share
) -> Sequence[Load]:
    return [
        Load(
            commune=case.territory.communes[j].code,
            capacity=float(capacity[j]),
            users=float(flows[:, j].sum()),
            left_over=float(came[:, j].sum() - flows[:, j].sum()),
            hardly_used=float(flows[:, j].sum()) < least_use * float(capacity[j]),
        )
        for j in np.flatnonzero(capacity > 0).tolist()
    ]
