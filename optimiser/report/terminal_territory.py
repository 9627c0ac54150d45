"""What the terminal shows of a territory, before any question is asked."""

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from optimiser.case import Case
from optimiser.check import evaluate, today
from optimiser.labels import Labels
from optimiser.report.duplicates import ledger
from optimiser.report.finances import finances
from optimiser.report.indicators import indicators
from optimiser.report.provenance import facility_vintages
from optimiser.territory import Territory

_AGES = ("0_19", "20_64", "65_plus")


def territory_summary(territory: Territory, case: Case | None, labels: Labels) -> RenderableType:
    """Summarise what is there: people, basins, facilities, money and neighbours.

    Parameters
    ----------
    territory
        The territory.
    case
        A case about it, for today's access and duplicates; None: those are left out.
    labels
        Words of the reader's language.

    Returns
    -------
    rich renderable
        Fits 80 columns.
    """
    parts: list[RenderableType] = [_head(territory, labels)]
    parts += _part("part.basins", _basins(territory, labels), labels)
    parts += _part("part.facilities", _facilities(territory, labels), labels)
    if case is not None:
        parts += _part("part.today", _today(case, labels), labels)
    parts += _part("part.finances", _finances(territory, labels), labels)
    parts += _part("part.neighbours", _neighbours(territory, labels), labels)
    if territory.notes:
        parts += _part("part.notes", Group(*(Text(note) for note in territory.notes)), labels)
    return Group(*parts, Text(), Text(labels("source.population"), style="dim"))


def _part(key: str, content: RenderableType, labels: Labels) -> list[RenderableType]:
    return [Text(), Rule(Text(labels(key), style="bold"), align="left"), content]


def _head(territory: Territory, labels: Labels) -> RenderableType:
    text = labels(
        "headline.territory",
        communes=labels.number(len(territory.members)),
        population=labels.number(territory.population),
    )
    title = labels("words.name_and_code", name=territory.name, code=territory.code)
    return Panel(Text(text), title=Text(title, style="bold"))


def _basins(territory: Territory, labels: Labels) -> RenderableType:
    table = _table(("basin", "communes", "population", *(f"age_{a}" for a in _AGES)), labels)
    for basin, name in territory.basins.items():
        members = [commune for commune in territory.members if commune.basin == basin]
        ages = [sum(commune.ages.get(age, 0.0) for commune in members) for age in _AGES]
        population = sum(commune.population for commune in members)
        figures = [len(members), population, *ages]
        table.add_row(name, *(labels.number(figure) for figure in figures))
    return table


def _facilities(territory: Territory, labels: Labels) -> RenderableType:
    table = _table(("service", "sites", "places", "source"), labels, text=("service", "source"))
    for vintage in facility_vintages(territory):
        table.add_row(
            labels(f"service.{vintage.service}"),
            labels.number(vintage.sites),
            labels.number(vintage.places),
            vintage.source,
        )
    return table


def _today(case: Case, labels: Labels) -> RenderableType:
    now = evaluate(case, today(case))
    figures, overlaps = indicators(case, now, now), ledger(case, now)
    table = _table(("service", "share_now", "minutes_now", "duplicates"), labels)
    for row in figures.services:
        pairs = sum(pair.service == row.service for pair in overlaps.duplicates)
        table.add_row(
            labels(f"service.{row.service}"),
            labels.percent(row.now.share),
            labels.number(row.now.minutes, 1),
            labels.number(pairs),
        )
    return Group(table, Text(labels("part.today.note"), style="dim"))


def _finances(territory: Territory, labels: Labels) -> RenderableType:
    table = _table(("account", "total", "per_inhabitant"), labels, text=("account",))
    found = finances(territory)
    for line in found.lines:
        table.add_row(
            labels(f"account.{line.account}"),
            labels.euros(line.total_eur),
            labels.euros(line.per_inhabitant_eur),
        )
    known = labels(
        "part.finances.note",
        known=labels.number(found.communes_known),
        communes=labels.number(len(territory.members)),
    )
    return Group(table, Text(known, style="dim"))


def _neighbours(territory: Territory, labels: Labels) -> RenderableType:
    population = sum(commune.population for commune in territory.neighbours)
    epcis = {commune.epci for commune in territory.neighbours if commune.epci}
    return Text(
        labels(
            "territory.neighbours",
            communes=labels.number(len(territory.neighbours)),
            epcis=labels.number(len(epcis)),
            population=labels.number(population),
        )
    )


def _table(keys: Sequence[str], labels: Labels, text: Sequence[str] = ("service", "basin")) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False, padding=(0, 1))
    for key in keys:
        table.add_column(
            labels(f"column.short.{key}"), justify="left" if key in text else "right"
        )
    return table
