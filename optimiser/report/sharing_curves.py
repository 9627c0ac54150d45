"""The cost curve of one function as a picture: communes alone and groups lie on the same curve."""

from typing import Any

import numpy as np

from optimiser.functions import CASES, FunctionCode
from optimiser.labels import Labels
from optimiser.report import map_style
from optimiser.report.map_view import plain_spaces
from optimiser.report.sharing_answer import SharingReport
from optimiser.report.sharing_words import SharingWords
from optimiser.report.tables import Cell, Column, Table

WIDTH, HEIGHT = 640, 320
_STEPS = 60
_COLOURS = {"low": "#d55e00", "base": "#0072b2", "high": "#009e73"}
_DASHES = {"low": [6, 3], "base": [1, 0], "high": [2, 2]}


def curve_points(report: SharingReport, function: FunctionCode) -> list[tuple[str, float, float]]:
    """Average costs that the decision meets.

    Parameters
    ----------
    report
        Everything about the groups.
    function
        Which function.

    Returns
    -------
    list of (str, float, float)
        ``alone`` or ``group``, volume, and euros a year of one unit in the case of the scenario.
    """
    case = report.case
    f = [each.code for each in case.planned].index(function)
    curve = case.planned[f].cost_curve(case.asked.saving_case)
    volumes = np.asarray(case.volumes[f])
    found = [
        ("alone", float(v), float(curve.alone(v)) / float(v)) for v in volumes.tolist() if v > 0
    ]
    for each in report.divided:
        if each.group.function == function and each.costs.volume > 0:
            unit = each.costs.production_eur / each.costs.volume
            found.append(("group", each.costs.volume, unit))
    return found


def curve_chart(report: SharingReport, function: FunctionCode, labels: Labels) -> dict[str, Any]:
    """Draw average cost against volume.

    Parameters
    ----------
    report, function
        As in `curve_points`.
    labels
        Words of the picture.

    Returns
    -------
    dict
        A Vega-Lite specification for `optimiser.report.maps.to_svg`.
    """
    words = SharingWords(report.case, labels)
    points = curve_points(report, function)
    found = next(each for each in report.case.planned if each.code == function)
    low, high = (pick(v for _, v, _ in points) for pick in (min, max))
    volumes = np.geomspace(max(low, 1e-9), max(high, low * 1.01), _STEPS)
    lines = [
        {"x": float(v), "y": float(cost) / float(v), "case": labels(f"saving_case.{case}")}
        for case in CASES
        for v, cost in zip(volumes, found.cost_curve(case).alone(volumes), strict=True)
    ]
    marks = [{"x": v, "y": y, "kind": labels(f"sharing.curve.{kind}")} for kind, v, y in points]
    names = [labels(f"saving_case.{case}") for case in CASES]
    kinds = [labels(f"sharing.curve.{kind}") for kind in ("alone", "group")]
    title = labels("sharing.curve.title", function=words.function(function))
    x_title = labels("sharing.curve.volume", unit=labels(f"unit_of.{found.unit}"))
    x: dict[str, Any] = {"field": "x", "type": "quantitative", "title": plain_spaces(x_title)}
    x |= {"scale": {"type": "log", "nice": False}, "axis": {"format": "~s", "tickCount": 6}}
    y: dict[str, Any] = {
        "field": "y",
        "type": "quantitative",
        "title": labels("sharing.curve.unit_cost"),
    }
    y |= {"scale": {"zero": False}}
    colour: dict[str, Any] = {"scale": {"domain": names, "range": [_COLOURS[c] for c in CASES]}}
    colour |= {"title": labels("sharing.curve.case")}
    dash = {"domain": names, "range": [_DASHES[c] for c in CASES]}
    shape = {"domain": kinds, "range": ["circle", "diamond"]}
    line = {
        "data": {"values": lines},
        "mark": {"type": "line", "strokeWidth": 2},
        "encoding": {
            "x": x,
            "y": y,
            "color": {"field": "case", "type": "nominal", **colour},
            "strokeDash": {
                "field": "case",
                "type": "nominal",
                "scale": dash,
                "title": colour["title"],
            },
        },
    }
    mark = {
        "data": {"values": marks},
        "mark": {
            "type": "point",
            "filled": True,
            "size": 70,
            "color": map_style.INK,
            "opacity": 0.7,
        },
        "encoding": {
            "x": x,
            "y": y,
            "shape": {"field": "kind", "type": "nominal", "scale": shape, "title": None},
        },
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH,
        "height": HEIGHT,
        "title": {"text": plain_spaces(title), "anchor": "start", "fontSize": 13},
        "background": "#ffffff",
        "config": {"font": map_style.FONT},
        "layer": [line, mark],
    }


def curve_table(report: SharingReport, function: FunctionCode, labels: Labels) -> Table:
    """Say in figures what the picture shows.

    Parameters
    ----------
    report, function, labels
        As in `curve_chart`.

    Returns
    -------
    Table
        Volumes of the curve and of the groups, with the cost of one unit in the three cases.
    """
    found = next(each for each in report.case.planned if each.code == function)
    curves = [found.cost_curve(case) for case in CASES]
    rows: list[tuple[Cell, ...]] = [
        (
            labels(f"sharing.curve.{kind}"),
            volume,
            *(float(curve.alone(volume)) / volume for curve in curves),
        )
        for kind, volume, _ in sorted(curve_points(report, function), key=lambda each: each[1])
    ]
    columns = (
        Column(labels("sharing.curve.who"), "text", 24),
        Column(labels("sharing.curve.volume", unit=labels(f"unit_of.{found.unit}")), "count", 16),
        *(
            Column(labels("sharing.curve.unit", case=labels(f"saving_case.{c}")), "euros", 16)
            for c in CASES
        ),
    )
    name = labels(
        "sharing.curve.title", function=SharingWords(report.case, labels).function(function)
    )
    return Table(name, columns, tuple(rows), labels("sharing.curve.note"))
