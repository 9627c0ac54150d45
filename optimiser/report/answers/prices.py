"""The price tag of every rule, and what a budget is worth, in words."""

from collections.abc import Sequence

from optimiser.questions.prices import BudgetPoint, Price, PriceList
from optimiser.report.answers.page import Page, Sheet, table
from optimiser.report.answers.phrases import effect, rule
from optimiser.report.words import Words

_COLUMNS = (
    "rule:text:50 rules:count:8+ score:points:12 persons:count:12 minutes:minutes:10+"
    " annual:euros:16 running:euros:16+ capital:euros:16"
)
_CURVE = (
    "limit:euros:16 score:points:12 persons:count:12+ opened:count:10 spent:euros:16"
    " running:euros:16+ annual:euros:16 marginal:points:14"
)
_MILLION = 1e6


def prices_page(
    answer: PriceList, curve: Sequence[BudgetPoint], running: Sequence[BudgetPoint], words: Words
) -> Page:
    """Word the price list and the curves of both budgets.

    Parameters
    ----------
    answer
        Price list.
    curve, running
        Curves of the capital and of the running budget; empty where there is no such limit.
    words
        Names of the case.

    Returns
    -------
    Page
        One sentence for each rule that costs something.
    """
    labels = words.labels
    dear = [price for price in answer.families if price.points >= 0.5]  # noqa: PLR2004
    free = [price for price in answer.families if price not in dear]
    sentences = [
        labels("ask.prices.costs", rule=rule(p.rule, (), words), effect=effect(p.change, words))
        for p in dear
    ]
    if free:
        names = ", ".join(rule(p.rule, (), words) for p in free)
        sentences.append(labels("ask.prices.free", rules=names))
    return Page(
        question="prices",
        title=labels("ask.prices.title"),
        sentences=(*sentences, labels("ask.prices.note")),
        tables=(
            _table("prices", answer.families, words),
            _table("single_prices", answer.singles, words),
            _curve("capital_curve", curve, words),
            _curve("running_curve", running, words),
        ),
        status=answer.status,
        gap=answer.gap,
        data={"prices": answer, "capital_curve": curve, "running_curve": running},
    )


def _table(key: str, prices: Sequence[Price], words: Words) -> Sheet:
    rows = [
        (
            rule(price.rule, price.subject or (), words),
            price.rules,
            price.points,
            price.change.whole.persons,
            price.change.whole.minutes,
            price.change.annual_eur,
            price.change.running_eur,
            price.change.capital_eur,
        )
        for price in prices
    ]
    return table(key, _COLUMNS, rows, words.labels)


def _curve(key: str, points: Sequence[BudgetPoint], words: Words) -> Sheet:
    rows = [
        (
            point.limit_eur,
            point.score,
            point.persons,
            point.sites,
            point.capital_eur,
            point.running_eur,
            point.annual_eur,
            None if point.marginal is None else point.marginal * _MILLION,
        )
        for point in points
    ]
    return table(key, _CURVE, rows, words.labels)
