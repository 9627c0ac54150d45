"""The same timetable in a low, a base and a high case; a plan should survive the low one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np

from optimiser.catalogue import CostCase
from optimiser.check_schedule import Ledger, money, networks
from optimiser.schedule_case import ScheduleCase
from optimiser.schedule_solution import Money, ScheduleSolution
from optimiser.units import Euros

CASES: tuple[CostCase, ...] = get_args(CostCase)

PRICES = 0.01
"""How much faster prices of works grow in the low case, and slower in the high one."""

INTEREST = 0.01
"""How much higher interest is in the low case."""

SUBSIDIES = 0.5
"""Part of the subsidies that is paid in the low case."""

OVERRUN = 1.6
"""What moving functions costs against the plan in the low case: programmes overran so far."""


@dataclass(frozen=True, slots=True)
class FinanceCase:
    """Money of a timetable in one case.

    Parameters
    ----------
    money
        Year by year.
    capital_eur, running_eur, sharing_eur
        Paid once in all; and in the last year: more for facilities, and saved by functions.
    debt_years
        Most years of CAF that the debt amounts to at the end of a year.
    worst_year
        That year, from 1.
    survives
        Whether the debt stays under its ceiling in every year; without a ceiling, whether there is
        any CAF in every year.
    """

    money: Money
    capital_eur: Euros
    running_eur: Euros
    sharing_eur: Euros
    debt_years: float
    worst_year: int
    survives: bool


def finance_cases(plan: ScheduleCase, answer: ScheduleSolution) -> Mapping[CostCase, FinanceCase]:
    """Recompute the money of a timetable in every case.

    Parameters
    ----------
    plan, answer
        The plan and its timetable.

    Returns
    -------
    mapping
        ``low``: works at their high cost, running costs at whatever case costs most, savings of
        functions at their low case, half the subsidies, dearer interest and faster prices. ``base``
        is the scenario's own; ``high`` is the kindest.
    """
    ledgers = {case: _ledger(plan, answer, case) for case in CASES}
    totals = {case: float(ledger.running_eur[:, -1].sum()) for case, ledger in ledgers.items()}
    dear, cheap = max(CASES, key=lambda c: totals[c]), min(CASES, key=lambda c: totals[c])
    low = replace(
        ledgers["high"],
        running_eur=ledgers[dear].running_eur,
        sharing_eur=ledgers["low"].sharing_eur,
        moving_eur=ledgers["low"].moving_eur,
    )
    high = replace(
        ledgers["low"],
        running_eur=ledgers[cheap].running_eur,
        sharing_eur=ledgers["high"].sharing_eur,
        moving_eur=ledgers["high"].moving_eur,
    )
    own = Ledger.of(plan, answer.years, answer.evaluation.networks)
    return {
        "low": _case(_harder(plan), low),
        "base": _case(plan, own),
        "high": _case(_prices(plan, -PRICES), high),
    }


def _ledger(plan: ScheduleCase, answer: ScheduleSolution, case: CostCase) -> Ledger:
    """Money of the timetable at one case's costs; works keep their years."""
    spans: dict[str, int] = dict(plan.asked.build_years)
    for action in plan.actions:
        if action.kind == "open":
            k, j = plan.place(action)
            code = action.what
            spans[code] = max(spans.get(code, 1), plan.works_years(k, j))
    scenario = plan.case.scenario
    schedule = plan.asked.model_copy(update={"build_years": spans})
    budget = scenario.budget.model_copy(update={"cost_case": case})
    changed = scenario.model_copy(update={"budget": budget, "schedule": schedule})
    sharing = plan.sharing
    if sharing is not None:
        overrun = OVERRUN if case == "low" else sharing.asked.overrun
        asked = sharing.asked.model_copy(update={"overrun": max(overrun, sharing.asked.overrun)})
        other = sharing.scenario.model_copy(update={"sharing": asked})
        sharing = replace(sharing, scenario=other, case=case)
    variant = replace(plan, case=replace(plan.case, scenario=changed), sharing=sharing)
    return Ledger.of(variant, answer.years, networks(variant, answer.years))


def _prices(plan: ScheduleCase, faster: float) -> ScheduleCase:
    growth = plan.asked.capital_price_growth + faster
    schedule = plan.asked.model_copy(update={"capital_price_growth": growth})
    scenario = plan.case.scenario.model_copy(update={"schedule": schedule})
    return replace(plan, case=replace(plan.case, scenario=scenario))


def _harder(plan: ScheduleCase) -> ScheduleCase:
    """The same plan with dearer prices and interest, and half the subsidies."""
    harder = _prices(plan, PRICES)
    schedule = harder.asked.model_copy(
        update={
            "subsidies": tuple(
                s.model_copy(update={"share": s.share * SUBSIDIES}) for s in plan.asked.subsidies
            )
        }
    )
    interest = plan.finances.interest_rate + INTEREST
    finances = plan.finances.model_copy(update={"interest_rate": interest})
    scenario = harder.case.scenario.model_copy(update={"schedule": schedule, "finances": finances})
    return replace(harder, case=replace(harder.case, scenario=scenario))


def _case(plan: ScheduleCase, ledger: Ledger) -> FinanceCase:
    paid = money(plan, ledger)
    path = [paid.debt_years(t) for t in range(1, plan.years + 1)]
    ceiling = plan.finances.debt_ceiling_years
    kept = all(years <= ceiling + 1e-6 for years in path) if ceiling is not None else True
    return FinanceCase(
        money=paid,
        capital_eur=float(paid.invested_eur.sum()),
        running_eur=float(paid.running_eur[:, -1].sum()),
        sharing_eur=float(paid.sharing_eur[-1]),
        debt_years=max(path),
        worst_year=int(np.argmax(path)) + 1,
        survives=kept and bool((paid.caf_eur > 0).all()),
    )
