"""Times of many spots, destination by destination: the same as those of every pair."""

from pathlib import Path

import numpy as np
import pytest

from optimiser.access.estimate import CarEstimate, Places, car_minutes, road_km
from optimiser.access.spot_times import EstimatedTimes, StoredTimes
from optimiser.access.spots import Spots

CALIBRATION = Path(__file__).resolve().parents[2] / "data" / "access" / "car_estimate.toml"
HOMES, ENDS, SPOTS = 5, 60, 400


@pytest.mark.parametrize("limit", [2.0, 7.5, 30.0])
def test_an_estimate_is_that_of_every_pair(limit: float) -> None:
    rng = np.random.default_rng(int(limit))
    parameters = CarEstimate.from_toml(CALIBRATION)
    home = np.sort(rng.integers(HOMES, size=SPOTS))
    lon, lat = 3.4 + rng.normal(0, 0.05, HOMES), 50.3 + rng.normal(0, 0.03, HOMES)
    spots = Spots(lon[home] + rng.normal(0, 0.01, SPOTS), lat[home] + rng.normal(0, 0.01, SPOTS))
    area, people = rng.uniform(1, 40, HOMES), rng.uniform(50, 90_000, HOMES)
    homes = Places(tuple("abcde"), lon, lat, area, people)
    there = Places(
        tuple(map(str, range(ENDS))),
        # The first stands on a spot itself.
        np.append(spots.lon[0], 3.4 + rng.normal(0, 0.3, ENDS - 1)),
        np.append(spots.lat[0], 50.3 + rng.normal(0, 0.2, ENDS - 1)),
        np.append(np.nan, rng.uniform(1, 40, ENDS - 1)),
        rng.uniform(50, 90_000, ENDS),
    )
    joined = rng.random((HOMES, ENDS)) < 0.8
    times = EstimatedTimes(spots, home, homes, there, parameters, joined)
    here = Places(("",) * SPOTS, spots.lon, spots.lat, area[home], people[home])
    minutes, km = car_minutes(here, there, parameters), road_km(here, there, parameters)
    minutes[~joined[home]] = np.inf
    reached = 0
    for j in range(ENDS):
        column = times.column(j, limit)
        inside = np.flatnonzero(minutes[:, j] <= limit)
        assert column.spot.tolist() == inside.tolist()
        assert column.minutes == pytest.approx(minutes[inside, j], rel=1e-7)
        assert column.km == pytest.approx(km[inside, j], rel=1e-7, abs=1e-7)
        reached += len(inside)
    assert reached


def test_stored_times_keep_what_lies_within_the_limit() -> None:
    spot, minutes = np.array([0, 2, 1]), np.array([4.0, 6.0, 5.0])
    times = StoredTimes(np.array([0, 2, 2, 3]), spot, minutes, 2.0 * minutes)
    column = times.column(0, 5.0)
    assert column.spot.tolist() == [0]
    assert column.km is not None
    assert column.km.tolist() == [8.0]
    assert times.column(0, 6.0).spot.tolist() == [0, 2]
    assert times.column(1, 9.0).spot.tolist() == []
    assert times.column(2, 5.0).minutes.tolist() == [5.0]
    with pytest.raises(ValueError, match="lengths"):
        StoredTimes(np.array([0, 1]), spot, minutes[:1])
