"""Equity of access: Kolm-Pollak minutes, the worst-served basin, low-income residents within reach.

Each is a measure of any plan (`equity`), and an aim of the whole plan under every rule (`fairest`):
with kappa fixed by today's network, the least Kolm-Pollak minutes are the least of a linear sum.
"""

from dataclasses import dataclass, replace

import numpy as np

from optimiser.case import Case
from optimiser.questions.axes import (
    OF_CELLS,
    Axis,
    axis_model,
    best_on,
    low_income,
    measures,
    signed,
)
from optimiser.questions.kolm_pollak import kappa_of, kolm_pollak
from optimiser.questions.rows import with_rows
from optimiser.questions.workbench import Blocked, Workbench
from optimiser.solution import Evaluation, Solution, Status
from optimiser.travellers import travellers
from optimiser.units import BoolArray, FloatArray, Minutes, ServiceCode, Share

AIMS: tuple[Axis, ...] = ("ede", "equity", "low_income")
"""Axes that are aims of equity: Kolm-Pollak minutes, worst-served basin, low-income residents."""


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
    ede
        Kolm-Pollak minutes of all types together.
    low_income, others
        As of each type, for all of them together.
    """

    services: tuple[ServiceEquity, ...]
    worst_basin: str
    worst_share: Share
    ede: Minutes
    low_income: Share | None
    others: Share | None


@dataclass(frozen=True)
class Fairest:
    """The plan that is best on one aim of equity.

    Parameters
    ----------
    aim
        The axis, as `optimiser.questions.axes.measures` describes it.
    plan
        The plan, judged; its status is that of both solves.
    value, bound
        Of the plan on the aim, and what no plan under the rules betters.
    """

    aim: Axis
    plan: Solution
    value: float
    bound: float


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
    low, measured = low_income(case), measures(case, evaluation)
    near = evaluation.within
    services = []
    for k, service in enumerate(case.services):
        kappa = kappa_of(*travellers(case, today, k)[:2])
        persons, minutes, _ = travellers(case, evaluation, k)
        reached = np.isfinite(minutes)
        persons, minutes = persons[reached], minutes[reached]
        some = float(persons.sum()) > 0
        services.append(
            ServiceEquity(
                service=service.code,
                mean=float(np.average(minutes, weights=persons)) if some else None,
                ede=kolm_pollak(persons, minutes, kappa) if some else None,
                kappa=kappa,
                low_income=_share(case.public[k], near[k], low),
                others=_share(case.public[k], near[k], ~low),
            )
        )
    served, public = evaluation.guaranteed.sum(axis=0), evaluation.public.sum(axis=0)
    shares = np.divide(served, public, out=np.ones_like(served), where=public > 0)
    both = np.broadcast_to(low, near.shape)
    return Equity(
        services=tuple(services),
        worst_basin=case.basins[int(shares.argmin())],
        worst_share=measured["equity"],
        ede=measured["ede"],
        low_income=_share(case.public, near, both),
        others=_share(case.public, near, ~both),
    )


def fairest(bench: Workbench) -> tuple[Fairest, ...]:
    """Find the plan that is best on each aim of equity, under every rule of the scenario.

    Parameters
    ----------
    bench
        The case.

    Returns
    -------
    tuple of Fairest
        One for each of `AIMS` that was answered in time, and is exact of cells where there are any;
        among plans as good on the aim, the one with the best score.
    """
    aims = [aim for aim in AIMS if bench.case.cells is None or aim in OF_CELLS]
    model = axis_model(bench, aims)
    found = []
    for aim in aims:
        reply = best_on(bench, model, aim)
        if isinstance(reply, Blocked):
            continue
        again = bench.solve(with_rows(model.matrix, [model.held(aim, reply.value)]))
        plan = reply.plan if isinstance(again, Blocked) else again
        value = measures(bench.case, plan.evaluation)[aim]
        bound = max(signed(aim, value), reply.bound)
        proven = not isinstance(again, Blocked) and reply.plan.status is Status.OPTIMAL
        if not proven:
            plan = replace(plan, status=Status.FEASIBLE)
        found.append(Fairest(aim, plan, value, signed(aim, bound)))
    return tuple(found)


def _share(public: FloatArray, near: FloatArray, who: BoolArray) -> Share | None:
    total = float(public[who].sum())
    return float(near[who].sum()) / total if total else None
