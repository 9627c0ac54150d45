"""A folder with everything about an answer, written whole or not at all."""

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from optimiser.case import Case
from optimiser.labels import Labels
from optimiser.report.atlas import Atlas
from optimiser.report.geopackage import write_geopackage
from optimiser.report.maps import before_after_map, plan_map, to_png, to_svg
from optimiser.report.plan_json import plan_document
from optimiser.report.site_status import site_statuses
from optimiser.report.words import case_labels
from optimiser.report.workbook import plan_tables, workbook
from optimiser.solution import Answer, Solution
from optimiser.sources.embedded import load_polygons, load_sources

if TYPE_CHECKING:
    import geopandas as gpd

PNG_SCALE = 1.5

PAIR = "_before_after"


def write_all(
    answer: Answer,
    case: Case,
    directory: Path,
    lang: str = "fr",
    *,
    polygons: "gpd.GeoDataFrame | None" = None,
) -> tuple[Path, ...]:
    """Write everything about an answer.

    Everything is first written into a new folder beside the target; only when that is complete
    are the files put in place, each by one rename. Files of an earlier answer are replaced or
    removed, other files of the folder stay.

    Parameters
    ----------
    answer, case
        The answer and its case. A question without an answer gives ``plan.json`` only.
    directory
        Where to; made where it does not exist.
    lang
        Language of the sentences, the workbook, the layers and the maps.
    polygons
        Columns code and geometry, EPSG:4326; None: the embedded ones.

    Returns
    -------
    tuple of Path
        The files, in the order in which they were written.

    Raises
    ------
    OSError
        The folder cannot be written; it is left as it was.
    """
    labels = case_labels(case.catalogue, lang)
    target = directory.absolute()
    draft = target.parent / f".{target.name}-{secrets.token_hex(4)}"
    draft.mkdir(parents=True)
    try:
        names = [path.relative_to(draft) for path in _write(answer, case, draft, labels, polygons)]
        for name in names:
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
        for name in names:
            os.replace(draft / name, directory / name)  # noqa: PTH105 - one atomic step
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    for name in _ours(case) - set(names):
        (directory / name).unlink(missing_ok=True)
    return tuple(directory / name for name in names)


def _ours(case: Case) -> set[Path]:
    """Every file that this module may write: those of an earlier answer must not outlive it."""
    maps = {
        Path("maps", f"{code}{which}.{kind}")
        for code in case.catalogue.services
        for which in ("", PAIR)
        for kind in ("png", "svg")
    }
    return {Path("plan.json"), Path("plan.xlsx"), Path("plan.gpkg"), *maps}


def _write(
    answer: Answer,
    case: Case,
    draft: Path,
    labels: Labels,
    polygons: "gpd.GeoDataFrame | None",
) -> Iterator[Path]:
    text = json.dumps(
        plan_document(answer, case, labels.language), ensure_ascii=False, allow_nan=False, indent=2
    )
    path = draft / "plan.json"
    path.write_text(text + "\n", encoding="utf-8")
    yield path
    if not isinstance(answer, Solution):
        return
    scenario = case.scenario.title or labels("workbook.untitled")
    title = labels("workbook.title", territory=case.territory.name, scenario=scenario)
    path = draft / "plan.xlsx"
    path.write_bytes(workbook(plan_tables(answer, case, labels, load_sources()), title))
    yield path
    if polygons is None:
        polygons = load_polygons([commune.code for commune in case.territory.communes])
    path = draft / "plan.gpkg"
    write_geopackage(path, answer, case, polygons, labels)
    yield path
    yield from _maps(answer, case, draft / "maps", Atlas(case, polygons, labels))


def _maps(solution: Solution, case: Case, folder: Path, atlas: Atlas) -> Iterator[Path]:
    """A map a type; a pair, today and planned, where the plan changes something."""
    if atlas.is_empty:
        return
    folder.mkdir()
    sites = site_statuses(case, solution.decisions)
    changed = {site.service for site in sites if site.status != "kept"}
    for service in case.services:
        sheets = {service.code: plan_map(atlas, solution, service.code)}
        if service.code in changed:
            name = f"{service.code}{PAIR}"
            sheets[name] = before_after_map(atlas, solution, service.code)
        for name, sheet in sheets.items():
            png, svg = folder / f"{name}.png", folder / f"{name}.svg"
            drawing = to_svg(sheet)
            svg.write_text(drawing, encoding="utf-8")
            png.write_bytes(to_png(drawing, PNG_SCALE))
            yield png
            yield svg
