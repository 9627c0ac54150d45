"""Tables of a plan for the terminal, narrow enough for 80 columns."""

from collections.abc import Iterable, Mapping, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table

from optimiser.catalogue import CostCase
from optimiser.labels import Labels
from optimiser.report.actions import ActionList
from optimiser.report.costs import CASES, Assumptions, CostLine, Range
from optimiser.report.duplicates import Ledger
from optimiser.report.indicators import Indicators, ServiceRow
from optimiser.report.prose import Prose
from optimiser.report.sentences import action_effect, action_reason, action_title, pair_text
from optimiser.report.words import Words


def bullets(lines: Iterable[str], labels: Labels) -> RenderableType:
    """List of sentences with a hanging indent.

    Parameters
    ----------
    lines
        One sentence an entry.
    labels
        Words of the reader's language.

    Returns
    -------
    rich renderable
        A grid of marks and sentences.
    """
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(overflow="fold")
    for line in lines:
        grid.add_row(labels("words.bullet"), Prose(line))
    return grid


def plain_table(
    keys: Sequence[str], labels: Labels, text: Sequence[str], rows: Iterable[Sequence[str]]
) -> Table:
    """Table without borders.

    Parameters
    ----------
    keys
        Columns; titles are the labels ``column.short.<key>``.
    labels
        Words of the reader's language.
    text
        Columns of words, which wrap; the others hold figures, which never do.
    rows
        Cells as texts.

    Returns
    -------
    Table
        The table.
    """
    table = Table(box=box.SIMPLE, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for key in keys:
        title = labels(f"column.short.{key}")
        if key in text:
            table.add_column(Prose(title), min_width=11)
        else:
            table.add_column(title, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*(Prose(c) if k in text else c for k, c in zip(keys, row, strict=True)))
    return table


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
    rows = [
        (
            words.service(row.service),
            _change(labels.number(row.sites_now), labels.number(row.sites_planned), words),
            labels.number(row.agreements) if row.agreements else "",
            _change(labels.percent(row.now.share, 0), labels.percent(row.planned.share, 0), words),
            _worst(row, words),
            _change(
                labels.number(row.now.minutes, 1), labels.number(row.planned.minutes, 1), words
            ),
            labels.signed_euros(row.running_planned_eur - row.running_now_eur),
        )
        for row in figures.services
    ]
    keys = ("service", "sites", "agreements", "share", "worst", "minutes", "running")
    table = plain_table(keys, labels, ("service", "worst"), rows)
    return Group(table, Prose(labels("part.services.note"), style="dim"))


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
    rows = [
        (
            words.basin(row.basin),
            labels.number(row.communes),
            labels.number(row.population),
            _change(labels.percent(row.now), labels.percent(row.planned), words),
            labels.signed_number(row.gained),
        )
        for row in figures.basins
    ]
    keys = ("basin", "communes", "population", "share", "gained")
    table = plain_table(keys, labels, ("basin",), rows)
    return Group(table, Prose(labels("part.basins.note"), style="dim"))


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
    kept = Prose(labels.count("action.kept", sum(found.kept.values())))
    if not found.actions:
        return Group(kept, Prose(labels("action.nothing")))
    grid = Table.grid(padding=(0, 1))
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(overflow="fold")
    for number, action in enumerate(found.actions, start=1):
        title = Prose(action_title(action, words), style="bold")
        effect = Prose(action_effect(action, words), style="dim")
        reason = Prose(action_reason(action, words))
        grid.add_row(labels("action.rank", n=labels.number(number)), Group(title, reason, effect))
    return Group(kept, grid, Prose(labels("part.actions.note"), style="dim"))


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
        return Group(Prose(counts), Prose(labels("duplicate.none")))
    first = planned.duplicates[:shown]
    return Group(
        Prose(counts),
        Prose(labels.count("duplicate.first", len(first))),
        bullets([pair_text(pair, words) for pair in first], labels),
        Prose(labels("duplicate.note"), style="dim"),
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
    steady = labels.euros(sum(line.now_eur for line in lines if not line.change_eur))
    rows: list[tuple[str, ...]] = [
        (
            words.service(line.service),
            labels(f"item.{line.item}"),
            labels.euros(line.now_eur) if line.yearly else labels("unit.none"),
            labels.euros(line.planned_eur),
            labels.signed_euros(line.change_eur),
            line.grade,
        )
        for line in lines
        if line.change_eur
    ]
    unchanged = (labels("cost.unchanged"), labels("cost.yearly"), steady, steady)
    rows.append((*unchanged, labels.signed_euros(0.0), ""))
    keys = ("service", "item", "now", "planned", "change", "grade")
    table = plain_table(keys, labels, ("service", "item"), rows)
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
        Prose(labels("cost.used_case", case=labels(f"cost_case.{_case(words)}"))),
        bullets(sentences, labels),
        Prose(
            labels(
                "cost.assumed",
                yearly=labels.percent(assumed.yearly, 0),
                change=labels.percent(assumed.change, 0),
                capital=labels.percent(assumed.capital, 0),
            )
        ),
        Prose(labels("words.semicolon").join(labels(f"grade.{g}") for g in used), style="dim"),
    )


def _case(words: Words) -> str:
    return words.case.scenario.budget.cost_case


def _worst(row: ServiceRow, words: Words) -> str:
    if row.worst is None:
        return words.labels("unit.none")
    share = words.labels.percent(row.worst.planned, 0)
    return words.labels("words.worst", basin=words.basin(row.worst.basin), share=share)


def _change(now: str, planned: str, words: Words) -> str:
    return now if now == planned else words.labels("words.change", now=now, planned=planned)
