from dataclasses import replace

import numpy as np
import pytest

from optimiser.case import Case
from optimiser.report.finances import finances
from optimiser.report.indicators import indicators
from optimiser.solution import Solution
from tests.report.conftest import A, B, D


def test_pool_row_holds_the_figures_counted_by_hand(case: Case, solution: Solution) -> None:
    row = indicators(case, solution.today, solution.evaluation).services[0]
    # Today A 2, B 2, C 7 minutes are served; D 18 and E 24 are not. Planned: A 2, B 6, C 8, E 9.
    assert (row.sites_now, row.sites_planned, row.opened, row.closed) == (2, 1, 0, 1)
    assert row.agreements == 1
    assert row.public == 10_500
    assert row.now.share == pytest.approx(6_000 / 10_500)
    assert row.planned.share == pytest.approx(6_500 / 10_500)
    assert row.now.minutes == pytest.approx(
        (3_000 * 2 + 1_000 * 2 + 2_000 * 7 + 4_000 * 18 + 500 * 24) / 10_500
    )
    assert row.planned.minutes == pytest.approx(
        (3_000 * 2 + 1_000 * 6 + 2_000 * 8 + 4_000 * 16 + 500 * 9) / 10_500
    )
    assert row.now.unreachable == 0
    assert row.running_now_eur == 400_000
    # N serves A 14, B 12, C 9 and E 9 minutes away within its 15 minutes.
    assert row.running_planned_eur == 200_000 + 10 * (3_000 + 1_000 + 2_000 + 500)
    assert row.capital_eur == 100_000


def test_persons_out_of_reach_are_counted_and_left_out_of_the_mean(
    case: Case, solution: Solution
) -> None:
    nursery = indicators(case, solution.today, solution.evaluation).services[2]
    # E reaches no nursery today: D is out of its reach.
    assert nursery.now.unreachable == pytest.approx(500 * 0.25 * 0.2)
    assert nursery.planned.unreachable == 0


def test_weighted_access_counts_each_person_at_the_nearest_tier(
    case: Case, solution: Solution
) -> None:
    library = indicators(case, solution.today, solution.evaluation).services[1]
    # Planned: A 2 and B 2 minutes weigh 1, C 7 minutes weighs 0.3, D and E weigh nothing.
    assert library.planned.weighted == pytest.approx((4_000 + 0.3 * 2_000) / 10_500)


def test_worst_basin_has_the_least_planned_share(case: Case, solution: Solution) -> None:
    figures = indicators(case, solution.today, solution.evaluation)
    library = figures.services[1]
    assert library.worst is not None
    assert library.worst.basin == "2"
    assert library.worst.planned == 0.0


def test_basin_without_public_has_no_share(case: Case, solution: Solution) -> None:
    nobody = np.zeros_like(solution.today.public)
    empty = indicators(
        case,
        *(
            type(e)(
                **{f: getattr(e, f) for f in e.__slots__ if f not in ("public", "guaranteed")},
                public=nobody,
                guaranteed=nobody,
            )
            for e in (solution.today, solution.evaluation)
        ),
    )
    assert empty.services[0].worst is None
    assert empty.basins[0].planned is None
    assert empty.planned is None


def test_basins_add_up_to_the_territory(case: Case, solution: Solution) -> None:
    figures = indicators(case, solution.today, solution.evaluation)
    assert sum(basin.population for basin in figures.basins) == case.territory.population
    assert sum(basin.communes for basin in figures.basins) == 5
    assert sum(basin.gained for basin in figures.basins) == pytest.approx(figures.gained)
    for row in figures.services:
        assert sum(basin.public for basin in row.basins) == pytest.approx(row.public)


def test_totals_are_those_of_the_judge(case: Case, solution: Solution) -> None:
    figures = indicators(case, solution.today, solution.evaluation)
    costs = solution.evaluation.costs
    assert figures.running_planned_eur == pytest.approx(costs.recurrent_eur)
    assert sum(r.running_planned_eur for r in figures.services) == pytest.approx(
        costs.recurrent_eur
    )
    assert sum(r.capital_eur for r in figures.services) == pytest.approx(costs.capital_eur)


def test_nothing_changes_when_everything_stays(case: Case, unchanged: Solution) -> None:
    figures = indicators(case, unchanged.today, unchanged.evaluation)
    assert figures.gained == 0
    assert figures.running_change_eur == 0
    assert figures.capital_eur == 0
    assert all(row.now == row.planned for row in figures.services)


def test_accounts_are_per_inhabitant_amounts_times_population(case: Case) -> None:
    found = finances(case.territory)
    population = case.territory.population - 2_000
    assert found.communes_known == 4
    assert found.lines[0].total_eur == pytest.approx(500 * population)
    assert found.lines[1].per_inhabitant_eur == pytest.approx(700)
    assert {A, B, D} <= {commune.code for commune in case.members}


def test_accounts_that_nobody_knows_are_no_zero(case: Case) -> None:
    members = [replace(c, finances=None) for c in case.territory.communes]
    found = finances(replace(case.territory, communes=tuple(members)))
    assert found.communes_known == 0
    assert {line.total_eur for line in found.lines} == {None}
