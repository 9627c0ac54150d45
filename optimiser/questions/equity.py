"""Equity of access: Kolm-Pollak minutes, the worst-served basin, low-income residents within reach.

The equally distributed equivalent of minutes t with persons p is
EDE = -(1 / kappa) ln(sum p exp(-kappa t) / sum p), with kappa = alpha epsilon, epsilon < 0 and
alpha = sum p t / sum p t^2: the minutes that, given to everybody, would be as good as t. It is
never below the mean, and rises by c where everybody travels c longer (Kolm 1976; Pollak 1971; as
an objective of location: Horton, Logan, Skipper & Speakman 2024). With kappa fixed, the least EDE
is the least sum of p exp(-kappa t): linear in an assignment.
"""

from dataclasses import dataclass

import numpy as np
import pulp

from optimiser.case import Case
from optimiser.questions.axes import measures
from optimiser.solution import Decisions, Evaluation, Status
from optimiser.solvers import BACKENDS, Limits, LinearModel
from optimiser.units import BoolArray, FloatArray, Minutes, Persons, ServiceCode, Share

EPSILON = -1.0
"""Aversion to inequality; -0.5 to -2 are usual (Sheriff & Maguire 2020)."""


@dataclass(frozen=True, slots=True)
class ServiceEquity:
    """How fairly one type is reached.

    Parameters
    ----------
    service
        Code.
    mean, ede
        Mean and Kolm-Pollak minutes of those who reach a site; None where nobody does.
    kappa
        Per minute; negative.
    low_income, others
        Share of the public of the communes below the reference income, and of the others, within
        the guaranteed time; None where there is none.
    """

    service: ServiceCode
    mean: Minutes | None
    ede: Minutes | None
    kappa: float
    low_income: Share | None
    others: Share | None


@dataclass(frozen=True)
class Equity:
    """How fairly a network is reached.

    Parameters
    ----------
    services
        One for each type.
    worst_basin, worst_share
        Basin with the least share of its public within the guaranteed time, all types together.
    low_income, others
        As of each type, for all of them together.
    """

    services: tuple[ServiceEquity, ...]
    worst_basin: str
    worst_share: Share
    low_income: Share | None
    others: Share | None


@dataclass(frozen=True)
class Fairest:
    """The fairest places for one type.

    Parameters
    ----------
    service
        Code.
    places
        Communes with sites.
    ede, bound
        Kolm-Pollak minutes, and what no choice of as many places goes below.
    status
        As proven.
    """

    service: ServiceCode
    places: tuple[str, ...]
    ede: Minutes
    bound: Minutes
    status: Status


def equity(case: Case, evaluation: Evaluation, today: Evaluation) -> Equity:
    """Measure how fairly a network is reached.

    Parameters
    ----------
    case
        The case.
    evaluation
        The network, as the judge sees it.
    today
        Today's network: it fixes kappa, so that both are measured with one ruler.

    Returns
    -------
    Equity
        Type by type.
    """
    low = _low_income(case)
    within = [
        evaluation.minutes[k] <= s.guarantee_minutes + 1e-9 for k, s in enumerate(case.services)
    ]
    services = []
    for k, service in enumerate(case.services):
        kappa = kappa_of(case.public[k], today.minutes[k])
        reached = np.isfinite(evaluation.minutes[k])
        persons, minutes = case.public[k][reached], evaluation.minutes[k][reached]
        some = float(persons.sum()) > 0
        services.append(
            ServiceEquity(
                service=service.code,
                mean=float(np.average(minutes, weights=persons)) if some else None,
                ede=kolm_pollak(persons, minutes, kappa) if some else None,
                kappa=kappa,
                low_income=_share(case.public[k], within[k], low),
                others=_share(case.public[k], within[k], ~low),
            )
        )
    served, public = evaluation.guaranteed.sum(axis=0), evaluation.public.sum(axis=0)
    shares = np.divide(served, public, out=np.ones_like(served), where=public > 0)
    everything = np.array(within)
    both = np.broadcast_to(low, everything.shape)
    return Equity(
        services=tuple(services),
        worst_basin=case.basins[int(shares.argmin())],
        worst_share=measures(case, evaluation)["equity"],
        low_income=_share(case.public, everything, both),
        others=_share(case.public, everything, ~both),
    )


def kappa_of(persons: FloatArray, minutes: FloatArray, epsilon: float = EPSILON) -> float:
    """Kappa of a distribution of minutes.

    Parameters
    ----------
    persons, minutes
        Arrays of one shape; infinite minutes are left out.
    epsilon
        Aversion to inequality, negative.

    Returns
    -------
    float
        Per minute; epsilon itself where nobody travels.
    """
    known = np.isfinite(minutes)
    squares = float(persons[known] @ minutes[known] ** 2)
    alpha = float(persons[known] @ minutes[known]) / squares if squares else 1.0
    return alpha * epsilon


def kolm_pollak(persons: FloatArray, minutes: FloatArray, kappa: float) -> Minutes:
    """Equally distributed equivalent minutes.

    Parameters
    ----------
    persons, minutes
        Arrays of one shape.
    kappa
        Per minute, negative.

    Returns
    -------
    float
        Minutes.

    Examples
    --------
    >>> import numpy as np
    >>> round(kolm_pollak(np.array([1.0, 1.0]), np.array([5.0, 15.0]), -0.1), 2)
    11.2
    """
    # The largest exponent is taken out, so that long ways do not overflow.
    powers = -kappa * minutes
    top = float(powers.max())
    mean = float(np.average(np.exp(powers - top), weights=persons))
    return -(top + float(np.log(mean))) / kappa


def fairest(
    case: Case, decisions: Decisions, k: int, kappa: float, limits: Limits | None = None
) -> Fairest:
    """Find the places of one type that make its Kolm-Pollak minutes least.

    As many communes have sites as in the plan. Sites that the lever does not allow to close stay; a
    commune with several sites today keeps all of them or none.

    Parameters
    ----------
    case, decisions
        The case, and the plan.
    k
        The type.
    kappa
        Per minute, negative.
    limits
        Of the solve.

    Returns
    -------
    Fairest
        The places, proven.
    """
    service, n = case.services[k], len(case.members)
    counts = np.maximum(1, case.existing_members(k))
    places = np.flatnonzero(case.can_open[k] | (case.existing_members(k) > 0)).tolist()
    many = sum(bool(decisions.sites.get((service.code, case.members[j].code), 0)) for j in places)
    minutes = case.minutes[:, :n].copy()
    minutes[np.diag_indices(n)] /= np.sqrt(counts)
    lived = np.flatnonzero(case.public[k] > 0).tolist()
    top = float((-kappa * minutes[:, places]).max()) if places else 0.0
    weight = case.public[k][:, None] * np.exp(-kappa * minutes - top)
    problem = pulp.LpProblem("fairest", pulp.LpMinimize)
    held = {j for j in places if case.existing_members(k)[j] and not case.can_close[k]}
    o = {j: problem.add_variable(f"o_{j}", int(j in held), 1, "Integer") for j in places}
    x = {(i, j): problem.add_variable(f"x_{i}_{j}", 0, 1) for i in lived for j in places}
    for i in lived:
        problem += pulp.lpSum(x[i, j] for j in places) == 1
        for j in places:
            problem += x[i, j] <= o[j]
    problem += pulp.lpSum(o.values()) <= many
    scale = 1.0 / max(float(weight[np.ix_(lived, places)].max()), 1e-300) if lived else 1.0
    terms = {x[i, j]: scale * float(weight[i, j]) for i, j in x}
    problem.setObjective(pulp.LpAffineExpression(terms))
    matrix = LinearModel.from_pulp(problem)
    outcome = BACKENDS["highs"](matrix, limits or Limits(gap=1e-6))
    total: Persons = float(case.public[k][lived].sum())

    def as_minutes(value: float | None) -> Minutes:
        if value is None or value <= 0 or not total:
            return float("nan")
        return -(top + float(np.log(value / scale / total))) / kappa

    values = outcome.values
    open_places: tuple[str, ...] = ()
    if values is not None:
        amount = dict(zip(matrix.names, values.tolist(), strict=True))
        open_places = tuple(case.members[j].code for j in places if amount[o[j].name] > 0.5)  # noqa: PLR2004
    return Fairest(
        service=service.code,
        places=open_places,
        ede=as_minutes(outcome.objective),
        bound=as_minutes(outcome.bound),
        status=outcome.status,
    )


def _low_income(case: Case) -> BoolArray:
    reference = case.scenario.coverage.reference_income_eur
    low: BoolArray = np.array(
        [
            commune.median_income_eur is not None and commune.median_income_eur < reference
            for commune in case.members
        ],
        dtype=bool,
    )
    return low


def _share(public: FloatArray, within: BoolArray, who: BoolArray) -> Share | None:
    total = float(public[who].sum())
    return float(public[who & within].sum()) / total if total else None
