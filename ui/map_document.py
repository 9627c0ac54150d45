"""What the map component draws, as plain data: paths, colours, symbols and the words for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from optimiser.case import Case
from optimiser.report import map_style
from optimiser.report.atlas import Atlas
from optimiser.report.map_frame import Frame
from optimiser.report.map_style import MinutesClass
from optimiser.report.map_view import Network, legend_of
from optimiser.report.site_status import STATUSES, SiteStatus, site_statuses, sites_today
from optimiser.solution import Solution
from optimiser.units import InseeCode, ServiceCode
from ui.map_overlays import Overlay, View, overlay_of

_WIDTH = 600
_DISC = "M-1,0A1,1,0,1,1,1,0A1,1,0,1,1,-1,0Z"
_SHAPES = {
    "circle": _DISC,
    "triangle-up": "M0,-1.1L1.1,0.9L-1.1,0.9Z",
    "triangle-right": "M1.1,0L-0.9,1.1L-0.9,-1.1Z",
    "diamond": "M0,-1.2L1,0L0,1.2L-1,0Z",
}
_LOCKS = {
    "forced": ("M-1,-1L1,-1L1,1L-1,1Z", "#009e73"),
    "forbidden": (_DISC + "M-0.65,-0.2L0.65,-0.2L0.65,0.2L-0.65,0.2Z", "#c1121f"),
}
"""A square to force and a no-entry sign to forbid: the shapes alone tell them apart."""


@dataclass(frozen=True)
class Drawing:
    """What is drawn.

    Parameters
    ----------
    networks
        One panel each.
    locks
        Decisions taken beforehand for the type, marked on every panel.
    clickable
        Whether a commune can be chosen.
    selected
        Commune that is chosen; empty: none.
    titles
        Above the panels; empty: today, or after the plan.
    view
        Minutes alone, or also who goes where, or which sites are double.
    """

    networks: tuple[Network, ...]
    locks: tuple[tuple[str, InseeCode], ...] = ()
    clickable: bool = True
    selected: InseeCode = ""
    titles: tuple[str, ...] = ()
    view: View = "minutes"


def before_after(atlas: Atlas, solution: Solution, service: ServiceCode) -> Drawing:
    """Today's network beside the plan.

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
    Drawing
        Two panels with one legend.
    """
    case = atlas.case
    sites = (sites_today(case), site_statuses(case, solution.decisions))
    now, planned = (tuple(s for s in each if s.service == service) for each in sites)
    return Drawing(
        (
            Network("now", service, solution.today, now),
            Network("planned", service, solution.evaluation, planned),
        )
    )


def locks_of(case: Case, service: ServiceCode) -> tuple[tuple[str, InseeCode], ...]:
    """Decisions that the scenario takes beforehand for a type.

    Parameters
    ----------
    case
        The case.
    service
        Type of facility.

    Returns
    -------
    tuple of (str, str)
        ``forced`` or ``forbidden``, and the code of the commune.
    """
    both = (("forced", case.forced), ("forbidden", case.forbidden))
    return tuple(
        (kind, case.members[j].code)
        for kind, pairs in both
        for k, j in pairs
        if case.services[k].code == service
    )


def map_document(atlas: Atlas, drawing: Drawing) -> dict[str, Any]:
    """Prepare a map for the component.

    Parameters
    ----------
    atlas
        Polygons and words.
    drawing
        What is drawn.

    Returns
    -------
    dict
        JSON values only; texts are plain texts, which the component never takes for markup.
    """
    labels, case = atlas.labels, atlas.case
    sites = [site for network in drawing.networks for site in network.sites]
    frame = atlas.frame(_WIDTH, sites)
    legend = legend_of(atlas, drawing.networks)
    classes = [] if drawing.view == "catchments" else legend.classes
    used = {kind for kind, _ in drawing.locks}
    return {
        "lang": labels.language,
        "width": frame.width,
        "height": frame.height,
        "clickable": drawing.clickable,
        "selected": drawing.selected,
        "hint": labels("ui.map.hint" if drawing.clickable else "ui.map.read"),
        "words": {key: labels(f"ui.map.{key}") for key in ("nearer", "farther", "whole")},
        "view": drawing.view,
        **_geometry(atlas, frame),
        "symbols": _symbols(),
        "panels": [
            _panel(atlas, at, drawing, frame, legend.classes) for at in range(len(drawing.networks))
        ],
        "legend": {
            "title": labels("map.minutes", mode=labels(f"mode.{case.travel.mode}")),
            "sites": labels("map.sites"),
            "classes": [
                {"label": c.label, "fill": c.fill, "hatched": bool(np.isinf(c.upper))}
                for c in classes
            ],
            "line": labels(f"ui.map.line.{drawing.view}") if drawing.view != "minutes" else "",
            "symbols": [
                *(
                    {"symbol": s, "label": labels(f"site_status.{s}")}
                    for s in STATUSES
                    if s in legend.statuses
                ),
                *(
                    {"symbol": k, "label": labels(f"ui.lock.{k}")}
                    for k in ("forced", "forbidden")
                    if k in used
                ),
            ],
        },
    }


def _symbols() -> dict[str, dict[str, Any]]:
    found = {
        status: {"d": _SHAPES.get(shape, shape), "fill": fill, "size": (area / np.pi) ** 0.5}
        for status, (shape, fill, area) in map_style.SYMBOLS.items()
    }
    return found | {kind: {"d": d, "fill": fill, "size": 7.0} for kind, (d, fill) in _LOCKS.items()}


def _geometry(atlas: Atlas, frame: Frame) -> dict[str, Any]:
    members = [c for c in atlas.case.members if c.code in atlas.shapes]
    shapes = shapely.coverage_simplify([atlas.shapes[c.code] for c in members], 0.7 / frame.scale)
    sheet = shapely.box(frame.west, frame.south, frame.east, frame.north)
    around = [
        atlas.shapes[c.code] for c in atlas.case.territory.neighbours if c.code in atlas.shapes
    ]
    cut = shapely.intersection(shapely.simplify(around, 1.0 / frame.scale), sheet)
    parts: dict[str, list[Any]] = {}
    for commune, shape in zip(members, shapes, strict=True):
        parts.setdefault(commune.basin, []).append(shape)
    return {
        "communes": [
            {"code": c.code, "name": c.name, "d": _path(shape, frame)}
            for c, shape in zip(members, shapes, strict=True)
        ],
        "around": "".join(_path(shape, frame) for shape in cut if not shape.is_empty),
        "basins": "".join(_path(shapely.union_all(part), frame) for part in parts.values()),
        "outline": _path(shapely.union_all(shapes), frame),
    }


def _path(shape: Any, frame: Frame) -> str:
    """Outline of a polygon as an SVG path, to a tenth of a pixel."""
    texts = []
    for part in shapely.get_parts(shape):
        if part.geom_type != "Polygon":
            continue
        for ring in (part.exterior, *part.interiors):
            points = frame.pixels(shapely.get_coordinates(ring))[:-1].round(1)
            texts.append("M" + "L".join(f"{x:g},{y:g}" for x, y in points.tolist()) + "Z")
    return "".join(texts)


def _panel(
    atlas: Atlas,
    at: int,
    drawing: Drawing,
    frame: Frame,
    classes: Sequence[MinutesClass],
) -> dict[str, Any]:
    case, labels, network = atlas.case, atlas.labels, drawing.networks[at]
    k = network.index(case)
    title = drawing.titles[at] if drawing.titles else labels(f"map.{network.key}")
    minutes = network.evaluation.minutes[k]
    members = [(i, c) for i, c in enumerate(case.members) if c.code in atlas.shapes]
    found = map_style.classify(minutes, classes)
    over = overlay_of(case, drawing.networks, at, drawing.view)
    points = {c: frame.pixels(hall.reshape(1, 2))[0].round(1) for c, hall in atlas.halls.items()}
    share = labels(
        "map.share",
        share=labels.percent(network.evaluation.share(k)),
        minutes=labels.minutes(case.catalogue[network.service].guarantee_minutes),
    )
    marks: list[tuple[InseeCode, str, int]] = [
        (s.commune, s.status, s.sites) for s in network.sites
    ]
    marks += [(code, kind, 1) for kind, code in drawing.locks if code in points]
    return {
        "title": labels("words.separator").join([title, share]),
        "fills": [over.fills.get(c.code, found[i].fill) for i, c in members],
        "lines": [
            [*points[a].tolist(), *points[b].tolist()]
            for a, b in over.lines
            if a in points and b in points
        ],
        "hatched": [n for n, (i, _) in enumerate(members) if np.isinf(minutes[i])],
        "texts": [
            labels("words.separator").join(
                [
                    commune_text(atlas, network, drawing, c.code, float(minutes[i])),
                    *_over_text(atlas, over, c.code),
                ]
            )
            for i, c in members
        ],
        "sites": [
            {"x": float(points[c][0]), "y": float(points[c][1]), "symbol": symbol, "count": n}
            for c, symbol, n in marks
        ],
        "moves": [
            [*points[s.other].tolist(), *points[s.commune].tolist()]
            for s in network.sites
            if s.status == "transferred"
        ],
        "names": [[name, *points[code].tolist()] for code, name in _names(atlas, network.sites)],
    }


def commune_text(
    atlas: Atlas, network: Network, drawing: Drawing, code: InseeCode, minutes: float
) -> str:
    """Say what the map shows of a commune.

    Parameters
    ----------
    atlas, network, drawing
        What is drawn.
    code
        The commune.
    minutes
        To the nearest site.

    Returns
    -------
    str
        Its name, minutes, sites and decisions.
    """
    labels = atlas.labels
    parts = [atlas.case.territory.by_code[code].name, labels.minutes(minutes)]
    parts += [
        labels(
            "ui.map.site", status=labels(f"site_status.{s.status}"), sites=labels.number(s.sites)
        )
        for s in network.sites
        if s.commune == code
    ]
    parts += [labels(f"ui.lock.{kind}") for kind, at in drawing.locks if at == code]
    return labels("words.separator").join(parts)


def _over_text(atlas: Atlas, over: Overlay, code: InseeCode) -> list[str]:
    """What the view adds to the words of a commune."""
    labels, names = atlas.labels, atlas.case.territory.by_code
    found = []
    if code in over.serves:
        found.append(labels("ui.map.served_by", commune=names[over.serves[code]].name))
    if code in over.doubles:
        others = ", ".join(names[other].name for other in dict.fromkeys(over.doubles[code]))
        found.append(labels("ui.map.double_of", communes=others))
    return found


def _names(atlas: Atlas, sites: Sequence[SiteStatus]) -> list[tuple[InseeCode, str]]:
    """Communes where something changes first, then by size: the component drops what overlaps."""
    changed = {site.commune for site in sites if site.status != "kept"}
    wanted = [c for c in atlas.case.territory.communes if c.member or c.code in changed]
    wanted.sort(key=lambda c: (c.code not in changed, -c.population))
    return [(commune.code, commune.name) for commune in wanted]
