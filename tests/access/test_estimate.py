"""Facts that are true of estimated car minutes."""

import hashlib
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from optimiser.access.estimate import (
    CarEstimate,
    Places,
    car_minutes,
    straight_km,
    trip_minutes,
)

DATA = Path(__file__).resolve().parents[2] / "data"
CALIBRATION = DATA / "access" / "car_estimate.toml"
CAPH = "200042190"


@pytest.fixture(scope="module")
def parameters() -> CarEstimate:
    return CarEstimate.from_toml(CALIBRATION)


@pytest.fixture(scope="module")
def communes() -> pd.DataFrame:
    schema_columns = [
        "code", "department", "epci", "lon", "lat", "area_km2", "population",
        "active_15_64_2021", "commute_minutes_mean_2019", "commute_km_mean_2019",
        "salaried_jobs_2022", "zone_emploi_2020", "commute_car_share_pct_2022",
    ]  # fmt: skip
    return pd.read_parquet(DATA / "communes.parquet", columns=schema_columns)


@pytest.fixture(scope="module")
def caph(communes: pd.DataFrame) -> Places:
    return _places(communes[communes["epci"] == CAPH])


def _places(rows: pd.DataFrame) -> Places:
    return Places(
        codes=tuple(rows["code"]),
        lon=rows["lon"].to_numpy(float),
        lat=rows["lat"].to_numpy(float),
        area_km2=rows["area_km2"].to_numpy(float),
        population=rows["population"].to_numpy(float),
    )


def _one(code: str, lon: float, lat: float, area: float, population: float) -> Places:
    lone = (np.array([value], dtype=float) for value in (lon, lat, area, population))
    return Places((code,), *lone)


def test_minutes_are_positive_finite_and_at_least_terminal(
    caph: Places, parameters: CarEstimate
) -> None:
    minutes = car_minutes(caph, caph, parameters)
    assert minutes.shape == (47, 47)
    assert minutes.dtype == np.float64
    assert np.isfinite(minutes).all()
    assert (minutes > parameters.terminal_minutes).all()


def test_minutes_are_the_same_both_ways(caph: Places, parameters: CarEstimate) -> None:
    minutes = car_minutes(caph, caph, parameters)
    np.testing.assert_allclose(minutes, minutes.T, rtol=1e-12)


def test_within_a_commune_minutes_come_from_its_area(parameters: CarEstimate) -> None:
    small, large = _one("1", 3.4, 50.4, 4.0, 400), _one("1", 3.4, 50.4, 16.0, 1600)
    inside_small = car_minutes(small, small, parameters)[0, 0]
    inside_large = car_minutes(large, large, parameters)[0, 0]
    assert parameters.terminal_minutes < inside_small < inside_large


def test_a_commune_of_unknown_area_has_the_median_density(parameters: CarEstimate) -> None:
    known = _one("1", 3.4, 50.4, 10.0, 10 * parameters.median_density)
    unknown = _one("1", 3.4, 50.4, np.nan, 10 * parameters.median_density)
    other = _one("2", 3.6, 50.4, 10.0, 5000)
    for end in (other, None):
        expected = car_minutes(known, end or known, parameters)
        np.testing.assert_allclose(car_minutes(unknown, end or unknown, parameters), expected)


def test_an_empty_commune_still_takes_time(parameters: CarEstimate) -> None:
    empty = _one("55039", 5.3, 49.2, np.nan, 0)
    assert car_minutes(empty, empty, parameters)[0, 0] == parameters.terminal_minutes


@pytest.mark.parametrize("density", [0.0, 20.0, 100.0, 500.0, 1500.0, 20_000.0])
def test_minutes_grow_with_distance_at_every_density(
    parameters: CarEstimate, density: float
) -> None:
    km = np.linspace(0.1, 120, 2000)
    ends = np.full_like(km, density)
    assert (np.diff(trip_minutes(km, ends, ends, parameters)) > 0).all()


def test_a_denser_end_slows_a_trip_of_less_than_25_km(parameters: CarEstimate) -> None:
    km = np.linspace(0.5, 25, 50)[:, None]
    density = np.array([[30.0, 100.0, 300.0, 1000.0, 1500.0]])
    minutes = trip_minutes(km, density, np.full_like(density, 30.0), parameters)
    assert (np.diff(minutes, axis=1) > 0).all()


@pytest.mark.parametrize(
    ("km", "density", "low", "high"),
    [(5, 30, 6, 9), (20, 30, 21, 28), (20, 100, 21, 28), (60, 30, 45, 75), (5, 1500, 12, 20)],
)
def test_minutes_agree_with_common_sense(
    parameters: CarEstimate, km: float, density: float, low: float, high: float
) -> None:
    end = np.array([float(density)])
    assert low <= trip_minutes(np.array([float(km)]), end, end, parameters)[0] <= high


def test_great_circle_from_paris_to_marseille_is_660_km() -> None:
    paris, marseille = _one("75056", 2.3522, 48.8566, 1, 1), _one("13055", 5.3698, 43.2965, 1, 1)
    assert straight_km(paris, marseille)[0, 0] == pytest.approx(660.5, abs=1)


def test_a_commune_without_location_is_refused_by_its_code() -> None:
    with pytest.raises(ValueError, match="no location: 15031"):
        _one("15031", np.nan, np.nan, 1, 1)


def test_arrays_of_another_length_are_refused() -> None:
    one, two = np.ones(1), np.ones(2)
    with pytest.raises(ValueError, match="area_km2"):
        Places(("1",), one, one, two, one)


def test_parameters_under_which_minutes_would_shrink_are_refused(parameters: CarEstimate) -> None:
    with pytest.raises(ValueError, match="exponent"):
        replace(parameters, exponent_per_density=2.0)


def test_a_calibration_file_without_a_parameter_is_refused_by_name(tmp_path: Path) -> None:
    text = CALIBRATION.read_text(encoding="utf-8")
    path = tmp_path / "estimate.toml"
    path.write_text(re.sub(r"(?m)^detour_factor.*$", "", text), encoding="utf-8")
    with pytest.raises(ValueError, match="detour_factor"):
        CarEstimate.from_toml(path)


def test_published_errors_are_found_again_on_the_embedded_communes(
    communes: pd.DataFrame, parameters: CarEstimate
) -> None:
    rows = communes.assign(
        density=communes["population"].astype(float) / communes["area_km2"],
        jobs=communes["salaried_jobs_2022"].astype(float),
        weight=communes["active_15_64_2021"].astype(float),
    )
    inhabited = rows[rows["density"] > 0]
    logs = inhabited["jobs"] * np.log10(inhabited["density"])
    by_zone = inhabited.groupby("zone_emploi_2020")["jobs"].sum()
    work = 10 ** (logs.groupby(inhabited["zone_emploi_2020"]).sum() / by_zone)
    rows = rows.assign(work=rows["zone_emploi_2020"].map(work))
    rows = rows[~rows["department"].str.startswith("97") & (rows["weight"] > 0)]
    rows = rows.dropna(
        subset=["density", "work", "commute_minutes_mean_2019", "commute_km_mean_2019"]
    )
    rows = rows[rows["commute_km_mean_2019"] <= 60]
    rows = rows[rows["commute_car_share_pct_2022"] >= 80]
    held_out = [int(hashlib.sha256(c.encode()).hexdigest(), 16) % 3 == 0 for c in rows["code"]]
    rows = rows[held_out]
    km, density, work_density = (
        rows[name].to_numpy() for name in ("commute_km_mean_2019", "density", "work")
    )
    estimated = trip_minutes(km, density, work_density, parameters)
    observed, weight = rows["commute_minutes_mean_2019"].to_numpy(), rows["weight"].to_numpy()
    gap = estimated - observed
    mean_square = np.average(gap**2, weights=weight)
    variance = np.average((observed - np.average(observed, weights=weight)) ** 2, weights=weight)
    published = parameters.error
    assert len(rows) == published.communes
    assert np.average(np.abs(gap), weights=weight) == pytest.approx(published.mae_minutes, abs=1e-3)
    assert np.sqrt(mean_square) == pytest.approx(published.rmse_minutes, abs=1e-3)
    assert np.average(gap, weights=weight) == pytest.approx(published.bias_minutes, abs=1e-3)
    assert 1 - mean_square / variance == pytest.approx(published.r2, abs=1e-3)


def test_every_assumption_is_graded_and_about_a_parameter() -> None:
    content = tomllib.loads(CALIBRATION.read_text(encoding="utf-8"))
    assert {item["grade"] for item in content["assumptions"]} == {"assumption"}
    assert {item["parameter"] for item in content["assumptions"]} <= set(content["parameters"])
