"""Travel times of a territory over a road graph."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from optimiser.access import TravelTimes
from optimiser.access.estimate import CarEstimate, car_minutes, road_km
from optimiser.access.modes import Mode
from optimiser.access.road_graph import RoadGraph
from optimiser.access.routing import sparse_times
from optimiser.errors import Finding, InputError
from optimiser.sources.folder import data_folder
from optimiser.sources.notes import named, note
from optimiser.sources.places import places, spots
from optimiser.sources.road_files import load_road_modes, load_roads
from optimiser.territory import Commune, Territory
from optimiser.units import FloatArray, Minutes

DEFAULT_LIMIT = 60.0
"""Minutes beyond which nobody goes: no tier of the catalogue is so wide."""

FAR_KM = 3.0
"""A town hall farther than that from any road is not in the extract."""


def road_travel(
    territory: Territory, folder: Path, mode: Mode = "car", limit: Minutes = DEFAULT_LIMIT
) -> tuple[TravelTimes, tuple[str, ...]]:
    """Minutes from the members to every commune, over a road graph.

    Parameters
    ----------
    territory
        Whose communes.
    folder
        Road graphs, from `optimiser.sources.road_files.build_roads`.
    mode
        Which mode.
    limit
        Most minutes; beyond it a pair counts as out of reach.

    Returns
    -------
    travel, notes
        Travel times, and what was missing.

    Raises
    ------
    InputError
        No graph of the mode, or members that lie outside the extract.
    """
    graph = load_roads(folder, mode)
    members, everyone = spots(territory.members), spots(territory.communes)
    _, away = graph.nearest(everyone.lon, everyone.lat)
    far = away > FAR_KM
    lost = [c for c, out in zip(territory.communes, far, strict=True) if out]
    refuse_far([c for c in lost if c.member], territory, graph, folder)
    found = sparse_times(graph, members, everyone, limit)
    minutes, km = found.dense()
    minutes[:, far], km[:, far] = np.inf, np.inf
    inside = np.arange(len(members))
    own_minutes, own_km = within_communes(territory.members, mode)
    minutes[inside, inside], km[inside, inside] = own_minutes, own_km
    notes = []
    if lost:
        names = named([commune.name for commune in lost])
        notes.append(note("roads_neighbours_outside", count=len(lost), communes=names))
    return (
        TravelTimes(
            tuple(c.code for c in territory.members),
            tuple(c.code for c in territory.communes),
            minutes,
            mode=mode,
            method="matrix",
            source=graph_source(graph),
            km=km,
        ),
        tuple(notes),
    )


def graph_source(graph: RoadGraph) -> str:
    """Say in one line where a graph comes from."""
    about = graph.provenance
    parts = ("OpenStreetMap (ODbL)", about.get("file", ""), about.get("built", "")[:10])
    return ", ".join(part for part in parts if part)


def refuse_far(
    lost: Sequence[Commune], territory: Territory, graph: RoadGraph, folder: Path
) -> None:
    """Refuse a graph that does not reach some members.

    Raises
    ------
    InputError
        Naming them, and the box that the graph covers.
    """
    if not lost:
        return
    west, east = float(graph.lon.min()), float(graph.lon.max())
    south, north = float(graph.lat.min()), float(graph.lat.max())
    box = f"{south:.2f} … {north:.2f} N, {west:.2f} … {east:.2f} E"
    count = f"{len(lost)} / {len(territory.members)}: {named([c.name for c in lost])}"
    raise InputError((Finding("roads_elsewhere", str(folder), found=count, expected=box),))


def within_communes(communes: Sequence[Commune], mode: Mode) -> tuple[FloatArray, FloatArray]:
    """Estimate minutes and kilometres (n,) within each commune.

    A road graph knows the town hall, not where people live around it: the mean way to the centre
    of a disc of the commune's area stands for it, as in the estimate.

    Parameters
    ----------
    communes
        The communes.
    mode
        Cars at the pace of the estimate; the others at their own speed.
    """
    parameters = CarEstimate.from_toml(data_folder() / "access" / "car_estimate.toml")
    kilometres, minutes = np.zeros(len(communes)), np.zeros(len(communes))
    speeds = load_road_modes().of(mode)
    for i, commune in enumerate(communes):
        place = places((commune,))
        kilometres[i] = road_km(place, place, parameters)[0, 0]
        minutes[i] = car_minutes(place, place, parameters)[0, 0]
    if mode != "car":
        minutes = kilometres / speeds.fastest_kmh * 60.0 + speeds.terminal_minutes
    return minutes, kilometres
