"""Access measures: against PySAL's `access`, and by hand."""

import warnings

import numpy as np
import pandas as pd
import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from access import fca, weights

from optimiser.access.measures import (
    APL_ZONES,
    E2SFCA_ZONES,
    Pairs,
    Zones,
    catchment,
    percentile,
    share_within,
)


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray, Pairs]:
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(2, 40)), int(rng.integers(1, 15))
    minutes = rng.choice([0.0, 4.9, 5.0, 9.0, 10.0, 14.0, 15.0, 22.0, 30.0, 45.0], size=(n, m))
    rows, columns = np.nonzero(rng.random((n, m)) < 0.8)
    persons, supply = rng.integers(1, 900, size=n).astype(float), rng.integers(0, 4, size=m) * 1.0
    return persons, supply, Pairs(rows, columns, minutes[rows, columns])


def by_pysal(persons: np.ndarray, supply: np.ndarray, pairs: Pairs, zones: Zones) -> np.ndarray:
    demand = pd.DataFrame({"demand": persons}, index=pd.RangeIndex(len(persons), name="geoid"))
    sites = pd.DataFrame({"supply": supply}, index=pd.RangeIndex(len(supply), name="geoid"))
    costs = pd.DataFrame({"origin": pairs.demand, "dest": pairs.supply, "cost": pairs.minutes})
    found = fca.two_stage_fca(
        demand.reset_index(),
        sites,
        costs,
        max_cost=zones[-1][0],
        weight_fn=weights.step_fn(dict(zones)),
    )
    return found.reindex(range(len(persons))).fillna(0.0).to_numpy()


@pytest.mark.parametrize("zones", [((15.0, 1.0),), E2SFCA_ZONES, APL_ZONES])
@pytest.mark.parametrize("seed", range(12))
def test_catchments_are_those_of_pysal(seed: int, zones: Zones) -> None:
    persons, supply, pairs = drawn(seed)
    expected = by_pysal(persons, supply, pairs, zones)
    assert catchment(persons, supply, pairs, zones) == pytest.approx(expected)


def test_supply_is_shared_out_whole() -> None:
    persons, supply, pairs = drawn(3)
    ours = catchment(persons, supply, pairs, ((99.0, 1.0),))
    reached = np.isin(np.arange(len(supply)), pairs.supply)
    assert float(ours @ persons) == pytest.approx(float(supply[reached].sum()))


def test_the_french_form_by_hand() -> None:
    # 100 persons at 5 minutes and 200 at 10 of the one site: pressure 100 + 0.3 x 200.
    pairs = Pairs(np.array([0, 1, 2]), np.zeros(3, int), np.array([5.0, 10.0, 15.1]))
    found = catchment(np.array([100.0, 200.0, 50.0]), np.ones(1), pairs, APL_ZONES)
    assert found == pytest.approx([1 / 160, 0.3 / 160, 0.0])


def test_zones_must_rise() -> None:
    persons, supply, pairs = drawn(1)
    for zones in (((10.0, 1.0), (5.0, 0.3)), ((10.0, -1.0),)):
        with pytest.raises(ValueError, match="zones"):
            catchment(persons, supply, pairs, zones)


def test_shares_and_percentiles_by_hand() -> None:
    minutes = np.array([3.0, 12.0, np.inf, 7.0])
    persons = np.array([10.0, 20.0, 10.0, 60.0])
    assert share_within(persons, minutes, 7.0) == pytest.approx(0.7)
    assert share_within(np.zeros(4), minutes, 7.0) is None
    assert [percentile(minutes, persons, s) for s in (0.0, 0.1, 0.5, 0.7, 0.9, 1.0)] == [
        *(3.0, 3.0, 7.0, 7.0, 12.0),
        np.inf,
    ]
    assert percentile(minutes, np.zeros(4), 0.5) is None
