"""How a solve ends when it is cut short, and what a start is worth."""

import pytest

from optimiser import check
from optimiser.errors import VerificationError
from optimiser.planning import plan
from optimiser.solution import Decisions, Infeasible, NoAnswer, Solution, Status, StopReason
from optimiser.solvers import BACKENDS, Limits, Outcome
from tests.small_cases import small_case

FEASIBLE = [
    seed
    for seed in range(40)
    if not check.evaluate(c := small_case(seed), check.today(c)).violations
]


@pytest.mark.parametrize("solver", BACKENDS)
def test_no_time_at_all_leaves_todays_network_never_called_optimal(solver: str) -> None:
    case = small_case(FEASIBLE[0], members=4, services=3)
    answer = plan(case, Limits(seconds=1e-6), solver=solver)
    assert isinstance(answer, Solution | NoAnswer | Infeasible)
    if isinstance(answer, Solution) and answer.status is Status.OPTIMAL:
        assert answer.bound - answer.score <= 1e-4 * abs(answer.score) + 1e-6
    if isinstance(answer, Solution):
        assert not answer.evaluation.violations
        assert answer.bound >= answer.score
    if isinstance(answer, Infeasible):
        assert answer.conflict


@pytest.mark.parametrize("seed", FEASIBLE[:6])
def test_a_lost_solver_leaves_todays_network(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: object, **__: object) -> Outcome:
        raise MemoryError

    monkeypatch.setitem(BACKENDS, "highs", dies)  # type: ignore[arg-type]
    case = small_case(seed)
    answer = plan(case)
    assert isinstance(answer, Solution)
    assert answer.decisions == check.today(case)
    assert answer.status is Status.FEASIBLE
    assert answer.stop is StopReason.MEMORY
    assert answer.bound >= answer.score


def test_a_lost_solver_without_a_sound_network_answers_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def dies(*_: object, **__: object) -> Outcome:
        raise MemoryError

    monkeypatch.setitem(BACKENDS, "highs", dies)  # type: ignore[arg-type]
    unsound = next(seed for seed in range(40) if seed not in FEASIBLE)
    answer = plan(small_case(unsound))
    assert isinstance(answer, NoAnswer)
    assert answer.stop is StopReason.MEMORY


@pytest.mark.parametrize("seed", range(0, 40, 3))
def test_a_start_changes_nothing_but_the_way(seed: int) -> None:
    case = small_case(seed)
    cold = plan(case, Limits(gap=0.0))
    if isinstance(cold, Solution):
        warm = plan(case, Limits(gap=0.0), start=cold.decisions)
        assert isinstance(warm, Solution)
        assert warm.score == pytest.approx(cold.score)


def test_the_judge_refuses_a_false_claim() -> None:
    case = small_case(FEASIBLE[0])
    today = check.today(case)
    true_score = check.evaluate(case, today).score
    check.verify(case, today, claimed_score=true_score)
    with pytest.raises(VerificationError, match="claimed"):
        check.verify(case, today, claimed_score=true_score + 1.0)


def test_the_judge_refuses_places_that_do_not_exist() -> None:
    case = small_case(FEASIBLE[0])
    today = check.today(case)
    invented = Decisions({**today.sites, ("s0", "99999"): 1}, frozenset({("s1", "00000")}))
    rules = {violation.rule for violation in check.evaluate(case, invented).violations}
    assert "known_places" in rules
