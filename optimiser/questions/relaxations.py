"""Every minimal way to make a question answerable: which rules give way, and by how much.

A set of rules is minimal when its giving way leaves a plan and that of no part of it does. The
smallest set is found with one column for each rule that is 1 where the rule gives way; a cut then
forbids that set and everything that holds it, so that the next solve finds another minimal one.
The sets come smallest first, which is what makes each of them minimal.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimiser import check
from optimiser.case import Case
from optimiser.planning.infeasible import elastic, least_amounts
from optimiser.questions.difference import Difference, difference
from optimiser.questions.parallel import ask_all
from optimiser.questions.rows import Row, with_rows
from optimiser.questions.workbench import (
    Blocked,
    Change,
    Reply,
    Workbench,
)
from optimiser.solution import Evaluation, Relaxation, Solution, Status
from optimiser.solvers import BACKENDS, Limits, LinearModel
from optimiser.units import FloatArray, IntArray, Minutes, ServiceCode

_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Longer:
    """The same share of a public, within more minutes: another way to say a relaxation.

    Parameters
    ----------
    service, subject
        The type, and what the rule is about.
    limit, needed
        Guaranteed time, and the minutes within which the share that was asked for is reached; inf
        where it never is.
    """

    service: ServiceCode
    subject: tuple[str, ...]
    limit: Minutes
    needed: Minutes


@dataclass(frozen=True)
class Way:
    """One minimal way.

    Parameters
    ----------
    relaxations
        Rules that give way, each by the least amount.
    longer
        For each share of a public among them: the minutes that keep the share.
    plan
        The best plan then; None where it was not found in time.
    change
        That plan against today's network.
    """

    relaxations: tuple[Relaxation, ...]
    longer: tuple[Longer, ...]
    plan: Solution | None
    change: Difference | None


@dataclass(frozen=True)
class Ways:
    """Every minimal way that was found.

    Parameters
    ----------
    ways
        Fewest rules first, then the best plan first; empty where the question has an answer.
    answerable
        True where nothing has to give way.
    complete
        True where it is proven that no other minimal way of at most ``most_rules`` rules exists.
    most_rules
        Largest number of rules looked for.
    """

    ways: tuple[Way, ...]
    answerable: bool
    complete: bool
    most_rules: int

    @property
    def status(self) -> Status:
        """``optimal`` where every plan is proven; ``complete`` tells whether the list is."""
        proven = all(w.plan is not None and w.plan.status is Status.OPTIMAL for w in self.ways)
        return Status.OPTIMAL if proven else Status.FEASIBLE

    @property
    def gap(self) -> float:
        """Largest gap of the plans."""
        return max((w.plan.gap for w in self.ways if w.plan is not None), default=0.0)


def ways(
    bench: Workbench,
    change: Change | None = None,
    *,
    most_rules: int = 3,
    most_ways: int = 20,
    workers: int | None = 1,
) -> Ways:
    """Find every minimal way, smallest first.

    Parameters
    ----------
    bench
        The case.
    change
        What the question changes; None: the scenario as it stands.
    most_rules
        Largest number of rules that give way together.
    most_ways
        Where to stop.
    workers
        As in `optimiser.questions.parallel.ask_all`; for the plans of the ways.

    Returns
    -------
    Ways
        Each with its figures.
    """
    change = change or Change()
    found: list[tuple[int, ...]] = []
    complete = False
    for support in supports(bench, change, most_rules):
        if support is None:
            complete = True
        elif len(found) < most_ways:
            found.append(support)
        else:
            break
    if found == [()]:
        return Ways((), answerable=True, complete=True, most_rules=most_rules)
    each = ask_all(bench, _way, [(change, support) for support in found], workers=workers)
    each.sort(key=lambda w: (len(w.relaxations), -(w.plan.score if w.plan else -np.inf)))
    return Ways(tuple(each), answerable=False, complete=complete, most_rules=most_rules)


def supports(bench: Workbench, change: Change, most_rules: int) -> Iterator[tuple[int, ...] | None]:
    """Find the minimal sets of rules that must give way, smallest first.

    Parameters
    ----------
    bench, change
        The question.
    most_rules
        Largest size.

    Yields
    ------
    tuple of int, or None
        Indices of rules; None at the end, where it is proven that there is no other.
    """
    matrix = _counting(bench, change)
    first = len(bench.matrix.names)
    while True:
        outcome = BACKENDS["highs"](matrix, _whole(bench.limits))
        if outcome.status is Status.INFEASIBLE:
            yield None
            return
        if outcome.values is None:
            return
        support = tuple(np.flatnonzero(outcome.values[first:] > 0.5).tolist())  # noqa: PLR2004
        if outcome.status is not Status.OPTIMAL:
            return
        if len(support) > most_rules:
            yield None
            return
        yield support
        if not support:
            yield None
            return
        cut = Row(dict.fromkeys((first + r for r in support), 1.0), high=len(support) - 1)
        matrix = with_rows(matrix, [cut])


def _way(bench: Workbench, question: tuple[Change, tuple[int, ...]]) -> Way:
    return way(bench, *question)


def way(bench: Workbench, change: Change, support: Sequence[int]) -> Way:
    """Find the least amounts by which rules must give way, and the best plan then.

    Parameters
    ----------
    bench, change
        The question.
    support
        Indices of the rules.

    Returns
    -------
    Way
        With the plan.
    """
    amounts = amounts_of(bench, change, support)
    rules = [bench.model.rules[r] for r in support]
    relaxations = tuple(
        rule.relaxation(amount) for rule, amount in zip(rules, amounts.tolist(), strict=True)
    )
    reply = granted(bench, change, support, amounts)
    plan = reply if isinstance(reply, Solution) else None
    against = None
    longer: tuple[Longer, ...] = ()
    if plan is not None:
        now = check.today(bench.case)
        pairs = ((now, bench.today), (plan.decisions, plan.evaluation))
        against = difference(bench.case, *pairs)
        longer = tuple(_longer(bench.case, relaxations, plan.evaluation))
    return Way(relaxations, longer, plan, against)


def granted(bench: Workbench, change: Change, support: Sequence[int], amounts: FloatArray) -> Reply:
    """Find the best plan when rules give way by given amounts.

    Parameters
    ----------
    bench, change
        The question.
    support, amounts
        Rules by index, and by how much each gives way, in the unit of its row.

    Returns
    -------
    Solution or Blocked
        The plan.
    """
    slack = dict(change.slack)
    for r, amount in zip(support, amounts.tolist(), strict=True):
        # A hair more, so that rounding does not make it infeasible again.
        most = bench.model.rules[r].most
        slack[r] = min(most, amount + _ROUNDING * max(1.0, amount))
    return bench.ask(replace(change, slack=slack))


def amounts_of(bench: Workbench, change: Change, support: Sequence[int]) -> FloatArray:
    """Least slack of each rule of a set that gives way together.

    Parameters
    ----------
    bench, change
        The question.
    support
        Indices of the rules.

    Returns
    -------
    ndarray
        Slack (len(support),), in the unit of each row; the sum of their parts of the slack at
        which each rule no longer restricts anything is least.
    """
    rules = bench.model.rules
    return least_amounts(bench.changed(change), rules, slack_columns(bench), support, bench.limits)


def smallest(bench: Workbench, change: Change) -> tuple[tuple[Relaxation, ...], Reply]:
    """Find one smallest way to grant a change, and the best plan then.

    Parameters
    ----------
    bench, change
        The question, which has no plan.

    Returns
    -------
    tuple
        Relaxations, and the plan; nothing and a refusal where even without rules there is none.
    """
    support = next(supports(bench, change, len(bench.model.rules)), None)
    if not support:
        return (), Blocked(Status.INFEASIBLE, bench.best.stop)
    found = way(bench, change, support)
    if found.plan is None:
        return found.relaxations, Blocked(Status.NO_ANSWER, bench.best.stop)
    return found.relaxations, found.plan


def slack_columns(bench: Workbench) -> IntArray:
    """Column (rules,) of each rule's slack."""
    column = {name: index for index, name in enumerate(bench.matrix.names)}
    return np.array([column[rule.slack.name] for rule in bench.model.rules], dtype=np.int64)


def _counting(bench: Workbench, change: Change) -> LinearModel:
    """Let every rule give way freely, and count those that do."""
    matrix = elastic(bench.changed(change), bench.model.rules, slack_columns(bench))
    upper = matrix.upper.copy()
    for r, amount in change.slack.items():
        if amount < 0:
            column = slack_columns(bench)[r]
            matrix.lower[column] = upper[column] = amount
    return replace(matrix, upper=upper)


def _whole(limits: Limits) -> Limits:
    """Limits of a count: a bound that rounds up to the count is a proof."""
    return replace(limits, gap=0.0)


def _longer(
    case: Case, relaxations: Sequence[Relaxation], evaluation: Evaluation
) -> Iterator[Longer]:
    codes = [service.code for service in case.services]
    for relaxation in relaxations:
        if relaxation.unit != "share":
            continue
        k = codes.index(relaxation.subject[0])
        inside = np.ones(len(case.members), dtype=bool)
        if len(relaxation.subject) > 1:
            inside = case.basin_of == case.basins.index(relaxation.subject[1])
        minutes, public = evaluation.minutes[k][inside], case.public[k][inside]
        order = np.argsort(minutes, kind="stable")
        reached = np.cumsum(public[order]) / max(float(public.sum()), 1e-9)
        enough = np.flatnonzero(reached >= relaxation.limit - _ROUNDING)
        needed = float(minutes[order][enough[0]]) if len(enough) else np.inf
        limit = case.services[k].guarantee_minutes
        yield Longer(codes[k], relaxation.subject, limit, needed)
