"""Maps of the groups of one function, as pictures."""

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from optimiser.functions import FunctionCode
from optimiser.labels import Labels
from optimiser.report import map_layers, map_style
from optimiser.report.atlas import TALLEST
from optimiser.report.geography import drawing_crs, polygons_by_code, town_halls
from optimiser.report.map_frame import Frame, place_names
from optimiser.report.map_style import MinutesClass
from optimiser.report.map_view import plain_spaces
from optimiser.report.sharing_answer import SharingReport
from optimiser.report.sharing_words import SharingWords

if TYPE_CHECKING:
    import geopandas as gpd

WIDTH = 720
_NAME_SIZE = 11.0

COLOURS = (
    "#88ccee",
    "#ddcc77",
    "#cc6677",
    "#44aa99",
    "#aa4499",
    "#999933",
    "#6699cc",
    "#ee8866",
    "#bbcc33",
    "#ffaabb",
    "#99ddff",
    "#eedd88",
)
"""Fills of groups that people without colour vision tell apart, after Tol; then they repeat."""


def groups_map(
    report: SharingReport,
    function: FunctionCode,
    polygons: "gpd.GeoDataFrame",
    labels: Labels,
) -> dict[str, Any]:
    """Map of the groups of a function: one fill a group, its host named.

    Parameters
    ----------
    report
        Everything about the groups.
    function
        Which function.
    polygons
        Columns code and geometry; communes without a polygon are left blank.
    labels
        Words of the map.

    Returns
    -------
    dict
        A Vega-Lite specification for `optimiser.report.maps.to_svg`.
    """
    case, words = report.case, SharingWords(report.case, labels)
    crs = drawing_crs(case.territory)
    codes = {commune.code for commune in case.members}
    shapes = {c: s for c, s in polygons_by_code(polygons, crs).items() if c in codes}
    corners = [np.array(shapely.bounds(shape)).reshape(2, 2) for shape in shapes.values()]
    frame = Frame.around(np.vstack(corners), WIDTH, TALLEST)
    groups = [g for g in report.solution.decisions.groups if g.function == function]
    alone = labels("sharing.column.alone")
    classes = [
        MinutesClass(words.commune(group.host), COLOURS[n % len(COLOURS)], np.inf, guaranteed=True)
        for n, group in enumerate(groups)
    ]
    classes.append(MinutesClass(alone, map_style.NEIGHBOUR_FILL, np.inf, guaranteed=False))
    of = {code: words.commune(group.host) for group in groups for code in group.members}
    coloured = [(shape, of.get(code, alone)) for code, shape in shapes.items()]
    basins: dict[str, list[Any]] = {}
    for commune in case.members:
        if commune.code in shapes:
            basins.setdefault(commune.basin, []).append(shapes[commune.code])
    outlines = [shapely.union_all(part) for part in basins.values()]
    layers = [
        map_layers.land(coloured, classes, frame, labels("sharing.column.host")),
        map_layers.outlines(outlines, frame, map_style.BASIN_LINE, 1.2),
        *_hosts(report, frame, {group.host for group in groups}),
        *map_layers.scale_bar(frame, labels),
    ]
    title = labels("words.separator").join([words.function(function), case.territory.name])
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "description": plain_spaces(title),
        "title": {"text": plain_spaces(title), "anchor": "start", "fontSize": 17, "offset": 12},
        "width": WIDTH,
        "height": frame.height,
        "layer": layers,
        "background": "#ffffff",
        "padding": 14,
        "config": {
            "font": map_style.FONT,
            "view": {"stroke": "#b0b0b0", "fill": "#fafafa"},
            "legend": {"labelFontSize": 11, "titleFontSize": 11, "labelLimit": 220},
        },
    }


def _hosts(report: SharingReport, frame: Frame, hosts: set[str]) -> list[dict[str, Any]]:
    """Names of the hosts, and of the largest communes where there is room."""
    members = tuple(sorted(report.case.members, key=lambda c: (c.code not in hosts, -c.population)))
    pixels = frame.pixels(town_halls(members, drawing_crs(report.case.territory)))
    wanted = [
        (commune.name, float(x), float(y)) for commune, (x, y) in zip(members, pixels, strict=True)
    ]
    placed = place_names(wanted, [], frame, _NAME_SIZE, most=len(hosts) + 12)
    return map_layers.names(placed, _NAME_SIZE)
