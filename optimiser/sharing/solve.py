"""The road from a case to verified groups."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from optimiser import check_sharing
from optimiser.planning.infeasible import explain
from optimiser.sharing.families import COUPLING, build
from optimiser.sharing.greedy import greedy_groups
from optimiser.sharing.model import SharingModel
from optimiser.sharing_case import SharingCase
from optimiser.sharing_solution import (
    Group,
    SharingAnswer,
    SharingDecisions,
    SharingSolution,
)
from optimiser.solution import Infeasible, NoAnswer, Status, StopReason
from optimiser.solvers import BACKENDS, Cancelled, Limits, LinearModel, Outcome, Watcher
from optimiser.units import FloatArray

_LEAST_SECONDS = 0.05


def share(
    case: SharingCase,
    limits: Limits | None = None,
    *,
    solver: str = "highs",
    watch: Watcher | None = None,
    cancelled: Cancelled | None = None,
) -> SharingAnswer:
    """Find the groups that save most, prove it, and let the judge recompute it.

    Functions that no rule ties together are solved one by one.

    Parameters
    ----------
    case
        The question.
    limits
        Where to stop; by default at a proven gap of 0.1 % of the saving.
    solver
        Key of `optimiser.solvers.BACKENDS`.
    watch, cancelled
        Progress, and the wish to stop; see `optimiser.solvers.highs.solve`.

    Returns
    -------
    SharingSolution, Infeasible or NoAnswer
        The verified groups; or which rules conflict and the smallest relaxation; or nothing.

    Raises
    ------
    VerificationError
        The judge refuses the groups: a defect of the model, never of the user.
    """
    limits = limits or Limits(gap=1e-3)
    began = time.perf_counter()
    everything = list(range(len(case.planned)))
    parts = [[f] for f in everything]
    if any(getattr(case.asked, key) is not None for key in COUPLING):
        free = _Road(_untied(case), limits, solver, began=began, watch=watch, cancelled=cancelled)
        answer = free.solve(parts)
        # Where the best groups of each function happen to respect the rules that tie functions
        # together, they are the best of all.
        sound = isinstance(answer, SharingSolution) and _sound(case, answer)
        if sound:
            return answer
        tied = _Road(case, limits, solver, began=began, watch=watch, cancelled=cancelled)
        return _bounded(tied.solve([everything]), answer)
    return _Road(case, limits, solver, began=began, watch=watch, cancelled=cancelled).solve(parts)


class _Road:
    """Solves the parts of a question one after the other, and adds them up."""

    def __init__(
        self,
        case: SharingCase,
        limits: Limits,
        solver: str,
        *,
        began: float,
        watch: Watcher | None,
        cancelled: Cancelled | None,
    ) -> None:
        self.case = case
        self.limits = limits
        self.solver = solver
        self.began = began
        self.watch = watch
        self.cancelled = cancelled
        self.tally = _Tally()

    def solve(self, parts: Sequence[Sequence[int]]) -> SharingAnswer:
        """Answer the question, whose parts nothing ties together."""
        for p, part in enumerate(parts):
            failure = self._part(part, left=len(parts) - p)
            if failure is not None:
                return failure
        return self.tally.solution(self.case, self.solver)

    def _part(self, part: Sequence[int], left: int) -> Infeasible | NoAnswer | None:
        before = time.perf_counter()
        model = build(SharingModel(self.case, part))
        matrix = LinearModel.from_pulp(model.problem)
        built = time.perf_counter()
        self.tally.add({"build": built - before})
        mine = _within(self.limits, built - self.began, left)
        outcome = _solve(matrix, mine, self.solver, self.watch, self.cancelled)
        self.tally.add(outcome.seconds)
        if outcome.status is Status.INFEASIBLE:
            loose = build(SharingModel(self.case, part, loose=True))
            arrays = LinearModel.from_pulp(loose.problem)
            return explain(loose, arrays, self.limits, self.tally.seconds)
        if outcome.values is None:
            if _bound_by_rules(self.case):
                return NoAnswer(outcome.stop, self.tally.seconds)
            # Everybody alone: always an answer where no rule asks to share.
            outcome = replace(outcome, status=Status.FEASIBLE, objective=0.0)
            groups: list[Group] = []
        else:
            groups = decode(model, outcome.values)
        if outcome.status is not Status.OPTIMAL and len(part) == 1:
            outcome, groups = self._quick(part[0], outcome, groups)
        self.tally.groups += groups
        self.tally.take(outcome, _ceiling(self.case, part))
        return None

    def _quick(
        self, function: int, outcome: Outcome, groups: list[Group]
    ) -> tuple[Outcome, list[Group]]:
        """Take the groups of the greedy steps where the time ended before better ones."""
        quick = greedy_groups(self.case, function)
        found = check_sharing.evaluate(self.case, SharingDecisions(tuple(quick)))
        if found.violations or found.saving_eur <= (outcome.objective or 0.0):
            return outcome, groups
        return replace(outcome, objective=found.saving_eur), quick


def _untied(case: SharingCase) -> SharingCase:
    """Leave out the rules that tie functions together."""
    asked = case.asked.model_copy(update=dict.fromkeys(COUPLING))
    scenario = case.scenario.model_copy(update={"sharing": asked})
    return replace(case, scenario=scenario)


def _sound(case: SharingCase, answer: SharingSolution) -> bool:
    return not check_sharing.evaluate(case, answer.decisions).violations


def _bounded(answer: SharingAnswer, untied: SharingAnswer) -> SharingAnswer:
    """Answer with the bound of the question without its ties, where that is the better one."""
    if not isinstance(answer, SharingSolution) or not isinstance(untied, SharingSolution):
        return answer
    return replace(
        answer,
        bound=min(answer.bound, untied.bound),
        seconds={**answer.seconds, "untied": sum(untied.seconds.values())},
    )


def decode(model: SharingModel, values: FloatArray) -> list[Group]:
    """Groups of an answer.

    Parameters
    ----------
    model
        The model.
    values
        Value (columns,) of each variable, in the order of ``problem.variables()``.

    Returns
    -------
    list of Group
        By function, then host.
    """
    column = {v: round(x) for v, x in zip(model.problem.variables(), values, strict=True)}
    groups = []
    for (f, h), formed in model.formed.items():
        if column[formed]:
            members = sorted(
                model.case.members[i].code for i, joined in model.members(f, h) if column[joined]
            )
            function = model.case.planned[f].code
            groups.append(Group(function, model.case.hosts[h], tuple(members)))
    return groups


@dataclass
class _Tally:
    """What the parts of a question add up to."""

    groups: list[Group] = field(default_factory=list)
    bound: float = 0.0
    objective: float = 0.0
    nodes: int = 0
    statuses: set[Status] = field(default_factory=set)
    stop: StopReason = StopReason.PROOF
    solver: str = ""
    seconds: dict[str, float] = field(default_factory=dict)

    def add(self, seconds: Mapping[str, float]) -> None:
        for stage, spent in seconds.items():
            self.seconds[stage] = self.seconds.get(stage, 0.0) + spent

    def take(self, outcome: Outcome, ceiling: float) -> None:
        self.objective += outcome.objective or 0.0
        self.bound += ceiling if outcome.bound is None else min(ceiling, outcome.bound)
        self.nodes += outcome.nodes
        self.statuses.add(outcome.status)
        self.solver = outcome.solver or self.solver
        if outcome.stop is not StopReason.PROOF:
            self.stop = outcome.stop

    def solution(self, case: SharingCase, solver: str) -> SharingSolution:
        began = time.perf_counter()
        decisions = SharingDecisions(tuple(self.groups))
        evaluation = check_sharing.verify(case, decisions, claimed_eur=self.objective)
        self.add({"check": time.perf_counter() - began})
        proven = self.statuses <= {Status.OPTIMAL}
        return SharingSolution(
            decisions=decisions,
            evaluation=evaluation,
            status=Status.OPTIMAL if proven else Status.FEASIBLE,
            stop=self.stop,
            bound=self.bound,
            solver=self.solver or solver,
            seconds=self.seconds,
            nodes=self.nodes,
        )


def _solve(
    matrix: LinearModel,
    limits: Limits,
    solver: str,
    watch: Watcher | None,
    cancelled: Cancelled | None,
) -> Outcome:
    if not matrix.names:
        return Outcome(Status.OPTIMAL, StopReason.PROOF, 0.0, 0.0, np.zeros(0), "")
    return BACKENDS[solver](matrix, limits, watch=watch, cancelled=cancelled)


def _within(limits: Limits, spent: float, parts: int) -> Limits:
    """Share what is left of the time among the parts that are still to come."""
    if limits.seconds is None:
        return limits
    return replace(limits, seconds=max(_LEAST_SECONDS, (limits.seconds - spent) / parts))


def _bound_by_rules(case: SharingCase) -> bool:
    """Tell whether leaving everybody alone may break a rule."""
    return bool(case.must_join.any()) or case.asked.minimum_saving_eur_per_year is not None


def _ceiling(case: SharingCase, part: Sequence[int]) -> float:
    """Bound the saving by the cost alone, whatever the solver did."""
    return float(case.alone_eur[list(part)].sum())
