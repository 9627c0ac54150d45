"""What each rule costs: the plan without it, against the plan; and what the budget is worth."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimiser.questions.difference import Difference, difference
from optimiser.questions.parallel import ask_all
from optimiser.questions.workbench import Blocked, Change, Workbench, rule_key
from optimiser.solution import Evaluation, Solution, Status
from optimiser.units import Euros, Share


@dataclass(frozen=True)
class Price:
    """What a rule, or all rules of one family, cost.

    Parameters
    ----------
    rule
        Name of the family.
    subject
        What the single rule is about; None: every rule of the family at once.
    rules
        How many single rules that is.
    plan
        The best plan without it; the plan itself where the rule costs nothing.
    change
        That plan against the plan with the rule.
    most
        Points that the rule costs at most, as proven by the bounds; its price where proven.
    """

    rule: str
    subject: tuple[str, ...] | None
    rules: int
    plan: Solution
    change: Difference
    most: float

    @property
    def points(self) -> float:
        """Points of the score that the rule costs."""
        return max(0.0, self.change.score)


@dataclass(frozen=True)
class PriceList:
    """The price tag of every rule.

    Parameters
    ----------
    best
        The plan with every rule.
    families
        Each family of rules as a whole, dearest first; those that cost nothing included.
    singles
        The single rules that cost something, dearest first. What is not listed costs nothing.
    """

    best: Solution
    families: tuple[Price, ...]
    singles: tuple[Price, ...]

    @property
    def status(self) -> Status:
        """``optimal`` where every plan is proven."""
        solutions = [self.best, *(price.plan for price in (*self.families, *self.singles))]
        proven = all(solution.status is Status.OPTIMAL for solution in solutions)
        return Status.OPTIMAL if proven else Status.FEASIBLE

    @property
    def gap(self) -> Share:
        """Largest gap of the plans."""
        return max(s.gap for s in [self.best, *(p.plan for p in (*self.families, *self.singles))])


@dataclass(frozen=True, slots=True)
class BudgetPoint:
    """The best plan of one budget.

    Parameters
    ----------
    limit_eur
        The budget.
    score, bound
        Of its best plan, and what no plan exceeds.
    persons
        Persons within the guaranteed time, counted once for each type, more than today.
    capital_eur, running_eur, annual_eur
        What the plan spends: once; a year more than today, fees included; and a year with capital
        written off.
    sites
        Sites opened.
    marginal
        Points for each euro more than the point before; None at the first.
    status
        As proven.
    """

    limit_eur: Euros
    score: float
    bound: float
    persons: float
    capital_eur: Euros
    running_eur: Euros
    annual_eur: Euros
    sites: int
    marginal: float | None
    status: Status


def prices(bench: Workbench, *, each: bool = True, workers: int | None = None) -> PriceList:
    """Price every rule.

    A rule costs no more than its family: where the family costs nothing, its rules are not asked.

    Parameters
    ----------
    bench
        The case.
    each
        False: families alone.
    workers
        As in `optimiser.questions.parallel.ask_all`.

    Returns
    -------
    PriceList
        Families and single rules.
    """
    names = dict.fromkeys(rule.asked.name for rule in bench.model.rules)
    groups = [_family(bench, name) for name in names]
    replies = ask_all(bench, without, groups, workers=workers)
    families = [
        _price(bench, group, plan, whole=True) for group, plan in zip(groups, replies, strict=True)
    ]
    dear = [
        (group, price.plan)
        for group, price in zip(groups, families, strict=True)
        if each and _costs(bench, price)
    ]
    priced = [_price(bench, (r,), p, whole=False) for r, p in _single(bench, dear, workers)]
    singles = [price for price in priced if _costs(bench, price)]
    return PriceList(
        best=bench.best,
        families=tuple(sorted(families, key=lambda p: -p.points)),
        singles=tuple(sorted(singles, key=lambda p: (-p.points, p.rule, p.subject or ()))),
    )


def _single(
    bench: Workbench, dear: Sequence[tuple[tuple[int, ...], Solution]], workers: int | None
) -> list[tuple[int, Solution]]:
    """Find the best plan without each rule of groups that cost something; free ones are left out.

    The plan without a group breaks some of its rules, and these are asked one by one. The others
    are asked together: where they cost nothing together, none of them costs anything.
    """
    found: list[tuple[int, Solution]] = []
    groups = list(dear)
    while groups:
        parts: list[tuple[int, ...]] = []
        for group, plan in groups:
            if len(group) == 1:
                found.append((group[0], plan))
                continue
            broken = {rule_key(violation) for violation in plan.evaluation.violations}
            asked = {r: bench.model.rules[r].asked for r in group}
            named = [r for r in group if (asked[r].name, asked[r].subject) in broken]
            rest = tuple(r for r in group if r not in named)
            parts += [(r,) for r in (named or rest)]
            parts += [rest] if named and rest else []
        plans = ask_all(bench, without, parts, workers=workers)
        answers = zip(parts, plans, strict=True)
        groups = [(g, p) for g, p in answers if _costs(bench, _price(bench, g, p, whole=True))]
    return found


def without(bench: Workbench, group: Sequence[int]) -> Solution:
    """Find the best plan without some rules.

    Parameters
    ----------
    bench
        The case.
    group
        Indices of the rules.

    Returns
    -------
    Solution
        At least as good as the plan with them.
    """
    change = Change(slack=dict.fromkeys(group, np.inf))
    reply = bench.ask(change, start=bench.best.decisions)
    if isinstance(reply, Blocked):
        # Stopped by the limits: the plan with the rules still stands.
        return replace(bench.best, status=Status.FEASIBLE, stop=reply.stop, bound=np.inf)
    return reply if reply.score >= bench.best.score else replace(bench.best, bound=reply.bound)


def budget_curve(
    bench: Workbench, *, rule: str = "capital_budget", points: int = 9
) -> tuple[BudgetPoint, ...]:
    """Follow the best plan as a budget grows from the least that allows a plan.

    Parameters
    ----------
    bench
        The case.
    rule
        ``capital_budget`` or ``running_budget``.
    points
        Number of budgets, evenly spaced up to what the plan without that budget spends.

    Returns
    -------
    tuple of BudgetPoint
        Empty where the scenario sets no such budget.
    """
    (index,) = _family(bench, rule) or (None,)
    if index is None:
        return ()
    limit = bench.model.rules[index].asked.limit
    most = _spent(bench, rule, without(bench, [index]).evaluation)
    least = _spent(bench, rule, _cheapest(bench, index, rule))
    found: list[BudgetPoint] = []
    budgets = sorted({*np.linspace(least, max(least, most), points).tolist(), limit})
    for euros in budgets:
        reply = bench.ask(Change(slack={index: euros - limit + 1e-6 * max(1.0, abs(euros))}))
        if isinstance(reply, Solution):
            found.append(_point(bench, euros, reply, found[-1] if found else None))
    return tuple(found)


def _cheapest(bench: Workbench, index: int, rule: str) -> Evaluation:
    """The plan that spends least under the other rules."""
    terms = (
        [(column, euros) for _, column, euros in bench.model.capital()]
        if rule == "capital_budget"
        else bench.model.recurrent()
    )
    cost = np.zeros(len(bench.matrix.names))
    for variable, euros in terms:
        cost[bench.column(variable)] += euros
    matrix = bench.changed(Change(slack={index: np.inf}))
    cheap = replace(matrix, cost=cost, offset=0.0, maximise=False)
    reply = bench.aim(cheap, released=[index])
    return bench.best.evaluation if isinstance(reply, Blocked) else reply.plan.evaluation


def _spent(bench: Workbench, rule: str, evaluation: Evaluation) -> Euros:
    if rule == "capital_budget":
        return evaluation.costs.capital_eur
    return evaluation.costs.recurrent_eur - bench.today.costs.recurrent_eur


def _point(
    bench: Workbench, euros: Euros, plan: Solution, before: BudgetPoint | None
) -> BudgetPoint:
    value, now = plan.evaluation, bench.today
    marginal = None
    if before is not None and euros > before.limit_eur:
        marginal = (plan.score - before.score) / (euros - before.limit_eur)
    return BudgetPoint(
        limit_eur=euros,
        score=plan.score,
        bound=plan.bound,
        persons=float(value.guaranteed.sum() - now.guaranteed.sum()),
        capital_eur=value.costs.capital_eur,
        running_eur=value.costs.recurrent_eur - now.costs.recurrent_eur,
        annual_eur=value.costs.annual_eur,
        sites=int(np.maximum(value.sites - now.sites, 0).sum()),
        marginal=marginal,
        status=plan.status,
    )


def _family(bench: Workbench, name: str) -> tuple[int, ...]:
    return tuple(r for r, rule in enumerate(bench.model.rules) if rule.asked.name == name)


def _costs(bench: Workbench, price: Price) -> bool:
    """Whether the rule costs more than the solver's own rounding."""
    return price.most > max(1e-6, 2 * bench.limits.gap) * max(1.0, abs(bench.best.score))


def _price(bench: Workbench, group: Sequence[int], plan: Solution, *, whole: bool) -> Price:
    asked = bench.model.rules[group[0]].asked
    best = bench.best
    pairs = ((s.decisions, s.evaluation) for s in (best, plan))
    return Price(
        rule=asked.name,
        subject=None if whole else asked.subject,
        rules=len(group),
        plan=plan,
        change=difference(bench.case, *pairs),
        most=max(0.0, plan.bound - best.score),
    )
