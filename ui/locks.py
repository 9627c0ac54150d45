"""Decisions that a planner takes beforehand: force, forbid or free a type in a commune."""

from collections.abc import Iterable
from typing import Literal, TypeAlias, get_args

from optimiser.case import Case
from optimiser.scenario import Lock, Scenario
from optimiser.solution import Place
from optimiser.units import InseeCode, ServiceCode

Decision: TypeAlias = Literal["free", "forced", "forbidden"]
DECISIONS: tuple[Decision, ...] = get_args(Decision)


def decision_of(case: Case, service: ServiceCode, commune: InseeCode) -> Decision:
    """What a scenario decides beforehand.

    Parameters
    ----------
    case
        The case of the scenario.
    service, commune
        Type and place.

    Returns
    -------
    str
        ``free`` where it decides nothing.
    """
    place = (service, commune)
    if place in _places(case, case.forced):
        return "forced"
    return "forbidden" if place in _places(case, case.forbidden) else "free"


def decide(case: Case, service: ServiceCode, commune: InseeCode, decision: Decision) -> Scenario:
    """Take a decision beforehand, in the place of any earlier one.

    Parameters
    ----------
    case
        The case of the scenario.
    service, commune
        Type, and INSEE code of a member.
    decision
        What is decided.

    Returns
    -------
    Scenario
        The scenario with it; all its communes by code.
    """
    locks = {
        kind: [Lock(service=s, commune=c) for s, c in _places(case, pairs) - {(service, commune)}]
        for kind, pairs in (("forced", case.forced), ("forbidden", case.forbidden))
    }
    if decision != "free":
        locks[decision].append(Lock(service=service, commune=commune))
    return case.scenario.model_copy(update={kind: _ordered(each) for kind, each in locks.items()})


def _places(case: Case, pairs: Iterable[tuple[int, int]]) -> set[Place]:
    return {(case.services[k].code, case.members[j].code) for k, j in pairs}


def _ordered(locks: list[Lock]) -> tuple[Lock, ...]:
    return tuple(sorted(locks, key=lambda lock: (lock.service, lock.commune)))
