"""From OpenStreetMap's ways to a graph of one mode: who may use a way, which way, and how fast."""

from collections.abc import Mapping, Sequence
from typing import Annotated, TypeAlias

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field
from scipy.ndimage import uniform_filter

from optimiser.access.modes import Mode
from optimiser.access.road_graph import RoadGraph, build_graph, connected_part, contract
from optimiser.units import BoolArray, FloatArray, IntArray

TAGS = (
    "highway",
    "maxspeed",
    "oneway",
    "junction",
    "access",
    "vehicle",
    "motor_vehicle",
    "bicycle",
    "foot",
    "oneway:bicycle",
    "cycleway",
)
"""Tags of a way that decide on its use."""

LONGEST_KM = 0.1
"""A stretch without a junction keeps a node at least so often, for places to reach it."""

LEAST_NODES = 50
"""Nodes of the smallest separate part that stays: the roads of an island, not a car park."""

_CLOSED = ("no", "private", "agricultural", "forestry", "delivery", "emergency", "military")
_OPEN = ("yes", "designated", "permissive", "destination", "official")
_KM_PER_DEGREE = 111.195
_KM_PER_MILE = 1.609344
_WORDS = {
    "walk": 5.0,
    "none": 130.0,
    "urban": 50.0,
    "rural": 80.0,
    "motorway": 130.0,
    "zone30": 30.0,
}

Kmh: TypeAlias = Annotated[float, Field(gt=0, le=200)]


class ModeSpeeds(BaseModel):
    """Speeds and penalties of one mode; see ``data/access/road_modes.toml``.

    Parameters
    ----------
    access_kmh
        Between a place and the nearest node.
    terminal_minutes
        Of every trip.
    junction_seconds
        At every junction on the way.
    share_of_limit
        Speed driven as a share of the limit: outside and inside built-up areas.
    fastest_kmh
        Never faster.
    kmh
        Limit of each class of road: outside and inside built-up areas.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    access_kmh: Kmh
    terminal_minutes: Annotated[float, Field(ge=0, le=60)]
    junction_seconds: Annotated[float, Field(ge=0, le=120)]
    share_of_limit: tuple[Annotated[float, Field(gt=0, le=1)], Annotated[float, Field(gt=0, le=1)]]
    fastest_kmh: Kmh
    kmh: Mapping[str, tuple[Kmh, Kmh]]


class RoadModes(BaseModel):
    """Speeds of all modes, and where an area is built up.

    Parameters
    ----------
    junctions_per_km2
        Density of junctions above which an area is built up.
    car, bicycle, walk
        One mode each.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    junctions_per_km2: Annotated[float, Field(gt=0)]
    car: ModeSpeeds
    bicycle: ModeSpeeds
    walk: ModeSpeeds

    def of(self, mode: Mode) -> ModeSpeeds:
        """Speeds of one mode."""
        speeds: ModeSpeeds = getattr(self, mode)
        return speeds


class Streets:
    """Ways cut into straight segments between nodes.

    Parameters
    ----------
    lon, lat
        Arrays (n,) of the nodes, degrees.
    first, last
        Node (s,) at both ends of each segment.
    way
        Row (s,) of the segment's way in `tags`.
    tags
        One row a way, columns `TAGS`; empty text where a tag is absent.
    """

    def __init__(
        self,
        lon: FloatArray,
        lat: FloatArray,
        *,
        first: IntArray,
        last: IntArray,
        way: IntArray,
        tags: pd.DataFrame,
    ) -> None:
        """Keep the arrays, and measure the segments."""
        self.lon, self.lat = lon, lat
        self.first, self.last, self.way = first, last, way
        self.tags = tags
        self.km = _length_km(lon, lat, first, last)


def mode_graph(streets: Streets, mode: Mode, modes: RoadModes) -> RoadGraph:
    """Graph of what one mode can use.

    Parameters
    ----------
    streets
        The ways.
    mode
        Which mode.
    modes
        Speeds.

    Returns
    -------
    RoadGraph
        Connected and contracted; empty where the mode can use nothing.
    """
    speeds = modes.of(mode)
    usable = allowed(streets.tags, mode, speeds)
    forward, backward = directions(streets.tags, mode)
    built = _built_up(streets, modes)
    kmh = _speeds(streets, speeds, built, mode)
    with np.errstate(divide="ignore"):
        minutes = streets.km / kmh * 60.0
    ahead, back = usable & forward, usable & backward
    ways_on, ways_back = ahead[streets.way], back[streets.way]
    tails = np.concatenate([streets.first[ways_on], streets.last[ways_back]])
    heads = np.concatenate([streets.last[ways_on], streets.first[ways_back]])
    spent = np.concatenate([minutes[ways_on], minutes[ways_back]])
    km = np.concatenate([streets.km[ways_on], streets.km[ways_back]])
    counted = usable[streets.way] & _is_road(streets.tags)[streets.way]
    spent += _junctions(streets, counted)[heads] * (speeds.junction_seconds / 60.0)
    graph = build_graph(
        mode, streets.lon, streets.lat, tails=tails, heads=heads, minutes=spent, km=km
    )
    thinned, _ = contract(connected_part(graph, LEAST_NODES), LONGEST_KM)
    return RoadGraph(
        mode=mode,
        lon=thinned.lon,
        lat=thinned.lat,
        start=thinned.start,
        end=thinned.end,
        minutes=thinned.minutes,
        km=thinned.km,
        access_kmh=speeds.access_kmh,
        terminal_minutes=speeds.terminal_minutes,
    )


def allowed(tags: pd.DataFrame, mode: Mode, speeds: ModeSpeeds) -> BoolArray:
    """Whether a mode may use each way (w,).

    The tag of the mode itself decides before that of vehicles, and that one before general access.

    Parameters
    ----------
    tags
        One row a way.
    mode, speeds
        The mode, whose speeds name the classes it uses.
    """
    own = {
        "car": ("motor_vehicle", "vehicle"),
        "bicycle": ("bicycle", "vehicle"),
        "walk": ("foot",),
    }
    known = tags["highway"].isin(list(speeds.kmh)).to_numpy()
    welcome, closed = np.zeros(len(tags), dtype=bool), np.zeros(len(tags), dtype=bool)
    for tag in (*own[mode], "access"):
        value = tags[tag]
        undecided = ~welcome & ~closed
        welcome |= undecided & value.isin(_OPEN).to_numpy()
        closed |= undecided & value.isin(_CLOSED).to_numpy()
    if mode == "bicycle":
        # A footpath is for those on foot unless it says otherwise.
        foot = tags["highway"].isin(["footway", "pedestrian"]).to_numpy()
        closed |= foot & ~tags["bicycle"].isin(_OPEN).to_numpy()
    return np.asarray(known & ~closed)


def directions(tags: pd.DataFrame, mode: Mode) -> tuple[BoolArray, BoolArray]:
    """Whether each way (w,) may be used as it is drawn, and the other way round.

    Parameters
    ----------
    tags
        One row a way.
    mode
        People on foot go both ways; bicycles where the way says that its rule is not theirs.
    """
    ones = np.ones(len(tags), dtype=bool)
    if mode == "walk":
        return ones, ones.copy()
    oneway = tags["oneway"]
    reverse = oneway.isin(["-1", "reverse"]).to_numpy()
    single = oneway.isin(["yes", "true", "1"]).to_numpy()
    implied = (
        tags["junction"].isin(["roundabout", "circular"])
        | tags["highway"].isin(["motorway", "motorway_link"])
    ).to_numpy()
    single = single | (implied & ~oneway.isin(["no", "false", "0"]).to_numpy() & ~reverse)
    if mode == "bicycle":
        free = (
            (tags["oneway:bicycle"] == "no") | tags["cycleway"].str.startswith("opposite")
        ).to_numpy()
        single, reverse = single & ~free, reverse & ~free
    return ~reverse, ~single


def limit_kmh(texts: Sequence[str]) -> FloatArray:
    """Limits that ``maxspeed`` tags say, km/h; NaN where they say none that is understood.

    Examples
    --------
    >>> limit_kmh(["50", "30 mph", "FR:rural", "", "signals"]).round(1).tolist()
    [50.0, 48.3, 80.0, nan, nan]
    """
    known = {text: _limit(text) for text in set(texts)}
    return np.array([known[text] for text in texts], dtype=np.float64)


def _limit(text: str) -> float:
    parts = [_one_limit(part.strip().casefold()) for part in text.replace("|", ";").split(";")]
    found = [part for part in parts if not np.isnan(part)]
    return min(found, default=np.nan)


def _one_limit(text: str) -> float:
    word = text.rpartition(":")[2]
    if word in _WORDS:
        return _WORDS[word]
    figure, _, unit = text.partition(" ")
    factor = _KM_PER_MILE if "mph" in text else 1.0
    digits = figure.removesuffix("mph").removesuffix("km/h")
    value = float(digits) * factor if digits.isdecimal() and unit in {"", "mph", "km/h"} else np.nan
    return value if value > 0 else np.nan


def _is_road(tags: pd.DataFrame) -> BoolArray:
    """Whether a way counts towards junctions: not the drives and paths beside the roads."""
    minor = ["service", "footway", "path", "steps", "corridor", "track", "bridleway", "pedestrian"]
    return ~tags["highway"].isin(minor).to_numpy()


def _junctions(streets: Streets, counted: BoolArray) -> BoolArray:
    """Whether at least three segments of counted ways meet at each node (n,)."""
    ends = np.concatenate([streets.first[counted], streets.last[counted]])
    return np.asarray(np.bincount(ends, minlength=len(streets.lon)) >= 3)  # noqa: PLR2004


def _built_up(streets: Streets, modes: RoadModes) -> BoolArray:
    """Whether each segment (s,) lies where junctions are dense."""
    cars = streets.tags["highway"].isin(list(modes.car.kmh)).to_numpy()
    crossing = _junctions(streets, (cars & _is_road(streets.tags))[streets.way])
    if not len(streets.lon):
        return np.zeros(0, dtype=bool)
    middle = float(np.mean(streets.lat))
    east = streets.lon * _KM_PER_DEGREE * np.cos(np.radians(middle))
    north = streets.lat * _KM_PER_DEGREE
    column = np.floor(east - east.min()).astype(np.int64)
    row = np.floor(north - north.min()).astype(np.int64)
    counts = np.zeros((int(row.max()) + 1, int(column.max()) + 1))
    np.add.at(counts, (row[crossing], column[crossing]), 1.0)
    dense = uniform_filter(counts, size=3, mode="constant") > modes.junctions_per_km2
    return np.asarray(dense[row[streets.first], column[streets.first]])


def _speeds(streets: Streets, speeds: ModeSpeeds, built: BoolArray, mode: Mode) -> FloatArray:
    """Speed (s,) on each segment, km/h; 0 on classes that the mode does not use."""
    names = streets.tags["highway"]
    own = np.array(
        [
            [speeds.kmh[name][area] if name in speeds.kmh else 0.0 for name in names]
            for area in (0, 1)
        ]
    ).reshape(2, len(names))
    if mode == "car":
        tagged = limit_kmh(streets.tags["maxspeed"].to_list())
        own = np.where(np.isnan(tagged), own, np.where(own > 0, tagged, 0.0))
    share = np.array(speeds.share_of_limit)[:, None]
    driven = np.minimum(own * share, speeds.fastest_kmh)
    chosen: FloatArray = np.where(built, driven[1][streets.way], driven[0][streets.way])
    return chosen


def _length_km(lon: FloatArray, lat: FloatArray, first: IntArray, last: IntArray) -> FloatArray:
    """Length (s,) of each segment, km."""
    middle = np.radians((lat[first] + lat[last]) / 2)
    east = (lon[last] - lon[first]) * np.cos(middle)
    return np.asarray(np.hypot(east, lat[last] - lat[first]) * _KM_PER_DEGREE)
