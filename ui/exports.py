"""Files of a plan, made in memory: no path of a visitor ever reaches the file system."""

import csv
import io
import tempfile
import zipfile
from pathlib import Path

from optimiser.ahead import look_ahead
from optimiser.case import Case
from optimiser.report.geopackage import write_geopackage
from optimiser.report.maps import before_after_map, to_png, to_svg
from optimiser.report.pdf import plan_pdf
from optimiser.report.tables import Table
from optimiser.report.words import case_labels
from optimiser.report.workbook import plan_tables, workbook
from optimiser.solution import Solution
from optimiser.solvers import Limits
from optimiser.sources import load_polygons, load_sources, scenario_text
from ui.cache import answer_of, atlas_of
from ui.years import impact_of

_SCALE = 2.0

_QUICK = Limits(seconds=10, threads=1)
"""The years of a plan take less than a second; a page must not wait longer than this."""


def excel(run_id: str, language: str) -> bytes:
    """All tables of a plan as an Excel workbook."""
    case, tables = _tables(run_id, language)
    labels = case_labels(case.catalogue, language)
    scenario = case.scenario.title or labels("workbook.untitled")
    title = labels("workbook.title", territory=case.territory.name, scenario=scenario)
    return workbook(tables, title)


def csv_tables(run_id: str, language: str) -> bytes:
    """All tables of a plan as CSV files in one archive."""
    _, tables = _tables(run_id, language)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in tables:
            archive.writestr(f"{table.name}.csv", csv_text(table))
    return stream.getvalue()


def csv_text(table: Table) -> str:
    """Write a table as CSV that Excel opens as UTF-8.

    Parameters
    ----------
    table
        The table.

    Returns
    -------
    str
        Semicolons, points for decimals; texts that a spreadsheet would run are made harmless.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow([column.title for column in table.columns])
    writer.writerows([_harmless(cell) for cell in row] for row in table.rows)
    return "\ufeff" + stream.getvalue()


def geopackage(run_id: str, language: str) -> bytes:
    """Communes and facilities of a plan for QGIS, with styles."""
    case, solution = _plan(run_id)
    polygons = load_polygons([commune.code for commune in case.territory.communes])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.gpkg"
        write_geopackage(path, solution, case, polygons, case_labels(case.catalogue, language))
        return path.read_bytes()


def map_svg(run_id: str, language: str, service: str) -> bytes:
    """Map of today and of the plan, SVG."""
    case, solution = _plan(run_id)
    return to_svg(before_after_map(atlas_of(case, language), solution, service)).encode()


def map_png(run_id: str, language: str, service: str) -> bytes:
    """Map of today and of the plan, PNG."""
    return to_png(map_svg(run_id, language, service).decode(), _SCALE)


def pdf(run_id: str, language: str) -> bytes:
    """The page for executives, accessible PDF, with the years ahead and the impact score."""
    case, solution = _plan(run_id)
    ahead = look_ahead(case, limits=_QUICK, accepted=solution)
    return plan_pdf(solution, atlas_of(case, language), ahead, impact_of(run_id))


def toml(run_id: str, language: str) -> bytes:
    """The question as it was asked."""
    case, _ = answer_of(run_id)
    return scenario_text(case.scenario, language).encode()


def _plan(run_id: str) -> tuple[Case, Solution]:
    case, answer = answer_of(run_id)
    if not isinstance(answer, Solution):
        raise KeyError(run_id)
    return case, answer


def _tables(run_id: str, language: str) -> tuple[Case, tuple[Table, ...]]:
    case, solution = _plan(run_id)
    labels = case_labels(case.catalogue, language)
    return case, plan_tables(solution, case, labels, load_sources())


def _harmless(cell: str | float | None) -> str | float | None:
    """Prefix a text that a spreadsheet would take for a formula."""
    starts = ("=", "+", "-", "@", "\t", "\r")
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(starts) else cell
