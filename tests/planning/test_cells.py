"""Demand by cells: exact against every plan tried, and merged without any loss."""

from dataclasses import replace

import numpy as np
import pytest

from optimiser import check
from optimiser.access.spot_times import StoredTimes
from optimiser.case import Case
from optimiser.cells import CellDemand, WithoutOne
from optimiser.planning import plan
from optimiser.planning.cell_groups import CellBlocks, mean_error
from optimiser.solution import Decisions, Infeasible, Solution
from optimiser.solvers import Limits
from tests.small_cases import best_by_trying, small_case


def with_cells(case: Case, seed: int, cells: int) -> Case:
    """The case with cells drawn at random; some reach little, and some nothing at all."""
    rng = np.random.default_rng(seed)
    n, m = len(case.members), len(case.territory.communes)
    home = np.concatenate([np.arange(n), rng.integers(n, size=cells - n)])
    weight = rng.random(cells) + 0.01
    share = weight / np.bincount(home, weights=weight)[home]
    # Few different times, so that cells are alike now and then; some lie just on a limit.
    minutes = rng.choice([2.0, 4.0, 6.0, 8.0, 12.0, 16.0, 30.0, np.inf], size=(m, cells))
    start = np.concatenate([[0], np.cumsum(np.isfinite(minutes).sum(axis=1))])
    _, cell = np.nonzero(np.isfinite(minutes))
    times = minutes[np.isfinite(minutes)]
    return replace(case, cells=CellDemand(home, share, StoredTimes(start, cell, times), limit=30.0))


def minutes_of(cells: CellDemand, m: int) -> np.ndarray:
    """Minutes (c, m) of every pair, inf beyond the limit."""
    minutes = np.full((len(cells), m), np.inf)
    for j in range(m):
        column = cells.column(j)
        minutes[column.spot, j] = column.minutes
    return minutes


@pytest.mark.parametrize("seed", range(25))
def test_no_plan_tried_is_better_than_the_plan_found(seed: int) -> None:
    case = with_cells(small_case(seed), seed, 9)
    best, answer = best_by_trying(case), plan(case, Limits(gap=0.0))
    if best is None:
        assert isinstance(answer, Infeasible)
    else:
        assert isinstance(answer, Solution)
        assert answer.score == pytest.approx(best, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("seed", range(10))
def test_groups_hold_what_each_cell_reaches(seed: int) -> None:
    case = with_cells(small_case(seed, members=4, services=3), seed, 300)
    cells, m = case.cells, len(case.territory.communes)
    assert cells is not None
    minutes = minutes_of(cells, m)
    rng = np.random.default_rng(seed)
    possible = rng.random((len(case.services), m)) < 0.7
    limits = [[tier.minutes for tier in service.tiers] for service in case.services]
    blocks = CellBlocks(case, cells, possible, limits)
    assert len(blocks) <= len(cells)
    for k, service in enumerate(case.services):
        expected: dict[tuple[object, ...], float] = {}
        for r, tier in enumerate(service.tiers):
            for c, home in enumerate(cells.home.tolist()):
                sites = tuple(np.flatnonzero((minutes[c] <= tier.minutes) & possible[k]).tolist())
                apart = r == service.guarantee_tier
                key = (r, int(case.basin_of[home]) if apart else -1, sites)
                persons = float(case.public[k, home] * cells.share[c])
                if sites:
                    expected[key] = expected.get(key, 0.0) + persons
        found: dict[tuple[object, ...], float] = {
            (r, group.basin, tuple(sites.tolist())): group.persons
            for r, sites, group in blocks.groups(k, service.guarantee_tier)
        }
        assert found.keys() == expected.keys()
        for key, persons in expected.items():
            assert found[key] == pytest.approx(persons)


@pytest.mark.parametrize("seed", range(20))
def test_the_judge_counts_what_each_cell_counts_by_itself(seed: int) -> None:
    case = with_cells(small_case(seed, members=4, services=3), seed, 60)
    cells, m, n = case.cells, len(case.territory.communes), len(case.members)
    assert cells is not None
    minutes, rng = minutes_of(cells, m), np.random.default_rng(seed)
    places = [commune.code for commune in case.members]
    # Many plans of one case, so that each is judged from what was kept of those before it.
    for _ in range(12):
        chosen = rng.random((len(case.services), n)) < 0.4
        sites = {
            (service.code, places[i]): 1
            for k, service in enumerate(case.services)
            for i in np.flatnonzero(chosen[k])
        }
        judged = check.evaluate(case, Decisions(sites=sites))
        points = 0.0
        for k, service in enumerate(case.services):
            covered, guaranteed = np.zeros(len(service.tiers)), np.zeros(n)
            spent, reaching = np.zeros(n), np.zeros(n)
            for c, home in enumerate(cells.home.tolist()):
                near = min((minutes[c, i] for i in np.flatnonzero(chosen[k])), default=np.inf)
                persons = float(case.public[k, home] * cells.share[c])
                inside = [near <= tier.minutes for tier in service.tiers]
                covered += persons * np.array(inside)
                guaranteed[home] += persons * (near <= service.guarantee_minutes)
                if np.isfinite(near):
                    spent[home] += cells.share[c] * near
                    reaching[home] += cells.share[c]
                weight = service.tiers[inside.index(True)].weight if any(inside) else 0.0
                worth = case.importance[k] * case.demand[k, home] * cells.share[c]
                points += float(worth) * weight
            assert judged.covered[k] == pytest.approx(covered)
            assert judged.within[k] == pytest.approx(guaranteed)
            some = reaching > 0
            assert judged.minutes[k][some] == pytest.approx(spent[some] / reaching[some])
            assert not np.isfinite(judged.minutes[k][~some]).any()
        assert judged.coverage_points == pytest.approx(points)


def test_one_cell_at_each_town_hall_is_the_commune_itself() -> None:
    case = small_case(4, members=3)
    n, m = len(case.members), len(case.territory.communes)
    start = np.arange(m + 1) * n
    times = StoredTimes(start, np.tile(np.arange(n), m), case.minutes.T.ravel())
    same = CellDemand(np.arange(n), np.ones(n), times, limit=99)
    alike = replace(case, cells=same)
    before = check.evaluate(case, check.today(case))
    after = check.evaluate(alike, check.today(alike))
    # A second site in a commune shortens the way within it only where people are all over it.
    for k in range(len(case.services)):
        if int(before.sites[k].max()) <= 1:
            assert after.minutes[k] == pytest.approx(before.minutes[k])
            assert after.guaranteed[k] == pytest.approx(before.guaranteed[k])
            assert after.within[k] == pytest.approx(before.within[k])


def test_parts_that_do_not_make_a_commune_are_refused() -> None:
    none = np.zeros(0, dtype=np.int64)
    nothing = StoredTimes(none, none, np.zeros(0))
    with pytest.raises(ValueError, match="sum to 1"):
        CellDemand(np.array([0, 0]), np.array([0.5, 0.4]), nothing, limit=1)
    with pytest.raises(ValueError, match="lengths"):
        CellDemand(np.array([0]), np.ones(2), nothing, limit=1)


def test_the_error_of_a_mean_by_hand() -> None:
    case = small_case(2, members=2)
    n = len(case.members)
    cells = CellDemand(
        np.array([0, 0, 1]),
        np.array([0.5, 0.5, 1.0]),
        StoredTimes(
            np.zeros(len(case.territory.communes) + 1, dtype=np.int64),
            np.zeros(0, dtype=np.int64),
            np.zeros(0),
        ),
        limit=10,
    )
    case = replace(case, cells=cells)
    people = [case.members[i].population for i in range(n)]
    # The first commune's cells lie 2 minutes either side of their mean; the second's on it.
    error = mean_error(case, np.array([4.0, 8.0, 5.0]))
    assert error == pytest.approx(2.0 * people[0] / sum(people))
    assert mean_error(small_case(2), np.zeros(2)) == 0.0


@pytest.mark.parametrize("seed", range(10))
def test_without_one_commune_the_second_nearest_serves(seed: int) -> None:
    case = with_cells(small_case(seed, members=4, services=3), seed, 40)
    cells, rng = case.cells, np.random.default_rng(seed)
    assert cells is not None
    serving = rng.random(len(case.territory.communes)) < 0.6
    alone = WithoutOne(cells, serving)
    for j in np.flatnonzero(serving).tolist():
        left = serving.copy()
        left[j] = False
        rows, before, after = alone.of(j)
        was, now = cells.nearest(serving).copy(), cells.nearest(left)
        assert (before == was[rows]).all()
        was[rows] = after
        assert (was == now).all()
