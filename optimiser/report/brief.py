"""One page about a plan, in words and figures: the app shows it, and the PDF prints it."""

from collections.abc import Sequence
from dataclasses import dataclass

from optimiser.case import Case
from optimiser.report.actions import list_actions
from optimiser.report.costs import CASES, assumptions, cost_lines, cost_ranges
from optimiser.report.effects import (
    Effect,
    basin_effects,
    commune_effects,
    effects_table,
    shared_effects,
    touched,
    unknown_posts,
)
from optimiser.report.indicators import BasinRow, Indicators, indicators
from optimiser.report.provenance import facility_vintages
from optimiser.report.sentences import (
    action_reason,
    action_title,
    note_text,
    travel_text,
)
from optimiser.report.tables import Table
from optimiser.report.tables_plan import costs_table
from optimiser.report.words import Words
from optimiser.solution import Solution


@dataclass(frozen=True)
class Figure:
    """One figure with its name; all of it in words.

    Parameters
    ----------
    name, value
        What it is, and how much.
    change
        Against today; may be empty.
    detail
        Range and evidence; may be empty.
    """

    name: str
    value: str
    change: str = ""
    detail: str = ""


@dataclass(frozen=True)
class ActionLine:
    """One action in words; the fields are the columns of the table."""

    action: str
    reason: str
    capital: str
    running: str


@dataclass(frozen=True)
class Brief:
    """Everything on the page.

    Parameters
    ----------
    title, subtitle, status
        Territory, scenario, and how the solve ended.
    figures
        The figures that decide.
    assumed
        How much of the money rests on assumptions.
    basins, communes
        Who gains and who pays; communes where something changes only.
    shared
        What stands in no commune's line.
    costs
        Money by type, with its evidence.
    sources, notes
        Producers and vintages, and what to know about the data.
    """

    title: str
    subtitle: str
    status: str
    figures: tuple[Figure, ...]
    assumed: str
    basins: Table
    communes: Table
    shared: str
    costs: Table
    sources: tuple[str, ...]
    notes: tuple[str, ...]


def brief(case: Case, solution: Solution, words: Words) -> Brief:
    """Write the page.

    Parameters
    ----------
    case, solution
        The case and its plan.
    words
        Names of the case.

    Returns
    -------
    Brief
        The page.
    """
    labels = words.labels
    figures = indicators(case, solution.today, solution.evaluation)
    effects = commune_effects(case, solution.today, solution.evaluation)
    changed = set(touched(effects))
    lines = cost_lines(case, solution.today, solution.evaluation)
    assumed = assumptions(lines)
    shared = shared_effects(solution.today, solution.evaluation)
    return Brief(
        title=case.territory.name,
        subtitle=case.scenario.title,
        status=labels("words.separator").join(
            [
                labels(f"status.{solution.status.value}"),
                labels(
                    "headline.territory",
                    communes=labels.number(len(case.members)),
                    population=labels.number(case.territory.population),
                ),
            ]
        ),
        figures=(
            _access(figures, words),
            _worst(figures, words),
            *_money(case, solution, words),
            _posts(solution, effects, words),
        ),
        assumed=labels(
            "cost.assumed",
            yearly=labels.percent(assumed.yearly, 0),
            change=labels.percent(assumed.change, 0),
            capital=labels.percent(assumed.capital, 0),
        ),
        basins=effects_table(basin_effects(case, effects), words, basins=True),
        communes=effects_table(
            [effect for effect in effects if effect.place in changed], words, basins=False
        ),
        shared=labels(
            "brief.shared",
            fees=labels.signed_euros(shared.fees_change_eur),
            spared=labels.euros(shared.spared_eur),
        ),
        costs=costs_table(lines, words),
        sources=_sources(words),
        notes=tuple(note_text(note, labels) for note in case.territory.notes),
    )


def action_lines(case: Case, solution: Solution, words: Words) -> tuple[ActionLine, ...]:
    """Say what changes where, apart from the page: each action is valued by the judge.

    Parameters
    ----------
    case, solution, words
        As in `brief`.

    Returns
    -------
    tuple of ActionLine
        The greatest effect first.
    """
    labels = words.labels
    return tuple(
        ActionLine(
            action_title(action, words),
            action_reason(action, words),
            labels.euros(action.capital_eur),
            labels.signed_euros(action.recurrent_eur),
        )
        for action in list_actions(case, solution).actions
    )


def _access(figures: Indicators, words: Words) -> Figure:
    labels = words.labels
    change = (figures.planned or 0.0) - (figures.now or 0.0)
    return Figure(
        labels("brief.access"),
        labels.percent(figures.planned),
        labels.signed_points(change),
        labels("brief.today", value=labels.percent(figures.now)),
    )


def _worst(figures: Indicators, words: Words) -> Figure:
    labels = words.labels
    served = [row for row in figures.basins if row.planned is not None]
    if not served:
        return Figure(labels("brief.worst"), labels("unit.none"))
    worst: BasinRow = min(served, key=lambda row: row.planned or 0.0)
    change = (worst.planned or 0.0) - (worst.now or 0.0)
    return Figure(
        labels("brief.worst"),
        labels("words.worst", basin=words.basin(worst.basin), share=labels.percent(worst.planned)),
        labels.signed_points(change),
        labels("brief.today", value=labels.percent(worst.now)),
    )


def _money(case: Case, solution: Solution, words: Words) -> tuple[Figure, Figure]:
    """Money of a year and money once, each in the three cost cases."""
    labels = words.labels
    ranges = cost_ranges(case, solution.decisions)
    used = ranges[case.scenario.budget.cost_case]
    running = [labels.signed_euros(ranges[name].running_change_eur) for name in CASES]
    capital = [labels.euros(ranges[name].capital_eur) for name in CASES]
    yearly, once = (
        labels(
            "brief.range",
            low=each[0],
            base=each[1],
            high=each[2],
            grades=_grades(solution, case, yearly=flag) or labels("unit.none"),
        )
        for each, flag in ((running, True), (capital, False))
    )
    change, now = used.running_change_eur, used.running_now_eur
    kind = "none" if not round(change) else "saving" if change < 0 else "rise"
    return (
        Figure(
            labels(f"brief.change.{kind}"),
            labels.signed_euros(change),
            labels("brief.spending", value=labels.euros(now + change), now=labels.euros(now)),
            yearly,
        ),
        Figure(labels("brief.capital"), labels.euros(used.capital_eur), "", once),
    )


def _posts(solution: Solution, effects: Sequence[Effect], words: Words) -> Figure:
    labels, case = words.labels, words.case
    unknown = unknown_posts(case, solution.today, solution.evaluation)
    grades = sorted({service.posts.grade for service in case.services if service.posts})
    names = ", ".join(words.service(code) for code in unknown)
    return Figure(
        labels("brief.posts"),
        labels.signed_number(sum(effect.posts_change for effect in effects), 1),
        labels("brief.posts_unknown", services=names) if unknown else "",
        labels("brief.posts_detail", grades=", ".join(grades) or labels("unit.none")),
    )


def _grades(solution: Solution, case: Case, *, yearly: bool) -> str:
    """Evidence grades of the money that changes, best first."""
    lines = cost_lines(case, solution.today, solution.evaluation)
    return ", ".join(
        sorted({x.grade for x in lines if x.yearly is yearly and round(x.change_eur) != 0})
    )


def _sources(words: Words) -> tuple[str, ...]:
    labels, case = words.labels, words.case
    planned = {service.code for service in case.services}
    found: dict[str, list[str]] = {}
    for vintage in facility_vintages(case.territory):
        if vintage.service in planned:
            found.setdefault(vintage.source, []).append(words.service(vintage.service))
    each = labels("words.semicolon").join(
        labels("source.facility", source=source, services=", ".join(names))
        for source, names in found.items()
    )
    error = case.travel.error_minutes
    accuracy = (
        labels("source.error_unknown")
        if error is None
        else labels("source.error", minutes=labels.minutes(error, 1))
    )
    return (
        labels("source.facilities", each=each),
        labels("source.travel", source=travel_text(case.travel, labels), accuracy=accuracy),
        labels("source.population"),
        labels("source.costs"),
    )
