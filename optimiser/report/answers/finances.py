"""What pays for the years ahead, who gains, and whether the low case is survived, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from optimiser.ahead import Ahead
from optimiser.catalogue import CostCase
from optimiser.impact.cases import FinanceCase, finance_cases
from optimiser.impact.payers import Payers, payers
from optimiser.report.answers.assumptions import assumptions_table
from optimiser.report.answers.page import Page, Sheet, table
from optimiser.report.answers.schedule import schedule_page
from optimiser.report.tables import Cell
from optimiser.report.words import Words
from optimiser.schedule_solution import ScheduleSolution

_LEDGER = (
    "year:text:8 capital:euros:14 subsidies:euros:14+ running_more:euros:14 saved:euros:14 "
    "contributions:euros:14+ interest:euros:14+ caf:euros:14 repaid:euros:14+ borrowed:euros:14+ "
    "debt:euros:14 debt_years:points:12"
)
_CASES = (
    "case:text:10 capital:euros:14 running_more:euros:16 saved:euros:14 debt_years:points:12 "
    "year:text:8 survives:text:10"
)
_WHO = (
    "payer:text:28 works_paid:euros:14 moving_paid:euros:14+ running_more:euros:14 saved:euros:14 "
    "redistributed:euros:14+ contributions:euros:14+ balance:euros:16 gained:count:12 lost:count:12"
)
_BY_YEAR = "payer:text:28 "


def finances_page(found: Ahead, words: Words) -> Page:
    """Word the finances of a timetable.

    Parameters
    ----------
    found
        Plan and timetable.
    words
        Names of the case.

    Returns
    -------
    Page
        Debt and self-financing year by year, three cases, who pays, and every assumption; why
        there is no timetable, where there is none.
    """
    answer = found.answer
    if not isinstance(answer, ScheduleSolution):
        return schedule_page(found, words)
    labels = words.labels
    cases, who = finance_cases(found.plan, answer), payers(found.plan, answer)
    low = cases["low"]
    key = "survives" if low.survives else "fails"
    survival = labels(
        f"finances.{key}",
        years=labels.number(low.debt_years, 1),
        year=_year(found, low.worst_year),
    )
    base = schedule_page(found, words).sentences
    return Page(
        question="finances",
        title=labels("finances.title"),
        sentences=(base[0], base[3], survival, *_who(who, words), labels("finances.note")),
        tables=(
            ledger_table(found, answer, words),
            cases_table(found, cases, words),
            payers_table(who, words),
            *yearly_tables(found, who, words),
            lines_table(found, words),
            assumptions_table(found, words),
        ),
        status=answer.status,
        gap=answer.gap,
        data={"cases": cases, "payers": who, "years": answer.evaluation.money},
    )


def _year(found: Ahead, t: int) -> str:
    return str(found.plan.asked.first_year + t - 1)


def _who(who: Payers, words: Words) -> list[str]:
    """Name who gains most and who pays most, over all years."""
    labels, totals = words.labels, who.balance_eur.sum(axis=1)
    pays, gains = int(np.argmin(totals)), int(np.argmax(totals))
    lines = []
    if totals[pays] < 0:
        name, euros = payer(who, pays, words), labels.euros(-float(totals[pays]))
        lines.append(labels("finances.pays", who=name, euros=euros))
    if totals[gains] > 0:
        name, euros = payer(who, gains, words), labels.euros(float(totals[gains]))
        lines.append(labels("finances.gains", who=name, euros=euros))
    return lines


def payer(who: Payers, row: int, words: Words) -> str:
    """Name of the EPCI, or of a commune.

    Parameters
    ----------
    who
        The payers.
    row
        Which.
    words
        Names of the case.

    Returns
    -------
    str
        Its name.
    """
    return words.case.territory.name if row == 0 else words.commune(who.codes[row])


def ledger_table(found: Ahead, answer: ScheduleSolution, words: Words) -> Sheet:
    """Every line of every year, as it will be paid.

    Parameters
    ----------
    found, answer
        Plan and timetable.
    words
        Names of the case.

    Returns
    -------
    Sheet
        Today's debt first; what is borrowed is what the debt rises by and what is repaid of it.
    """
    money = answer.evaluation.money
    rows: list[tuple[Cell, ...]] = []
    for t in range(found.plan.years):
        repaid = max(0.0, float(money.debt_eur[t])) / found.plan.finances.repayment_years
        rows.append(
            (
                _year(found, t + 1),
                float(money.invested_eur[t]),
                float(money.subsidies_eur[:, t].sum()),
                float(money.running_eur[:, t].sum()),
                float(money.sharing_eur[t]),
                float(money.lines_eur[t]),
                float(money.interest_eur[t]),
                float(money.caf_eur[t]),
                repaid,
                float(money.debt_eur[t + 1] - money.debt_eur[t]) + repaid,
                float(money.debt_eur[t + 1]),
                money.debt_years(t + 1),
            )
        )
    return table("finances_ledger", _LEDGER, rows, words.labels)


def cases_table(found: Ahead, cases: Mapping[CostCase, FinanceCase], words: Words) -> Sheet:
    """Low, base and high case.

    Parameters
    ----------
    found
        Plan and timetable.
    cases
        Money of each case.
    words
        Names of the case.

    Returns
    -------
    Sheet
        One row a case.
    """
    labels = words.labels
    rows = [
        (
            labels(f"cost_case.{name}"),
            each.capital_eur,
            each.running_eur,
            each.sharing_eur,
            each.debt_years,
            _year(found, each.worst_year),
            labels("finances.yes" if each.survives else "finances.no"),
        )
        for name, each in cases.items()
    ]
    return table("finances_cases", _CASES, rows, labels)


def payers_table(who: Payers, words: Words) -> Sheet:
    """Who pays and who gains over all years, the EPCI first.

    Parameters
    ----------
    who
        The payers.
    words
        Names of the case.

    Returns
    -------
    Sheet
        One row a payer for whom anything changes.
    """
    lines = (
        who.works_eur,
        who.moving_eur,
        who.running_eur,
        who.sharing_eur,
        who.redistribution_eur,
        who.contributions_eur,
        who.balance_eur,
    )
    rows: list[tuple[Cell, ...]] = []
    for row in range(len(who.codes)):
        euros = [float(line[row].sum()) for line in lines]
        persons = float(who.gained_persons[row]), float(who.lost_persons[row])
        if any(round(each) for each in (*euros, *persons)):
            rows.append((payer(who, row, words), *euros, *persons))
    return table("finances_payers", _WHO, rows, words.labels)


def yearly_tables(found: Ahead, who: Payers, words: Words) -> Sequence[Sheet]:
    """What each payer gains, or pays (negative), in each year; for the workbook.

    Parameters
    ----------
    found
        Plan and timetable.
    who
        The payers.
    words
        Names of the case.

    Returns
    -------
    sequence of Sheet
        One table: a column a year.
    """
    balance = who.balance_eur
    rows = [
        (payer(who, row, words), *balance[row].tolist())
        for row in range(len(who.codes))
        if np.abs(balance[row]).max() >= 0.5  # noqa: PLR2004 - half a euro
    ]
    kinds = _BY_YEAR + " ".join("balance:euros:12+" for _ in range(found.plan.years))
    sheet = table("finances_yearly", kinds, rows, words.labels)
    return (_with_years(sheet, found),)


def _with_years(sheet: Sheet, found: Ahead) -> Sheet:
    """The same table, its columns named after the years."""
    columns = [sheet.table.columns[0]]
    columns += [
        replace(column, title=_year(found, t))
        for t, column in enumerate(sheet.table.columns[1:], 1)
    ]
    return Sheet(replace(sheet.table, columns=tuple(columns)), ())


def lines_table(found: Ahead, words: Words) -> Sheet:
    """Flows that can be varied: today's, and from the year on.

    Parameters
    ----------
    found
        Plan and timetable.
    words
        Names of the case.

    Returns
    -------
    Sheet
        Empty where the scenario has none.
    """
    labels = words.labels
    rows = [
        (
            line.name,
            labels(f"finances.line.{line.kind}"),
            line.eur_per_year,
            line.eur_per_year + line.change_eur_per_year,
            str(line.first_year or found.plan.asked.first_year),
        )
        for line in found.plan.finances.lines
    ]
    kinds = "line:text:30 line_kind:text:30 line_now:euros:14 line_then:euros:14 year:text:8"
    return table("finances_lines", kinds, rows, labels)
