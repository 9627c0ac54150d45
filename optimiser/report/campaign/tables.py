"""The tables of a campaign: territories, types, and what it was made from."""

from collections.abc import Iterable

from optimiser.labels import Labels
from optimiser.report.campaign.figures import ORDER, CampaignFigures, Row
from optimiser.report.sentences import note_text
from optimiser.report.tables import Cell, Column, Kind, Table


def campaign_tables(figures: CampaignFigures, labels: Labels) -> tuple[Table, ...]:
    """Gather the tables, in the order of the sheets.

    Parameters
    ----------
    figures
        The campaign, added up.
    labels
        Words of the reader's language.

    Returns
    -------
    tuple of Table
        Totals, territories, types, sources.
    """
    return (
        _totals(figures, labels),
        _territories(figures, labels),
        _services(figures, labels),
        _about(figures, labels),
    )


def reason(row: Row, labels: Labels) -> str:
    """Why a job has no answer, in the reader's language; empty where it has one.

    Parameters
    ----------
    row
        Of the jobs' table.
    labels
        Words of the reader's language.

    Returns
    -------
    str
        Sentences.
    """
    return row[f"reason_{labels.language}"] or ""


def _totals(figures: CampaignFigures, labels: Labels) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            scenario_name(total.scenario, labels),
            labels(f"campaign.question.{total.question}"),
            sum(total.statuses.values()),
            *(total.statuses.get(status, 0) for status in ORDER),
            total.largest_gap,
            total.access_now,
            total.access_planned,
            *(total.saving_eur[case] for case in ("low", "base", "high")),
            total.losing["low"],
            total.once_eur,
            total.seconds,
            total.slowest,
        )
        for total in figures.totals
    ]
    columns = (
        _column("scenario", "text", 18, labels),
        _column("question", "text", 20, labels),
        _column("territories", "count", 12, labels),
        *(Column(labels(f"campaign.status.{s}"), "count", 12) for s in ORDER),
        _column("largest_gap", "percent", 11, labels),
        _column("access_now", "percent", 11, labels),
        _column("access_planned", "percent", 11, labels),
        _column("saving_low", "euros", 16, labels),
        _column("saving_base", "euros", 16, labels),
        _column("saving_high", "euros", 16, labels),
        _column("losing_low", "count", 12, labels),
        _column("once", "euros", 16, labels),
        _column("seconds", "points", 11, labels),
        _column("slowest", "points", 11, labels),
    )
    return _table("totals", columns, rows, labels)


_FIGURES = (
    "gap",
    "seconds",
    "communes",
    "population",
    "access_now",
    "access_planned",
    "saving_low_eur",
    "saving_base_eur",
    "saving_high_eur",
)


def _territories(figures: CampaignFigures, labels: Labels) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            row["epci"],
            row["epci_name"],
            scenario_name(row["scenario"], labels),
            labels(f"campaign.question.{row['question']}"),
            labels(f"campaign.status.{row['status']}"),
            *(row[name] for name in _FIGURES),
            row["grades"],
            row["assumed"],
            row["once_eur"],
            reason(row, labels),
            " ".join(note_text(each, labels) for each in row["notes"] or ()),
        )
        for row in figures.jobs
    ]
    columns = (
        _column("epci", "text", 12, labels),
        _column("epci_name", "text", 36, labels),
        _column("scenario", "text", 14, labels),
        _column("question", "text", 18, labels),
        _column("status", "text", 18, labels),
        Column(labels("campaign.column.gap"), "percent", 9),
        _column("seconds", "points", 9, labels),
        Column(labels("column.communes"), "count", 10),
        Column(labels("column.population"), "count", 12),
        _column("access_now", "percent", 11, labels),
        _column("access_planned", "percent", 11, labels),
        _column("saving_low", "euros", 15, labels),
        _column("saving_base", "euros", 15, labels),
        _column("saving_high", "euros", 15, labels),
        Column(labels("column.grade"), "text", 10),
        _column("assumed", "percent", 11, labels),
        _column("once", "euros", 15, labels),
        Column(labels("column.reason"), "text", 70),
        _column("notes", "text", 100, labels),
    )
    return _table("territories", columns, rows, labels)


def _services(figures: CampaignFigures, labels: Labels) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            scenario_name(each.scenario, labels),
            service_name(each.service, labels),
            each.public,
            each.sites_now,
            each.sites_planned,
            each.opened,
            each.closed,
            each.agreements,
            each.now,
            each.planned,
        )
        for each in figures.services
    ]
    names = ("public", "sites_now", "sites_planned", "opened", "closed", "agreements")
    columns = (
        _column("scenario", "text", 18, labels),
        Column(labels("column.service"), "text", 32),
        *(Column(labels(f"column.{name}"), "count", 12) for name in names),
        Column(labels("column.share_now"), "percent", 12),
        Column(labels("column.share_planned"), "percent", 12),
    )
    return _table("services", columns, rows, labels)


def _about(figures: CampaignFigures, labels: Labels) -> Table:
    about = figures.about
    facts = {
        "title": figures.title,
        "asked": labels.number(figures.asked),
        "done": labels.number(len(figures.jobs)),
        "seconds": labels.seconds(float(about["seconds"])),
        "software": str(about["software"]),
        "data": str(about["data"]),
    }
    rows = [(labels(f"campaign.about.{name}"), value) for name, value in facts.items()]
    rows += [
        (labels("campaign.about.meaning"), labels(f"campaign.meaning.{name}"))
        for name in ("access", "saving", "gap", "travel", "visitors", "counts")
    ]
    columns = (
        Column(labels("column.item"), "text", 30),
        Column(labels("column.value"), "text", 110),
    )
    return _table("about", columns, rows, labels)


def scenario_name(name: str, labels: Labels) -> str:
    """Name of a scenario; the unchanged question has one in every language."""
    return labels("campaign.unchanged") if name == "default" else name


def service_name(code: str, labels: Labels) -> str:
    """Name of a type of facility; its code where no label has it."""
    key = f"service.{code}"
    return labels(key) if key in labels else code


def _column(name: str, kind: Kind, width: int, labels: Labels) -> Column:
    return Column(labels(f"campaign.column.{name}"), kind, width)


def _table(
    name: str, columns: tuple[Column, ...], rows: Iterable[tuple[Cell, ...]], labels: Labels
) -> Table:
    note = labels(f"campaign.table.{name}.note")
    return Table(labels(f"campaign.table.{name}.name"), columns, tuple(rows), note)
