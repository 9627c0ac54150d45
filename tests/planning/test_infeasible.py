"""Questions without an answer: the conflict and the relaxation against every plan."""

import pytest

from optimiser import check
from optimiser.case import Case
from optimiser.planning import plan
from optimiser.solution import Infeasible, Violation
from optimiser.solvers import BACKENDS, Limits
from tests.small_cases import every_plan, small_case

STRUCTURAL = {"known_places", "levers", "minimum_public", "minimum_host", "transfers"}
Key = tuple[str, tuple[str, ...]]


def key(violation: Violation) -> Key:
    """Rule that a violation breaks: pairs of one type, and themes of one commune, are one rule."""
    many = violation.rule in ("new_duplicate", "themes")
    return violation.rule, violation.subject[:1] if many else violation.subject


def broken_by_each(case: Case) -> list[dict[Key, Violation]]:
    """Rules that each plan breaks, for the plans that could stand at all."""
    found = []
    for decisions in every_plan(case):
        violations = check.evaluate(case, decisions).violations
        if not any(violation.rule in STRUCTURAL for violation in violations):
            found.append({key(violation): violation for violation in violations})
    return found


def infeasible_cases() -> list[int]:
    return [seed for seed in range(150) if isinstance(plan(small_case(seed)), Infeasible)]


SEEDS = infeasible_cases()


def test_the_small_cases_hold_enough_infeasible_ones() -> None:
    assert len(SEEDS) >= 10


@pytest.mark.parametrize("solver", BACKENDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_conflict_is_minimal_and_relaxation_is_smallest(seed: int, solver: str) -> None:
    case = small_case(seed)
    answer = plan(case, Limits(gap=0.0), solver=solver)
    assert isinstance(answer, Infeasible)
    assert answer.proven
    plans = broken_by_each(case)
    conflict = set(answer.conflict)
    assert all(conflict & broken.keys() for broken in plans)
    for rule in conflict:
        assert any(conflict & broken.keys() == {rule} for broken in plans)
    assert len(answer.relaxation) == min(len(broken) for broken in plans)
    relaxed = {(r.rule, r.subject): r for r in answer.relaxation}
    assert any(
        broken.keys() == relaxed.keys()
        and all(suffices(case, broken[rule], relaxed[rule].needed) for rule in relaxed)
        for broken in plans
    )


def suffices(case: Case, violation: Violation, needed: float) -> bool:
    """Whether the limit, moved to what is needed, admits what the plan does."""
    if violation.rule == "running_budget":
        needed += case.running_today_eur
    elif violation.rule in ("basin_floor", "guarantee"):
        k = [service.code for service in case.services].index(violation.subject[0])
        basins = [case.basins.index(b) for b in violation.subject[1:]] or range(len(case.basins))
        needed *= sum(float(case.public[k][case.basin_of == b].sum()) for b in basins)
        return violation.amount >= needed - 1e-6 * max(1.0, needed)
    elif violation.rule in ("basin_capacity", "commune_capacity"):
        return violation.amount >= needed - 1e-6
    elif violation.rule in ("forced", "forbidden", "new_duplicate"):
        return True
    return violation.amount <= needed + 1e-6 * max(1.0, abs(needed))
