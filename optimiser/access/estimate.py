r"""Car minutes between communes, estimated from straight-line distance and density.

The minutes of a trip of :math:`d` kilometres by road between communes of density
:math:`\rho_1, \rho_2` (inhabitants per km²) are

.. math::

    t = t_0 + e^{a + bD} \, \max(d, d_0)^{p - qD} \, \min(d / d_0, 1)

with :math:`D` the mean over both ends of :math:`\log_{10}(\rho / \rho_0)`, held between 0 and
:math:`\log_{10}(\rho_1 / \rho_0)`. Below :math:`d_0` nothing was observed, and the pace is that
of a trip of :math:`d_0`. Road kilometres are straight-line kilometres times a detour factor;
within a commune they are the mean distance to the centre of a disc of the same area.

Parameters and their errors are calibrated on the commuting means of INSEE 2019; they live with
the embedded data and arrive here as a :class:`CarEstimate`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

import numpy as np

from optimiser.units import FloatArray

EARTH_RADIUS_KM = 6371.0088


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Communes as the ends of trips.

    Parameters
    ----------
    codes
        INSEE codes of the n communes.
    lon, lat
        Arrays (n,), degrees, WGS 84.
    area_km2
        Array (n,), km²; NaN where unknown.
    population
        Array (n,), inhabitants.
    """

    codes: tuple[str, ...]
    lon: FloatArray
    lat: FloatArray
    area_km2: FloatArray
    population: FloatArray

    def __post_init__(self) -> None:
        """Refuse arrays of another length, and communes without a location.

        Raises
        ------
        ValueError
            An array that is not (n,), or a longitude or latitude that is not finite.
        """
        for name in ("lon", "lat", "area_km2", "population"):
            if getattr(self, name).shape != (len(self.codes),):
                msg = f"{name} {getattr(self, name).shape}: {len(self.codes)} communes"
                raise ValueError(msg)
        located = np.isfinite(self.lon) & np.isfinite(self.lat)
        if not bool(located.all()):
            lost = [code for code, known in zip(self.codes, located, strict=True) if not known]
            msg = f"no location: {', '.join(lost)}"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class FitError:
    """How far estimated minutes lie from observed ones, weighted by active inhabitants.

    Parameters
    ----------
    communes
        Number of communes compared.
    mae_minutes, rmse_minutes
        Mean absolute error and root mean square error, minutes.
    bias_minutes
        Mean of estimated minus observed, minutes.
    r2
        Share of the variance explained.
    """

    communes: int
    mae_minutes: float
    rmse_minutes: float
    bias_minutes: float
    r2: float


@dataclass(frozen=True, slots=True)
class CarEstimate:
    """Parameters of the estimate, and its error on communes kept out of the calibration.

    Parameters
    ----------
    terminal_minutes
        t0: to reach the car, leave and park, minutes (an assumption).
    log_pace, log_pace_per_density
        a and b of the formula.
    exponent, exponent_per_density
        p and q of the formula.
    reference_density, density_cap
        Bounds of the density that matters, inhabitants per km².
    short_trip_km
        d0: shortest road distance that was observed, km.
    detour_factor
        Road kilometres per straight-line kilometre (an assumption).
    median_density
        Density given to a commune of unknown area, inhabitants per km².
    error
        Error on the communes kept out.
    """

    terminal_minutes: float
    log_pace: float
    log_pace_per_density: float
    exponent: float
    exponent_per_density: float
    reference_density: float
    density_cap: float
    short_trip_km: float
    detour_factor: float
    median_density: float
    error: FitError

    def __post_init__(self) -> None:
        """Refuse parameters under which minutes would not grow with distance.

        Raises
        ------
        ValueError
            A parameter out of its range.
        """
        if min(self.reference_density, self.short_trip_km, self.median_density) <= 0:
            raise ValueError("reference_density, short_trip_km, median_density: not above 0")
        if self.density_cap < self.reference_density:
            raise ValueError("density_cap: below reference_density")
        if self.terminal_minutes < 0 or self.detour_factor < 1:
            raise ValueError("terminal_minutes below 0, or detour_factor below 1")
        top = np.log10(self.density_cap / self.reference_density)
        if min(self.exponent, self.exponent - self.exponent_per_density * top) <= 0:
            raise ValueError("exponent: minutes would not grow with distance")

    @classmethod
    def from_toml(cls, path: Path) -> Self:
        """Read the tables ``parameters`` and ``errors.held_out`` of a calibration file.

        Parameters
        ----------
        path
            The TOML file.

        Returns
        -------
        CarEstimate
            The parameters and their error.

        Raises
        ------
        ValueError
            A key is missing, or a parameter is out of its range.
        """
        with path.open("rb") as stream:
            content = tomllib.load(stream)
        try:
            parameters, held_out = content["parameters"], content["errors"]["held_out"]
            error = FitError(**_chosen(FitError, held_out))
            return cls(**_chosen(cls, parameters), error=error)
        except KeyError as missing:
            msg = f"{path.name}: no key {missing}"
            raise ValueError(msg) from missing


def straight_km(origins: Places, destinations: Places) -> FloatArray:
    """Great-circle distances, each to each.

    Parameters
    ----------
    origins, destinations
        n and m communes.

    Returns
    -------
    ndarray
        Array (n, m), km.
    """
    return great_circle_km(
        origins.lon[:, None], origins.lat[:, None], destinations.lon, destinations.lat
    )


def great_circle_km(
    lon_a: FloatArray, lat_a: FloatArray, lon_b: FloatArray, lat_b: FloatArray
) -> FloatArray:
    """Great-circle distances of points in degrees (haversine formula), km, broadcast."""
    lat_from, lat_to = np.radians(lat_a), np.radians(lat_b)
    chord = (
        np.sin((lat_to - lat_from) / 2) ** 2
        + np.cos(lat_from) * np.cos(lat_to) * np.sin(np.radians(lon_b - lon_a) / 2) ** 2
    )
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(chord, 0, 1))))


def trip_minutes(
    road_km: FloatArray,
    density_from: FloatArray,
    density_to: FloatArray,
    parameters: CarEstimate,
) -> FloatArray:
    """Minutes of trips of known length by road.

    Parameters
    ----------
    road_km
        Road distances, km, any shape.
    density_from, density_to
        Inhabitants per km² at both ends, shapes that broadcast with `road_km`.
    parameters
        The calibrated estimate.

    Returns
    -------
    ndarray
        Minutes, in the broadcast shape.
    """
    dense = (_log_density(density_from, parameters) + _log_density(density_to, parameters)) / 2
    return driven_minutes(road_km, *pace_and_exponent(dense, parameters), parameters)


def pace_and_exponent(dense: FloatArray, parameters: CarEstimate) -> tuple[FloatArray, FloatArray]:
    """Minutes of the first kilometre, and exponent of the kilometres, for D of the formula."""
    pace = np.exp(parameters.log_pace + parameters.log_pace_per_density * dense)
    return pace, parameters.exponent - parameters.exponent_per_density * dense


def driven_minutes(
    road_km: FloatArray, pace: FloatArray, exponent: FloatArray, parameters: CarEstimate
) -> FloatArray:
    """Minutes of road kilometres at a pace and an exponent, getting in and out included."""
    short = parameters.short_trip_km
    driving = pace * np.maximum(road_km, short) ** exponent
    driving *= np.minimum(road_km / short, 1.0)
    driving += parameters.terminal_minutes
    return np.asarray(driving)


def log_density(places: Places, parameters: CarEstimate) -> FloatArray:
    """Part (n,) of D of the formula that each place brings."""
    return _log_density(_density(places, parameters), parameters)


def car_minutes(origins: Places, destinations: Places, parameters: CarEstimate) -> FloatArray:
    """Estimate car minutes from every origin to every destination.

    The same code at both ends is a trip within the commune: never zero.

    Parameters
    ----------
    origins, destinations
        n and m communes.
    parameters
        The calibrated estimate.

    Returns
    -------
    ndarray
        Array (n, m), minutes.
    """
    density_from, density_to = _density(origins, parameters), _density(destinations, parameters)
    road = road_km(origins, destinations, parameters)
    return trip_minutes(road, density_from[:, None], density_to[None, :], parameters)


def road_km(origins: Places, destinations: Places, parameters: CarEstimate) -> FloatArray:
    """Estimate road kilometres: straight lines times the detour factor.

    Parameters
    ----------
    origins, destinations
        n and m communes; the same code at both ends is a trip within the commune.
    parameters
        The calibrated estimate.

    Returns
    -------
    ndarray
        Array (n, m), km.
    """
    within = _within_km(origins, _density(origins, parameters))[:, None]
    same = np.array(origins.codes)[:, None] == np.array(destinations.codes)[None, :]
    straight = np.where(same, within, straight_km(origins, destinations))
    return np.asarray(parameters.detour_factor * straight)


def _density(places: Places, parameters: CarEstimate) -> FloatArray:
    known = np.isfinite(places.area_km2) & (places.area_km2 > 0)
    area = np.where(known, places.area_km2, 1.0)
    return np.where(known, places.population / area, parameters.median_density)


def _within_km(places: Places, density: FloatArray) -> FloatArray:
    known = np.isfinite(places.area_km2) & (places.area_km2 > 0)
    area = np.where(known, places.area_km2, places.population / np.maximum(density, 1e-9))
    return np.asarray(2 / 3 * np.sqrt(area / np.pi))


def _log_density(density: FloatArray, parameters: CarEstimate) -> FloatArray:
    low, high = parameters.reference_density, parameters.density_cap
    return np.asarray(np.log10(np.clip(density, low, high) / low))


def _chosen(kind: type, table: Mapping[str, Any]) -> dict[str, Any]:
    return {item.name: table[item.name] for item in fields(kind) if item.name != "error"}
