"""Points and weights that the cases share."""

import os
from pathlib import Path

import numpy as np
import pandas as pd

from optimiser.location.travel import Metric, PointTravel


def communes(*departments):
    """Travel and populations of the inhabited communes of metropolitan France, or departments."""
    table = pd.read_parquet(Path(os.environ["FACTS"]) / "communes.parquet")
    table = table[table[["lon", "lat", "population"]].notna().all(axis=1)]
    table = table[(table.population > 0) & (table.lat > 41) & (table.lon > -6)]
    if departments:
        table = table[table.department.isin(departments)]
    points = table[["lon", "lat"]].to_numpy(dtype=float)
    return PointTravel(points, metric=Metric.GREAT_CIRCLE), table.population.to_numpy(dtype=float)


def drawn(number, seed=0, sites=None):
    """Travel and weights of points drawn at random in a square of 100 by 100.

    Parameters
    ----------
    number, sites
        Demands, and candidates drawn apart from them; None: the demands are the candidates.
    seed
        Of both.
    """
    rng = np.random.default_rng(seed)
    points, weights = rng.random((number, 2)) * 100, rng.integers(1, 1000, number).astype(float)
    others = None if sites is None else rng.random((sites, 2)) * 100
    return PointTravel(points, others), weights
