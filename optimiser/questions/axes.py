"""What plans are traded off on, linear for the solver and measured by the judge.

Each axis is written twice: as a sum over the columns of the plan model (`axis_model`), and as a
measure of what the judge recomputed (`measures`). A solve that claims more than the judge finds is
refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, get_args
from weakref import WeakKeyDictionary

import numpy as np

from optimiser import check
from optimiser.case import Case
from optimiser.errors import VerificationError
from optimiser.mobility import nearest_km
from optimiser.questions.chain import Chain, Steps, farthest
from optimiser.questions.kolm_pollak import kappa_of, kolm_pollak
from optimiser.questions.rows import Row, with_columns, with_rows
from optimiser.questions.unary import Unary
from optimiser.questions.workbench import Blocked, Workbench
from optimiser.solution import Evaluation, Solution
from optimiser.solvers import LinearModel
from optimiser.travellers import travellers
from optimiser.units import BoolArray, FloatArray

Axis: TypeAlias = Literal["coverage", "cost", "equity", "car_km", "ede", "low_income"]
AXES: tuple[Axis, ...] = get_args(Axis)
FOUR: tuple[Axis, ...] = ("coverage", "cost", "equity", "car_km")
"""What is traded off jointly unless other axes are asked for."""

OF_CELLS: tuple[Axis, ...] = ("coverage", "cost", "equity", "low_income")
"""Axes that are exact of cells: the others sum minutes or kilometres, which no two cells share, so
that the columns of the model could not be merged."""

KM_PER_MINUTE = 40.0 / 60.0
"""Kilometres of one minute by car where only minutes are known: an assumption (grade D) of 40 km/h
from door to door."""

CLAIM = 1e-5
"""Part of a figure by which the judge's measure may lack what the solver claims."""

RISES: Mapping[Axis, bool] = {
    "coverage": True,
    "cost": False,
    "equity": True,
    "car_km": False,
    "ede": False,
    "low_income": True,
}
"""Whether more is better."""


def signed(axis: Axis, value: float) -> float:
    """Value of an axis, turned so that more is better."""
    return value if RISES[axis] else -value


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
        by road of one return trip of everybody to the site of each type that is nearest in
        minutes; ``ede``: Kolm-Pollak
        minutes to the nearest site, all types together, with the kappa of today's network;
        ``low_income``: share of the public of the communes below the reference income within the
        guaranteed time, all types together. Where no site of a type operates, the minutes are
        those to the farthest place that may have one.
    """
    public = evaluation.public.sum(axis=0)
    served = evaluation.guaranteed.sum(axis=0)
    shares = served[public > 0] / public[public > 0]
    persons, minutes = travelled(case, evaluation)
    people, km = travelled(case, evaluation, kilometres=True)
    low = low_income(case)
    poor = float(case.public[:, low].sum())
    reached = float(evaluation.within[:, low].sum())
    return {
        "coverage": float(served.sum()),
        "cost": evaluation.costs.annual_eur,
        "equity": float(shares.min()) if len(shares) else 1.0,
        "car_km": 2.0 * float(people @ km),
        "ede": kolm_pollak(persons, minutes, kappa_today(case)) if persons.any() else 0.0,
        "low_income": reached / poor if poor else 1.0,
    }


def travelled(
    case: Case, network: Evaluation, *, kilometres: bool = False
) -> tuple[FloatArray, FloatArray]:
    """Persons (p) and how far they go (p), of the types of which a site may operate.

    Parameters
    ----------
    case
        The case.
    network
        Where sites operate.
    kilometres
        True: road kilometres rather than minutes.

    Returns
    -------
    tuple
        Two flat arrays, of the members or of the cells, type by type; without any site, the way to
        the farthest place that may have one.
    """
    persons, ways = [np.zeros(0)], [np.zeros(0)]
    for k in range(len(case.services)):
        last = farthest(case, k)
        if last is None:
            continue
        people, way, home = travellers(case, network, k)
        most = last.minutes
        if kilometres and last.km is not None:
            way, most = nearest_km(case, network, k), last.km
            people, home = case.public[k], np.arange(len(case.members))
        elif kilometres:
            way, most = KM_PER_MINUTE * way, KM_PER_MINUTE * most
        persons.append(people)
        ways.append(np.where(np.isfinite(way), way, most[home]))
    return np.concatenate(persons), np.concatenate(ways)


def _km(steps: Steps) -> FloatArray:
    """Kilometres (l + 1) to the places of a chain, or those that their minutes stand for."""
    return KM_PER_MINUTE * steps.minutes if steps.km is None else steps.km


def kappa_today(case: Case) -> float:
    """Kappa of today's network, all types together: it stays fixed, so that plans compare."""
    if case not in _KAPPA:
        _KAPPA[case] = kappa_of(*travelled(case, check.evaluate(case, check.today(case))))
    return _KAPPA[case]


_KAPPA: WeakKeyDictionary[Case, float] = WeakKeyDictionary()


def low_income(case: Case) -> BoolArray:
    """Whether (n) the median income of a member is known and below the scenario's reference."""
    reference = case.scenario.coverage.reference_income_eur
    incomes = (commune.median_income_eur for commune in case.members)
    low: BoolArray = np.array([i is not None and i < reference for i in incomes], dtype=bool)
    return low


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
    kappa, pivot
        Of ``ede``: its sum is (1 - mean exp(-kappa (t - pivot))) / -kappa, near -(EDE - pivot).
    """

    matrix: LinearModel
    terms: Mapping[Axis, Mapping[int, float]]
    constants: Mapping[Axis, float]
    kappa: float
    pivot: float

    def towards(self, weights: Mapping[Axis, float]) -> LinearModel:
        """Model that makes a weighted sum of axes as good as possible."""
        cost, offset = np.zeros(len(self.matrix.names)), 0.0
        for axis, weight in weights.items():
            offset += weight * self.constants[axis]
            for column, coefficient in self.terms[axis].items():
                cost[column] += weight * coefficient
        return replace(self.matrix, cost=cost, offset=offset, maximise=True)

    def at_least(self, axis: Axis, value: float) -> Row:
        """Constraint: an axis, turned so that more is better, reaches a value."""
        return Row(self.terms[axis], low=self.linear(axis, value) - self.constants[axis])

    def held(self, axis: Axis, value: float) -> Row:
        """Constraint: an axis keeps a value reached, less a hair that rounding may take."""
        return self.at_least(axis, value - 1e-9 * max(1.0, abs(value)))

    def linear(self, axis: Axis, value: float) -> float:
        """Sum of the model at a value of an axis, turned so that more is better."""
        if axis != "ede":
            return value
        return float(np.expm1(-self.kappa * (-value - self.pivot)) / self.kappa)

    def worth(self, axis: Axis, total: float) -> float:
        """Value of an axis, turned so that more is better, at a sum of the model."""
        if axis != "ede":
            return total
        # A sum beyond what any minutes give, as a bound may be, is as good as no minutes at all.
        mean = max(1.0 + self.kappa * total, float(np.exp(self.kappa * self.pivot)))
        return float(np.log(mean) / self.kappa) - self.pivot


@dataclass(frozen=True, slots=True)
class Reached:
    """The best plan on one axis alone.

    Parameters
    ----------
    plan
        The plan, judged.
    value, bound
        What the judge measures on the axis, and what no plan exceeds; both turned so that more is
        better.
    """

    plan: Solution
    value: float
    bound: float


def best_on(bench: Workbench, model: AxisModel, axis: Axis) -> Reached | Blocked:
    """Find the best plan on one axis, under every rule.

    Parameters
    ----------
    bench, model
        The case, and its axes.
    axis
        One of them.

    Returns
    -------
    Reached or Blocked
        The plan; others may be as good on the axis and better elsewhere.

    Raises
    ------
    VerificationError
        The judge measures less than the solver claims: a defect of ours.
    """
    reply = bench.aim(model.towards({axis: 1.0}))
    if isinstance(reply, Blocked):
        return reply
    value = signed(axis, measures(bench.case, reply.plan.evaluation)[axis])
    claimed = model.worth(axis, reply.objective)
    if value < claimed - CLAIM * max(1.0, abs(claimed)):
        raise VerificationError((f"{axis} {value:.6f}, claimed {claimed:.6f}",))
    return Reached(reply.plan, value, max(value, model.worth(axis, reply.bound)))


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
    case = bench.case
    unary = Unary(bench)
    matrix = unary.matrix
    by_commune = [axis for axis in axes if axis not in OF_CELLS]
    if by_commune:
        case.refuse_cells(", ".join(by_commune), ", ".join(OF_CELLS))
    terms: dict[Axis, Mapping[int, float]] = {}
    constants: dict[Axis, float] = {}
    served, always = _served(bench)
    if "coverage" in axes:
        terms["coverage"] = {c: p for each in served.values() for c, p in each.items()}
        constants["coverage"] = sum(always.values())
    if "cost" in axes:
        terms["cost"], constants["cost"] = _cost(bench)
    if "equity" in axes:
        matrix, place = _worst(bench, matrix, served, always)
        terms["equity"], constants["equity"] = {place: 1.0}, 0.0
    if "low_income" in axes:
        terms["low_income"], constants["low_income"] = _poor(bench)
    kappa, pivot = -1.0, 0.0
    if {"car_km", "ede"} & set(axes):
        chain = Chain(bench, unary, matrix)
        matrix = chain.matrix
        if "car_km" in axes:
            terms["car_km"], constants["car_km"] = chain.total(lambda steps: -2.0 * _km(steps))
        if "ede" in axes:
            kappa, pivot = kappa_today(case), measures(case, bench.today)["ede"]
            everyone = max(1.0, float(travelled(case, bench.today)[0].sum()))
            terms["ede"], total = chain.total(
                lambda steps: np.exp(-kappa * (steps.minutes - pivot)) / kappa / everyone
            )
            constants["ede"] = total - 1.0 / kappa
    return AxisModel(matrix, terms, constants, kappa, pivot)


def _served(bench: Workbench) -> tuple[dict[int, dict[int, float]], dict[int, float]]:
    """Persons within the guaranteed time by basin: by column, and whatever is decided."""
    served: dict[int, dict[int, float]] = {b: {} for b in range(len(bench.case.basins))}
    for (_, b), found in bench.model.guaranteed.items():
        for variable, persons in found:
            place = bench.column(variable)
            served[b][place] = served[b].get(place, 0.0) + persons
    always = dict.fromkeys(served, 0.0)
    for (_, b), persons in bench.model.always.items():
        always[b] += persons
    return served, always


def _cost(bench: Workbench) -> tuple[dict[int, float], float]:
    case = bench.case
    terms: dict[int, float] = {}
    yearly = [(v, euros) for v, euros in bench.model.recurrent()]
    yearly += [(v, case.annuity(k) * euros) for k, v, euros in bench.model.capital()]
    for variable, euros in yearly:
        place = bench.column(variable)
        terms[place] = terms.get(place, 0.0) - euros
    closing = sum(
        case.annuity(k) * float(case.closing_eur[k] @ case.existing_members(k))
        for k in range(len(case.services))
    )
    return terms, case.running_today_eur - closing


def _poor(bench: Workbench) -> tuple[dict[int, float], float]:
    """Terms of the share of the public of low-income communes, and what is certain of it."""
    case, low = bench.case, low_income(bench.case)
    public = case.public * low
    total = float(public.sum())
    if not total:
        return {}, 1.0
    terms: dict[int, float] = {}
    certain = 0.0
    for k, variable, group in bench.model.reached:
        persons = float(public[k, list(group.communes)] @ group.parts) / total
        if variable is None:
            certain += persons
        elif persons:
            place = bench.column(variable)
            terms[place] = terms.get(place, 0.0) + persons
    return terms, certain


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
