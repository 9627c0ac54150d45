"""What the terminal shows of a territory, before any question is asked."""

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text

from optimiser.case import Case
from optimiser.check import evaluate, today
from optimiser.labels import Labels
from optimiser.report.duplicates import ledger
from optimiser.report.finances import finances
from optimiser.report.indicators import indicators
from optimiser.report.prose import Prose
from optimiser.report.provenance import facility_vintages
from optimiser.report.sentences import note_text
from optimiser.report.terminal_tables import bullets, plain_table
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
    parts += _part("part.basins.title", _basins(territory, labels), labels)
    parts += _part("part.facilities.title", _facilities(territory, labels), labels)
    if case is not None:
        parts += _part("part.today.title", _today(case, labels), labels)
    parts += _part("part.finances.title", _finances(territory, labels), labels)
    parts += _part("part.neighbours.title", _neighbours(territory, labels), labels)
    if territory.notes:
        texts = [note_text(note, labels) for note in territory.notes]
        parts += _part("part.notes.title", bullets(texts, labels), labels)
    return Group(*parts, Text(), Prose(labels("source.population"), style="dim"))


def _part(key: str, content: RenderableType, labels: Labels) -> list[RenderableType]:
    return [Text(), Rule(Text(labels(key), style="bold"), align="left"), content]


def _head(territory: Territory, labels: Labels) -> RenderableType:
    text = labels(
        "headline.territory",
        communes=labels.number(len(territory.members)),
        population=labels.number(territory.population),
    )
    title = labels("words.name_and_code", name=territory.name, code=territory.code)
    return Panel(Prose(text), title=Text(title, style="bold"))


def _basins(territory: Territory, labels: Labels) -> RenderableType:
    rows = []
    for basin, name in territory.basins.items():
        members = [commune for commune in territory.members if commune.basin == basin]
        ages = [sum(commune.ages.get(age, 0.0) for commune in members) for age in _AGES]
        population = sum(commune.population for commune in members)
        rows.append((name, *map(labels.number, (len(members), population, *ages))))
    keys = ("basin", "communes", "population", *(f"age_{age}" for age in _AGES))
    return plain_table(keys, labels, ("basin",), rows)


def _facilities(territory: Territory, labels: Labels) -> RenderableType:
    rows = [
        (
            labels(f"service.{vintage.service}"),
            labels.number(vintage.sites),
            labels.number(vintage.places),
            vintage.source,
        )
        for vintage in facility_vintages(territory)
    ]
    keys = ("service", "sites", "places", "source")
    return plain_table(keys, labels, ("service", "source"), rows)


def _today(case: Case, labels: Labels) -> RenderableType:
    now = evaluate(case, today(case))
    overlaps = ledger(case, now)
    rows = [
        (
            labels(f"service.{row.service}"),
            labels.percent(row.now.share),
            labels.number(row.now.minutes, 1),
            labels.number(sum(pair.service == row.service for pair in overlaps.duplicates)),
        )
        for row in indicators(case, now, now).services
    ]
    keys = ("service", "share_now", "minutes_now", "duplicates")
    table = plain_table(keys, labels, ("service",), rows)
    return Group(table, Prose(labels("part.today.note"), style="dim"))


def _finances(territory: Territory, labels: Labels) -> RenderableType:
    found = finances(territory)
    rows = [
        (
            labels(f"account.{line.account}"),
            labels.euros(line.total_eur),
            labels.euros(line.per_inhabitant_eur),
        )
        for line in found.lines
    ]
    table = plain_table(("account", "total", "per_inhabitant"), labels, ("account",), rows)
    known = labels(
        "part.finances.note",
        known=labels.number(found.communes_known),
        communes=labels.number(len(territory.members)),
    )
    return Group(table, Prose(known, style="dim"))


def _neighbours(territory: Territory, labels: Labels) -> RenderableType:
    population = sum(commune.population for commune in territory.neighbours)
    epcis = {commune.epci for commune in territory.neighbours if commune.epci}
    return Prose(
        labels(
            "territory.neighbours",
            communes=labels.number(len(territory.neighbours)),
            epcis=labels.number(len(epcis)),
            population=labels.number(population),
        )
    )
