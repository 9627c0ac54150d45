"""Equity of access, in words."""

from collections.abc import Iterator, Sequence

from optimiser.questions.axes import AXES, Axis, measures
from optimiser.questions.equity import Equity, Fairest
from optimiser.report.answers.page import Page, table
from optimiser.report.answers.pareto import amount, shown
from optimiser.report.tables import Cell
from optimiser.report.words import Words
from optimiser.solution import Solution, Status

_TYPES = (
    "service:text:26 ede_today:minutes:10 ede:minutes:10 mean:minutes:10+"
    " low_income:percent:12 others:percent:12"
)
_PLANS = (
    "plan:text:24 ede_all:minutes:12 worst:percent:12 low_income:percent:12 coverage:count:14+"
    " cost_year:euros:16 car_km:count:16+ score:points:14"
)
_ORDER: tuple[Axis, ...] = ("ede", "equity", "low_income", "coverage", "cost", "car_km")


def equity_page(
    now: Equity, planned: Equity, plan: Solution, best: Sequence[Fairest], words: Words
) -> Page:
    """Word the equity of today's network, of the plan, and of the fairest plans.

    Parameters
    ----------
    now, planned
        Of today's network, and of the plan.
    plan
        The plan.
    best
        The fairest plans; empty: not asked.
    words
        Names of the case.

    Returns
    -------
    Page
        A line for each type, and one for each plan.
    """
    labels = words.labels
    types: list[tuple[Cell, ...]] = [
        (
            words.service(after.service),
            before.ede,
            after.ede,
            after.mean,
            after.low_income,
            after.others,
        )
        for before, after in zip(now.services, planned.services, strict=True)
    ]
    plans = [
        (labels("ask.equity.today"), plan.today),
        (labels("ask.equity.plan"), plan.evaluation),
        *((labels(f"ask.equity.best.{each.aim}"), each.plan.evaluation) for each in best),
    ]
    rows: list[tuple[Cell, ...]] = []
    for name, evaluation in plans:
        values = measures(words.case, evaluation)
        rows.append((name, *(shown(axis, values[axis]) for axis in _ORDER), evaluation.score))
    proven = all(s.status is Status.OPTIMAL for s in (plan, *(each.plan for each in best)))
    return Page(
        question="equity",
        title=labels("ask.equity.title"),
        sentences=tuple(_sentences(now, planned, best, words)),
        tables=(
            table("fair_plans", _PLANS, rows, labels),
            table("equity", _TYPES, types, labels),
        ),
        status=Status.OPTIMAL if proven else Status.FEASIBLE,
        gap=max((s.gap for s in (plan, *(each.plan for each in best))), default=0.0),
        data={"today": now, "plan": planned, "fairest": best},
    )


def _sentences(
    now: Equity, planned: Equity, best: Sequence[Fairest], words: Words
) -> Iterator[str]:
    labels = words.labels
    yield labels(
        "ask.equity.basin",
        now=words.basin(now.worst_basin),
        now_share=labels.percent(now.worst_share),
        planned=words.basin(planned.worst_basin),
        share=labels.percent(planned.worst_share),
    )
    yield labels(
        "ask.equity.income",
        now=labels.percent(now.low_income),
        low=labels.percent(planned.low_income),
        others=labels.percent(planned.others),
        income=labels.euros_full(words.case.scenario.coverage.reference_income_eur),
    )
    for each in sorted(best, key=lambda b: AXES.index(b.aim)):
        yield labels(
            "ask.equity.fairest",
            aim=labels(f"ask.axis.{each.aim}"),
            value=amount(each.aim, each.value, labels),
            bound=amount(each.aim, each.bound, labels),
        )
    yield labels("ask.equity.note")
