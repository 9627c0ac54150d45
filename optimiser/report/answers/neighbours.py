"""Across the border, in words."""

from collections.abc import Iterator, Sequence

from optimiser.questions.neighbours import Border, Use
from optimiser.report.answers.page import Page, Sheet, table
from optimiser.report.answers.phrases import place
from optimiser.report.words import Words

_OFFERS = (
    "place:text:46 epci:text:12+ persons:count:12 added:count:12 fee:euros:14"
    " per_euro:points:14 planned_yes:text:10 points:points:12"
)
_USES = (
    "place:text:46 epci:text:12 persons:count:12 minutes:minutes:10 share:percent:10 fair:euros:16"
)
_FREE = 1e9


def neighbours_page(answer: Border, words: Words) -> Page:
    """Word the shopping list, and the use of sites across the border.

    Parameters
    ----------
    answer
        What crosses the border.
    words
        Names of the case.

    Returns
    -------
    Page
        Three tables.
    """
    labels = words.labels
    rows = [
        (
            place(offer.service, offer.commune, words),
            offer.epci,
            offer.persons,
            offer.added,
            offer.fee_eur,
            min(offer.per_euro, _FREE),
            labels("words.yes" if offer.planned else "words.no"),
            offer.points,
        )
        for offer in answer.offers
    ]
    return Page(
        question="neighbours",
        title=labels("ask.neighbours.title"),
        sentences=tuple(_sentences(answer, words)),
        tables=(
            table("offers", _OFFERS, rows, labels),
            _uses("guests", answer.guests, words),
            _uses("abroad", answer.abroad, words),
        ),
        status=answer.status,
        gap=answer.plan.gap,
        data=answer,
    )


def _sentences(answer: Border, words: Words) -> Iterator[str]:
    labels = words.labels
    yield labels.count("ask.neighbours.offers", len(answer.offers))
    for offer in answer.offers[:3]:
        yield labels(
            "ask.neighbours.offer",
            place=place(offer.service, offer.commune, words),
            persons=labels.persons(offer.persons),
            fee=labels.euros(offer.fee_eur),
        )
    if answer.guests or answer.abroad:
        yield labels(
            "ask.neighbours.guests",
            persons=labels.persons(sum(use.persons for use in answer.guests)),
            euros=labels.euros(answer.owed_to_us_eur),
        )
        yield labels(
            "ask.neighbours.abroad",
            persons=labels.persons(sum(use.persons for use in answer.abroad)),
            euros=labels.euros(answer.owed_by_us_eur),
        )
        yield labels("ask.neighbours.assumption")


def _uses(key: str, uses: Sequence[Use], words: Words) -> Sheet:
    rows = [
        (
            place(use.service, use.commune, words),
            use.epci,
            use.persons,
            use.minutes,
            use.share,
            use.contribution_eur,
        )
        for use in uses
    ]
    return table(key, _USES, rows, words.labels)
