"""The division of savings: the game of a group against the judge, and money that adds up."""

import itertools
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from optimiser import check_sharing
from optimiser.sharing import games, group_oracle, leavers, share
from optimiser.sharing.core import blocking, oracle_of, stability
from optimiser.sharing.division import Divided, divide, shares_of
from optimiser.sharing.group_game import GroupGame
from optimiser.sharing.leavers import fewest_leavers
from optimiser.sharing.nucleolus import nucleolus
from optimiser.sharing_case import SharingCase
from optimiser.sharing_scenario import DivisionRule
from optimiser.sharing_solution import Group, SharingDecisions, SharingSolution
from optimiser.solvers import Limits
from tests.sharing.small_sharing import small_sharing


def shared(seed: int, members: int = 6) -> tuple[SharingCase, SharingSolution]:
    case = small_sharing(seed, members=members)
    asked = case.asked.model_copy(
        update={"joins": (), "minimum_saving_eur_per_year": None, "members_most": None}
    )
    scenario = case.scenario.model_copy(update={"sharing": asked})
    case = SharingCase(case.territory, case.functions, case.travel, scenario)
    answer = share(case, Limits(gap=0.0))
    assert isinstance(answer, SharingSolution)
    return case, answer


GROUPS = [
    (case, group, costs)
    for case, answer in map(shared, range(40))
    for group, costs in zip(answer.decisions.groups, answer.evaluation.groups, strict=True)
    if len(group.members) > 2
]
DIVIDED = [(case, each) for case, answer in map(shared, range(40)) for each in divide(case, answer)]


def worth_by_the_judge(case: SharingCase, group: Group, members: tuple[str, ...]) -> float:
    """Best saving of one group of these members on any host that the rules allow, or nothing."""
    best = 0.0
    for host in (*members, case.territory.code) if len(members) > 1 else ():
        candidate = SharingDecisions((Group(group.function, host, members),))
        found = check_sharing.evaluate(case, candidate)
        own = {"host", "minutes", "same_basin", "minimum_volume", "already", "no_volume"}
        if not {violation.rule for violation in found.violations} & own:
            best = max(best, found.saving_eur)
    return best


@pytest.mark.parametrize(("case", "group", "costs"), GROUPS[:12])
def test_the_worth_of_every_coalition_is_what_the_judge_says(
    case: SharingCase, group: Group, costs: check_sharing.GroupCosts
) -> None:
    table = GroupGame(case, group, costs.saving_eur)
    for row, worth in zip(table.game.coalitions, table.game.table, strict=True):
        inside = tuple(itertools.compress(group.members, row.tolist()))
        if len(inside) < len(group.members):
            expected = worth_by_the_judge(case, group, inside)
            assert worth == pytest.approx(expected, rel=1e-9, abs=1e-6)
        else:
            assert worth == pytest.approx(costs.saving_eur)


def test_some_groups_are_divided() -> None:
    assert len(DIVIDED) > 15
    assert len(GROUPS) > 8


@pytest.mark.parametrize(("case", "divided"), DIVIDED)
def test_shares_sum_to_the_saving_and_transfers_to_nothing(
    case: SharingCase, divided: Divided
) -> None:
    saving = divided.costs.saving_eur
    for division in divided.divisions:
        assert sum(division.shares_eur.values()) == pytest.approx(saving, abs=1e-6)
    assert sum(divided.transfer_eur.values()) == pytest.approx(0.0, abs=1e-6)
    assert sum(divided.contribution_eur.values()) == pytest.approx(divided.costs.shared_eur)
    assert case.territory.code in divided.transfer_eur or divided.group.host in divided.transfer_eur


@pytest.mark.parametrize(("case", "divided"), DIVIDED)
def test_nobody_loses_under_the_nucleolus(case: SharingCase, divided: Divided) -> None:
    assert case.asked.division == divided.chosen.rule == "nucleolus"
    assert min(divided.chosen.shares_eur.values()) >= -1e-6
    if not divided.subsidy_eur:
        assert not divided.chosen.blocking


@pytest.mark.parametrize(("case", "divided"), DIVIDED)
def test_what_a_member_bears_and_pays_is_its_cost_alone_less_its_share(
    case: SharingCase, divided: Divided
) -> None:
    """Cash, with the judge's figures: the host carries the production, unless members pay."""
    group, function = divided.group, case.functions[divided.group.function]
    f = [each.code for each in case.planned].index(function.code)
    codes = [commune.code for commune in case.members]
    volumes = {code: case.volumes[f, codes.index(code)] for code in group.members}
    production = dict.fromkeys([*group.members, case.territory.code], 0.0)
    if function.paid_by == "members":
        for code, volume in volumes.items():
            production[code] = divided.costs.production_eur * volume / sum(volumes.values())
    else:
        production[group.host] = divided.costs.production_eur
    beside = dict.fromkeys(group.members, 0.0)
    for code in group.members:
        if code != group.host:
            h = case.hosts.index(group.host)
            if group.host == case.territory.code and case.asked.same_basin:
                h = len(codes) + case.teams.index(case.members[codes.index(code)].basin)
            beside[code] = case.joining_eur[f, codes.index(code), h]
        cash = production[code] + beside[code] + divided.transfer_eur[code]
        alone = case.alone_eur[f, codes.index(code)]
        assert cash == pytest.approx(alone - divided.chosen.shares_eur[code], abs=1e-6)
    if group.host == case.territory.code:
        paid = production[group.host] + divided.transfer_eur[group.host]
        assert paid == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(("case", "group", "costs"), GROUPS[:12])
def test_the_search_of_a_large_group_finds_what_looking_at_all_finds(
    case: SharingCase,
    group: Group,
    costs: check_sharing.GroupCosts,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small = GroupGame(case, group, costs.saving_eur)
    exact = stability(small.game, oracle_of(small.game))
    rng = np.random.default_rng(0)
    offers = [rng.dirichlet(np.ones(len(group.members))) * costs.saving_eur for _ in range(5)]
    worst = [blocking(small.game, offer).excess for offer in offers]
    monkeypatch.setattr(games, "TABLE_MOST", 1)
    large = GroupGame(case, group, costs.saving_eur)
    oracle = group_oracle.oracle_for(large)
    assert isinstance(oracle, group_oracle.GroupOracle)
    found = stability(large.game, oracle)
    scale = max(1.0, abs(costs.saving_eur))
    assert found.excess == pytest.approx(exact.excess, abs=2e-6 * scale)
    assert found.subsidy == pytest.approx(exact.subsidy, abs=2e-5 * scale)
    for offer, expected in zip(offers, worst, strict=True):
        assert blocking(large.game, offer, oracle).excess == pytest.approx(
            expected, abs=1e-5 * scale
        )


def everybody(seed: int) -> GroupGame | None:
    """Game of all who can sit together at some host, stable or not; the best such host."""
    case = small_sharing(seed, members=3 + seed % 8)
    found = []
    for h, host in enumerate(case.hosts):
        able = case.can_join[0, :, h]
        members = tuple(itertools.compress((c.code for c in case.members), able.tolist()))
        if len(members) > 2 and (h >= len(able) or able[h]):
            group = Group("f0", host, members)
            costs = check_sharing.evaluate(case, SharingDecisions((group,))).groups[0]
            found.append((costs.saving_eur, group))
    saving, group = max(found, default=(0.0, Group("", "", ())))
    return GroupGame(case, group, saving) if saving > 0 else None


EVERYBODY = [(seed, game) for seed in range(90) if (game := everybody(seed)) is not None]


def test_most_groups_of_everybody_are_unstable() -> None:
    assert len(EVERYBODY) > 50
    assert sum(stability(game.game).core_is_empty for _, game in EVERYBODY) > 30


@pytest.mark.parametrize(("seed", "small"), EVERYBODY)
def test_the_nucleolus_by_search_is_the_nucleolus_of_the_whole_table(
    seed: int, small: GroupGame, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = nucleolus(small.game)
    monkeypatch.setattr(games, "TABLE_MOST", 1)
    large = GroupGame(small.case, small.group, small.saving_eur)
    oracle = group_oracle.oracle_for(large)
    assert isinstance(oracle, group_oracle.GroupOracle)
    found = nucleolus(large.game, oracle)
    assert oracle.exact
    assert found.values == pytest.approx(exact.values, abs=1e-5 * small.saving_eur), seed


@pytest.mark.parametrize(
    ("seed", "small"), [each for each in EVERYBODY if len(each[1].members) < 8][:35]
)
def test_no_fewer_or_cheaper_leavers_make_the_rest_stable(
    seed: int, small: GroupGame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against every set of leavers, each rest being tested as a game of its own."""
    if not stability(small.game).core_is_empty:
        pytest.skip("stable as it is")
    n, expected = len(small.members), None
    for many in range(1, n - 1):
        kept = []
        for out in itertools.combinations(range(n), many):
            staying = np.ones(n, dtype=bool)
            staying[list(out)] = False
            worth = float(small.worth(staying[None])[0])
            rest = tuple(itertools.compress(small.group.members, staying.tolist()))
            game = GroupGame(small.case, Group("f0", small.group.host, rest), worth).game
            if worth > 1e-6 * small.saving_eur and not stability(game).core_is_empty:
                kept.append(worth)
        if kept:
            expected = (many, small.saving_eur - max(kept))
            break
    for table_most in (games.TABLE_MOST, 1):
        monkeypatch.setattr(games, "TABLE_MOST", table_most)
        table = GroupGame(small.case, small.group, small.saving_eur)
        found = fewest_leavers(table, group_oracle.oracle_for(table))
        if expected is None:
            assert not found.leaving.any(), seed
        else:
            assert (int(found.leaving.sum()), found.least) == (expected[0], expected[0])
            assert found.loss_eur == pytest.approx(expected[1], abs=1e-5 * small.saving_eur)


def test_where_too_many_sets_would_be_tried_the_number_ruled_out_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unstable = next(g for _, g in EVERYBODY if stability(g.game).core_is_empty)
    monkeypatch.setattr(leavers, "SETS_MOST", 0)
    found = fewest_leavers(unstable, group_oracle.oracle_for(unstable))
    assert not found.leaving.any()
    assert found.least == 1


def test_a_search_for_leavers_that_runs_out_of_work_tells_the_number_ruled_out() -> None:
    unstable = next(g for _, g in EVERYBODY if stability(g.game).core_is_empty)
    found = fewest_leavers(unstable, group_oracle.oracle_for(unstable), work=0)
    assert not found.leaving.any()
    assert found.least == 1


def test_a_search_for_coalitions_that_runs_out_of_nodes_proves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(games, "TABLE_MOST", 1)
    cut = 0
    for _, table in EVERYBODY:
        large = GroupGame(table.case, table.group, table.saving_eur)
        oracle = group_oracle.GroupOracle(large, nodes=0)
        found = nucleolus(large.game, oracle)
        assert found.values.sum() == pytest.approx(large.saving_eur)
        cut += not oracle.exact
        if stability(large.game, oracle).core_is_empty and not oracle.exact:
            assert not fewest_leavers(large, oracle).leaving.any()
    assert cut


@pytest.mark.parametrize("rule", get_args(DivisionRule))
def test_one_rule_alone_divides_as_it_does_among_all(rule: DivisionRule) -> None:
    for case, each in DIVIDED[:12]:
        asked = case.asked.model_copy(update={"division": rule})
        ruled = replace(case, scenario=case.scenario.model_copy(update={"sharing": asked}))
        among = next(d for d in each.divisions if d.rule == rule)
        alone = shares_of(ruled, each.group, each.costs)
        assert alone == pytest.approx(among.shares_eur, abs=1e-3)
