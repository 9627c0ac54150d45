"""One map: a network drawn over its communes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from optimiser.case import Case
from optimiser.report import map_layers, map_style
from optimiser.report.atlas import Atlas
from optimiser.report.map_frame import Frame, place_names
from optimiser.report.map_style import MinutesClass
from optimiser.report.site_status import SiteStatus, SiteStatusName
from optimiser.solution import Evaluation
from optimiser.units import InseeCode, ServiceCode

_NAME_SIZE = 11.0
_SIDE_BY_SIDE = 15.0
_WIDE = 600
"""A map of so many pixels has room for more names."""


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Sites of one type and what they serve.

    Parameters
    ----------
    key
        ``now`` or ``planned``.
    service
        Type of facility.
    evaluation
        The network, as the judge sees it.
    sites
        Its sites of the type.
    """

    key: str
    service: ServiceCode
    evaluation: Evaluation
    sites: tuple[SiteStatus, ...]

    def index(self, case: Case) -> int:
        """Index of the type among those of the case."""
        return [service.code for service in case.services].index(self.service)


@dataclass(frozen=True, slots=True)
class Legend:
    """What the legend of a sheet shows.

    Parameters
    ----------
    classes
        Classes of minutes; the one without any site within reach only where it occurs.
    statuses
        Statuses that occur.
    """

    classes: tuple[MinutesClass, ...]
    statuses: tuple[SiteStatusName, ...]


def legend_of(atlas: Atlas, networks: Sequence[Network]) -> Legend:
    """Legend that fits several networks.

    Parameters
    ----------
    atlas
        Polygons and words.
    networks
        Networks of one type that share a sheet.

    Returns
    -------
    Legend
        Every class and status that they need.
    """
    case, first = atlas.case, networks[0]
    classes = map_style.minutes_classes(case.catalogue[first.service], atlas.labels)
    k = first.index(case)
    if not any(np.isinf(network.evaluation.minutes[k]).any() for network in networks):
        classes = classes[:-1]
    statuses = {site.status for network in networks for site in network.sites}
    return Legend(classes, tuple(statuses))


def map_view(atlas: Atlas, network: Network, frame: Frame, legend: Legend) -> dict[str, Any]:
    """Draw one network.

    Parameters
    ----------
    atlas
        Polygons and words.
    network
        What is drawn.
    frame
        The sheet.
    legend
        Classes and statuses of the whole sheet.

    Returns
    -------
    dict
        A layered Vega-Lite view with its title.
    """
    case, labels = atlas.case, atlas.labels
    minutes = network.evaluation.minutes[network.index(case)]
    found = map_style.classify(minutes, legend.classes)
    drawn = [
        (atlas.shapes[commune.code], each)
        for commune, each in zip(case.members, found, strict=True)
        if commune.code in atlas.shapes
    ]
    around = [atlas.shapes[c.code] for c in case.territory.neighbours if c.code in atlas.shapes]
    lost = [shape for shape, each in drawn if np.isinf(each.upper)]
    coloured = [(shape, each.label) for shape, each in drawn]
    title = labels("map.minutes", mode=labels(f"mode.{case.travel.mode}"))
    layers = [
        map_layers.plain_land(around, frame),
        map_layers.land(coloured, legend.classes, frame, title),
    ]
    if lost:
        layers.append(map_layers.hatch(lost, frame))
    layers.append(map_layers.outlines(atlas.basins, frame, map_style.BASIN_LINE, 1.1))
    whole = shapely.union_all([shape for shape, _ in drawn])
    layers.append(map_layers.outlines([whole], frame, map_style.TERRITORY_LINE, 2.0))
    layers += _sites(atlas, network.sites, frame, legend.statuses)
    layers += map_layers.scale_bar(frame, labels)
    size = {"width": frame.width, "height": frame.height}
    return {**size, "title": _view_title(atlas, network), "layer": layers}


def _sites(
    atlas: Atlas, sites: Sequence[SiteStatus], frame: Frame, shown: Sequence[SiteStatusName]
) -> list[dict[str, Any]]:
    points = {code: frame.pixels(hall.reshape(1, 2))[0] for code, hall in atlas.halls.items()}
    drawn: list[tuple[float, float, SiteStatusName, int]] = []
    here: dict[InseeCode, int] = {}
    for site in sites:
        x, y = points[site.commune]
        beside = here.get(site.commune, 0) * _SIDE_BY_SIDE
        here[site.commune] = here.get(site.commune, 0) + 1
        drawn.append((float(x) + beside, float(y), site.status, site.sites))
    layers = []
    moved = [s for s in sites if s.status == "transferred"]
    if moved:
        ends = [(*points[s.other].tolist(), *points[s.commune].tolist()) for s in moved]
        layers.append(map_layers.moves(ends))
    if drawn:
        layers += map_layers.symbols(drawn, shown, atlas.labels)
    placed = place_names(
        [(name, *points[code].tolist()) for code, name in _names(atlas.case, sites)],
        [(x, y) for x, y, _, _ in drawn],
        frame,
        _NAME_SIZE,
        most=24 if frame.width >= _WIDE else 16,
    )
    return [*layers, *map_layers.names(placed, _NAME_SIZE)]


def _names(case: Case, sites: Sequence[SiteStatus]) -> list[tuple[InseeCode, str]]:
    """Communes where something changes, then the largest of each basin, then the others by size."""
    changed = {site.commune for site in sites if site.status != "kept"}
    first: dict[str, InseeCode] = {}
    for commune in sorted(case.members, key=lambda c: -c.population):
        first.setdefault(commune.basin, commune.code)
    poles = set(first.values())
    wanted = [c for c in case.territory.communes if c.member or c.code in changed]
    wanted.sort(key=lambda c: (c.code not in changed, c.code not in poles, -c.population))
    return [(commune.code, commune.name) for commune in wanted]


def _view_title(atlas: Atlas, network: Network) -> dict[str, Any]:
    labels, case = atlas.labels, atlas.case
    share = labels(
        "map.share",
        share=labels.percent(network.evaluation.share(network.index(case))),
        minutes=labels.minutes(case.catalogue[network.service].guarantee_minutes),
    )
    text = labels("words.separator").join([labels(f"map.{network.key}"), share])
    return {"text": plain_spaces(text), "anchor": "start", "fontSize": 13, "fontWeight": "normal"}


def plain_spaces(text: str) -> str:
    """Replace the narrow no-break spaces, which the font of vl-convert lacks."""
    return text.replace("\u202f", "\u00a0")
