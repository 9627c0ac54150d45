"""Tables of a plan for the terminal, narrow enough for 80 columns."""

from collections.abc import Iterable, Mapping, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from optimiser.catalogue import CostCase
from optimiser.report.actions import ActionList
from optimiser.report.costs import CASES, Assumptions, CostLine, Range
from optimiser.report.duplicates import Ledger
from optimiser.report.indicators import Indicators, ServiceRow
from optimiser.report.sentences import action_reason, action_title, pair_text
from optimiser.report.words import Words


def bullets(lines: Iterable[str], words: Words) -> RenderableType:
    """List of sentences with a hanging indent.

    Parameters
    ----------
    lines
        One sentence an entry.
    words
        Names of the case.

    Returns
    -------
    rich renderable
        A grid of marks and sentences.
    """
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(overflow="fold")
    for line in lines:
        grid.add_row(words.labels("words.bullet"), Text(line))
    return grid


def services_part(figures: Indicators, words: Words) -> RenderableType:
    """Table of the types: sites, access, worst-served basin, minutes and money.

    Parameters
    ----------
    figures
        Figures of the plan.
    words
        Names of the case.

    Returns
    -------
    rich renderable
        One row a type.
    """
    labels = words.labels
    keys = ("service", "sites", "share", "worst", "minutes", "running")
    table = _table(keys, words, text=("service", "worst"))
    for row in figures.services:
        table.add_row(
            words.service(row.service),
            _sites(row, words),
            _change(labels.percent(row.now.share), labels.percent(row.planned.share), words),
            _worst(row, words),
            _change(labels.number(row.now.minutes, 1), labels.number(row.planned.minutes, 1), words),
            labels.signed_euros(row.running_planned_eur - row.running_now_eur),
        )
    return Group(table, Text(labels("part.services.note"), style="dim"))


def basins_part(figures: Indicators, words: Words) -> RenderableType:
    """Table of the basins.

    Parameters
    ----------
    figures
        Figures of the plan.
    words
        Names of the case.

    Returns
    -------
    rich renderable
        One row a basin.
    """
    labels = words.labels
    table = _table(("basin", "communes", "population", "share", "gained"), words, text=("basin",))
    for row in figures.basins:
        table.add_row(
            words.basin(row.basin),
            labels.number(row.communes),
            labels.number(row.population),
            _change(labels.percent(row.now), labels.percent(row.planned), words),
            labels.signed_number(row.gained),
        )
    return Group(table, Text(labels("part.basins.note"), style="dim"))


def actions_part(found: ActionList, words: Words) -> RenderableType:
    """Every action with its reason, its money and what it takes away.

    Parameters
    ----------
    found
        Actions of the plan.
    words
        Names of the case.

    Returns
    -------
    rich renderable
        Kept sites in one line, then the actions.
    """
    labels = words.labels
    kept = Text(labels.count("action.kept", sum(found.kept.values())))
    if not found.actions:
        return Group(kept, Text(labels("action.nothing")))
    table = _table(("action", "reason", "guaranteed", "capital", "running"), words,
                   text=("action", "reason"))
    for action in found.actions:
        table.add_row(
            action_title(action, words),
            action_reason(action, words),
            labels.signed_number(action.guaranteed_persons),
            labels.euros(action.capital_eur),
            labels.signed_euros(action.recurrent_eur),
        )
    return Group(kept, table, Text(labels("part.actions.note"), style="dim"))


def duplicates_part(now: Ledger, planned: Ledger, words: Words, shown: int) -> RenderableType:
    """The duplicate ledger: how many pairs today and planned, and the first of those that stay.

    Parameters
    ----------
    now, planned
        Overlaps of today's network and of the plan.
    words
        Names of the case.
    shown
        Most pairs listed.

    Returns
    -------
    rich renderable
        A sentence of counts, then sentences of pairs.
    """
    labels = words.labels
    counts = labels(
        "duplicate.counts",
        now=labels.number(len(now.duplicates)),
        planned=labels.number(len(planned.duplicates)),
        needed=labels.number(len(planned.needed)),
    )
    if not planned.duplicates:
        return Group(Text(counts), Text(labels("duplicate.none")))
    first = planned.duplicates[:shown]
    return Group(
        Text(counts),
        Text(labels.count("duplicate.first", len(first))),
        bullets([pair_text(pair, words) for pair in first], words),
        Text(labels("duplicate.note"), style="dim"),
    )


def costs_part(
    lines: Sequence[CostLine],
    assumed: Assumptions,
    ranges: Mapping[CostCase, Range],
    words: Words,
) -> RenderableType:
    """Money by type and kind with its evidence, and how much of it is assumed.

    Parameters
    ----------
    lines, assumed, ranges
        Money of the plan.
    words
        Names of the case.

    Returns
    -------
    rich renderable
        A table and three sentences.
    """
    labels = words.labels
    table = _table(("service", "item", "now", "planned", "change", "grade"), words,
                   text=("service", "item"))
    for line in lines:
        table.add_row(
            words.service(line.service),
            labels(f"item.{line.item}"),
            labels.euros(line.now_eur) if line.yearly else labels("unit.none"),
            labels.euros(line.planned_eur),
            labels.signed_euros(line.change_eur),
            line.grade,
        )
    used = sorted({line.grade for line in lines})
    sentences = [
        labels(
            "cost.range",
            case=labels(f"cost_case.{name}"),
            change=labels.signed_euros(ranges[name].running_change_eur),
            capital=labels.euros(ranges[name].capital_eur),
        )
        for name in CASES
    ]
    return Group(
        table,
        Text(labels("cost.used_case", case=labels(f"cost_case.{_case(words)}"))),
        bullets(sentences, words),
        Text(
            labels(
                "cost.assumed",
                yearly=labels.percent(assumed.yearly, 0),
                change=labels.percent(assumed.change, 0),
                capital=labels.percent(assumed.capital, 0),
            )
        ),
        Text(labels("words.semicolon").join(labels(f"grade.{g}") for g in used), style="dim"),
    )


def _case(words: Words) -> str:
    return words.case.scenario.budget.cost_case


def _table(keys: Sequence[str], words: Words, text: Sequence[str]) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False, padding=(0, 1))
    for key in keys:
        left = key in text
        table.add_column(
            words.labels(f"column.short.{key}"),
            justify="left" if left else "right",
            overflow="fold",
            ratio=3 if key == "reason" else None,
        )
    return table


def _sites(row: ServiceRow, words: Words) -> str:
    labels = words.labels
    text = _change(labels.number(row.sites_now), labels.number(row.sites_planned), words)
    if row.agreements:
        text = labels("words.with_agreements", sites=text, n=labels.number(row.agreements))
    return text


def _worst(row: ServiceRow, words: Words) -> str:
    if row.worst is None:
        return words.labels("unit.none")
    share = words.labels.percent(row.worst.planned, 0)
    return words.labels("words.worst", basin=words.basin(row.worst.basin), share=share)


def _change(now: str, planned: str, words: Words) -> str:
    return now if now == planned else words.labels("words.change", now=now, planned=planned)
