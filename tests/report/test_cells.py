"""Reports where the public lives in cells: every figure again, cell by cell."""

from functools import cache

import geopandas as gpd
import numpy as np
import pytest

from optimiser import check
from optimiser.case import Case
from optimiser.planning import plan
from optimiser.questions.difference import difference
from optimiser.report.actions import list_actions
from optimiser.report.duplicates import ledger
from optimiser.report.effects import commune_effects
from optimiser.report.geopackage import communes_layer
from optimiser.report.indicators import indicators
from optimiser.solution import Evaluation, Solution
from tests.planning.test_cells import minutes_of, with_cells
from tests.small_cases import small_case


@cache
def solved(seed: int) -> tuple[Case, Solution] | None:
    case = with_cells(small_case(seed, members=4, services=2), seed, 40)
    answer = plan(case)
    return (case, answer) if isinstance(answer, Solution) else None


def some(count: int) -> tuple[tuple[Case, Solution], ...]:
    found = (solved(seed) for seed in range(60))
    doing = (each for each in found if each is not None and list_actions(*each).actions)
    return tuple(each for each, _ in zip(doing, range(count), strict=False))


CASES = some(8)


def walk(case: Case, network: Evaluation, k: int) -> np.ndarray:
    """Minutes (c,) of every cell to its nearest site."""
    assert case.cells is not None
    every = minutes_of(case.cells, len(case.territory.communes))
    serving = case.serving(network.sites[k], network.agreed[k])
    return np.where(serving, every, np.inf).min(axis=1)


def people(case: Case, k: int) -> np.ndarray:
    assert case.cells is not None
    return case.public[k, case.cells.home] * case.cells.share


def worse(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    return np.array([b < a and a - b > 1e-6 for b, a in zip(before, after, strict=True)])


@pytest.mark.parametrize(("case", "solution"), CASES)
def test_who_comes_nearer_or_farther_is_counted_cell_by_cell(
    case: Case, solution: Solution
) -> None:
    now, planned = solution.today, solution.evaluation
    effects = commune_effects(case, now, planned)
    assert case.cells is not None
    for i, effect in enumerate(effects):
        near = far = 0.0
        for k in range(len(case.services)):
            persons, here = people(case, k), case.cells.home == i
            old, new = walk(case, now, k), walk(case, planned, k)
            near += persons[here & worse(new, old)].sum()
            far += persons[here & worse(old, new)].sum()
        assert (effect.nearer_persons, effect.farther_persons) == pytest.approx((near, far))


@pytest.mark.parametrize(("case", "solution"), CASES)
def test_an_action_tells_who_gains_and_loses_cell_by_cell(case: Case, solution: Solution) -> None:
    opened = [a for a in list_actions(case, solution).actions if a.kind in ("open", "close")]
    codes = [service.code for service in case.services]
    for action in opened:
        k, place = codes.index(action.service), (action.service, action.commune)
        sites = dict(solution.decisions.sites)
        sites[place] = sites.get(place, 0) + (-1 if action.kind == "open" else action.sites)
        without = check.evaluate(
            case, type(solution.decisions)(sites, solution.decisions.agreements)
        )
        old, new = walk(case, without, k), walk(case, solution.evaluation, k)
        persons = people(case, k)
        for loss, before, after in ((action.gains, new, old), (action.losses, old, new)):
            hit = worse(before, after)
            left = hit & np.isfinite(after)
            assert loss.persons == pytest.approx(persons[hit].sum())
            assert loss.stranded == pytest.approx(persons[hit & ~left].sum())
            more = after[left] - before[left]
            assert loss.person_minutes == pytest.approx(persons[left] @ more)
            assert case.cells is not None
            hurt = {case.members[i].code for i in case.cells.home[hit & (persons > 0)].tolist()}
            assert {c.commune for c in loss.communes} == hurt
            assert sum(c.persons for c in loss.communes) == pytest.approx(loss.persons)
            for c in loss.communes:
                own = hit & (case.cells.home == case.territory.member_index(c.commune))
                assert c.minutes == max((after - np.where(own, before, 0.0))[own])


@pytest.mark.parametrize(("case", "solution"), CASES)
def test_a_lost_duplicate_costs_what_its_own_cells_lose(case: Case, solution: Solution) -> None:
    codes = [service.code for service in case.services]
    for network in (solution.today, solution.evaluation):
        found = ledger(case, network)
        for pair in (*found.duplicates, *found.needed):
            k, j = codes.index(pair.service), case.territory.member_index(pair.loses)
            sites = network.sites[k].copy()
            sites[j] -= 1
            old = walk(case, network, k)
            assert case.cells is not None
            new = case.cells.nearest(case.serving(sites, network.agreed[k]))
            persons, limit = people(case, k), case.services[k].guarantee_minutes
            assert pair.loss.persons == pytest.approx(persons[worse(old, new)].sum())
            lost = persons[(old <= limit) & (new > limit)].sum()
            assert pair.guarantee_lost_persons == pytest.approx(lost)


@pytest.mark.parametrize(("case", "solution"), CASES)
def test_mean_minutes_are_those_of_the_cells(case: Case, solution: Solution) -> None:
    now, planned = solution.today, solution.evaluation
    change = difference(case, (check.today(case), now), (solution.decisions, planned))
    persons = np.concatenate([people(case, k) for k in range(len(case.services))])
    old, new = (
        np.concatenate([walk(case, network, k) for k in range(len(case.services))])
        for network in (now, planned)
    )
    both = np.isfinite(old) & np.isfinite(new)
    more = persons[both] @ (new[both] - old[both])
    assert change.whole.minutes * persons[both].sum() == pytest.approx(more)
    for k, row in enumerate(indicators(case, now, planned).services):
        way, public = walk(case, planned, k), people(case, k)
        reached = np.isfinite(way)
        assert row.planned.unreachable == pytest.approx(public[~reached].sum())
        if public[reached].sum():
            assert row.planned.minutes == pytest.approx(
                public[reached] @ way[reached] / public[reached].sum()
            )


@pytest.mark.parametrize(("case", "solution"), CASES)
def test_a_commune_is_within_a_time_where_half_of_its_cells_people_are(
    case: Case, solution: Solution
) -> None:
    nowhere = gpd.GeoDataFrame({"code": [], "geometry": gpd.GeoSeries([], crs="EPSG:4326")})
    layer = communes_layer(solution, case, nowhere)
    assert case.cells is not None
    types = np.zeros(len(case.members), dtype=int)
    for k, service in enumerate(case.services):
        near = walk(case, solution.evaluation, k) <= service.guarantee_minutes
        for i in range(len(case.members)):
            here = case.cells.home == i
            half = case.cells.share[here & near].sum() >= 0.5
            assert layer[f"{service.code}_covered"].iloc[i] == half
            types[i] += half
    assert layer["types_plan"].tolist() == types.tolist()
