"""What else: plans near the best one, what all or none of them hold, robustness, in words."""

from collections.abc import Iterator

from optimiser.questions.portfolio import Alternative, Portfolio
from optimiser.questions.robustness import Robust, Robustness
from optimiser.report.answers.page import Page, Sheet, table
from optimiser.report.answers.phrases import move, place
from optimiser.report.words import Words
from optimiser.solution import Status

_PLANS = (
    "rank:count:6 loss:percent:10 score:points:12 differs:count:12 persons:count:12"
    " annual:euros:16 capital:euros:16 moves:text:120+"
)
_NAMED = 3


def alternatives_page(answer: Portfolio, robust: Robustness | None, words: Words) -> Page:
    """Word the portfolio.

    Parameters
    ----------
    answer
        The plans.
    robust
        How robust the best one is; None: not asked.
    words
        Names of the case.

    Returns
    -------
    Page
        A line for each plan, each place, each action.
    """
    labels = words.labels
    rows = [_row(n, each, answer, words) for n, each in enumerate(answer.alternatives, start=1)]
    tables = [table("alternatives", _PLANS, rows, labels), _standing(answer, words)]
    if robust is not None:
        tables += [
            _robust("robust", robust.actions, words),
            _robust("missed", robust.missed, words),
        ]
    sound = answer.standing_proven and (robust is None or robust.status is Status.OPTIMAL)
    return Page(
        question="alternatives",
        title=labels("ask.alternatives.title"),
        sentences=tuple(_sentences(answer, robust, words)),
        tables=tuple(tables),
        status=answer.status if sound else Status.FEASIBLE,
        gap=answer.gap,
        data={"portfolio": answer, "robustness": robust},
    )


def _sentences(answer: Portfolio, robust: Robustness | None, words: Words) -> Iterator[str]:
    labels = words.labels
    many = len(answer.alternatives)
    yield labels.count(
        "ask.alternatives.found",
        many,
        within=labels.percent(answer.within, 2),
        apart=labels.number(answer.apart),
    )
    yield labels("ask.alternatives.complete" if answer.complete else "ask.alternatives.more")
    for n, each in enumerate(answer.alternatives[:_NAMED], start=1):
        named = labels("words.semicolon").join(move(m, words) for m in each.moved[:_NAMED])
        yield labels(
            "ask.alternatives.plan",
            rank=labels.number(n),
            loss=labels.percent(each.loss, 3),
            differs=labels.number(len(each.moved)),
            moves=named,
        )
    states = list(answer.standing.values())
    yield labels(
        "ask.alternatives.standing",
        within=labels.percent(answer.within, 2),
        **{s: labels.number(states.count(s)) for s in ("always", "sometimes", "never")},
    )
    if robust is not None and robust.answered:
        yield labels(
            "ask.alternatives.robust",
            samples=labels.number(robust.answered),
            weights=labels.percent(robust.ranges.weights, 0),
            public=labels.percent(robust.ranges.public, 0),
            minutes=labels.percent(robust.ranges.minutes, 0),
            median=labels.percent(robust.regret[len(robust.regret) // 2], 2),
            most=labels.percent(robust.regret[-1], 2),
            holds=labels.percent(robust.holds, 0),
        )


def _row(
    rank: int, each: Alternative, answer: Portfolio, words: Words
) -> tuple[str | float | None, ...]:
    plan, best = each.plan.evaluation, answer.best.evaluation
    return (
        rank,
        each.loss,
        plan.score,
        len(each.moved),
        float(plan.guaranteed.sum() - best.guaranteed.sum()),
        plan.costs.annual_eur - best.costs.annual_eur,
        plan.costs.capital_eur - best.costs.capital_eur,
        words.labels("words.semicolon").join(move(m, words) for m in each.moved),
    )


def _standing(answer: Portfolio, words: Words) -> Sheet:
    labels = words.labels
    order = ("sometimes", "always", "never")
    rows = [
        (labels(f"ask.standing.{state}"), place(*where, words))
        for state in order
        for where, found in answer.standing.items()
        if found == state
    ]
    return table("standing", "standing:text:14+ place:text:60+", rows, labels)


def _robust(key: str, found: tuple[Robust, ...], words: Words) -> Sheet:
    rows = [
        (place(r.service, r.commune, words), r.today, r.planned, r.same)
        for r in found
        if key == "robust" or r.same < 1.0
    ]
    return table(
        key, "place:text:50 today:count:10 planned:count:10 same:percent:12", rows, words.labels
    )
