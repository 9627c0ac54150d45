"""What the tests of spopt expect, on its own data.

Source: spopt 0.7 (PySAL, BSD licence), tests of `spopt.locate`: network distances in metres between
205 census tracts and 16 stores of San Francisco, rounded to centimetres, tracts and stores by name,
weights as its tests pair them; and the two demands of its test of the k-nearest p-median.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from optimiser.errors import InputError
from optimiser.location.capacitated_p_median import capacitated_p_median
from optimiser.location.lscp import lscp
from optimiser.location.lscp_b import lscp_b
from optimiser.location.mclp import mclp
from optimiser.location.p_center import p_center
from optimiser.location.p_dispersion import p_dispersion
from optimiser.location.p_median import p_median
from optimiser.location.travel import MatrixTravel, PointTravel
from optimiser.solution import Status
from optimiser.solvers import Limits

EXACT = Limits(gap=0.0)
TABLE = pd.read_csv(Path(__file__).parent / "data" / "san_francisco.csv")
WEIGHTS = TABLE["population"].to_numpy(dtype=float)
MATRIX = TABLE.drop(columns=["tract", "population"]).to_numpy(dtype=float)
TRAVEL = MatrixTravel(MATRIX)
RADIUS, COUNT = 5000.0, 4


def test_maximal_covering_leaves_twenty_one_tracts():
    result = mclp(TRAVEL, WEIGHTS, RADIUS, COUNT, limits=EXACT)
    assert result.status is Status.OPTIMAL
    uncovered = int((result.assignment < 0).sum())
    assert uncovered == 21
    assert 100 * (1 - uncovered / len(WEIGHTS)) == pytest.approx(89.75609756097561)


def test_the_p_median_travels_three_kilometres_on_average():
    result = p_median(TRAVEL, WEIGHTS, COUNT, limits=EXACT)
    assert result.status is Status.OPTIMAL
    assert result.objective / WEIGHTS.sum() == pytest.approx(2982.1268579890657, rel=1e-6)


def test_covering_has_an_answer_at_five_kilometres_and_none_at_twenty_metres():
    assert lscp(TRAVEL, RADIUS, limits=EXACT).status is Status.OPTIMAL
    with pytest.raises(InputError, match="unreachable"):
        lscp(TRAVEL, 20, limits=EXACT)


def test_backup_reaches_four_tracts_in_five_twice():
    result = lscp_b(TRAVEL, None, RADIUS, limits=EXACT)
    assert result.status is Status.OPTIMAL
    # Its model counts a tract that a single store can reach as reached twice; ours does not.
    lonely = int(((MATRIX <= RADIUS).sum(axis=1) == 1).sum())
    share = (result.objective + lonely) / len(WEIGHTS)
    assert 100 * share == pytest.approx(81.46341463414633)


def test_the_p_center_is_optimal_and_none_without_a_site():
    assert p_center(TRAVEL, COUNT, limits=EXACT).status is Status.OPTIMAL
    assert p_center(TRAVEL, 0, limits=EXACT).status is Status.INFEASIBLE


def test_the_four_stores_farthest_apart():
    # Its model reads the first sixteen rows as the distances between the stores, one way only.
    upper = np.triu(MATRIX[:16])
    both = np.where(upper > 0, upper, upper.T)
    result = p_dispersion(MatrixTravel(both), COUNT, limits=EXACT)
    assert result.sites.tolist() == [0, 1, 14, 15]


def test_the_nearest_site_is_full_and_the_next_nearest_takes_over():
    travel = PointTravel([[0.5, 1.0], [1.5, 1.0]], [[1.0, 1.0], [0.0, 2.0], [2.0, 0.0]])
    result = capacitated_p_median(travel, [1, 1], [1, 1, 1], 2, nearest=1, limits=EXACT)
    assert result.counts["rounds"] > 1
    assert result.assignment.tolist() == [1, 0]
    assert result.objective / 2 == pytest.approx(0.8090169943749475)
