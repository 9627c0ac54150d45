"""Points and weights that the cases share."""

import os
from pathlib import Path

import numpy as np
import pandas as pd

from optimiser.location.travel import MatrixTravel, Metric, PointTravel
from optimiser.sources.location_files import read_orlib, read_tsplib

PUBLISHED = (5, 10, 20, 50, 100, 200, 300, 400, 500)
"""Numbers of sites for which optima on TSPLIB points are published: S. García, M. Labbé, A. Marín,
INFORMS Journal on Computing 23 (2011); C. Duran-Mateluna, Z. Ales, S. Elloumi, European Journal of
Operational Research 308 (2023)."""


class AbsentError(Exception):
    """A file that a case needs is not on this machine."""


def _file(variable, *parts):
    folder = os.environ.get(variable)
    if folder is None:
        message = f"{variable} names no folder"
        raise AbsentError(message)
    path = Path(folder, *parts)
    if not path.exists():
        message = f"{Path(*parts)} is not in {variable}"
        raise AbsentError(message)
    return path


def communes(*departments):
    """Travel and populations of the inhabited communes of metropolitan France, or departments."""
    table = pd.read_parquet(_file("FACTS", "communes.parquet"))
    table = table[table[["lon", "lat", "population"]].notna().all(axis=1)]
    table = table[(table.population > 0) & (table.lat > 41) & (table.lon > -6)]
    if departments:
        table = table[table.department.isin(departments)]
    points = table[["lon", "lat"]].to_numpy(dtype=float)
    return PointTravel(points, metric=Metric.GREAT_CIRCLE), table.population.to_numpy(dtype=float)


def orlib(name):
    """Travel, weights and number of sites of a p-median file of OR-Library."""
    lengths, count = read_orlib(_file("INSTANCES", "orlib", name))
    return MatrixTravel(lengths), np.ones(len(lengths)), count


def tsplib(name):
    """Travel, rounded down, and weights of a file of TSPLIB."""
    points = read_tsplib(_file("INSTANCES", "tsplib", name))
    return PointTravel(points, metric=Metric.EUCLIDEAN_FLOOR), np.ones(len(points))


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
