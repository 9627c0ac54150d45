"""What plans are traded off on: coverage, cost, equity and car-kilometres, linear and measured.

Car-kilometres need to know which site is the nearest. With the places of a type in order of their
minutes from i, u_l = 1 while none of the l nearest operates: u_l >= u_{l-1} - s_l. The minutes of i
are then those of its nearest place, plus the step to the next one for each u_l.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, TypeAlias, get_args

import numpy as np

from optimiser.case import Case
from optimiser.questions.portfolio import Unary
from optimiser.questions.workbench import Row, Workbench, with_columns, with_rows
from optimiser.solution import Evaluation
from optimiser.solvers import LinearModel
from optimiser.units import FloatArray

Axis: TypeAlias = Literal["coverage", "cost", "equity", "car_km"]
AXES: tuple[Axis, ...] = get_args(Axis)

KM_PER_MINUTE = 40.0 / 60.0
"""Kilometres of one minute by car: an assumption (grade D) of 40 km/h from door to door."""

RISES: Mapping[Axis, bool] = {"coverage": True, "cost": False, "equity": True, "car_km": False}
"""Whether more is better."""


def measures(case: Case, evaluation: Evaluation) -> dict[Axis, float]:
    """Measure a plan on every axis, from what the judge recomputed.

    Parameters
    ----------
    case, evaluation
        The case and its plan.

    Returns
    -------
    dict
        ``coverage``: persons within the guaranteed time, counted once for each type; ``cost``:
        euros a year, capital written off, more than today; ``equity``: share of the public within
        the guaranteed time, all types together, in the worst-served basin; ``car_km``: kilometres
        of one return trip of everybody to the nearest site of each type.
    """
    public = evaluation.public.sum(axis=0)
    served = evaluation.guaranteed.sum(axis=0)
    shares = served[public > 0] / public[public > 0]
    return {
        "coverage": float(served.sum()),
        "cost": evaluation.costs.annual_eur,
        "equity": float(shares.min()) if len(shares) else 1.0,
        "car_km": _car_km(case, evaluation.minutes),
    }


def _car_km(case: Case, minutes: FloatArray) -> float:
    """Kilometres of everybody; without any site, those to the farthest place that may have one."""
    total = 0.0
    for k in range(len(case.services)):
        farthest = farthest_minutes(case, k)
        if farthest is not None:
            reached = np.where(np.isfinite(minutes[k]), minutes[k], farthest)
            total += float(case.public[k] @ reached)
    return 2.0 * KM_PER_MINUTE * total


def farthest_minutes(case: Case, k: int) -> FloatArray | None:
    """Minutes (n) to the farthest place where a site of k may operate; None where none may."""
    n = len(case.members)
    possible = case.can_share[k].copy()
    possible[:n] |= case.can_open[k] | (case.existing_members(k) > 0)
    if not possible.any():
        return None
    farthest: FloatArray = case.minutes[:, possible].max(axis=1)
    return farthest


@dataclass(frozen=True, eq=False)
class AxisModel:
    """The plan model with the columns that the axes need.

    Parameters
    ----------
    matrix
        The wider model.
    terms
        Coefficients by column, of a sum that rises as the axis gets better.
    constants
        What must be added to the sum.
    """

    matrix: LinearModel
    terms: Mapping[Axis, Mapping[int, float]]
    constants: Mapping[Axis, float]

    def towards(self, axis: Axis) -> LinearModel:
        """Model that makes an axis as good as possible."""
        cost = np.zeros(len(self.matrix.names))
        for column, coefficient in self.terms[axis].items():
            cost[column] += coefficient
        return replace(self.matrix, cost=cost, offset=self.constants[axis], maximise=True)

    def at_least(self, axis: Axis, value: float) -> Row:
        """Constraint: an axis, counted so that more is better, reaches a value."""
        return Row(self.terms[axis], low=value - self.constants[axis])


def axis_model(bench: Workbench, axes: Sequence[Axis]) -> AxisModel:
    """Write what the axes need into the plan model.

    Parameters
    ----------
    bench
        The case.
    axes
        Which.

    Returns
    -------
    AxisModel
        Columns of the plan model first.
    """
    column = {name: index for index, name in enumerate(bench.matrix.names)}
    unary = Unary(bench)
    matrix = unary.matrix
    terms: dict[Axis, Mapping[int, float]] = {}
    constants: dict[Axis, float] = {}
    served: dict[int, dict[int, float]] = {b: {} for b in range(len(bench.case.basins))}
    always = dict.fromkeys(served, 0.0)
    for (_, b), found in bench.model.guaranteed.items():
        for variable, persons in found:
            place = column[variable.name]
            served[b][place] = served[b].get(place, 0.0) + persons
    for (_, b), persons in bench.model.always.items():
        always[b] += persons
    if "coverage" in axes:
        terms["coverage"] = {c: p for each in served.values() for c, p in each.items()}
        constants["coverage"] = sum(always.values())
    if "cost" in axes:
        terms["cost"], constants["cost"] = _cost(bench, column)
    if "equity" in axes:
        matrix, place = _worst(bench, matrix, served, always)
        terms["equity"], constants["equity"] = {place: 1.0}, 0.0
    if "car_km" in axes:
        matrix, terms["car_km"], constants["car_km"] = _kilometres(bench, unary, matrix)
    return AxisModel(matrix, terms, constants)


def _cost(bench: Workbench, column: Mapping[str, int]) -> tuple[dict[int, float], float]:
    case = bench.case
    terms: dict[int, float] = {}
    yearly = [(v, euros) for v, euros in bench.model.recurrent()]
    yearly += [(v, case.annuity(k) * euros) for k, v, euros in bench.model.capital()]
    for variable, euros in yearly:
        place = column[variable.name]
        terms[place] = terms.get(place, 0.0) - euros
    closing = sum(
        case.annuity(k) * float(case.closing_eur[k] @ case.existing_members(k))
        for k in range(len(case.services))
    )
    return terms, case.running_today_eur - closing


def _worst(
    bench: Workbench,
    matrix: LinearModel,
    served: Mapping[int, Mapping[int, float]],
    always: Mapping[int, float],
) -> tuple[LinearModel, int]:
    """Add a column that is at most the share of every basin."""
    place = len(matrix.names)
    one = np.ones(1)
    wider = with_columns(matrix, ["worst_basin"], cost=np.zeros(1), upper=one, whole=False)
    rows = []
    for b, terms in served.items():
        public = float(bench.case.public[:, bench.case.basin_of == b].sum())
        if public > 0:
            shares = {c: persons / public for c, persons in terms.items()}
            rows.append(Row({**shares, place: -1.0}, low=-always[b] / public))
    return with_rows(wider, rows), place


def _kilometres(
    bench: Workbench, unary: Unary, matrix: LinearModel
) -> tuple[LinearModel, dict[int, float], float]:
    """Add the chain of ever farther places for each type and member."""
    case = bench.case
    names: list[str] = []
    rows: list[Row] = []
    terms: dict[int, float] = {}
    constant = 0.0
    first = len(matrix.names)
    for k in range(len(case.services)):
        for i in range(len(case.members)):
            persons = 2.0 * KM_PER_MINUTE * float(case.public[k, i])
            steps = _steps(bench, unary, k, i)
            if not persons or not steps:
                continue
            constant -= persons * steps[0][0]
            before: int | None = None
            for (near, place), (far, _) in pairwise(steps):
                here = first + len(names)
                names.append(f"beyond_{k}_{i}_{len(names)}")
                chain = {here: 1.0, place: 1.0}
                rows.append(Row(chain | ({before: -1.0} if before else {}), 0.0 if before else 1.0))
                terms[here] = -persons * (far - near)
                before = here
    many = len(names)
    wider = with_columns(matrix, names, cost=np.zeros(many), upper=np.ones(many), whole=False)
    return with_rows(wider, rows), terms, constant


def _steps(bench: Workbench, unary: Unary, k: int, i: int) -> list[tuple[float, int]]:
    """Minutes from i to each place of k and its column, nearest first, up to a certain one."""
    case = bench.case
    codes = [commune.code for commune in case.territory.communes]
    found: list[tuple[float, int]] = []
    farthest = 0.0
    for j, code in enumerate(codes):
        if bench.model.present(k, j) is None:
            continue
        levels = unary.levels[case.services[k].code, code]
        minutes = float(case.minutes[i, j])
        farthest = max(farthest, minutes)
        own = levels if j == i else levels[:1]
        found += [(minutes / np.sqrt(n), column) for n, column in enumerate(own, start=1)]
    found.sort()
    lower = np.concatenate([bench.matrix.lower, np.zeros(unary.added)])
    for n, (_, column) in enumerate(found):
        if lower[column] >= 1.0:
            return found[: n + 1]
    # Without any site: as far as the farthest place.
    return [*found, (farthest, -1)] if found else []
