"""Nested growth: plans for a growing budget in which nothing that was done is undone.

What opened stays, and what closed stays closed; agreements may come and go. Three ways are tried
and the best is kept: forwards (each budget's best plan on top of the one before), backwards (each
budget's best plan that leads to the one after), and all budgets in one model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
from scipy import sparse

from optimiser import check
from optimiser.planning.decode import decode
from optimiser.questions.difference import Moved, moves
from optimiser.questions.rows import Row, with_rows
from optimiser.questions.workbench import Blocked, Change, Wish, Workbench
from optimiser.solution import Decisions, Solution, Status, StopReason
from optimiser.solvers import BACKENDS, LinearModel
from optimiser.units import Euros, Share

Way: TypeAlias = Literal["forwards", "backwards", "joint"]


@dataclass(frozen=True)
class Stage:
    """One budget.

    Parameters
    ----------
    limit_eur
        The budget.
    free, nested
        The best plan of that budget, and the plan that belongs to the others.
    cost
        Points that nesting costs.
    new
        What the nested plan decides beyond the stage before; today at the first.
    """

    limit_eur: Euros
    free: Solution
    nested: Solution
    cost: float
    new: tuple[Moved, ...]


@dataclass(frozen=True)
class Growth:
    """Nested plans beside the free optimum of each budget.

    Parameters
    ----------
    rule
        ``capital_budget`` or ``running_budget``.
    stages
        Smallest budget first; budgets without any plan are left out.
    way
        Which way gave the nested plans.
    total
        Sum of the nested scores.
    bound
        What no nested plans can exceed together, proven.
    """

    rule: str
    stages: tuple[Stage, ...]
    way: Way
    total: float
    bound: float

    @property
    def gap(self) -> Share:
        """Distance between bound and total, relative to the total."""
        return max(0.0, self.bound - self.total) / abs(self.total) if self.total else 0.0

    @property
    def status(self) -> Status:
        """``optimal`` where no nested plans can be better together by more than 0.01 %."""
        return Status.OPTIMAL if self.gap <= 1e-4 else Status.FEASIBLE  # noqa: PLR2004


def growth(
    bench: Workbench,
    limits_eur: Sequence[Euros],
    *,
    rule: str = "capital_budget",
    joint: bool = True,
) -> Growth:
    """Plan for a growing budget.

    Parameters
    ----------
    bench
        The case; its scenario sets that budget, whatever its amount.
    limits_eur
        Budgets.
    rule
        Which budget grows.
    joint
        True: also solve all budgets in one model, within the time limit of the workbench.

    Returns
    -------
    Growth
        The best nested plans found, and how much better others could be.

    Raises
    ------
    ValueError
        The scenario does not set that budget.
    """
    index = next((r for r, x in enumerate(bench.model.rules) if x.asked.name == rule), None)
    if index is None:
        msg = f"the scenario sets no {rule}"
        raise ValueError(msg)
    budgets, free = [], []
    for euros in sorted(limits_eur):
        reply = bench.ask(_budget(bench, index, euros))
        if not isinstance(reply, Blocked):
            budgets.append(euros)
            free.append(reply)
    if not free:
        return Growth(rule, (), "forwards", 0.0, 0.0)
    bound = sum(plan.bound for plan in free)
    found: dict[Way, list[Solution]] = {}
    for way in ("forwards", "backwards"):
        chain = _chain(bench, index, budgets, free, backwards=way == "backwards")
        if chain is not None:
            found[way] = chain
    best = _best(found)
    if joint and (best is None or bound - _total(found[best]) > 1e-6 * abs(bound)):
        together, proven = _joint(bench, index, budgets)
        bound = min(bound, proven)
        if together is not None:
            found["joint"] = together
            best = _best(found)
    if best is None:
        return Growth(rule, (), "forwards", 0.0, bound)
    stages = _stages(bench, budgets, free, found[best])
    total = _total(found[best])
    return Growth(rule, stages, best, total, max(bound, total))


def nested(bench: Workbench, before: Decisions, after: Decisions) -> bool:
    """Whether nothing that one plan opens or closes is undone by the next.

    Parameters
    ----------
    bench
        The case.
    before, after
        The plans.

    Returns
    -------
    bool
        Numbers of sites move away from today's in one direction only.
    """
    now = check.today(bench.case).sites
    for place in {*before.sites, *after.sites, *now}:
        today, a, b = (plan.get(place, 0) for plan in (now, before.sites, after.sites))
        if (a > today and b < a) or (a < today and b > a):
            return False
    return True


def _best(found: Mapping[Way, Sequence[Solution]]) -> Way | None:
    ways = sorted(found, key=lambda way: -_total(found[way]))
    return ways[0] if ways else None


def _total(plans: Sequence[Solution]) -> float:
    return sum(plan.score for plan in plans)


def _budget(bench: Workbench, index: int, euros: Euros) -> Change:
    asked = bench.model.rules[index].asked
    rounding = 1e-6 * max(1.0, abs(euros))
    return Change(slack={index: euros - asked.limit + rounding})


def _chain(
    bench: Workbench,
    index: int,
    budgets: Sequence[Euros],
    free: Sequence[Solution],
    *,
    backwards: bool,
) -> list[Solution] | None:
    """Follow the budgets one by one, each held to the plan of the one solved before."""
    order = range(len(budgets))[::-1] if backwards else range(len(budgets))
    plans: dict[int, Solution] = {}
    last: Solution | None = None
    for stage in order:
        reply: Solution | Blocked = free[stage]
        if last is not None:
            change = _budget(bench, index, budgets[stage])
            wishes = _held(bench, last.decisions, backwards=backwards)
            reply = bench.ask(replace(change, wishes=wishes), start=last.decisions)
        if isinstance(reply, Blocked):
            return None
        last = plans[stage] = reply
    return [plans[stage] for stage in range(len(budgets))]


def _held(bench: Workbench, plan: Decisions, *, backwards: bool) -> tuple[Wish, ...]:
    """Numbers of sites that a plan after (or before) this one may have."""
    now = check.today(bench.case).sites
    wishes = []
    for service, commune in bench.decided:
        place = (service, commune)
        if place not in now and commune not in {c.code for c in bench.case.members}:
            continue
        today, count = now.get(place, 0), plan.sites.get(place, 0)
        # Today's sites only ever go: fewer after, more before.
        floor = backwards if today else not backwards
        wishes.append(Wish(*place, least=count) if floor else Wish(*place, most=count))
    return tuple(wishes)


def _joint(
    bench: Workbench, index: int, budgets: Sequence[Euros]
) -> tuple[list[Solution] | None, float]:
    """Solve every budget in one model."""
    parts = [bench.changed(_budget(bench, index, euros)) for euros in budgets]
    width = len(bench.matrix.names)
    links = _links(bench, len(budgets), width)
    matrix = stacked(parts, links)
    outcome = BACKENDS["highs"](matrix, bench.limits)
    bound = np.inf if outcome.bound is None else outcome.bound
    if outcome.values is None:
        return None, bound
    plans = []
    for t, part in enumerate(parts):
        values = outcome.values[t * width : (t + 1) * width]
        decisions = decode(bench.model, values)
        evaluation = bench.judge(decisions, [index], part.objective(values))
        plans.append(
            Solution(
                decisions=decisions,
                evaluation=evaluation,
                today=bench.today,
                status=outcome.status,
                stop=StopReason.PROOF if outcome.status is Status.OPTIMAL else outcome.stop,
                bound=np.inf,
                solver=outcome.solver,
                seconds=outcome.seconds,
                nodes=outcome.nodes,
            )
        )
    return plans, bound


def _links(bench: Workbench, stages: int, width: int) -> list[Row]:
    """Constraints between one stage and the next: what is new stays, what is gone stays gone."""
    now = check.today(bench.case).sites
    members = {commune.code for commune in bench.case.members}
    rows = []
    for place in bench.decided:
        if place[1] in members:
            columns: Mapping[int, float] = bench.count(*place)
            sign = -1.0 if now.get(place, 0) else 1.0
            for t in range(stages - 1):
                terms = {t * width + c: -sign * x for c, x in columns.items()}
                terms |= {(t + 1) * width + c: sign * x for c, x in columns.items()}
                rows.append(Row(terms, low=0.0))
    return rows


def stacked(parts: Sequence[LinearModel], links: Sequence[Row]) -> LinearModel:
    """Join models into one whose objective is the sum of theirs.

    Parameters
    ----------
    parts
        Models of the same direction; their columns follow each other.
    links
        Constraints between them.

    Returns
    -------
    LinearModel
        The joined model.
    """
    blocks = sparse.block_diag([part.rows for part in parts], format="csr")
    joined = LinearModel(
        names=tuple(f"{name}_{t}" for t, part in enumerate(parts) for name in part.names),
        cost=np.concatenate([part.cost for part in parts]),
        offset=sum(part.offset for part in parts),
        maximise=parts[0].maximise,
        lower=np.concatenate([part.lower for part in parts]),
        upper=np.concatenate([part.upper for part in parts]),
        integer=np.concatenate([part.integer for part in parts]),
        rows=sparse.csr_array(blocks),
        row_lower=np.concatenate([part.row_lower for part in parts]),
        row_upper=np.concatenate([part.row_upper for part in parts]),
    )
    return with_rows(joined, links)


def _stages(
    bench: Workbench,
    budgets: Sequence[Euros],
    free: Sequence[Solution],
    plans: Sequence[Solution],
) -> tuple[Stage, ...]:
    before = check.today(bench.case)
    stages = []
    for euros, best, plan in zip(budgets, free, plans, strict=True):
        new = moves(bench.case, before, plan.decisions)
        bounded = replace(plan, bound=max(plan.score, best.bound))
        stages.append(Stage(euros, best, bounded, max(0.0, best.score - plan.score), new))
        before = plan.decisions
    return tuple(stages)
