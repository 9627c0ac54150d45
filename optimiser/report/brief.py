"""One page about a plan, in words and figures: the app shows it, and the PDF prints it."""

from dataclasses import dataclass

from optimiser.case import Case
from optimiser.report.actions import list_actions
from optimiser.report.costs import CASES, assumptions, cost_lines, cost_ranges
from optimiser.report.effects import (
    basin_effects,
    commune_effects,
    effects_table,
    shared_effects,
    touched,
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
    actions
        What changes where, the greatest effect first.
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
    actions: tuple[ActionLine, ...]
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
        figures=(_access(figures, words), _worst(figures, words), *_money(case, solution, words)),
        assumed=labels(
            "cost.assumed",
            yearly=labels.percent(assumed.yearly, 0),
            change=labels.percent(assumed.change, 0),
            capital=labels.percent(assumed.capital, 0),
        ),
        actions=tuple(
            ActionLine(
                action_title(action, words),
                action_reason(action, words),
                labels.euros(action.capital_eur),
                labels.signed_euros(action.recurrent_eur),
            )
            for action in list_actions(case, solution).actions
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
    saves = round(used.running_change_eur) <= 0
    planned = used.running_now_eur + used.running_change_eur
    return (
        Figure(
            labels("brief.saving" if saves else "brief.rise"),
            labels.euros(abs(used.running_change_eur)),
            labels("brief.spending", value=labels.euros(planned)),
            yearly,
        ),
        Figure(labels("brief.capital"), labels.euros(used.capital_eur), "", once),
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
