"""Nested growth, in words."""

from collections.abc import Iterator

from optimiser.questions.growth import Growth, Stage
from optimiser.report.answers.page import Page, table
from optimiser.report.answers.phrases import move
from optimiser.report.words import Words

_STAGES = (
    "limit:euros:16 free:points:12 nested:points:12 cost:points:12 spent:euros:16"
    " persons:count:12+ new:count:10 moves:text:120+"
)


def growth_page(answer: Growth, words: Words) -> Page:
    """Word the stages.

    Parameters
    ----------
    answer
        The stages.
    words
        Names of the case.

    Returns
    -------
    Page
        A line for each budget, and a line for each decision.
    """
    labels = words.labels
    rows = [_row(stage, words) for stage in answer.stages]
    steps = [
        (labels.euros(stage.limit_eur), move(change, words))
        for stage in answer.stages
        for change in stage.new
    ]
    return Page(
        question="grow",
        title=labels("ask.grow.title"),
        sentences=tuple(_sentences(answer, words)),
        tables=(
            table("stages", _STAGES, rows, labels),
            table("steps", "limit:text:16 moves:text:60", steps, labels),
        ),
        status=answer.status,
        gap=answer.gap,
        data=answer,
    )


def _sentences(answer: Growth, words: Words) -> Iterator[str]:
    labels = words.labels
    if not answer.stages:
        yield labels("ask.grow.nothing")
        return
    yield labels(f"ask.grow.{answer.way}")
    yield labels("ask.grow.rule")
    for stage in answer.stages:
        yield labels(
            "ask.grow.stage",
            limit=labels.euros(stage.limit_eur),
            new=labels.count("ask.grow.decisions", len(stage.new)),
            cost=labels.number(stage.cost),
            share=labels.percent(stage.cost / abs(stage.free.score) if stage.free.score else 0, 2),
        )


def _row(stage: Stage, words: Words) -> tuple[str | float | None, ...]:
    plan = stage.nested
    return (
        stage.limit_eur,
        stage.free.score,
        plan.score,
        stage.cost,
        plan.evaluation.costs.capital_eur,
        float(plan.evaluation.guaranteed.sum() - plan.today.guaranteed.sum()),
        len(stage.new),
        words.labels("words.semicolon").join(move(change, words) for change in stage.new),
    )
