"""The one page about a plan as an accessible PDF (PDF/UA): tagged tables, maps with their text."""

import datetime as dt
import json
from collections.abc import Sequence
from importlib import resources
from typing import Any

import typst

from optimiser.ahead import Ahead
from optimiser.impact.measures import Impact
from optimiser.report.atlas import Atlas
from optimiser.report.brief import ActionLine, Brief, action_lines, brief
from optimiser.report.maps import before_after_map, to_svg
from optimiser.report.site_status import site_statuses
from optimiser.report.tables import Cell, Kind, Table
from optimiser.report.words import Words
from optimiser.report.years_paper import YearsPart, years_parts
from optimiser.solution import Solution
from optimiser.units import ServiceCode

_WRITTEN = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)
"""Date written in the file, so that the same plan gives the same bytes."""

_WIDEST = 45
"""A column of long sentences takes no more than so many characters' part of the line."""


def plan_pdf(
    solution: Solution, atlas: Atlas, years: Ahead | None = None, impact: Impact | None = None
) -> bytes:
    """Print a plan.

    Parameters
    ----------
    solution
        The plan.
    atlas
        Its case, polygons and words.
    years
        Its timetable, where there is one to print.
    impact
        Parts of its impact score, where they are measured.

    Returns
    -------
    bytes
        A PDF/UA-1 file: key figures, a map of every type that changes, actions, the years ahead,
        the impact score, who gains and who pays, costs with their evidence, and sources.
    """
    words = Words(atlas.case, atlas.labels)
    page = brief(atlas.case, solution, words)
    source = resources.files(__package__).joinpath("plan.typ").read_bytes()
    actions = action_lines(atlas.case, solution, words)
    content = json.dumps(
        _content(page, actions, words)
        | {"maps": _maps(solution, atlas, words)}
        | {"years": [_part_of_years(p, words) for p in years_parts(solution, years, impact, words)]}
    )
    made = typst.compile(
        source,
        format="pdf",
        sys_inputs={"data": content},
        pdf_standards=["ua-1"],
        timestamp=int(_WRITTEN.timestamp()),
    )
    return bytes(made)


def cell_text(cell: Cell, kind: Kind, words: Words) -> str:
    """Write a cell as its reader reads it.

    Parameters
    ----------
    cell, kind
        Of a table.
    words
        Names of the case.

    Returns
    -------
    str
        A dash where there is no figure.
    """
    if cell is None or isinstance(cell, str):
        return cell or ""
    labels = words.labels
    if kind == "euros":
        return labels.euros_full(cell)
    if kind == "euro_change":
        return labels.signed_euros_full(cell)
    if kind == "posts":
        return labels.signed_number(cell, 1)
    if kind == "percent":
        return labels.percent(cell)
    return labels.number(cell, 0 if kind == "count" else 1)


def _content(page: Brief, lines: Sequence[ActionLine], words: Words) -> dict[str, Any]:
    labels = words.labels
    head = [labels(f"column.{name}") for name in ("figure", "planned", "change")]
    figures = [
        [f.name, f.value, " · ".join(p for p in (f.change, f.detail) if p)] for f in page.figures
    ]
    actions = [[a.action, a.reason, a.capital, a.running] for a in lines]
    action_head = [labels(f"column.{n}") for n in ("action", "reason", "capital", "running_change")]
    return {
        "lang": labels.language,
        "title": labels("brief.title", territory=page.title),
        "subtitle": page.subtitle,
        "status": page.status,
        "assumed": page.assumed,
        "page": labels("brief.page"),
        "figures": _part(head, figures, (False, False, False), (34, 22, 44), 10.0),
        "actions": _part(action_head, actions, (False, False, True, True), (24, 50, 13, 13)),
        "effects": [_table(page.basins, words), _table(page.communes, words)],
        "effects_note": page.basins.note,
        "shared": page.shared,
        "costs": _table(page.costs, words),
        "costs_note": page.costs.note,
        "sources": page.sources,
        "notes": page.notes,
        "words": {
            "figures": labels("brief.figures"),
            "maps": labels("brief.maps"),
            "actions": labels("part.actions.title"),
            "actions_note": labels("part.actions.note"),
            "effects": labels("brief.effects"),
            "costs": labels("part.costs.title"),
            "sources": labels("part.sources.title"),
            "notes": labels("part.notes.title"),
        },
    }


def _part_of_years(part: YearsPart, words: Words) -> dict[str, Any]:
    return {
        "title": part.title,
        "sentences": part.sentences,
        "charts": [{"svg": svg, "alt": alt} for svg, alt in part.charts],
        "tables": [_table(table, words) for table in part.tables],
    }


def _table(table: Table, words: Words) -> dict[str, Any]:
    numeric = [column.kind != "text" for column in table.columns]
    rows = [
        [cell_text(cell, c.kind, words) for cell, c in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]
    widths = [min(column.width, _WIDEST) for column in table.columns]
    return _part([c.title for c in table.columns], rows, numeric, widths, 6.5)


def _part(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    numeric: Sequence[bool],
    widths: Sequence[int],
    size: float = 8.0,
) -> dict[str, Any]:
    return {
        "columns": columns,
        "rows": rows,
        "numeric": numeric,
        "widths": widths,
        "size": size,
    }


def _maps(solution: Solution, atlas: Atlas, words: Words) -> list[dict[str, str]]:
    """A pair of maps, today and planned, for every type that the plan changes."""
    if atlas.is_empty:
        return []
    sites = site_statuses(atlas.case, solution.decisions)
    changed = {site.service for site in sites if site.status != "kept"}
    return [
        {
            "svg": to_svg(before_after_map(atlas, solution, service.code)),
            "alt": map_text(solution, words, service.code),
            "caption": words.service(service.code),
        }
        for service in atlas.case.services
        if service.code in changed
    ]


def map_text(solution: Solution, words: Words, service: ServiceCode) -> str:
    """Say what the maps of a type show, for who cannot see them.

    Parameters
    ----------
    solution
        The plan.
    words
        Names of the case.
    service
        The type.

    Returns
    -------
    str
        Access today and planned.
    """
    k = [each.code for each in words.case.services].index(service)
    return words.labels(
        "brief.map",
        service=words.service(service),
        now=words.labels.percent(solution.today.share(k)),
        planned=words.labels.percent(solution.evaluation.share(k)),
    )
