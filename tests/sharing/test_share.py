"""Groups against every way of sharing on small territories, with each solver."""

from dataclasses import replace

import numpy as np
import pytest

from optimiser import check_sharing
from optimiser.sharing import share
from optimiser.sharing.greedy import greedy_groups
from optimiser.sharing_scenario import Sharing
from optimiser.sharing_solution import SharingDecisions, SharingSolution
from optimiser.solution import Infeasible, Status
from optimiser.solvers import BACKENDS, Limits
from tests.sharing.small_sharing import best_by_trying, small_sharing


@pytest.mark.parametrize(
    ("seed", "members", "functions"),
    [*((seed, 4, 1) for seed in range(60)), *((seed, 3, 2) for seed in range(90, 130))],
)
def test_the_groups_save_the_most_of_all(seed: int, members: int, functions: int) -> None:
    case = small_sharing(seed, members=members, functions=functions)
    best = best_by_trying(case)
    for solver in BACKENDS:
        answer = share(case, Limits(gap=0.0), solver=solver)
        if best is None:
            assert isinstance(answer, Infeasible)
            assert answer.relaxation
        else:
            assert isinstance(answer, SharingSolution)
            assert answer.status is Status.OPTIMAL
            assert answer.saving_eur == pytest.approx(best, rel=1e-6, abs=1e-3)
            assert answer.bound >= answer.saving_eur - 1e-3


def test_who_is_out_of_reach_of_every_host_stays_alone() -> None:
    case = small_sharing(8)
    minutes = case.travel.minutes.copy()
    minutes[0, 1:] = minutes[1:, 0] = np.inf
    far = replace(case.travel, minutes=minutes)
    asked = Sharing(minutes_most=None, hosts="communes")
    scenario = case.scenario.model_copy(update={"sharing": asked})
    answer = share(replace(case, travel=far, scenario=scenario))
    assert isinstance(answer, SharingSolution)
    assert all(case.members[0].code not in group.members for group in answer.decisions.groups)


def test_an_island_shares_office_work_and_no_other() -> None:
    seen = set()
    for seed in range(12):
        case = small_sharing(seed)
        minutes = case.travel.minutes.copy()
        minutes[0, 1:] = minutes[1:, 0] = np.inf
        far = replace(case.travel, minutes=minutes)
        scenario = case.scenario.model_copy(update={"sharing": Sharing(minutes_most=1e3)})
        answer = share(replace(case, travel=far, scenario=scenario), Limits(gap=0.0))
        assert isinstance(answer, SharingSolution)
        shared = any(case.members[0].code in group.members for group in answer.decisions.groups)
        seen.add((case.planned[0].needs_travel, shared))
    assert (False, True) in seen
    assert (True, True) not in seen


def test_a_function_without_any_volume_forms_no_group() -> None:
    case = small_sharing(0)
    nothing = {"f0": {commune.code: 0.0 for commune in case.members}}
    scenario = case.scenario.model_copy(update={"sharing": Sharing()})
    answer = share(replace(case, given=nothing, scenario=scenario))
    assert isinstance(answer, SharingSolution)
    assert not answer.decisions.groups
    assert answer.gap == 0.0


def test_a_commune_alone_in_its_territory_shares_nothing() -> None:
    case = small_sharing(0)
    place = replace(case.territory, communes=case.territory.communes[:1])
    scenario = case.scenario.model_copy(update={"sharing": Sharing()})
    answer = share(replace(case, territory=place, scenario=scenario))
    assert isinstance(answer, SharingSolution)
    assert not answer.decisions.groups


def test_a_solve_cut_short_leaves_groups_that_the_judge_accepts() -> None:
    for seconds in (0.001, 0.01, 0.05):
        answer = share(small_sharing(3, members=8, functions=2), Limits(seconds=seconds))
        assert not isinstance(answer, Infeasible) or answer.conflict
        if isinstance(answer, SharingSolution):
            assert not answer.evaluation.violations
            assert answer.bound >= answer.saving_eur - 1e-3


def test_the_greedy_steps_keep_to_what_they_promise_and_never_beat_the_best() -> None:
    formed = 0
    kept = {"opt_out", "veto", "members", "host", "out_of_reach", "already", "no_volume"}
    for seed in range(60):
        case = small_sharing(seed)
        decisions = SharingDecisions(tuple(greedy_groups(case, 0)))
        found = check_sharing.evaluate(case, decisions)
        assert not kept & {violation.rule for violation in found.violations}, seed
        best = None if found.violations else best_by_trying(case)
        assert best is None or found.saving_eur <= best + 1e-6
        formed += len(decisions.groups)
    assert formed


def test_where_the_time_ends_first_the_greedy_groups_are_the_least_that_is_shown() -> None:
    formed = 0
    for seed in range(8):
        case = small_sharing(seed, members=9)
        scenario = case.scenario.model_copy(update={"sharing": Sharing()})
        case = replace(case, scenario=scenario)
        answer = share(case, Limits(seconds=1e-3))
        assert isinstance(answer, SharingSolution)
        found = check_sharing.evaluate(case, SharingDecisions(tuple(greedy_groups(case, 0))))
        if not found.violations:
            assert answer.saving_eur >= found.saving_eur - 1e-6
            formed += len(found.groups)
        assert answer.bound >= answer.saving_eur - 1e-6
    assert formed
