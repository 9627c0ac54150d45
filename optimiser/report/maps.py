"""Maps of one type of facility as pictures, without a browser: PNG to show, SVG to print."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import vl_convert

from optimiser.report import map_style
from optimiser.report.atlas import Atlas
from optimiser.report.map_view import Network, legend_of, map_view, plain_spaces
from optimiser.report.provenance import facility_vintages
from optimiser.report.sentences import travel_text
from optimiser.report.site_status import SiteStatus, site_statuses, sites_today
from optimiser.solution import Solution
from optimiser.units import ServiceCode

SINGLE_WIDTH, PAIR_WIDTH = 640, 470
"""Pixels of one map."""


def plan_map(atlas: Atlas, solution: Solution, service: ServiceCode) -> dict[str, Any]:
    """Map of a plan.

    Parameters
    ----------
    atlas
        Polygons and words.
    solution
        The plan.
    service
        Type of facility.

    Returns
    -------
    dict
        A Vega-Lite specification for `to_svg`.
    """
    planned = _planned(atlas, solution, service)
    frame = atlas.frame(SINGLE_WIDTH, planned.sites)
    legend = legend_of(atlas, [planned])
    return _sheet(atlas, service, [map_view(atlas, planned, frame, legend)])


def before_after_map(atlas: Atlas, solution: Solution, service: ServiceCode) -> dict[str, Any]:
    """Maps of today and of the plan, side by side, with one legend.

    Parameters
    ----------
    atlas, solution, service
        As in `plan_map`.

    Returns
    -------
    dict
        A Vega-Lite specification.
    """
    planned = _planned(atlas, solution, service)
    networks = (
        Network("now", service, solution.today, _of(sites_today(atlas.case), service)),
        planned,
    )
    frame = atlas.frame(PAIR_WIDTH, planned.sites)
    legend = legend_of(atlas, networks)
    views = [map_view(atlas, network, frame, legend) for network in networks]
    return _sheet(atlas, service, views)


def pair_map(
    atlas: Atlas, first: Solution, second: Solution, service: ServiceCode
) -> dict[str, Any]:
    """Maps of two plans of one territory, side by side, with one legend.

    Parameters
    ----------
    atlas
        Polygons and words; its labels ``map.now`` and ``map.planned`` name the two plans.
    first, second
        The plans.
    service
        Type of facility.

    Returns
    -------
    dict
        A Vega-Lite specification.
    """
    left = replace(_planned(atlas, first, service), key="now")
    right = _planned(atlas, second, service)
    frame = atlas.frame(PAIR_WIDTH, (*left.sites, *right.sites))
    legend = legend_of(atlas, (left, right))
    views = [map_view(atlas, network, frame, legend) for network in (left, right)]
    return _sheet(atlas, service, views)


def to_svg(specification: dict[str, Any]) -> str:
    """Draw a map as SVG.

    Parameters
    ----------
    specification
        From `plan_map` or `before_after_map`.

    Returns
    -------
    str
        The file.
    """
    return str(vl_convert.vegalite_to_svg(specification, allowed_base_urls=[]))


def to_png(svg: str, scale: float = 2.0) -> bytes:
    """Draw a map as PNG.

    Parameters
    ----------
    svg
        From `to_svg`.
    scale
        Pixels of the picture for a pixel of the sheet.

    Returns
    -------
    bytes
        The file.
    """
    return bytes(vl_convert.svg_to_png(svg, scale=scale))


def _of(sites: Sequence[SiteStatus], service: ServiceCode) -> tuple[SiteStatus, ...]:
    return tuple(site for site in sites if site.service == service)


def _planned(atlas: Atlas, solution: Solution, service: ServiceCode) -> Network:
    sites = _of(site_statuses(atlas.case, solution.decisions), service)
    return Network("planned", service, solution.evaluation, sites)


def _sheet(atlas: Atlas, service: ServiceCode, views: list[dict[str, Any]]) -> dict[str, Any]:
    labels, case = atlas.labels, atlas.case
    title = labels("words.separator").join([labels(f"service.{service}"), case.territory.name])
    shared = dict.fromkeys(("color", "fill", "shape"), "shared")
    heading = {"text": plain_spaces(title), "anchor": "start", "fontSize": 17, "offset": 12}
    if case.scenario.title:
        heading |= {"subtitle": plain_spaces(case.scenario.title), "subtitleFontSize": 12}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "description": plain_spaces(title),
        "title": heading,
        "vconcat": [
            {"hconcat": views, "spacing": 14, "resolve": {"scale": shared}},
            _footer(atlas, service),
        ],
        "spacing": 6,
        "background": "#ffffff",
        "padding": 14,
        "config": {
            "font": map_style.FONT,
            "view": {"stroke": "#b0b0b0", "fill": "#fafafa"},
            "legend": {
                "labelFontSize": 11,
                "titleFontSize": 11,
                "labelLimit": 220,
                "titleLimit": 220,
                "symbolSize": 170,
            },
        },
    }


def _footer(atlas: Atlas, service: ServiceCode) -> dict[str, Any]:
    labels, case = atlas.labels, atlas.case
    sources = sorted({v.source for v in facility_vintages(case.territory) if v.service == service})
    lines = [
        labels("map.sources", facilities=", ".join(sources) or labels("unit.none")),
        labels("map.travel", travel=travel_text(case.travel, labels)),
        labels("map.marks"),
    ]
    return {
        "data": {"values": [{"text": [plain_spaces(line) for line in lines]}]},
        "width": 600,
        "height": 38,
        "view": {"stroke": None, "fill": None},
        "mark": {
            "type": "text",
            "align": "left",
            "baseline": "top",
            "fontSize": 9.5,
            "lineHeight": 12,
            "color": "#444444",
        },
        "encoding": {"x": {"value": 0}, "y": {"value": 2}, "text": {"field": "text"}},
    }
