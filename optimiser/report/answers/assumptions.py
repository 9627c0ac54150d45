"""Every assumption behind the years ahead, with its value, its grade and its source."""

from optimiser.ahead import Ahead
from optimiser.impact.cases import INTEREST, OVERRUN, PRICES, SUBSIDIES
from optimiser.report.answers.page import Sheet, table
from optimiser.report.words import Words
from optimiser.schedule_case import ScheduleCase

_KINDS = "assumed:text:44 assumed_value:text:16 grade:text:8 source:text:70"

_OWN = "own"
"""Source of a figure that the scenario's author gave."""


def assumptions_table(found: Ahead, words: Words) -> Sheet:
    """List what the money of the years ahead rests on.

    Parameters
    ----------
    found
        Plan and timetable.
    words
        Names of the case.

    Returns
    -------
    Sheet
        One row an assumption.
    """
    labels, plan = words.labels, found.plan
    rows = [
        (
            labels(f"finances.assumed.{name}"),
            value,
            _grade(plan, name),
            labels(f"finances.source.{source(plan, name)}"),
        )
        for name, value in _values(plan, words).items()
    ]
    return table("finances_assumptions", _KINDS, rows, labels)


def _values(plan: ScheduleCase, words: Words) -> dict[str, str]:
    labels, asked, finances = words.labels, plan.asked, plan.finances
    return {
        "debt": labels.euros(plan.debt_today_eur),
        "caf": labels.euros(plan.caf_today_eur),
        "ceiling": labels.number(finances.debt_ceiling_years, 1),
        "own_funds": labels.euros(finances.own_funds_eur_per_year),
        "other_investment": labels.euros(float(plan.other_investment_eur[0])),
        "interest": labels.percent(finances.interest_rate),
        "repayment": labels.count("years.span", finances.repayment_years),
        "caf_growth": labels.percent(finances.caf_growth),
        "capital_prices": labels.percent(asked.capital_price_growth),
        "running_prices": labels.percent(asked.running_price_growth),
        "discount": labels.percent(plan.case.scenario.budget.discount_rate),
        "works": labels("finances.works_rule"),
        "transition": labels.count("years.span", asked.transition_years),
        "epci_structuring": labels.percent(finances.epci_share_structuring, 0),
        "epci_local": labels.percent(finances.epci_share_local, 0),
        "taxes": labels("finances.no_rise"),
        "facilities": labels(f"cost_case.{plan.case.scenario.budget.cost_case}"),
        "low_prices": labels.percent(PRICES),
        "low_interest": labels.percent(INTEREST),
        "low_subsidies": labels.percent(SUBSIDIES, 0),
        "low_overrun": labels.number(OVERRUN, 1),
    }


def source(plan: ScheduleCase, name: str) -> str:
    """Key of the source of an assumption.

    Parameters
    ----------
    plan
        The plan.
    name
        Which assumption.

    Returns
    -------
    str
        ``own`` where the scenario gives the figure.
    """
    finances = plan.finances
    if name == "debt" and (finances.debt_eur is not None or finances.debt_years_today is not None):
        return _OWN
    if name == "caf" and finances.caf_eur_per_year is not None:
        return _OWN
    return name


def _grade(plan: ScheduleCase, name: str) -> str:
    """B for the accounts themselves; what is derived or assumed is D."""
    key = source(plan, name)
    if key in ("facilities", "low_overrun"):
        return "B" if key == "low_overrun" else ""
    return "B" if key == "debt" else "D"
