"""Why here, why not there, in words."""

from collections.abc import Iterator, Sequence

from optimiser.questions.why import Why
from optimiser.report.answers.page import Page, table
from optimiser.report.answers.phrases import basins, effect, gives_way, moved, place
from optimiser.report.words import Words
from optimiser.solution import Status

_COLUMNS = (
    "place:text:40 planned:count:8+ asked:text:22 score:points:12 persons:count:12"
    " minutes:minutes:10+ annual:euros:16 capital:euros:16+ needs:text:60+"
)


def why_page(answers: Sequence[Why], words: Words) -> Page:
    """Word answers about places.

    Parameters
    ----------
    answers
        One or more.
    words
        Names of the case.

    Returns
    -------
    Page
        Sentences where a single place was asked about, a table for all.
    """
    labels = words.labels
    needed = [(a, needs) for a in answers if (needs := _needs(a, words))]
    sentences = (
        tuple(_sentences(answers[0], words))
        if len(answers) == 1
        else (
            labels.count("ask.why.many", len(answers)),
            labels("ask.why.note"),
            *(labels("ask.why.needs_at", place=_here(a, words), needs=n) for a, n in needed),
        )
    )
    proven = all(answer.status in (Status.OPTIMAL, Status.INFEASIBLE) for answer in answers)
    ordered = sorted(answers, key=lambda a: -(a.loss if a.loss is not None else -1e18))
    return Page(
        question="why",
        title=labels("ask.why.title"),
        sentences=sentences,
        tables=(table("why", _COLUMNS, [_row(a, words) for a in ordered], labels),),
        status=Status.OPTIMAL if proven else Status.FEASIBLE,
        gap=max((answer.gap for answer in answers), default=0.0),
        data=ordered,
    )


def _sentences(answer: Why, words: Words) -> Iterator[str]:
    labels, wish = words.labels, answer.wish
    here = place(wish.service, wish.commune, words)
    member = words.case.territory.by_code[wish.commune].member
    yield labels(
        "ask.why.stands" if member else "ask.why.agreed" if answer.planned else "ask.why.offered",
        place=here,
        planned=labels.count("unit.sites", answer.planned),
        existing=labels.count("unit.sites", answer.existing),
    )
    yield from (
        labels(
            f"ask.barred.{barred.key}",
            amount=labels.persons(barred.amount),
            limit=labels.persons(barred.limit),
        )
        for barred in answer.barred
    )
    if answer.relaxation:
        yield labels("ask.why.needs", rules=gives_way(answer.relaxation, words))
    if answer.change is None:
        yield labels("ask.why.impossible")
        return
    yield labels("ask.why.then", wish=_asked(answer, words), effect=effect(answer.change, words))
    yield basins(answer.change, words)
    yield moved(answer.change, words, but=(wish.service, wish.commune))
    if not answer.relaxation and not answer.barred:
        equal = answer.change.score > -0.5  # noqa: PLR2004 - half a point is nobody
        yield labels("ask.why.equal" if equal else "ask.why.because")


def _asked(answer: Why, words: Words) -> str:
    labels, wish = words.labels, answer.wish
    if wish.most is not None:
        return labels.count("ask.why.most", wish.most) if wish.most else labels("ask.why.without")
    return labels.count("ask.why.least", wish.least or 0)


def _row(answer: Why, words: Words) -> tuple[str | float | None, ...]:
    change = answer.change
    return (
        _here(answer, words),
        answer.planned,
        _asked(answer, words),
        None if change is None else change.score,
        None if change is None else change.whole.persons,
        None if change is None else change.whole.minutes,
        None if change is None else change.annual_eur,
        None if change is None else change.capital_eur,
        _needs(answer, words),
    )


def _here(answer: Why, words: Words) -> str:
    return place(answer.wish.service, answer.wish.commune, words)


def _needs(answer: Why, words: Words) -> str:
    """What must give way before the contrary can be decided at all; empty: nothing."""
    needs = [words.labels(f"ask.barred_short.{barred.key}") for barred in answer.barred]
    if answer.relaxation:
        needs.append(gives_way(answer.relaxation, words))
    return words.labels("words.semicolon").join(needs)
