"""What else: the plans near the best one, the sites that all or none of them hold, and how robust.

Two plans differ in a place when another number of sites operates there (`unary`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from optimiser.questions.difference import Moved, moves
from optimiser.questions.parallel import ask_all, workers_for
from optimiser.questions.rows import Row, with_rows
from optimiser.questions.unary import Unary
from optimiser.questions.workbench import (
    Blocked,
    Reply,
    Workbench,
)
from optimiser.solution import Decisions, Place, Solution, Status
from optimiser.solvers import LinearModel
from optimiser.units import Share

Standing: TypeAlias = Literal["always", "sometimes", "never"]


@dataclass(frozen=True)
class Alternative:
    """A plan near the best one.

    Parameters
    ----------
    plan
        The plan.
    loss
        Part of the best score that it lacks.
    moved
        Where it decides otherwise than the best plan.
    """

    plan: Solution
    loss: Share
    moved: tuple[Moved, ...]


@dataclass(frozen=True)
class Portfolio:
    """Plans within a part of the best score, each far enough from those before it.

    Parameters
    ----------
    best
        The best plan.
    within, apart
        Part of the best score that a plan may lack, and decisions in which plans differ at least.
    alternatives
        Best first; each is the best of those that are far enough from all before it.
    complete
        True where it is proven that no further plan is within and far enough.
    standing
        For each place where something is decided: whether all, some or none of *all* the plans
        within, listed or not, have a site there (a neighbour's: an agreement).
    standing_proven
        False where the time was over before ``always`` and ``never`` were proven.
    """

    best: Solution
    within: Share
    apart: int
    alternatives: tuple[Alternative, ...]
    complete: bool
    standing: Mapping[Place, Standing]
    standing_proven: bool

    @property
    def status(self) -> Status:
        """``optimal`` where every plan is proven."""
        plans = [self.best, *(a.plan for a in self.alternatives)]
        proven = all(plan.status is Status.OPTIMAL for plan in plans)
        return Status.OPTIMAL if proven else Status.FEASIBLE

    @property
    def gap(self) -> Share:
        """Largest gap of the plans."""
        return max(plan.gap for plan in [self.best, *(a.plan for a in self.alternatives)])


def portfolio(
    bench: Workbench,
    *,
    within: Share = 0.01,
    apart: int = 1,
    most: int = 10,
    workers: int | None = 1,
) -> Portfolio:
    """Find the plans near the best one.

    Parameters
    ----------
    bench
        The case.
    within
        Part of the best score that a plan may lack.
    apart
        Least number of places in which any two plans decide otherwise.
    most
        Plans besides the best one.
    workers
        As in `optimiser.questions.parallel.ask_all`.

    Returns
    -------
    Portfolio
        With what stands in all, some or none of the plans within.
    """
    unary = Unary(bench)
    near = with_rows(unary.matrix, [score_row(bench, within)])
    found: list[Alternative] = []
    complete = False
    known = [bench.best.decisions]
    while len(found) < most:
        near = with_rows(near, [unary.differs(known[-1], apart)])
        reply = bench.solve(near)
        if isinstance(reply, Blocked):
            complete = reply.status is Status.INFEASIBLE
            break
        best, plan = bench.best, reply
        loss = (best.score - plan.score) / abs(best.score) if best.score else 0.0
        moved = moves(bench.case, best.decisions, plan.decisions)
        found.append(Alternative(plan, max(0.0, loss), moved))
        known.append(plan.decisions)
    states, proven = standing(bench, within, known, workers=workers)
    return Portfolio(
        best=bench.best,
        within=within,
        apart=apart,
        alternatives=tuple(found),
        complete=complete,
        standing=states,
        standing_proven=proven,
    )


def standing(
    bench: Workbench, within: Share, known: Sequence[Decisions], *, workers: int | None = 1
) -> tuple[Mapping[Place, Standing], bool]:
    """Tell which places all, some or none of the plans within hold.

    Each solve looks for a plan within that shows as many places as possible in a state that no
    plan before it has shown; when no such plan is left, the rest is proven always or never.

    Parameters
    ----------
    bench
        The case.
    within
        Part of the best score that a plan may lack.
    known
        Plans within that are known already, the best one among them.
    workers
        As in `optimiser.questions.parallel.ask_all`: each looks at its part of the places.

    Returns
    -------
    tuple
        By place; and whether ``always`` and ``never`` are proven.
    """
    seen = {place: {bench.value(d, place) > 0 for d in known} for place in bench.decided}
    left = {place: next(iter(found)) for place, found in seen.items() if len(found) == 1}
    several = workers_for(len(left), workers)
    parts = [(within, dict(list(left.items())[n::several])) for n in range(several)]
    answers = ask_all(bench, _shown, parts, workers=several)
    for shown, _ in answers:
        for place in shown:
            seen[place] = {True, False}
    proven = all(sound for _, sound in answers)
    states: dict[Place, Standing] = {
        place: "sometimes" if len(found) > 1 else "always" if True in found else "never"
        for place, found in seen.items()
    }
    return states, proven


def _shown(
    bench: Workbench, question: tuple[Share, Mapping[Place, bool]]
) -> tuple[list[Place], bool]:
    """List places that some plan within shows in another state; and whether no other does."""
    within, states = question
    matrix = with_rows(bench.matrix, [score_row(bench, within)])
    left, found = dict(states), list[Place]()
    while left:
        reply = _unseen(bench, matrix, left)
        if isinstance(reply, Blocked):
            return found, reply.status is Status.INFEASIBLE
        new = [p for p, state in left.items() if (bench.value(reply.decisions, p) > 0) != state]
        if not new:
            return found, reply.status is Status.OPTIMAL
        found += new
        for place in new:
            del left[place]
    return found, True


def _unseen(bench: Workbench, matrix: LinearModel, states: Mapping[Place, bool]) -> Reply:
    """Find a plan within that shows as many places as possible in another state."""
    cost = np.zeros(len(matrix.names))
    for place, stands in states.items():
        cost[bench.presence(place)] += -1.0 if stands else 1.0
    offset = float(sum(states.values()))
    counting = replace(matrix, cost=cost, offset=offset, maximise=True)
    # Any plan that shows something new will do; only that none is left must be proven.
    reply = bench.aim(counting, limits=replace(bench.limits, gap=0.5))
    return reply if isinstance(reply, Blocked) else reply.plan


def score_row(bench: Workbench, within: Share) -> Row:
    """Constraint: the score lacks at most a part of the best one.

    Parameters
    ----------
    bench
        The case.
    within
        The part.

    Returns
    -------
    Row
        On the columns of the plan model.
    """
    cost = bench.matrix.cost
    least = bench.best.score - within * abs(bench.best.score)
    terms = {int(c): float(cost[c]) for c in np.flatnonzero(cost)}
    # A hair less, so that the best plan itself is never rounded away.
    slack = 1e-9 * max(1.0, abs(least))
    return Row(terms, low=least - slack - bench.matrix.offset)
