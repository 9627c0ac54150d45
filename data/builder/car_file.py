"""The calibration file of car minutes: parameters, formula in words, errors."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from builder.calibration import FITTED_CAR_SHARE_PCT, JUDGED_CAR_SHARE_PCT, LONGEST_MEAN_KM
from builder.toml_text import toml_text
from optimiser.access.estimate import CarEstimate

HEADER = "Written by data/build_data.py: change data/builder/, not this file."

FORMULA_EN = (
    "minutes = terminal_minutes + exp(log_pace + log_pace_per_density * D) "
    "* max(km, short_trip_km) ** (exponent - exponent_per_density * D) "
    "* min(km / short_trip_km, 1). km is the road distance: detour_factor times the great-circle "
    "distance. D is the mean over both ends of log10(density / reference_density), the density "
    "(inhabitants per km2) held between reference_density and density_cap. Within a commune, the "
    "straight distance is 2/3 * sqrt(area / pi), the mean distance to the centre of a disc of "
    "the same area. A commune of unknown area has the national median density."
)
FORMULA_FR = (
    "minutes = temps terminal + exp(a + b D) * max(km, d0) ** (p - q D) * min(km / d0, 1). km est "
    "la distance par la route : le coefficient de détour fois la distance à vol d'oiseau. D est "
    "la moyenne, aux deux extrémités, de log10(densité / densité de référence), la densité "
    "(habitants par km2) étant bornée. Dans une commune, la distance est 2/3 * "
    "racine(superficie / pi), distance moyenne au centre d'un disque de même superficie."
)
ASSUMPTIONS = [
    {
        "parameter": "detour_factor",
        "grade": "assumption",
        "reason": "The literature on road networks finds means of about 1.2 to 1.4 (F. Héran, "
        "2009, 'Des distances à vol d'oiseau aux distances réelles ou de l'origine des détours', "
        "Flux 76-77). Not calibrated here: the observations are road distances.",
    },
    {
        "parameter": "terminal_minutes",
        "grade": "assumption",
        "reason": "To leave and to park; the error does not tell 0, 1 and 2 minutes apart.",
    },
    {
        "parameter": "short_trip_km",
        "grade": "assumption",
        "reason": "Hardly a commune has a shorter mean commute; below it the pace is constant.",
    },
    {
        "parameter": "density_cap",
        "grade": "assumption",
        "reason": "Denser communes where half the residents drive are too few to calibrate on.",
    },
]
LIMITS = [
    (
        "Observations are means over residents: the minutes of the mean distance stand for the "
        "mean of the minutes, which bends the curve slightly down."
    ),
    (
        "The workplace is unknown: its density is the job-weighted mean (of logarithms) of the "
        "zone d'emploi of residence."
    ),
    (
        "Rivers, motorways, relief and congestion by hour are unknown: give a measured matrix "
        "where one exists."
    ),
    (
        "Observed minutes are those of commutes by all modes: transit_minutes, times the share "
        "that takes transit, is set apart in the fit and not in the estimate. Short trips "
        "within dense towns may still come out too long."
    ),
    (
        "Beyond about 30 km trips between dense communes are estimated faster than rural ones: "
        "they use expressways."
    ),
    "Overseas departments have no observation here: the metropolitan parameters apply.",
]


def write_car_file(parameters: CarEstimate, results: dict[str, Any], path: Path) -> None:
    """Write the calibration as TOML.

    Parameters
    ----------
    parameters
        The calibrated estimate.
    results
        Errors and counts as `calibration.calibrate` returns them.
    path
        The file to write.
    """
    values = {key: value for key, value in asdict(parameters).items() if key != "error"}
    content = {
        "id": "car_estimate",
        "title_fr": "Minutes en voiture estimées entre communes",
        "title_en": "Estimated car minutes between communes",
        "vintage": "INSEE 2019 (minutes and kilometres to work), INSEE 2022 (car share)",
        "grade": "estimate",
        "formula_en": FORMULA_EN,
        "formula_fr": FORMULA_FR,
        "limits": LIMITS,
        "parameters": values,
        "calibration": {
            "observed": "commute_minutes_mean_2019, commute_km_mean_2019",
            "weight": "active_15_64_2021",
            "communes": "metropolitan France",
            "fitted_car_share_at_least_pct": FITTED_CAR_SHARE_PCT,
            "fitted_communes": results["fitted_communes"],
            "judged_car_share_at_least_pct": JUDGED_CAR_SHARE_PCT,
            "transit_minutes": results["transit_minutes"],
            "mean_km_at_most": LONGEST_MEAN_KM,
            "held_out": "sha256(code) modulo 3 equal to 0",
        },
        "errors": {
            **{key: asdict(results[key]) for key in ("held_out", "fitted", "low_car_share")},
            "by_density": [
                {"density_from": low, "density_below": high, **asdict(error)}
                for low, high, error in results["by_density"]
            ],
        },
        "assumptions": ASSUMPTIONS,
    }
    path.parent.mkdir(exist_ok=True)
    path.write_text(toml_text(content, HEADER), encoding="utf-8")
