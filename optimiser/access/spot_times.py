"""Minutes and kilometres from many spots to few destinations, one destination at a time.

Only pairs within a limit are kept. An estimate is made when a destination is asked for, since few
of those where a site could stand ever hold one. Distances are those of points on a sphere, by the
chord between them: no sine is computed for a pair.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from optimiser.access.estimate import (
    EARTH_RADIUS_KM,
    CarEstimate,
    Places,
    driven_minutes,
    great_circle_km,
    log_density,
    pace_and_exponent,
)
from optimiser.access.spots import Spots
from optimiser.units import BoolArray, FloatArray, IntArray, Minutes, within


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """Spots that reach one destination.

    Parameters
    ----------
    spot
        Spots (e,), rising.
    minutes
        Minutes (e,) of each.
    km
        Kilometres (e,) by road of each; None where nobody knows them.
    """

    spot: IntArray
    minutes: FloatArray
    km: FloatArray | None

    def part(self, limit: Minutes) -> "Column":
        """Those within a limit."""
        inside = np.flatnonzero(within(self.minutes, limit))
        if len(inside) == len(self.spot):
            return self
        km = None if self.km is None else self.km.take(inside)
        return Column(self.spot.take(inside), self.minutes.take(inside), km)


class SpotTimes(Protocol):
    """Minutes from spots to destinations, as far as they are known."""

    @property
    def knows_km(self) -> bool:
        """Whether columns hold kilometres."""

    def column(self, j: int, limit: Minutes) -> Column:
        """Find the spots that reach destination j within a limit."""


@dataclass(frozen=True, eq=False)
class StoredTimes:
    """Times that were found beforehand.

    Parameters
    ----------
    start
        Entries ``start[j]:start[j + 1]`` (m + 1) are those of destination j.
    spot, minutes, km
        As in `Column`, destination by destination.
    """

    start: IntArray
    spot: IntArray
    minutes: FloatArray
    km: FloatArray | None = None

    def __post_init__(self) -> None:
        """Refuse arrays of different lengths.

        Raises
        ------
        ValueError
            Lengths differ.
        """
        if len(self.spot) != len(self.minutes):
            raise ValueError("times: lengths differ")

    @property
    def knows_km(self) -> bool:
        """Whether columns hold kilometres."""
        return self.km is not None

    def column(self, j: int, limit: Minutes) -> Column:
        """Find the spots that reach destination j within a limit."""
        at = slice(int(self.start[j]), int(self.start[j + 1]))
        km = None if self.km is None else self.km[at]
        return Column(self.spot[at], self.minutes[at], km).part(limit)


@dataclass(frozen=True, eq=False)
class EstimatedTimes:
    """Car minutes estimated from spots to communes.

    Parameters
    ----------
    spots
        c spots, those of one commune together.
    home
        Position (c,) of each spot's commune in ``homes``, rising: its density is the spot's.
    homes, destinations
        n and m communes.
    parameters
        The calibrated estimate.
    joined
        Whether (n, m) a road joins a commune and a destination.
    """

    spots: Spots
    home: IntArray
    homes: Places
    destinations: Places
    parameters: CarEstimate
    joined: BoolArray

    @property
    def knows_km(self) -> bool:
        """Whether columns hold kilometres: always."""
        return True

    def column(self, j: int, limit: Minutes) -> Column:
        """Estimate the minutes of the spots that reach destination j within a limit."""
        pace, exponent, least = (table[:, j] for table in self._tables)
        parameters, points, first = self.parameters, self._points, self._first
        # Arrays that are written again and again: new ones for each block would cost more than the
        # arithmetic.
        desk = self._desk
        parts = [np.zeros(0, dtype=np.int64)]
        for low, high in _runs(self.joined[:, j] & within(least, limit)):
            block = slice(int(first[low]), int(first[high]))
            way, minutes, scratch = (row[block] for row in desk)
            _great_circle(points[:, block], self._ends[:, j], way, scratch)
            way *= parameters.detour_factor
            of = self.home[block]
            np.take(exponent, of, out=scratch, mode="clip")
            np.maximum(way, parameters.short_trip_km, out=minutes)
            np.power(minutes, scratch, out=minutes)
            minutes *= np.take(pace, of, out=scratch, mode="clip")
            np.divide(way, parameters.short_trip_km, out=scratch)
            minutes *= np.minimum(scratch, 1.0, out=scratch)
            minutes += parameters.terminal_minutes
            parts.append(np.flatnonzero(within(minutes, limit)) + block.start)
        spot = np.concatenate(parts)
        road, each, _ = desk
        return Column(spot, each.take(spot), road.take(spot))

    @cached_property
    def _tables(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Pace, exponent and least minutes (n, m) of each commune's spots to each destination."""
        ends = (log_density(places, self.parameters) for places in (self.homes, self.destinations))
        here, there = ends
        pace, exponent = pace_and_exponent((here[:, None] + there) / 2, self.parameters)
        least = _least_km(self.spots, self.home, self.destinations, len(here))
        road = self.parameters.detour_factor * least
        return pace, exponent, driven_minutes(road, pace, exponent, self.parameters)

    @cached_property
    def _points(self) -> FloatArray:
        return _on_sphere(self.spots.lon, self.spots.lat)

    @cached_property
    def _ends(self) -> FloatArray:
        return _on_sphere(self.destinations.lon, self.destinations.lat)

    @cached_property
    def _first(self) -> IntArray:
        """First spot of each commune (n + 1)."""
        counts = np.bincount(self.home, minlength=len(self.homes.codes))
        return np.concatenate([[0], np.cumsum(counts)])

    @cached_property
    def _desk(self) -> FloatArray:
        return np.empty((3, len(self.home)))


def _runs(near: BoolArray) -> Iterator[tuple[int, int]]:
    """Each run of True: its first place, and the one after its last."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], near, [False]])))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _great_circle(points: FloatArray, end: FloatArray, km: FloatArray, scratch: FloatArray) -> None:
    """Write great-circle kilometres from points (3, c) on a sphere to one end (3,) into ``km``."""
    km.fill(0.0)
    for axis, place in zip(points, end, strict=True):
        np.subtract(axis, place, out=scratch)
        scratch *= scratch
        km += scratch
    np.sqrt(km, out=km)
    km *= 0.5
    np.minimum(km, 1.0, out=km)
    np.arcsin(km, out=km)
    km *= 2 * EARTH_RADIUS_KM


def _least_km(spots: Spots, home: IntArray, destinations: Places, n: int) -> FloatArray:
    """Kilometres (n, m) in a straight line that no spot of a commune is nearer to a destination.

    No spot is nearer than the middle of all spots of its commune less the way from it to the
    farthest of them.
    """
    count = np.maximum(np.bincount(home, minlength=n), 1)
    lon = np.bincount(home, weights=spots.lon, minlength=n) / count
    lat = np.bincount(home, weights=spots.lat, minlength=n) / count
    radius = np.zeros(n)
    np.maximum.at(radius, home, great_circle_km(spots.lon, spots.lat, lon[home], lat[home]))
    straight = great_circle_km(lon[:, None], lat[:, None], destinations.lon, destinations.lat)
    return np.maximum(straight - radius[:, None] - 1e-6, 0.0)


def _on_sphere(lon: FloatArray, lat: FloatArray) -> FloatArray:
    """Coordinates (3, p) of points in degrees on a sphere of radius 1."""
    east, north = np.radians(lon), np.radians(lat)
    flat = np.cos(north)
    return np.array([flat * np.cos(east), flat * np.sin(east), np.sin(north)])
