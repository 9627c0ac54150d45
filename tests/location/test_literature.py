"""Published optima: OR-Library p-median and TSPLIB; read where the shared instances are.

OR-Library: J. E. Beasley, European Journal of Operational Research 21 (1985). TSPLIB, distances
rounded down: rl1304 after C. Duran-Mateluna, Z. Ales, S. Elloumi, European Journal of Operational
Research 308 (2023); the values of fl1400 are those proven here.
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
TSPLIB = {
    "rl1304": {20: 1_412_108, 50: 795_012, 100: 491_639, 200: 268_573}
    | {300: 177_326, 400: 128_332, 500: 97_024},
    "fl1400": {20: 57_191, 50: 28_486, 100: 15_962, 400: 4_648},
}

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


@pytest.mark.parametrize(
    ("name", "count"), [(name, count) for name, counts in TSPLIB.items() for count in counts]
)
def test_tsplib_optimum_is_found_and_proven(name, count):
    points = read_tsplib(INSTANCES / "tsplib" / f"{name}.tsp")
    travel = PointTravel(points, metric=Metric.EUCLIDEAN_FLOOR)
    result = p_median(travel, None, count, limits=EXACT)
    assert result.status is Status.OPTIMAL
    assert result.objective == result.bound == TSPLIB[name][count]
