"""Layers of one map as Vega-Lite: land, borders, hatch, symbols, names and scale bar."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import shapely

from optimiser.labels import Labels
from optimiser.report import map_style as style
from optimiser.report.map_frame import Frame, Placed
from optimiser.report.map_style import MinutesClass
from optimiser.report.site_status import STATUSES, SiteStatusName

Layer: TypeAlias = dict[str, Any]

_HATCH_PIXELS = 7.0


def land(
    shapes: Sequence[tuple[Any, str]], classes: Sequence[MinutesClass], frame: Frame, title: str
) -> Layer:
    """Communes coloured by class of minutes.

    Parameters
    ----------
    shapes
        Geometry in metres, and label of the class.
    classes
        Those of the legend, nearest first.
    frame
        The sheet.
    title
        Of the legend.

    Returns
    -------
    dict
        A Vega-Lite layer.
    """
    scale = {"domain": [c.label for c in classes], "range": [c.fill for c in classes]}
    legend = {
        "title": title,
        "symbolType": "square",
        "symbolStrokeColor": "#888888",
        "orient": "right",
    }
    return {
        **_geoshape([(shape, {"class": label}) for shape, label in shapes], frame),
        "mark": {"type": "geoshape", "stroke": style.COMMUNE_LINE, "strokeWidth": 0.8},
        "encoding": {
            "color": {
                "field": "properties.class",
                "type": "nominal",
                "scale": scale,
                "legend": legend,
            }
        },
    }


def plain_land(shapes: Iterable[Any], frame: Frame) -> Layer:
    """Neighbouring communes in light grey.

    Parameters
    ----------
    shapes
        Geometries in metres; cut to the sheet.
    frame
        The sheet.

    Returns
    -------
    dict
        A Vega-Lite layer.
    """
    sheet = shapely.box(frame.west, frame.south, frame.east, frame.north)
    cut = [shapely.intersection(shape, sheet) for shape in shapes]
    mark = {"type": "geoshape", "fill": style.NEIGHBOUR_FILL, "stroke": style.NEIGHBOUR_LINE}
    return {
        **_geoshape([(shape, {}) for shape in cut if not shape.is_empty], frame),
        "mark": {**mark, "strokeWidth": 0.7},
    }


def outlines(shapes: Iterable[Any], frame: Frame, colour: str, width: float) -> Layer:
    """Borders of basins or of the territory.

    Parameters
    ----------
    shapes
        Polygons in metres.
    frame
        The sheet.
    colour, width
        Of the line; width in pixels.

    Returns
    -------
    dict
        A Vega-Lite layer.
    """
    lines: list[tuple[Any, Mapping[str, str]]] = [(shapely.boundary(s), {}) for s in shapes]
    mark = {"type": "geoshape", "filled": False, "stroke": colour, "strokeWidth": width}
    return {**_geoshape(lines, frame), "mark": {**mark, "strokeJoin": "round"}}


def hatch(shapes: Sequence[Any], frame: Frame) -> Layer:
    """Slanted lines over communes without any site within reach.

    Parameters
    ----------
    shapes
        Their polygons, metres.
    frame
        The sheet.

    Returns
    -------
    dict
        A Vega-Lite layer.
    """
    area = shapely.union_all(list(shapes))
    step, height = _HATCH_PIXELS / frame.scale, frame.north - frame.south
    starts = np.arange(frame.west - height, frame.east, step)
    lines = shapely.linestrings(
        [[(x, frame.south), (x + height, frame.north)] for x in starts.tolist()]
    )
    inside = shapely.intersection(shapely.multilinestrings(lines), area)
    mark = {"type": "geoshape", "filled": False, "stroke": "#7a7a7a", "strokeWidth": 0.8}
    return {**_geoshape([(inside, {})], frame), "mark": mark}


def moves(pairs: Sequence[tuple[float, float, float, float]]) -> Layer:
    """Dashed lines from the origin to the destination of transfers, in pixels."""
    rows = [{"x": a, "y": b, "x2": c, "y2": d} for a, b, c, d in pairs]
    encoding: Layer = {name: _pixel(name) for name in ("x", "y")}
    encoding |= {name: {"field": name} for name in ("x2", "y2")}
    return {
        "data": {"values": rows},
        "mark": {"type": "rule", "stroke": style.INK, "strokeWidth": 1.6, "strokeDash": [5, 3]},
        "encoding": encoding,
    }


def symbols(
    sites: Sequence[tuple[float, float, SiteStatusName, int]],
    shown: Sequence[SiteStatusName],
    labels: Labels,
) -> list[Layer]:
    """Sites by status, with their number where there are several.

    Parameters
    ----------
    sites
        Pixels, status and number of sites.
    shown
        Statuses of the legend.
    labels
        Words of the legend.

    Returns
    -------
    list of dict
        Vega-Lite layers.
    """
    order = [status for status in STATUSES if status in shown]
    names = {status: labels(f"site_status.{status}") for status in order}
    rows = [
        {
            "x": x,
            "y": y,
            "status": names[status],
            "size": style.SYMBOLS[status][2],
        }
        for x, y, status, _ in sites
    ]
    domain = [names[status] for status in order]
    legend = {
        "title": labels("map.sites"),
        "orient": "right",
        "symbolSize": 130,
    }
    encoding: Layer = {"x": _pixel("x"), "y": _pixel("y")}
    for channel, part in (("shape", 0), ("fill", 1)):
        scale = {"domain": domain, "range": [style.SYMBOLS[status][part] for status in order]}
        encoding[channel] = {
            "field": "status",
            "type": "nominal",
            "scale": scale,
            "legend": legend,
        }
    encoding["size"] = {"field": "size", "type": "quantitative", "scale": None, "legend": None}
    mark = {"type": "point", "stroke": style.INK, "strokeWidth": 1.1, "opacity": 1}
    points = {"data": {"values": rows}, "mark": mark, "encoding": encoding}
    return [*_halos(sites, order), points, _numbers(sites)]


def names(placed: Sequence[Placed], font_size: float) -> list[Layer]:
    """Names with a white halo.

    Parameters
    ----------
    placed
        Names and pixels.
    font_size
        Pixels.

    Returns
    -------
    list of dict
        Two Vega-Lite layers.
    """
    data = {"values": [{"x": p.x, "y": p.y, "name": p.name} for p in placed]}
    encoding = {"x": _pixel("x"), "y": _pixel("y"), "text": {"field": "name"}}
    base = {"type": "text", "fontSize": font_size, "baseline": "middle", "align": "center"}
    halo = {**base, "stroke": "#ffffff", "strokeWidth": 3, "strokeJoin": "round", "opacity": 0.9}
    ink = {**base, "color": style.INK}
    return [{"data": data, "mark": mark, "encoding": encoding} for mark in (halo, ink)]


def scale_bar(frame: Frame, labels: Labels) -> list[Layer]:
    """A bar of a round number of kilometres in the lower left corner.

    Parameters
    ----------
    frame
        The sheet.
    labels
        Words.

    Returns
    -------
    list of dict
        Vega-Lite layers.
    """
    km = frame.scale_bar_km
    left, bottom = 12.0, frame.height - 10.0
    right = left + km * 1000 * frame.scale
    rows = [(left, bottom, right, bottom), (left, bottom - 4, left, bottom)]
    rows.append((right, bottom - 4, right, bottom))
    text = labels("unit.kilometres", value=labels.number(km, 0 if km >= 1 else 1))
    lines = moves(rows)
    lines["mark"] = {"type": "rule", "stroke": style.INK, "strokeWidth": 1.5}
    return [lines, *names([Placed(text, (left + right) / 2, bottom - 9)], 10)]


def _halos(
    sites: Sequence[tuple[float, float, SiteStatusName, int]], order: Sequence[SiteStatusName]
) -> list[Layer]:
    """White around every symbol, so that a dark one shows on a dark commune."""
    layers = []
    for status in order:
        shape, _, size = style.SYMBOLS[status]
        rows = [{"x": x, "y": y} for x, y, of, _ in sites if of == status]
        mark = {"type": "point", "shape": shape, "size": size, "fill": "#ffffff"}
        layers.append(
            {
                "data": {"values": rows},
                "mark": {**mark, "stroke": "#ffffff", "strokeWidth": 4, "opacity": 1},
                "encoding": {"x": _pixel("x"), "y": _pixel("y")},
            }
        )
    return layers


def _numbers(sites: Sequence[tuple[float, float, SiteStatusName, int]]) -> Layer:
    """Numbers inside circles, beside the other symbols."""
    rows = [
        {"x": x + (0 if status == "kept" else 11), "y": y + 0.5, "n": str(count)}
        for x, y, status, count in sites
        if count > 1
    ]
    mark = {"type": "text", "fontSize": 9, "fontWeight": "bold", "baseline": "middle"}
    return {
        "data": {"values": rows},
        "mark": {**mark, "color": style.INK},
        "encoding": {"x": _pixel("x"), "y": _pixel("y"), "text": {"field": "n"}},
    }


def _pixel(field: str) -> Mapping[str, Any]:
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}


def _geoshape(shapes: Sequence[tuple[Any, Mapping[str, str]]], frame: Frame) -> Layer:
    features = [
        {
            "type": "Feature",
            "properties": dict(properties),
            "geometry": json.loads(shapely.to_geojson(shapely.set_precision(shape, 1.0))),
        }
        for shape, properties in shapes
    ]
    return {"data": {"values": features}, "projection": frame.projection}
