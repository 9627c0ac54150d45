"""How the saving of a group is divided, who would leave, and who pays whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import compress

import numpy as np

from optimiser.sharing.core import TOLERANCE, Oracle, blocking, stability
from optimiser.sharing.games import TABLE_MOST
from optimiser.sharing.group_game import GroupGame
from optimiser.sharing.group_oracle import NODES, GroupOracle, oracle_for
from optimiser.sharing.leavers import WORK, Leavers, fewest_leavers
from optimiser.sharing.nucleolus import nucleolus
from optimiser.sharing.shapley import Shapley, shapley
from optimiser.sharing_case import SharingCase
from optimiser.sharing_scenario import DivisionRule
from optimiser.sharing_solution import Group, GroupCosts, SharingSolution
from optimiser.units import Euros, FloatArray, InseeCode

_SLACK = 2.0
"""Reasons to leave that are smaller than so many tolerances are none."""


@dataclass(frozen=True, slots=True)
class Division:
    """Shares of a group's saving under one rule.

    Parameters
    ----------
    rule
        Name of the rule.
    shares_eur
        Euros a year of each member; they sum to the saving.
    errors_eur
        Standard error of each, where the rule is sampled; empty where it is exact.
    blocking
        Members with the best reason to leave; empty where nobody has one.
    gained_eur
        What they would gain together by leaving; 0 where nobody has a reason.
    """

    rule: DivisionRule
    shares_eur: Mapping[InseeCode, Euros]
    errors_eur: Mapping[InseeCode, Euros]
    blocking: tuple[InseeCode, ...]
    gained_eur: Euros


@dataclass(frozen=True, slots=True)
class Divided:
    """One group with the division of its saving.

    Parameters
    ----------
    group, costs
        The group and its money.
    divisions
        Under every rule.
    chosen
        Under the rule of the scenario.
    subsidy_eur
        Least that must come from outside each year so that nobody has a reason to leave; 0 where
        a stable division exists.
    leavers
        Fewest members without whom the others have a stable division, at the least loss of saving;
        empty where no subsidy is needed, or the search ended before an answer.
    leavers_loss_eur
        Saving lost when they stay out.
    leavers_least
        Number of leavers that is proven to be needed at least; 0 where no subsidy is.
    exact
        Whether the nucleolus is proven; false: a search for coalitions was cut short.
    contribution_eur
        What each member pays for the function in a year: its cost alone less its share.
    transfer_eur
        What each member pays to the host (positive) or receives, beside what it bears itself; the
        host's line, the EPCI's included, makes them sum to zero.
    """

    group: Group
    costs: GroupCosts
    divisions: tuple[Division, ...]
    chosen: Division
    subsidy_eur: Euros
    leavers: tuple[InseeCode, ...]
    leavers_loss_eur: Euros
    leavers_least: int
    exact: bool
    contribution_eur: Mapping[InseeCode, Euros]
    transfer_eur: Mapping[InseeCode, Euros]


def divide(case: SharingCase, solution: SharingSolution) -> tuple[Divided, ...]:
    """Divide the saving of every group.

    Parameters
    ----------
    case, solution
        The case, and its groups.

    Returns
    -------
    tuple of Divided
        In the order of the groups.
    """
    pairs = zip(solution.decisions.groups, solution.evaluation.groups, strict=True)
    many = sum(len(group.members) > TABLE_MOST for group in solution.decisions.groups)
    share = 1 / max(1, many)
    return tuple(divide_group(case, group, costs, share) for group, costs in pairs)


def divide_group(
    case: SharingCase, group: Group, costs: GroupCosts, effort: float = 1.0
) -> Divided:
    """Divide the saving of one group under every rule, and test each for stability.

    Parameters
    ----------
    case, group, costs
        The case, a group of it, and its money.
    effort
        Part of the nodes and of the work of one answer that this group may take.

    Returns
    -------
    Divided
        Divisions, subsidy and compensation.
    """
    table = GroupGame(case, group, costs.saving_eur)
    oracle = oracle_for(table, int(effort * NODES))
    found = stability(table.game, oracle)
    value = shapley(table.game)
    shares = _rules(table, oracle, value)
    errors = {"shapley": value.errors} if value.orders else {}
    divisions = tuple(
        _division(table, oracle, rule, amounts, errors.get(rule))
        for rule, amounts in shares.items()
    )
    chosen = next(d for d in divisions if d.rule == case.asked.division)
    nobody = Leavers(np.zeros(len(group.members), dtype=bool), 0.0, 0)
    leavers = fewest_leavers(table, oracle, effort * WORK) if found.core_is_empty else nobody
    contribution = {
        code: float(alone) - chosen.shares_eur[code]
        for code, alone in zip(group.members, table.alone_eur, strict=True)
    }
    return Divided(
        group=group,
        costs=costs,
        divisions=divisions,
        chosen=chosen,
        subsidy_eur=found.subsidy,
        leavers=tuple(compress(group.members, leavers.leaving.tolist())),
        leavers_loss_eur=leavers.loss_eur,
        leavers_least=leavers.least,
        exact=not isinstance(oracle, GroupOracle) or oracle.exact,
        contribution_eur=contribution,
        transfer_eur=_transfers(case, table, contribution),
    )


def shares_of(case: SharingCase, group: Group, costs: GroupCosts) -> dict[InseeCode, Euros]:
    """Divide the saving of one group under the scenario's rule alone.

    Parameters
    ----------
    case, group, costs
        As in `divide_group`.

    Returns
    -------
    dict
        Euros a year of each member; they sum to the saving.
    """
    table = GroupGame(case, group, costs.saving_eur)
    rule = case.asked.division
    if rule == "nucleolus":
        shares = nucleolus(table.game, oracle_for(table, NODES)).values
    elif rule == "shapley":
        shares = shapley(table.game).values
    else:
        shares = _simple(table)[rule]
    return dict(zip(group.members, shares.tolist(), strict=True))


def _rules(table: GroupGame, oracle: Oracle, value: Shapley) -> dict[DivisionRule, FloatArray]:
    return {
        "nucleolus": nucleolus(table.game, oracle).values,
        "shapley": value.values,
        **_simple(table),
    }


def _simple(table: GroupGame) -> dict[DivisionRule, FloatArray]:
    """Rules that need no coalition."""
    saving, n = table.saving_eur, len(table.members)
    people = np.array([table.case.members[i].population for i in table.members], dtype=np.float64)
    return {
        "per_inhabitant": saving * people / people.sum(),
        "per_use": saving * table.volumes / table.volumes.sum(),
        "equal": np.full(n, saving / n),
    }


def _division(
    table: GroupGame,
    oracle: Oracle,
    rule: DivisionRule,
    shares: FloatArray,
    errors: FloatArray | None,
) -> Division:
    codes = table.group.members
    worst = blocking(table.game, shares, oracle)
    unstable = worst.excess > _SLACK * TOLERANCE * max(1.0, abs(table.saving_eur))
    out = tuple(np.array(codes)[worst.coalition].tolist()) if unstable else ()
    return Division(
        rule=rule,
        shares_eur=dict(zip(codes, shares.tolist(), strict=True)),
        errors_eur={} if errors is None else dict(zip(codes, errors.tolist(), strict=True)),
        blocking=out,
        gained_eur=worst.excess if unstable else 0.0,
    )


def _transfers(
    case: SharingCase, table: GroupGame, contribution: Mapping[InseeCode, Euros]
) -> dict[InseeCode, Euros]:
    """What each pays to the host: its contribution less what it bears itself.

    A member bears its own way, leakage and moving. The host bears the production, unless each
    member pays for its own volume.
    """
    group = table.group
    host = case.hosts.index(group.host)
    bears = dict.fromkeys(group.members, 0.0)
    joining = case.joining_eur[table.function]
    own = np.zeros(len(group.members))
    if case.planned[table.function].paid_by == "members":
        whole = float(table.volumes.sum())
        own = float(case.curves[table.function].cost(whole)) * table.volumes / whole
    for i, code, paid in zip(table.members, group.members, own.tolist(), strict=True):
        team = _team(case, int(i)) if group.host == case.territory.code else host
        bears[code] = float(joining[i, team]) + paid
    transfers = {code: contribution[code] - bears[code] for code in group.members}
    transfers[group.host] = transfers.get(group.host, 0.0) - sum(transfers.values())
    return transfers


def _team(case: SharingCase, member: int) -> int:
    """Index of the EPCI's team of a group: that of its basin where groups stay inside one."""
    basin = case.members[member].basin
    names = list(case.teams)
    return len(case.members) + (names.index(basin) if case.asked.same_basin else 0)
