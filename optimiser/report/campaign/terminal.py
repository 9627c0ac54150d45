"""What the terminal shows of a campaign; the command line does the printing."""

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table as RichTable
from rich.text import Text

from optimiser.campaign_result import FAILED
from optimiser.labels import Labels
from optimiser.report.campaign.figures import CampaignFigures, Row, ServiceTotal, Total
from optimiser.report.campaign.tables import reason, scenario_name, service_name
from optimiser.report.prose import Prose
from optimiser.solution import Status

_SHOWN = 10
"""Territories of a list; the workbook names them all."""


def campaign_summary(figures: CampaignFigures, labels: Labels) -> RenderableType:
    """Summarise a campaign.

    Parameters
    ----------
    figures
        The campaign, added up.
    labels
        Words of the reader's language.

    Returns
    -------
    rich renderable
        Fits 100 columns.
    """
    done = labels(
        "campaign.done",
        done=labels.number(len(figures.jobs)),
        asked=labels.number(figures.asked),
    )
    parts: list[RenderableType] = [
        Panel(Prose(done), title=figures.title or labels("campaign.title"), title_align="left")
    ]
    for total in figures.totals:
        parts += _total(total, labels)
    if figures.services:
        parts += [_title("services", labels), _services(figures.services, labels)]
    lists = (
        ("failed", figures.of_status(FAILED)),
        ("infeasible", figures.of_status(Status.INFEASIBLE, Status.NO_ANSWER)),
    )
    for key, rows in lists:
        if rows:
            parts += [_title(key, labels), *_reasons(rows, labels)]
    unproven = sorted(figures.of_status(Status.FEASIBLE), key=lambda row: -row["gap"])
    if unproven:
        parts += [_title("open", labels), _slow(unproven, labels)]
    slowest = sorted(figures.jobs, key=lambda row: -row["seconds"])[:_SHOWN]
    if slowest:
        parts += [_title("slowest", labels), _slow(slowest, labels)]
    parts += [Text(), Prose(labels("campaign.meaning.saving"), "dim")]
    parts += [Prose(labels("campaign.meaning.visitors"), "dim")]
    parts += [Prose(labels("campaign.meaning.travel"), "dim")]
    return Group(*parts)


def _title(key: str, labels: Labels) -> Text:
    return Text(f"\n{labels(f'campaign.part.{key}')}", style="bold")


def _total(total: Total, labels: Labels) -> list[RenderableType]:
    head = labels(
        "campaign.head",
        question=labels(f"campaign.question.{total.question}"),
        scenario=scenario_name(total.scenario, labels),
    )
    counted = [
        labels(
            "campaign.counted", n=labels.number(number), status=labels(f"campaign.status.{status}")
        )
        for status, number in total.statuses.items()
    ]
    lines = [
        labels("words.separator").join(counted),
        labels(
            "campaign.spent",
            seconds=labels.seconds(total.seconds),
            slowest=labels.seconds(total.slowest),
            gap=labels.percent(total.largest_gap, 2),
        ),
    ]
    if total.access_now is not None:
        lines.append(
            labels(
                "campaign.access",
                now=labels.percent(total.access_now),
                planned=labels.percent(total.access_planned),
            )
        )
    lines.append(
        labels(
            "campaign.saving",
            low=labels.signed_euros(total.saving_eur["low"]),
            base=labels.signed_euros(total.saving_eur["base"]),
            high=labels.signed_euros(total.saving_eur["high"]),
            losing=labels.number(total.losing["low"]),
        )
    )
    lines.append(labels(f"campaign.once.{total.question}", once=labels.euros(total.once_eur)))
    return [Text(f"\n{head}", style="bold"), *(Prose(line) for line in lines)]


def _services(services: Sequence[ServiceTotal], labels: Labels) -> RenderableType:
    several = len({each.scenario for each in services}) > 1
    table = RichTable(box=box.SIMPLE_HEAD, pad_edge=False)
    for name, right in (
        ("service", False),
        ("share_now", True),
        ("share_planned", True),
        ("sites_now", True),
        ("opened", True),
        ("closed", True),
        ("agreements", True),
    ):
        table.add_column(labels(f"column.{name}"), justify="right" if right else "left")
    for each in services:
        name = service_name(each.service, labels)
        parts = [name, scenario_name(each.scenario, labels)] if several else [name]
        table.add_row(
            labels("words.separator").join(parts),
            labels.percent(each.now),
            labels.percent(each.planned),
            *(
                labels.number(value)
                for value in (each.sites_now, each.opened, each.closed, each.agreements)
            ),
        )
    return table


def _reasons(rows: Sequence[Row], labels: Labels) -> list[RenderableType]:
    said: list[RenderableType] = [
        Prose(
            labels(
                "campaign.reason.line",
                epci=row["epci_name"],
                question=labels(f"campaign.question.{row['question']}"),
                reason=reason(row, labels),
            )
        )
        for row in rows[:_SHOWN]
    ]
    rest = len(rows) - _SHOWN
    return said + ([Text(labels("words.ellipsis", n=labels.number(rest)))] if rest > 0 else [])


def _slow(rows: Sequence[Row], labels: Labels) -> RenderableType:
    table = RichTable(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(labels("campaign.column.epci_name"))
    for name in ("question", "communes", "status", "gap", "seconds"):
        right = name in ("communes", "gap", "seconds")
        table.add_column(labels(f"campaign.column.{name}"), justify="right" if right else "left")
    for row in rows[:_SHOWN]:
        table.add_row(*_cells(row, labels))
    rest = len(rows) - _SHOWN
    if rest > 0:
        table.caption = labels("words.ellipsis", n=labels.number(rest))
    return table


def _cells(row: Row, labels: Labels) -> list[str]:
    return [
        row["epci_name"],
        labels(f"campaign.question.{row['question']}"),
        labels.number(row["communes"]),
        labels(f"campaign.status.{row['status']}"),
        labels.percent(row["gap"], 2),
        labels.seconds(row["seconds"]),
    ]
