"""What every backend owes, whatever the solver behind it."""

import contextlib
import itertools
import os
import signal
import threading
from pathlib import Path

import numpy as np
import pulp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser.solution import Status, StopReason
from optimiser.solvers import BACKENDS, Limits, LinearModel, Progress, isolated
from tests.solvers.models import hard, knapsack

EVERY_SOLVER = pytest.mark.parametrize("solver", BACKENDS)


def best_by_trying(model: LinearModel) -> float | None:
    """Best objective over every integer point within the bounds."""
    best: float | None = None
    ranges = [range(int(a), int(b) + 1) for a, b in zip(model.lower, model.upper, strict=True)]
    for point in itertools.product(*ranges):
        values = np.array(point, dtype=float)
        rows = model.rows @ values
        if np.all(rows <= model.row_upper + 1e-9) and np.all(rows >= model.row_lower - 1e-9):
            value = model.objective(values)
            if best is None or (value > best if model.maximise else value < best):
                best = value
    return best


@st.composite
def small_models(draw: st.DrawFn) -> LinearModel:
    count = draw(st.integers(1, 5))
    problem = pulp.LpProblem("small", draw(st.sampled_from([pulp.LpMaximize, pulp.LpMinimize])))
    columns = [
        problem.add_variable(f"x{i}", 0, draw(st.integers(0, 2)), "Integer") for i in range(count)
    ]
    numbers = st.integers(-5, 5)
    for _ in range(draw(st.integers(0, 4))):
        row = pulp.lpSum(draw(numbers) * x for x in columns)
        limit = draw(st.integers(-6, 6))
        sense = draw(st.sampled_from(["<=", ">=", "=="]))
        problem += (
            row <= limit if sense == "<=" else row >= limit if sense == ">=" else row == limit
        )
    problem.setObjective(pulp.lpSum(draw(numbers) * x for x in columns) + draw(numbers))
    return LinearModel.from_pulp(problem)


@EVERY_SOLVER
@settings(max_examples=60, deadline=None)
@given(model=small_models())
def test_the_answer_is_the_best_of_all_points(solver: str, model: LinearModel) -> None:
    outcome = BACKENDS[solver](model, Limits(gap=0.0))
    best = best_by_trying(model)
    if best is None:
        assert outcome.status is Status.INFEASIBLE
        assert outcome.values is None
    else:
        assert outcome.status is Status.OPTIMAL
        assert outcome.objective == pytest.approx(best, abs=1e-6)
        assert outcome.bound == pytest.approx(best, abs=1e-5)


@EVERY_SOLVER
def test_no_preprocessing_cuts_the_best_answer_off(solver: str) -> None:
    problem = pulp.LpProblem("cut_off", pulp.LpMaximize)
    a, b, c = (problem.add_variable(name, 0, 1, "Integer") for name in "abc")
    problem += -2 * a - 2 * b + 2 * c >= -1
    problem += -a - c >= -1
    problem.setObjective(a + b - 2 * c)
    outcome = BACKENDS[solver](LinearModel.from_pulp(problem), Limits(gap=0.0))
    assert outcome.objective == pytest.approx(0.0)


@EVERY_SOLVER
def test_a_time_limit_never_becomes_optimal(solver: str) -> None:
    outcome = BACKENDS[solver](hard(), Limits(seconds=1.0, gap=0.0))
    assert outcome.status is Status.FEASIBLE
    assert outcome.stop is StopReason.TIME
    assert outcome.objective is not None
    assert outcome.bound is not None
    assert outcome.bound > outcome.objective


@EVERY_SOLVER
def test_a_bound_keeps_its_sign_in_both_directions(solver: str) -> None:
    problem = knapsack(25, 5)
    largest = BACKENDS[solver](LinearModel.from_pulp(problem), Limits(gap=0.0))
    opposite = pulp.LpProblem("opposite", pulp.LpMinimize)
    for constraint in problem.constraints():
        opposite += constraint
    opposite.setObjective(-problem.objective)
    smallest = BACKENDS[solver](LinearModel.from_pulp(opposite), Limits(gap=0.0))
    assert largest.objective is not None
    assert smallest.objective == pytest.approx(-largest.objective)
    assert smallest.bound == pytest.approx(-largest.objective)


@EVERY_SOLVER
@pytest.mark.parametrize("gap", [0.0, 0.05])
def test_a_gap_that_was_asked_for_is_respected(solver: str, gap: float) -> None:
    outcome = BACKENDS[solver](LinearModel.from_pulp(knapsack(40, 5)), Limits(gap=gap, seconds=60))
    assert outcome.status is Status.OPTIMAL
    assert outcome.objective is not None
    assert outcome.bound is not None
    assert outcome.bound - outcome.objective <= gap * outcome.objective + 1e-5


@EVERY_SOLVER
def test_a_start_that_breaks_the_rules_does_no_harm(solver: str) -> None:
    model = LinearModel.from_pulp(knapsack(20, 4))
    plain = BACKENDS[solver](model, Limits(gap=0.0))
    start = np.ones(len(model.names))
    start[0] = np.nan
    started = BACKENDS[solver](model, Limits(gap=0.0), start=start)
    assert started.objective == pytest.approx(plain.objective)
    assert started.status is Status.OPTIMAL


@EVERY_SOLVER
def test_a_wish_to_stop_keeps_the_best_answer(solver: str) -> None:
    asked = threading.Event()
    threading.Timer(1.5, asked.set).start()
    outcome = BACKENDS[solver](hard(), Limits(seconds=60, gap=0.0), cancelled=asked.is_set)
    assert outcome.stop is StopReason.INTERRUPT
    assert outcome.status is Status.FEASIBLE
    assert outcome.values is not None


@EVERY_SOLVER
def test_another_process_gives_the_same_answer(solver: str) -> None:
    model = LinearModel.from_pulp(knapsack(25, 4))
    here = BACKENDS[solver](model, Limits(gap=0.0))
    there = isolated.solve(solver, model, Limits(gap=0.0))
    assert there.status is here.status
    assert there.objective == pytest.approx(here.objective)
    assert there.solver == here.solver


def test_highs_reports_better_answers_as_it_finds_them() -> None:
    seen: list[Progress] = []
    BACKENDS["highs"](hard(), Limits(seconds=1.0, gap=0.0), watch=seen.append)
    found = [progress.objective for progress in seen if progress.values is not None]
    assert found
    assert all(progress.bound is None or progress.bound > 0 for progress in seen)


def workers() -> list[int]:
    """Processes that solve for this one."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_bytes()
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            ours = b"optimiser.solvers.worker" in words and int(parent) == os.getpid()
            lost = b"solverdir/cbc" in words and int(parent) in {1, os.getpid()}
            if state != "Z" and (ours or lost):
                found.append(int(folder.name))
    return found


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")


@needs_proc
def test_an_answer_survives_the_end_of_its_process() -> None:
    model = hard()
    victims: list[int] = []

    def end_it(progress: Progress) -> None:
        if progress.values is not None and not victims:
            victims.extend(workers())
            for pid in victims:
                os.kill(pid, signal.SIGKILL)

    outcome = isolated.solve("highs", model, Limits(seconds=60, gap=0.0), watch=end_it)
    assert victims
    assert not workers()
    assert outcome.status is Status.FEASIBLE
    assert outcome.stop is StopReason.MEMORY
    assert outcome.values is not None
    assert np.all(model.rows @ outcome.values <= model.row_upper + 1e-6)
    assert outcome.objective == pytest.approx(model.objective(outcome.values))


@needs_proc
@EVERY_SOLVER
def test_a_solve_leaves_no_process_behind(solver: str) -> None:
    asked = threading.Event()
    threading.Timer(1.5, asked.set).start()
    outcome = isolated.solve(solver, hard(), Limits(seconds=60), cancelled=asked.is_set)
    assert outcome.stop is StopReason.INTERRUPT
    assert not workers()


@pytest.mark.parametrize(
    "wrong", [{"seconds": 0}, {"seconds": -1}, {"gap": -0.1}, {"gap": 1.0}, {"threads": 0}]
)
def test_limits_that_mean_nothing_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"seconds|gap|threads"):
        Limits(**wrong)  # type: ignore[arg-type]


def test_another_number_of_threads_in_one_process_gives_the_same_answer() -> None:
    # HiGHS itself refuses to run with another number than the first.
    model = LinearModel.from_pulp(knapsack(8, 3))
    found = [BACKENDS["highs"](model, Limits(gap=0.0, threads=threads)) for threads in (2, 1, 3)]
    assert {outcome.status for outcome in found} == {Status.OPTIMAL}
    assert len({outcome.objective for outcome in found}) == 1
