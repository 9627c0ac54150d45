"""Tables of shared functions for the workbook, and the template of volumes."""

from collections.abc import Iterable, Sequence

from optimiser.functions import CASES, FunctionCatalogue
from optimiser.labels import Labels
from optimiser.report.sharing_answer import SharingReport
from optimiser.report.sharing_figures import epci_transfer
from optimiser.report.sharing_words import SharingWords
from optimiser.report.tables import Cell, Column, Kind, Table
from optimiser.sharing_case import volumes_of
from optimiser.territory import Territory

Row = tuple[Cell, ...]


def sharing_tables(report: SharingReport, labels: Labels) -> tuple[Table, ...]:
    """Gather the tables of verified groups, in the order of the sheets.

    Parameters
    ----------
    report
        Everything about them.
    labels
        Words of the reader's language.

    Returns
    -------
    tuple of Table
        Functions, groups, communes, divisions, legal steps, and the sensitivity where asked for.
    """
    words = SharingWords(report.case, labels)
    tables = [
        _functions(report, words),
        _groups(report, words),
        _communes(report, words),
        _divisions(report, words),
        _checklist(report, words),
    ]
    if report.variants:
        tables.append(_variants(report, words))
    if report.prices:
        rows = [(words.price(price),) for price in report.prices]
        tables.append(_table("prices", [("price", "text", 100)], rows, labels))
    return tuple(tables)


def template_table(territory: Territory, functions: FunctionCatalogue, labels: Labels) -> Table:
    """Lay out the table of volumes for the user to fill in.

    Parameters
    ----------
    territory, functions
        What exists.
    labels
        Words of the reader's language.

    Returns
    -------
    Table
        One row a function and member; the column ``volume`` is empty. Headings are the names that
        `optimiser.sources.volumes_file` reads.
    """
    rows = []
    for function in functions:
        volumes = volumes_of(function, territory.members, {})
        for commune, estimate in zip(territory.members, volumes.tolist(), strict=True):
            unit = (
                labels(f"unit_of.{function.unit}") if f"unit_of.{function.unit}" in labels else ""
            )
            rows.append((function.code, commune.code, commune.name, unit, round(estimate, 2), None))
    titles = ("function", "code", "commune", "unit", "estimate", "volume")
    kinds: tuple[Kind, ...] = ("text", "text", "text", "text", "count", "count")
    columns = tuple(Column(t, k, 20) for t, k in zip(titles, kinds, strict=True))
    note = labels("sharing.template.note")
    return Table(labels("sharing.sheet.template"), columns, tuple(rows), note)


def _functions(report: SharingReport, words: SharingWords) -> Table:
    labels = words.labels
    rows = [
        (
            words.function(line.function),
            line.groups,
            line.sharing,
            line.volume,
            labels(f"unit_of.{line.unit}") if f"unit_of.{line.unit}" in labels else line.unit,
            line.origins.get("count", 0),
            line.origins.get("estimated", 0),
            line.origins.get("user", 0),
            line.now_eur,
            *(line.shared_eur(case) for case in CASES),
            *(line.saving_eur[case] for case in CASES),
            line.share_saved(report.case.saving_case),
            line.grade,
            line.cost_grade,
            words.study(line),
            words.volume_rule(line.function) if line.origins.get("estimated") else None,
        )
        for line in report.functions
    ]
    rows += [
        (words.function(f.code), *[None] * 17, labels("sharing.part.needed"), None)
        for f in report.case.value_needed
    ]
    columns: list[tuple[str, Kind, int]] = [
        ("function", "text", 26),
        ("groups", "count", 9),
        ("sharing", "count", 11),
        ("volume", "count", 14),
        ("unit", "text", 18),
        ("counted", "count", 10),
        ("estimated", "count", 10),
        ("entered", "count", 10),
        ("now", "euros", 14),
        *((f"shared_{case}", "euros", 14) for case in CASES),
        *((f"saving_{case}", "euros", 14) for case in CASES),
        ("percent", "percent", 11),
        ("grade", "text", 9),
        ("cost_grade", "text", 12),
        ("study", "text", 90),
        ("volume_rule", "text", 50),
    ]
    return _table("functions", columns, rows, labels, "sharing.notes.functions")


def _groups(report: SharingReport, words: SharingWords) -> Table:
    rows = [
        (
            words.function(each.group.function),
            words.commune(each.group.host),
            words.commune(code),
            each.chosen.shares_eur[code],
            each.contribution_eur[code],
            each.transfer_eur[code],
        )
        for each in report.divided
        for code in each.group.members
    ]
    columns: list[tuple[str, Kind, int]] = [
        ("function", "text", 26),
        ("host", "text", 30),
        ("member", "text", 30),
        ("gain", "euros", 14),
        ("contribution", "euros", 14),
        ("transfer", "euros", 14),
    ]
    return _table("groups", columns, rows, words.labels, "sharing.notes.transfer")


def _communes(report: SharingReport, words: SharingWords) -> Table:
    rows: list[Row] = [
        (
            words.basin(line.basin),
            line.commune,
            words.commune(line.commune),
            line.groups,
            line.hosts,
            line.alone_eur,
            line.contribution_eur,
            line.transfer_eur,
            line.gain_eur,
        )
        for line in report.communes
    ]
    received = epci_transfer(report.case, report.divided)
    host = words.labels("sharing.epci", epci=report.case.territory.name)
    rows.append(("", report.case.territory.code, host, None, None, None, None, received, None))
    columns: list[tuple[str, Kind, int]] = [
        ("basin", "text", 26),
        ("code", "text", 10),
        ("commune", "text", 30),
        ("groups", "count", 9),
        ("hosts", "count", 9),
        ("alone", "euros", 14),
        ("contribution", "euros", 14),
        ("transfer", "euros", 14),
        ("gain", "euros", 14),
    ]
    return _table("communes", columns, rows, words.labels, "sharing.notes.transfer")


def _divisions(report: SharingReport, words: SharingWords) -> Table:
    rows = [
        (
            words.function(each.group.function),
            words.commune(each.group.host),
            words.labels(f"division.{division.rule}"),
            words.commune(code),
            division.shares_eur[code],
            division.errors_eur.get(code),
            words.communes(division.blocking, limit=99),
            division.gained_eur,
            each.subsidy_eur,
        )
        for each in report.divided
        for division in each.divisions
        for code in each.group.members
    ]
    columns: list[tuple[str, Kind, int]] = [
        ("function", "text", 26),
        ("host", "text", 26),
        ("rule", "text", 18),
        ("member", "text", 26),
        ("share", "euros", 14),
        ("error", "euros", 12),
        ("blocking", "text", 50),
        ("gained", "euros", 14),
        ("subsidy", "euros", 14),
    ]
    return _table("divisions", columns, rows, words.labels)


def _checklist(report: SharingReport, words: SharingWords) -> Table:
    rows = [
        (words.labels(f"checklist.{step}"), words.function(code))
        for step, codes in report.checklist.items()
        for code in codes
    ]
    columns: list[tuple[str, Kind, int]] = [("step", "text", 90), ("function", "text", 30)]
    return _table("checklist", columns, rows, words.labels)


def _variants(report: SharingReport, words: SharingWords) -> Table:
    labels = words.labels
    rows = [
        (
            words.variant(v),
            v.solution.saving_eur if v.solution else None,
            len(v.solution.decisions.groups) if v.solution else None,
            v.kept_eur,
        )
        for v in report.variants
    ]
    columns: list[tuple[str, Kind, int]] = [
        ("variant", "text", 30),
        ("best", "euros", 16),
        ("groups", "count", 10),
        ("kept", "euros", 16),
    ]
    return _table("sensitivity", columns, rows, labels)


def _table(
    key: str,
    columns: Sequence[tuple[str, Kind, int]],
    rows: Iterable[Row],
    labels: Labels,
    note: str = "",
) -> Table:
    titled = tuple(Column(labels(f"sharing.column.{n}"), kind, width) for n, kind, width in columns)
    text = labels(note) if note else ""
    return Table(labels(f"sharing.sheet.{key}"), titled, tuple(rows), text)
