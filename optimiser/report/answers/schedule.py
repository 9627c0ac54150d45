"""In which year what is done, and the network after every year, in words."""

import math
from dataclasses import replace

import numpy as np

from optimiser.ahead import Ahead
from optimiser.report.answers.page import Page, Sheet, table
from optimiser.report.tables import Cell
from optimiser.report.words import Words
from optimiser.schedule_solution import (
    Action,
    ScheduleInfeasible,
    ScheduleSolution,
)
from optimiser.solution import Relaxation, Status

_INFEASIBLE, _NO_ANSWER = 3, 4
"""Codes with which a command ends, as those of a plan."""

_TIMETABLE = "year:text:8 action:text:46 works:text:14 spending:euros:14 running_more:euros:14"
_YEARS = (
    "year:text:8 spending:euros:16 subsidies:euros:16+ running_more:euros:14 access:percent:12 "
    "worst_basin:percent:14 staff:points:10+ caf:euros:14+ debt:euros:14 debt_years:points:12"
)


def schedule_page(found: Ahead, words: Words) -> Page:
    """Word a timetable, or why there is none.

    Parameters
    ----------
    found
        Plan and timetable.
    words
        Names of the case.

    Returns
    -------
    Page
        What is done when, and what every year costs and gives.
    """
    labels, answer = words.labels, found.answer
    title = labels("years.title", first=_year(found, 1), last=_year(found, found.plan.years))
    if isinstance(answer, ScheduleSolution):
        return Page(
            question="schedule",
            title=title,
            sentences=tuple(_sentences(found, answer, words)),
            tables=(timetable(found, answer, words), years_table(found, answer, words)),
            status=answer.status,
            gap=answer.gap,
            data=_data(found, answer),
        )
    sentences: tuple[str, ...] = (labels("years.none_in_time"),)
    status, code, proven = Status.NO_ANSWER, _NO_ANSWER, ""
    if isinstance(answer, ScheduleInfeasible):
        sentences, status = tuple(failure(found, answer, words)), Status.INFEASIBLE
        code, proven = _INFEASIBLE, labels("years.proven")
    return Page("schedule", title, sentences, (), status, float("inf"), answer, code, proven)


def joint_page(together: Ahead, staged: Ahead, words: Words) -> Page:
    """Word a plan and its years that were chosen at once, beside the two stages.

    Parameters
    ----------
    together, staged
        Chosen at once; the plan first, its years then.
    words
        Names of the case.

    Returns
    -------
    Page
        The joint timetable; the first sentence says what two stages lose.
    """
    joint, two = together.answer, staged.answer
    if isinstance(joint, ScheduleInfeasible):
        # No plan has a timetable, the best one included: say which limits stand in its way.
        return schedule_page(staged, words)
    labels, page = words.labels, schedule_page(together, words)
    if isinstance(joint, ScheduleSolution) and isinstance(two, ScheduleSolution):
        most = max(0.0, joint.bound - two.value_eur) / abs(two.value_eur) if two.value_eur else None
        line = labels(
            "years.joint",
            joint=labels.euros(joint.value_eur),
            staged=labels.euros(two.value_eur),
            most=labels.percent(most, 2),
        )
        return replace(page, sentences=(line, *page.sentences))
    return page


def failure(found: Ahead, answer: ScheduleInfeasible, words: Words) -> list[str]:
    """Say why there is no timetable, and what would give one.

    Parameters
    ----------
    found
        Plan and answer.
    answer
        The answer.
    words
        Names of the case.

    Returns
    -------
    list of str
        Which limits conflict, the smallest relaxation, and the fewest years.
    """
    labels = words.labels
    years = labels.count("years.span", found.plan.years)
    rules = ", ".join(labels(f"years.rule.{rule}.name") for rule, _ in answer.why.conflict)
    lines = [labels("years.infeasible", years=years, rules=rules)]
    if answer.why.relaxation:
        each = labels("words.semicolon").join(_relaxed(r, words) for r in answer.why.relaxation)
        lines.append(labels("years.relax", each=each))
    if found.plan.too_many_posts:
        lines += _whole(found, answer, words)
    elif answer.years_needed is None:
        lines.append(labels("years.no_years"))
    else:
        needed = labels.count("years.span", answer.years_needed)
        lines.append(labels("years.years_needed", years=needed))
    return lines


def _whole(found: Ahead, answer: ScheduleInfeasible, words: Words) -> list[str]:
    """Say which actions alone move more posts than a year may, and what to set."""
    labels, limit = words.labels, found.plan.staff_limit or 0.0
    whole = found.plan.too_many_posts
    each = labels("words.semicolon").join(
        labels("years.whole_one", action=action_text(action, words), posts=labels.number(posts, 1))
        for action, posts in sorted(whole.items(), key=lambda one: -one[1])
    )
    needed = [r.needed for r in answer.why.relaxation if r.rule == "staff_moved"]
    most = math.ceil(max([*whole.values(), *needed]))
    said = labels(
        "years.whole", limit=labels.number(limit, 0 if limit == int(limit) else 1), each=each
    )
    key = "years.whole_groups" if any(a.kind == "share" for a in whole) else "years.whole_sites"
    return [said, labels(key, most=labels.number(most))]


def _relaxed(relaxation: Relaxation, words: Words) -> str:
    labels = words.labels
    money = relaxation.unit in ("eur", "eur_per_year")
    limit, needed = (
        labels.euros_full(value) if money else labels.number(value)
        for value in (relaxation.limit, relaxation.needed)
    )
    return labels(f"years.rule.{relaxation.rule}.relax", limit=limit, needed=needed)


def action_text(action: Action, words: Words) -> str:
    """Say what is done where.

    Parameters
    ----------
    action
        The action.
    words
        Names of the case.

    Returns
    -------
    str
        Such as ``Open Library in Denain``.
    """
    where = words.commune(action.where)
    if action.kind == "share":
        what = words.labels(f"function.{action.what}")
        if action.where == words.case.territory.code:
            where = words.case.territory.name
    else:
        what = words.service(action.what)
    return words.labels(f"years.action.{action.kind}", what=what, where=where)


def _year(found: Ahead, t: int) -> str:
    return str(found.plan.asked.first_year + t - 1)


def _sentences(found: Ahead, answer: ScheduleSolution, words: Words) -> list[str]:
    labels, judged = words.labels, answer.evaluation
    spending = judged.spending_eur
    most = int(np.argmax(spending))
    sentences = [
        labels(
            "years.actions",
            actions=labels.count("years.count", len(answer.years)),
            total=labels.euros(float(spending.sum())),
            most=labels.euros(float(spending.max())),
            year=_year(found, most + 1),
        ),
        labels(
            "years.access",
            now=labels.percent(judged.networks[0].mean_share()),
            middle=labels.percent(judged.networks[(found.plan.years + 1) // 2].mean_share()),
            year=_year(found, (found.plan.years + 1) // 2),
            last=labels.percent(judged.networks[-1].mean_share()),
        ),
        labels("years.nested"),
        _debt(found, answer, words),
    ]
    return [*sentences, labels("years.prices"), labels("years.note")]


def _debt(found: Ahead, answer: ScheduleSolution, words: Words) -> str:
    labels, money = words.labels, answer.evaluation.money
    path = [money.debt_years(t) for t in range(1, found.plan.years + 1)]
    ceiling = found.plan.finances.debt_ceiling_years
    today = found.plan.debt_today_eur / found.plan.caf_today_eur if found.plan.caf_today_eur else 0
    return labels(
        "years.debt",
        today=labels.number(today, 1),
        most=labels.number(max(path), 1),
        year=_year(found, int(np.argmax(path)) + 1),
        ceiling=labels("years.no_ceiling")
        if ceiling is None
        else labels("years.ceiling", years=labels.number(ceiling, 1)),
    )


def timetable(found: Ahead, answer: ScheduleSolution, words: Words) -> Sheet:
    """List the actions in the order of their years.

    Parameters
    ----------
    found, answer
        Plan and timetable.
    words
        Names of the case.

    Returns
    -------
    Sheet
        Year, works, what is spent, and what changes every year.
    """
    rows = [
        (
            _year(found, year),
            action_text(action, words),
            works_text(found, action, year),
            *_euros(found, action),
        )
        for action, year in sorted(answer.years.items(), key=lambda each: (each[1], each[0]))
    ]
    return table("years_timetable", _TIMETABLE, rows, words.labels)


def works_text(found: Ahead, action: Action, year: int) -> str:
    """Years of works of an action, such as 2028-2030.

    Parameters
    ----------
    found
        Plan and timetable.
    action, year
        The action, and the year in which it is done.

    Returns
    -------
    str
        Empty without works.
    """
    if action.kind != "open":
        return ""
    first = year - found.plan.works_years(*found.plan.place(action)) + 1
    begin, end = _year(found, first), _year(found, year)
    return begin if begin == end else f"{begin}\N{EN DASH}{end}"


def _euros(found: Ahead, action: Action) -> tuple[float, float]:
    """Euros once, and euros a year more."""
    plan, case = found.plan, found.case
    if action.kind == "share":
        costs = plan.groups[action][1]
        return costs.moving_eur, -(costs.saving_eur + costs.moving_eur_per_year)
    place = plan.place(action)
    if action.kind == "open":
        return float(case.capital_eur[place]), float(case.running_eur[place])
    if action.kind == "close":
        return plan.closing_eur(action), -float(case.running_eur[place])
    return 0.0, float(case.fee_eur[place])


def years_table(found: Ahead, answer: ScheduleSolution, words: Words) -> Sheet:
    """What every year costs and gives.

    Parameters
    ----------
    found, answer
        Plan and timetable.
    words
        Names of the case.

    Returns
    -------
    Sheet
        One row a year.
    """
    judged, money = answer.evaluation, answer.evaluation.money
    rows: list[tuple[Cell, ...]] = []
    for t in range(1, found.plan.years + 1):
        network = judged.networks[t]
        change = network.costs.recurrent_eur - judged.networks[0].costs.recurrent_eur
        rows.append(
            (
                _year(found, t),
                float(judged.spending_eur[t - 1]),
                float(money.subsidies_eur[:, t - 1].sum()),
                change,
                network.mean_share(),
                network.worst_share(),
                float(judged.staff[t - 1]),
                float(money.caf_eur[t - 1]),
                float(money.debt_eur[t]),
                money.debt_years(t),
            )
        )
    return table("years_money", _YEARS, rows, words.labels)


def _data(found: Ahead, answer: ScheduleSolution) -> dict[str, object]:
    """Everything that programs want of a timetable."""
    judged, money = answer.evaluation, answer.evaluation.money
    first = found.plan.asked.first_year
    span = range(1, found.plan.years + 1)
    return {
        "value_eur": answer.value_eur,
        "bound_eur": answer.bound,
        "solver": answer.solver,
        "seconds": answer.seconds,
        "actions": [
            {
                "year": first + year - 1,
                "kind": action.kind,
                "what": action.what,
                "where": action.where,
                "number": action.number,
            }
            for action, year in sorted(answer.years.items(), key=lambda each: (each[1], each[0]))
        ],
        "years": [
            {
                "year": first + t - 1,
                "spending_eur": float(judged.spending_eur[t - 1]),
                "paid_eur": float(money.invested_eur[t - 1]),
                "subsidies_eur": float(money.subsidies_eur[:, t - 1].sum()),
                "running_change_eur": float(money.running_eur[:, t - 1].sum()),
                "sharing_saving_eur": float(money.sharing_eur[t - 1]),
                "caf_eur": float(money.caf_eur[t - 1]),
                "debt_eur": float(money.debt_eur[t]),
                "debt_years": money.debt_years(t),
                "staff_moved": float(judged.staff[t - 1]),
                "guaranteed": {
                    service.code: judged.networks[t].share(k)
                    for k, service in enumerate(found.case.services)
                },
            }
            for t in span
        ],
    }
