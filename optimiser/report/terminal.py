"""What the terminal shows of an answer; the command line does the printing."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text

from optimiser.case import Case
from optimiser.labels import Labels
from optimiser.mobility import car_use
from optimiser.report.actions import list_actions
from optimiser.report.costs import assumptions, cost_lines, cost_ranges
from optimiser.report.duplicates import ledger
from optimiser.report.indicators import Indicators, indicators
from optimiser.report.prose import Prose
from optimiser.report.provenance import facility_vintages
from optimiser.report.sentences import conflict_text, note_text, relaxation_text, travel_text
from optimiser.report.terminal_tables import (
    actions_part,
    basins_part,
    bullets,
    costs_part,
    duplicates_part,
    services_part,
)
from optimiser.report.words import Words
from optimiser.solution import Answer, Infeasible, NoAnswer, Solution
from optimiser.sources.mobility_file import load_mobility
from optimiser.units import significant

DUPLICATES_SHOWN = 10

CONFLICT_SHOWN = 12

OLD_YEARS = 8
"""A count so much older than the newest one is to be checked before anything is decided."""


def answer_summary(answer: Answer, case: Case, labels: Labels) -> RenderableType:
    """Summarise an answer, whatever it is.

    Parameters
    ----------
    answer
        A plan, a question that has no answer, or a solve that found none.
    case
        The case that it answers.
    labels
        Words of the reader's language.

    Returns
    -------
    rich renderable
        Fits 80 columns, and uses up to 120.
    """
    if isinstance(answer, Solution):
        return plan_summary(answer, case, labels)
    if isinstance(answer, Infeasible):
        return infeasible_summary(answer, case, labels)
    return no_answer_summary(answer, case, labels)


def plan_summary(
    solution: Solution, case: Case, labels: Labels, *, duplicates_shown: int = DUPLICATES_SHOWN
) -> RenderableType:
    """Summarise a plan: figures, actions with their reasons, duplicates, money, proof.

    Parameters
    ----------
    solution, case
        The plan and its case.
    labels
        Words of the reader's language.
    duplicates_shown
        Most pairs of the duplicate ledger that are listed; their number is always told.

    Returns
    -------
    rich renderable
        The summary.
    """
    words = Words(case, labels)
    figures = indicators(case, solution.today, solution.evaluation)
    lines = cost_lines(case, solution.today, solution.evaluation)
    return Group(
        _headline(solution, figures, words),
        *_part("part.services.title", services_part(figures, words), labels),
        *_part("part.basins.title", basins_part(figures, words), labels),
        *_part("part.actions.title", actions_part(list_actions(case, solution), words), labels),
        *_part(
            "part.duplicates.title",
            duplicates_part(
                ledger(case, solution.today),
                ledger(case, solution.evaluation),
                words,
                duplicates_shown,
            ),
            labels,
        ),
        *_part(
            "part.costs.title",
            costs_part(lines, assumptions(lines), cost_ranges(case, solution.decisions), words),
            labels,
        ),
        *(
            _part(
                "part.notes.title",
                bullets([note_text(note, labels) for note in case.territory.notes], labels),
                labels,
            )
            if case.territory.notes
            else ()
        ),
        *_part("part.sources.title", sources_part(case, labels), labels),
        *_part("part.proof.title", _proof(solution, labels), labels),
    )


def infeasible_summary(answer: Infeasible, case: Case, labels: Labels) -> RenderableType:
    """Say which rules conflict and what the smallest change of the question is.

    Parameters
    ----------
    answer, case
        The answer and its case.
    labels
        Words of the reader's language.

    Returns
    -------
    rich renderable
        Two lists of sentences.
    """
    words = Words(case, labels)
    conflict = [conflict_text(rule, subject, words) for rule, subject in answer.conflict]
    change = [relaxation_text(relaxation, words) for relaxation in answer.relaxation]
    proven = "infeasible.smallest" if answer.proven else "infeasible.not_proven"
    said = [labels("words.ellipsis", n=labels.number(len(conflict) - CONFLICT_SHOWN))]
    told = conflict[:CONFLICT_SHOWN] + (said if len(conflict) > CONFLICT_SHOWN else [])
    relaxed = [
        Text(),
        Prose(labels.count("infeasible.relaxation", len(change))),
        bullets(change, labels),
    ]
    head = "infeasible.conflict" if answer.minimal else "infeasible.among"
    return Group(
        Panel(Prose(labels("infeasible.title")), title=_title(words)),
        Prose(labels.count(head, len(conflict))),
        bullets(told, labels),
        *(relaxed if change else ()),
        Text(),
        Prose(labels(proven if change else "infeasible.not_proven")),
        Prose(_seconds(answer.seconds.values(), labels)),
    )


def no_answer_summary(answer: NoAnswer, case: Case, labels: Labels) -> RenderableType:
    """Say why the solve ended without a plan and what to try.

    Parameters
    ----------
    answer, case
        The answer and its case.
    labels
        Words of the reader's language.

    Returns
    -------
    rich renderable
        Three sentences.
    """
    words = Words(case, labels)
    return Group(
        Panel(Prose(labels("no_answer.title")), title=_title(words)),
        Prose(labels(f"stop.{answer.stop.value}")),
        Prose(labels("no_answer.nothing_proven")),
        Prose(labels("no_answer.try")),
        Prose(_seconds(answer.seconds.values(), labels)),
    )


def sources_part(case: Case, labels: Labels) -> RenderableType:
    """Producer and vintage of every kind of figure.

    Parameters
    ----------
    case
        The case.
    labels
        Words of the reader's language.

    Returns
    -------
    rich renderable
        One line for the counts, one for the minutes, one for the costs.
    """
    by_source: dict[str, list[str]] = {}
    vintages = facility_vintages(case.territory)
    planned = {service.code for service in case.services}
    newest = max((v.year for v in vintages if v.year is not None), default=0)
    for service in case.services:
        for vintage in (v for v in vintages if v.service == service.code):
            by_source.setdefault(vintage.source, []).append(labels(f"service.{service.code}"))
    each = [
        labels("source.facility", services=", ".join(names), source=source)
        for source, names in sorted(by_source.items())
    ]
    old = [
        labels("source.old_item", service=labels(f"service.{v.service}"), year=v.year)
        for v in vintages
        if v.year is not None and v.year <= newest - OLD_YEARS and v.service in planned
    ]
    error = case.travel.error_minutes
    accuracy = (
        labels("source.error_unknown")
        if error is None
        else labels("source.error", minutes=labels.minutes(error, 1))
    )
    return Group(
        Prose(labels("source.facilities", each=labels("words.semicolon").join(each))),
        *([Prose(labels("source.old", each=", ".join(old)))] if old else []),
        Prose(labels("source.travel", source=travel_text(case.travel, labels), accuracy=accuracy)),
        Prose(labels("source.population")),
        Prose(labels("source.costs")),
    )


def _headline(solution: Solution, figures: Indicators, words: Words) -> RenderableType:
    labels, case, value = words.labels, words.case, solution.evaluation
    objective = case.scenario.objective
    facts = [
        labels(
            "headline.territory",
            communes=labels.number(len(case.members)),
            population=labels.number(case.territory.population),
        ),
        labels(
            "headline.access",
            now=labels.percent(figures.now),
            planned=labels.percent(figures.planned),
            gained=labels.signed_number(figures.gained),
        ),
        labels(
            "headline.running",
            now=labels.euros(figures.running_now_eur),
            planned=labels.euros(figures.running_planned_eur),
            change=labels.signed_euros(figures.running_change_eur),
        ),
        labels("headline.capital", capital=labels.euros(figures.capital_eur)),
        *_cars(solution, words),
        *_without_car(solution, words),
        labels("headline.annual", annual=labels.signed_euros(figures.annual_eur)),
        labels(
            "headline.score",
            score=labels.number(solution.score),
            coverage=labels.signed_number(value.coverage_points),
            duplicates=labels.signed_number(-value.duplicate_points),
            cost=labels.signed_number(-value.cost_points),
            today=labels.number(solution.today.score),
        ),
        labels("headline.point", euros=labels.euros(objective.person_value_eur_per_year)),
    ]
    status = Prose(labels(f"status.{solution.status.value}"), style="bold")
    return Panel(Group(status, bullets(facts, labels)), title=_title(words))


def _without_car(solution: Solution, words: Words) -> Iterable[str]:
    now, planned = solution.today.without_car, solution.evaluation.without_car
    public, labels = words.case.public.sum(axis=1), words.labels
    some = public > 0
    if now is not None and planned is not None and some.any():
        asked = words.case.scenario.without_car
        yield labels(
            "headline.without_car",
            mode=labels(f"mode.{asked.mode}"),
            minutes=labels.minutes(asked.minutes),
            now=labels.percent(float((now[some] / public[some]).mean())),
            planned=labels.percent(float((planned[some] / public[some]).mean())),
        )


def _cars(solution: Solution, words: Words) -> Iterable[str]:
    mobility, labels = load_mobility(), words.labels
    now = car_use(words.case, solution.today, mobility)
    planned = car_use(words.case, solution.evaluation, mobility)
    if now is not None and planned is not None:
        yield labels(
            "headline.cars",
            change=labels.signed_number(significant(planned.total_km - now.total_km)),
            now=labels.number(significant(now.total_km)),
            tonnes=labels.signed_number(significant(planned.tonnes_co2e - now.tonnes_co2e)),
            grade=mobility.visits_per_person_year.grade,
        )


def _proof(solution: Solution, labels: Labels) -> RenderableType:
    return Group(
        Prose(
            labels(f"status_detail.{solution.status.value}", gap=labels.percent(solution.gap, 3))
        ),
        Prose(labels(f"stop.{solution.stop.value}")),
        Prose(
            labels(
                "proof.figures",
                score=labels.number(solution.score, 1),
                bound=labels.number(solution.bound, 1),
                gap=labels.percent(solution.gap, 3),
                nodes=labels.number(solution.nodes),
            )
        ),
        Prose(labels("proof.verified")),
        Prose(labels("proof.solver", solver=solution.solver)),
        Prose(_seconds(solution.seconds.values(), labels)),
    )


def _title(words: Words) -> Text:
    scenario = words.case.scenario
    parts = [part for part in (words.case.territory.name, scenario.title) if part]
    return Text(words.labels("words.separator").join(parts), style="bold")


def _part(key: str, content: RenderableType, labels: Labels) -> tuple[RenderableType, ...]:
    return (Text(), Rule(Text(labels(key), style="bold"), align="left"), content)


def _seconds(stages: Iterable[float], labels: Labels) -> str:
    return labels("proof.seconds", seconds=labels.seconds(sum(stages)))
