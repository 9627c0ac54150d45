"""A folder with everything about shared functions, written whole or not at all."""

import csv
import io
import json
import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import xlsxwriter

from optimiser.labels import Labels
from optimiser.report.maps import to_png, to_svg
from optimiser.report.plain import Json
from optimiser.report.sharing_answer import SharingReport
from optimiser.report.sharing_maps import groups_map
from optimiser.report.sharing_tables import sharing_tables
from optimiser.report.tables import Table
from optimiser.report.workbook import workbook

if TYPE_CHECKING:
    import geopandas as gpd

PNG_SCALE = 1.5


def write_sharing(
    document: Mapping[str, Json],
    report: SharingReport | None,
    directory: Path,
    labels: Labels,
    polygons: "gpd.GeoDataFrame",
) -> tuple[Path, ...]:
    """Write an answer on shared functions.

    Parameters
    ----------
    document
        The answer as plain data.
    report
        Everything about verified groups; None: only the document is written.
    directory
        Where to; made where it does not exist.
    labels
        Words of the workbook and the maps.
    polygons
        Columns code and geometry, EPSG:4326.

    Returns
    -------
    tuple of Path
        The files: ``sharing.json``, ``sharing.xlsx``, and a map for each function that is shared.

    Raises
    ------
    OSError
        The folder cannot be written; it is left as it was.
    """
    files: dict[Path, bytes] = {}
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2)
    files[Path("sharing.json")] = f"{text}\n".encode()
    if report is not None:
        title = labels(
            "workbook.title",
            territory=report.case.territory.name,
            scenario=report.case.scenario.title or labels("workbook.untitled"),
        )
        files[Path("sharing.xlsx")] = workbook(sharing_tables(report, labels), title)
        members = {commune.code for commune in report.case.members}
        shared = dict.fromkeys(g.function for g in report.solution.decisions.groups)
        drawn = polygons[polygons["code"].isin(members)]
        for function in shared if len(drawn) else ():
            svg = to_svg(groups_map(report, function, drawn, labels))
            files[Path("maps", f"share_{function}.svg")] = svg.encode()
            files[Path("maps", f"share_{function}.png")] = to_png(svg, PNG_SCALE)
    before = {
        path.relative_to(directory)
        for pattern in ("sharing.xlsx", "maps/share_*.png", "maps/share_*.svg")
        for path in directory.glob(pattern)
    }
    _place(files, directory)
    for name in before - set(files):
        (directory / name).unlink()
    return tuple(directory / name for name in files)


def write_template(table: Table, path: Path) -> None:
    """Write the table of volumes, with its headings in the first row.

    Parameters
    ----------
    table
        From `optimiser.report.sharing_tables.template_table`.
    path
        A ``.csv`` or ``.xlsx`` file that does not exist.

    Raises
    ------
    OSError
        It exists, or cannot be written.
    """
    rows = [[column.title for column in table.columns], *table.rows]
    if path.suffix.casefold() == ".xlsx":
        stream = io.BytesIO()
        book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
        sheet = book.add_worksheet(table.name)
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                sheet.write(r, c, cell)
        sheet.set_column(0, len(table.columns) - 1, 20)
        sheet.freeze_panes(1, 3)
        book.close()
        content = stream.getvalue()
    else:
        text = io.StringIO()
        csv.writer(text, delimiter=";", lineterminator="\n").writerows(rows)
        content = text.getvalue().encode("utf-8-sig")
    with path.open("xb") as file:
        file.write(content)


def _place(files: Mapping[Path, bytes], directory: Path) -> None:
    """Write the files beside the folder, then put each in place by one rename."""
    target = directory.absolute()
    draft = target.parent / f".{target.name}-{secrets.token_hex(4)}"
    draft.mkdir(parents=True)
    try:
        for name, content in files.items():
            (draft / name).parent.mkdir(exist_ok=True)
            (draft / name).write_bytes(content)
        for name in files:
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(draft / name, directory / name)  # noqa: PTH105 - one atomic step
    finally:
        shutil.rmtree(draft, ignore_errors=True)
