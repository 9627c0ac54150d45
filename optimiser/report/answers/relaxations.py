"""Every minimal way to make a question answerable, in words."""

from collections.abc import Iterator

from optimiser.questions.relaxations import Way, Ways
from optimiser.report.answers.page import Page, table
from optimiser.report.answers.phrases import effect, gives_way
from optimiser.report.words import Words

_COLUMNS = (
    "rank:count:6 rules:count:8+ needs:text:90 score:points:12 persons:count:12"
    " annual:euros:16+ capital:euros:16+"
)
_SAID = 5


def relaxations_page(answer: Ways, words: Words) -> Page:
    """Word the ways, the smallest first.

    Parameters
    ----------
    answer
        The ways.
    words
        Names of the case.

    Returns
    -------
    Page
        A sentence for each of the first ways, all of them in the table.
    """
    labels = words.labels
    return Page(
        question="relax",
        title=labels("ask.relax.title"),
        sentences=tuple(_sentences(answer, words)),
        tables=(
            table(
                "relax",
                _COLUMNS,
                [_row(n, way, words) for n, way in enumerate(answer.ways, start=1)],
                labels,
            ),
        ),
        status=answer.status,
        gap=answer.gap,
        data=answer,
    )


def _sentences(answer: Ways, words: Words) -> Iterator[str]:
    labels = words.labels
    if answer.answerable:
        yield labels("ask.relax.answerable")
        return
    if not answer.ways:
        yield labels.count("ask.relax.none", answer.most_rules)
        return
    yield labels.count("ask.relax.found", len(answer.ways))
    for way in answer.ways[:_SAID]:
        text = gives_way(way.relaxations, words)
        yield (
            text
            if way.change is None
            else labels("ask.relax.way", rules=text, effect=effect(way.change, words))
        )
        yield from _longer(way, words)
    key = "complete" if answer.complete else "cut_short"
    yield labels.count(f"ask.relax.{key}", answer.most_rules)


def _longer(way: Way, words: Words) -> Iterator[str]:
    labels = words.labels
    for longer in way.longer:
        if longer.needed > longer.limit:
            yield labels(
                "ask.relax.longer",
                subject=words.subject("basin_floor", longer.subject),
                limit=labels.minutes(longer.limit),
                needed=labels.minutes(longer.needed, 1),
            )


def _row(rank: int, way: Way, words: Words) -> tuple[str | float | None, ...]:
    change = way.change
    return (
        rank,
        len(way.relaxations),
        gives_way(way.relaxations, words),
        None if way.plan is None else way.plan.score,
        None if change is None else change.whole.persons,
        None if change is None else change.annual_eur,
        None if change is None else change.capital_eur,
    )
