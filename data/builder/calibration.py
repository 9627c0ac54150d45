"""Calibration of the car minutes on the commuting means of INSEE.

A resident's commute joins the commune of residence, of known density, to a workplace somewhere
in the zone d'emploi: its density is taken as the mean, weighted by jobs, of the logarithms of
the densities of that zone's communes.

The observed minutes are those of all modes. Communes where half the residents or more drive take
part in the fit, with a term for the share that takes transit, so that dense communes are seen
too; the error is measured without that term, where nearly everyone drives.
"""

import hashlib
from dataclasses import replace
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from scipy.optimize import least_squares

from optimiser.access.estimate import CarEstimate, FitError, trip_minutes

Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

FITTED_CAR_SHARE_PCT = 50.0
JUDGED_CAR_SHARE_PCT = 80.0
LONGEST_MEAN_KM = 60.0
FREE = ("log_pace", "log_pace_per_density", "exponent", "exponent_per_density")
DENSITY_CLASSES = (0.0, 30.0, 100.0, 300.0, 1000.0, float("inf"))

START = CarEstimate(
    terminal_minutes=1.0,
    log_pace=0.0,
    log_pace_per_density=1.0,
    exponent=1.0,
    exponent_per_density=0.3,
    reference_density=30.0,
    density_cap=3000.0,
    short_trip_km=3.0,
    detour_factor=1.3,
    median_density=40.0,
    error=FitError(0, 0.0, 0.0, 0.0, 0.0),
)


def observations(communes: pd.DataFrame) -> pd.DataFrame:
    """Communes of metropolitan France with everything that the calibration needs.

    Returns
    -------
    DataFrame
        code, km, minutes, density, workplace_density, weight (active inhabitants), car_share_pct,
        transit_share and held_out (a third of the communes, chosen by a hash of their code).
    """
    density = communes["population"].astype(float) / communes["area_km2"]
    table = pd.DataFrame(
        {
            "code": communes["code"],
            "km": communes["commute_km_mean_2019"],
            "minutes": communes["commute_minutes_mean_2019"],
            "density": density,
            "workplace_density": communes["zone_emploi_2020"].map(_workplace(communes, density)),
            "weight": communes["active_15_64_2021"].astype(float),
            "car_share_pct": communes["commute_car_share_pct_2022"],
            "transit_share": communes["commute_transit_share_pct_2022"] / 100,
        }
    )[~communes["department"].str.startswith("97")]
    table = table.dropna()
    table = table[(table["km"] <= LONGEST_MEAN_KM) & (table["weight"] > 0)]
    return table.assign(held_out=[_held_out(code) for code in table["code"]])


def calibrate(communes: pd.DataFrame) -> tuple[CarEstimate, dict[str, Any]]:
    """Fit the estimate on two thirds of the communes and measure it on the others.

    Parameters
    ----------
    communes
        The table of communes.

    Returns
    -------
    CarEstimate
        Parameters, rounded as they are stored, and error on the held-out communes.
    dict
        Errors: held_out and fitted where nearly everyone drives, low_car_share elsewhere, and
        by_density of the held-out communes; transit_minutes, what a trip by transit adds.
    """
    seen = observations(communes)
    density = (communes["population"].astype(float) / communes["area_km2"]).median()
    start = replace(START, median_density=round(float(density), 1))
    many = seen[(seen["car_share_pct"] >= FITTED_CAR_SHARE_PCT) & ~seen["held_out"]]
    solved, transit_minutes = _solve(many, start)
    driven = seen["car_share_pct"] >= JUDGED_CAR_SHARE_PCT
    held_out = seen[driven & seen["held_out"]]
    results: dict[str, Any] = {
        "held_out": fit_error(held_out, solved),
        "fitted": fit_error(seen[driven & ~seen["held_out"]], solved),
        "low_car_share": fit_error(seen[~driven], solved),
        "by_density": [
            (low, high, fit_error(part, solved))
            for low, high in pairwise(DENSITY_CLASSES)
            for part in [held_out[held_out["density"].between(low, high, inclusive="left")]]
        ],
        "fitted_communes": len(many),
        "transit_minutes": transit_minutes,
    }
    return replace(solved, error=results["held_out"]), results


def fit_error(seen: pd.DataFrame, parameters: CarEstimate) -> FitError:
    """Compare estimated with observed minutes, weighted by active inhabitants."""
    observed, weight = seen["minutes"].to_numpy(), seen["weight"].to_numpy()
    gap = _estimated(seen, parameters) - observed
    spread = observed - np.average(observed, weights=weight)
    square = float(np.average(gap**2, weights=weight))
    return FitError(
        communes=len(seen),
        mae_minutes=round(float(np.average(np.abs(gap), weights=weight)), 3),
        rmse_minutes=round(square**0.5, 3),
        bias_minutes=round(float(np.average(gap, weights=weight)), 3),
        r2=round(1 - square / float(np.average(spread**2, weights=weight)), 3),
    )


def _solve(fitted: pd.DataFrame, start: CarEstimate) -> tuple[CarEstimate, float]:
    observed, transit = fitted["minutes"].to_numpy(), fitted["transit_share"].to_numpy()
    root_weight = np.sqrt(fitted["weight"].to_numpy())

    def residuals(values: Floats) -> Floats:
        minutes = _estimated(fitted, _with_values(start, values)) + values[-1] * transit
        return np.asarray((minutes - observed) * root_weight)

    first = [getattr(start, name) for name in FREE]
    found = np.round(least_squares(residuals, [*first, 0.0]).x, 4)
    return _with_values(start, found), round(float(found[-1]), 1)


def _with_values(start: CarEstimate, values: Floats) -> CarEstimate:
    pace, pace_density, exponent, exponent_density = (float(v) for v in values[: len(FREE)])
    return replace(
        start,
        log_pace=pace,
        log_pace_per_density=pace_density,
        exponent=exponent,
        exponent_per_density=exponent_density,
    )


def _estimated(seen: pd.DataFrame, parameters: CarEstimate) -> Floats:
    return trip_minutes(
        seen["km"].to_numpy(),
        seen["density"].to_numpy(),
        seen["workplace_density"].to_numpy(),
        parameters,
    )


def _workplace(communes: pd.DataFrame, density: "pd.Series[float]") -> "pd.Series[float]":
    jobs = communes["salaried_jobs_2022"].astype(float).where(density > 0, 0.0)
    log_density = np.log10(density.where(density > 0, 1.0))
    zone = communes["zone_emploi_2020"]
    total: pd.Series[float] = (jobs * log_density).groupby(zone).sum()
    return np.power(10.0, total / jobs.groupby(zone).sum())


def _held_out(code: str) -> bool:
    return int(hashlib.sha256(code.encode()).hexdigest(), 16) % 3 == 0
