"""Every plan of small territories, judged once for all tests of the questions."""

from collections.abc import Iterator
from functools import cache

from optimiser import check
from optimiser.case import Case
from optimiser.planning import plan
from optimiser.questions.workbench import Workbench, rule_key
from optimiser.solution import Decisions, Evaluation, Infeasible
from optimiser.solvers import Limits
from tests.small_cases import every_plan, small_case

EXACT = Limits(gap=0.0)
STRUCTURAL = {"known_places", "levers", "minimum_public", "minimum_host", "transfers"}
Judged = tuple[Decisions, Evaluation]
Key = tuple[str, tuple[str, ...]]


@cache
def case_of(seed: int) -> Case:
    return small_case(seed)


@cache
def judged(seed: int) -> tuple[Judged, ...]:
    """Plans that could stand at all, whatever rules of the scenario they break."""
    case = case_of(seed)
    found = ((d, check.evaluate(case, d)) for d in every_plan(case))
    return tuple((d, e) for d, e in found if not any(v.rule in STRUCTURAL for v in e.violations))


def broken(evaluation: Evaluation) -> frozenset[Key]:
    """Rules that a plan breaks."""
    return frozenset(rule_key(violation) for violation in evaluation.violations)


def allowed(seed: int) -> Iterator[Judged]:
    """Plans that break no rule."""
    return ((d, e) for d, e in judged(seed) if not e.violations)


@cache
def feasible(count: int, start: int = 0) -> tuple[int, ...]:
    """The first seeds whose question has an answer."""
    seeds = (s for s in range(start, 400) if any(True for _ in allowed(s)))
    return tuple(seed for seed, _ in zip(seeds, range(count), strict=False))


@cache
def infeasible(count: int) -> tuple[int, ...]:
    """The first seeds whose question has none."""
    seeds = (s for s in range(400) if isinstance(plan(case_of(s)), Infeasible))
    return tuple(seed for seed, _ in zip(seeds, range(count), strict=False))


@cache
def bench_of(seed: int) -> Workbench:
    return Workbench(case_of(seed), EXACT)
