"""Tables around a plan: its summary, its scenario and the sources of its figures."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from optimiser.case import Case
from optimiser.mobility import car_use
from optimiser.report.costs import CASES, assumptions, cost_lines, cost_ranges
from optimiser.report.duplicates import Ledger
from optimiser.report.indicators import Indicators
from optimiser.report.provenance import cost_sources, facility_vintages
from optimiser.report.sentences import travel_text
from optimiser.report.tables import Cell, Kind, Table, labelled_table
from optimiser.report.words import Words
from optimiser.solution import Solution
from optimiser.sources.embedded import SourceCard
from optimiser.sources.mobility_file import load_mobility
from optimiser.units import significant

_Figure = tuple[str, Kind, Cell, Cell, Cell]


def summary_table(
    solution: Solution, figures: Indicators, now: Ledger, planned: Ledger, words: Words
) -> Table:
    """Figures that decide, now, planned and their difference.

    Parameters
    ----------
    solution, figures, now, planned
        The plan, its indicators, and the overlaps of both networks.
    words
        Names of the case.

    Returns
    -------
    Table
        One row a figure; the note says how the solve ended.
    """
    labels = words.labels
    found = [
        *_access(figures),
        *_network(solution, now, planned),
        *_money(solution, figures, words.case),
        *_cars(solution, words.case),
        *_score(solution),
    ]
    note = " ".join(
        [
            labels(f"status.{solution.status.value}") + ".",
            labels(f"status_detail.{solution.status.value}", gap=labels.percent(solution.gap, 3)),
            labels(f"stop.{solution.stop.value}"),
            labels("proof.verified"),
        ]
    )
    kinds = "figure:text:64 now:count:18 planned:count:18 change:count:18"
    rows = [(labels(f"figure.{name}"), *cells) for name, _, *cells in found]
    table = labelled_table("summary", kinds, rows, words, note="proof.verified")
    return Table(table.name, table.columns, table.rows, note, tuple(kind for _, kind, *_ in found))


def scenario_table(case: Case, words: Words) -> Table:
    """Every setting of the scenario with its value.

    Parameters
    ----------
    case
        The case.
    words
        Names of the case.

    Returns
    -------
    Table
        Dotted key, value, and what it means where the labels say so.
    """
    rows = []
    for key, value in _flat(case.scenario.model_dump(mode="json")):
        meaning = f"scenario_file.{key}"
        rows.append((key, value, words.labels(meaning) if meaning in words.labels else None))
    return labelled_table("scenario", "key:text:46 value:text:30 meaning:text:110", rows, words)


def sources_table(case: Case, cards: Sequence[SourceCard], words: Words) -> Table:
    """Producer and vintage of every figure, and the study behind every cost.

    Parameters
    ----------
    case
        The case.
    cards
        Source cards of the embedded data.
    words
        Names of the case.

    Returns
    -------
    Table
        Cards, facility counts, travel times and costs.
    """
    labels, french = words.labels, words.labels.language == "fr"
    rows: list[tuple[Cell, ...]] = [
        (
            labels("table.source.data"),
            card.title_fr if french else card.title_en,
            card.producer,
            card.vintage,
            card.licence,
            card.address,
        )
        for card in cards
    ]
    planned = {service.code for service in case.services}
    for vintage in facility_vintages(case.territory):
        if vintage.service in planned:
            year = None if vintage.year is None else str(vintage.year)
            name = words.service(vintage.service)
            kind = labels("table.source.facilities")
            rows.append((kind, name, vintage.source, year, None, None))
    travel = case.travel
    error = None
    if travel.error_minutes is not None:
        error = labels("source.error", minutes=labels.minutes(travel.error_minutes, 1))
    source = travel_text(travel, labels)
    rows.append((labels("table.source.travel"), error, source, None, None, None))
    for cost in cost_sources(case):
        name = labels("words.separator").join(
            [words.service(cost.service), labels(f"item.{cost.figure}")]
        )
        grade = labels(f"grade.{cost.grade}")
        rows.append((labels("table.source.cost"), name, cost.source, grade, None, None))
    for name, factor in load_mobility():
        what, grade = labels(f"mobility.{name}"), labels(f"grade.{factor.grade}")
        rows.append((labels("table.source.mobility"), what, factor.source, grade, None, None))
    kinds = (
        "kind:text:22 name:text:52 producer:text:80 vintage:text:34 licence:text:34 address:text:34"
    )
    return labelled_table("sources", kinds, rows, words)


def _access(figures: Indicators) -> Iterator[_Figure]:
    change = None
    if figures.now is not None and figures.planned is not None:
        change = figures.planned - figures.now
    yield "access", "percent", figures.now, figures.planned, change
    yield "gained", "count", None, None, figures.gained


def _network(solution: Solution, now: Ledger, planned: Ledger) -> Iterator[_Figure]:
    before, after = int(solution.today.sites.sum()), int(solution.evaluation.sites.sum())
    yield "sites", "count", before, after, after - before
    agreed = len(solution.decisions.agreements)
    yield "agreements", "count", 0, agreed, agreed
    pairs = len(now.duplicates), len(planned.duplicates)
    yield "duplicates", "count", *pairs, pairs[1] - pairs[0]


def _money(solution: Solution, figures: Indicators, case: Case) -> Iterator[_Figure]:
    running = figures.running_now_eur, figures.running_planned_eur
    yield "running", "euros", *running, figures.running_change_eur
    yield "capital", "euros", None, figures.capital_eur, None
    yield "annual", "euros", None, None, figures.annual_eur
    ranges = cost_ranges(case, solution.decisions)
    for name in CASES:
        each = ranges[name]
        planned = each.running_now_eur + each.running_change_eur
        yield (
            f"running_{name}",
            "euros",
            each.running_now_eur,
            planned,
            each.running_change_eur,
        )
        yield f"capital_{name}", "euros", None, each.capital_eur, None
    assumed = assumptions(cost_lines(case, solution.today, solution.evaluation))
    yield "assumed_running", "percent", None, assumed.yearly, assumed.change
    yield "assumed_capital", "percent", None, assumed.capital, None


def _cars(solution: Solution, case: Case) -> Iterator[_Figure]:
    mobility = load_mobility()
    now = car_use(case, solution.today, mobility)
    planned = car_use(case, solution.evaluation, mobility)
    if now is None or planned is None:
        return
    for name, before, after in (
        ("car_km", now.total_km, planned.total_km),
        ("co2", now.tonnes_co2e, planned.tonnes_co2e),
    ):
        change = significant(after - before)
        yield name, "count", significant(before), significant(after), change
    if now.total_unserved or planned.total_unserved:
        left = now.total_unserved, planned.total_unserved
        yield "unserved", "count", *left, left[1] - left[0]


def _score(solution: Solution) -> Iterator[_Figure]:
    now, planned = solution.today, solution.evaluation
    yield "score", "count", now.score, planned.score, planned.score - now.score
    for name, sign in (("coverage", 1.0), ("duplicate", -1.0), ("cost", -1.0)):
        before = sign * getattr(now, f"{name}_points")
        after = sign * getattr(planned, f"{name}_points")
        yield f"{name}_points", "count", before, after, after - before
    yield "bound", "count", None, solution.bound, None
    yield "gap", "percent", None, solution.gap if solution.score else None, None


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        elif isinstance(value, list):
            text = ", ".join(
                " ".join(str(part) for part in entry.values())
                if isinstance(entry, Mapping)
                else str(entry)
                for entry in value
            )
            yield f"{prefix}{key}", text
        else:
            yield f"{prefix}{key}", "none" if value is None else str(value)
