"""Published optima: OR-Library p-median and TSPLIB; read where the shared instances are.

OR-Library: J. E. Beasley, European Journal of Operational Research 21 (1985). TSPLIB, distances
rounded down: C. Duran-Mateluna, Z. Ales, S. Elloumi, European Journal of Operational Research 308
(2023).
"""

from pathlib import Path

import pytest

from optimiser.location.p_median import p_median
from optimiser.location.travel import MatrixTravel, Metric, PointTravel
from optimiser.solution import Status
from optimiser.solvers import Limits
from optimiser.sources.location_files import read_orlib, read_tsplib

INSTANCES = Path(__file__).parents[2] / ".." / "shared" / "instances"
EXACT = Limits(gap=0.0)
PMED = (
    *(5819, 4093, 4250, 3034, 1355, 7824, 5631, 4445, 2734, 1255),
    *(7696, 6634, 4374, 2968, 1729, 8162, 6999, 4809, 2845, 1789),
)
RL1304 = {100: 491_639, 300: 177_326}

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not INSTANCES.exists(), reason="the shared instances are not here"),
]


@pytest.mark.parametrize("number", range(1, 21))
def test_orlib_optimum_is_found_and_proven(number):
    lengths, count = read_orlib(INSTANCES / "orlib" / f"pmed{number}.txt")
    result = p_median(MatrixTravel(lengths), None, count, limits=EXACT)
    assert result.status is Status.OPTIMAL
    assert result.objective == result.bound == PMED[number - 1]


@pytest.mark.parametrize("count", RL1304)
def test_tsplib_optimum_is_found_and_proven(count):
    points = read_tsplib(INSTANCES / "tsplib" / "rl1304.tsp")
    travel = PointTravel(points, metric=Metric.EUCLIDEAN_FLOOR)
    result = p_median(travel, None, count, limits=EXACT)
    assert result.status is Status.OPTIMAL
    assert result.objective == result.bound == RL1304[count]
