"""Whether a network holds its users, in words."""

from collections.abc import Iterator, Sequence

from optimiser.questions.certify import Certificate
from optimiser.questions.repair import Enlargement, Repair
from optimiser.report.answers.page import Page, table
from optimiser.report.answers.phrases import place
from optimiser.report.tables import Cell
from optimiser.report.words import Words
from optimiser.solution import Status

_TYPES = (
    "service:text:26 public:count:12 served:count:12 capacity_out:count:14 reach_out:count:14"
    " minutes:minutes:10+"
)
_COMMUNES = "place:text:46+ served:count:12+ capacity_out:count:14+ reach_out:count:14+"
_LOADS = "place:text:46 capacity_persons:count:12 users:count:12 left_over:count:14 hardly:text:14"
_REPAIRS = "repair:text:60 capital:euros:16 running:euros:16 grade:text:10"


def certify_page(answer: Certificate, repairs: Sequence[Repair], words: Words) -> Page:
    """Word a certificate, and the repairs.

    Parameters
    ----------
    answer
        The certificate.
    repairs
        Cheapest repairs; empty: not asked.
    words
        Names of the case.

    Returns
    -------
    Page
        A line for each type, each commune, each site.
    """
    labels = words.labels
    types: list[tuple[Cell, ...]] = [
        (
            words.service(s.service),
            s.public,
            s.served,
            s.out_of_capacity,
            s.out_of_reach,
            s.minutes,
        )
        for s in answer.services
    ]
    communes: list[tuple[Cell, ...]] = [
        (place(s.service, code, words), *parts)
        for s in answer.services
        for code, parts in s.by_commune.items()
    ]
    loads: list[tuple[Cell, ...]] = [
        (
            place(s.service, load.commune, words),
            load.capacity,
            load.users,
            load.left_over,
            labels("words.yes") if load.hardly_used else "",
        )
        for s in answer.services
        for load in s.loads
        if load.hardly_used or load.left_over >= 1
    ]
    changes: list[tuple[Cell, ...]] = [
        (_change(change, words), change.capital_eur, change.running_eur, change.grade)
        for found in repairs
        for change in found.changes
    ]
    proven = all(found.status is Status.OPTIMAL for found in repairs)
    return Page(
        question="certify",
        title=labels("ask.certify.title"),
        sentences=tuple(_sentences(answer, repairs, words)),
        tables=(
            table("certify", _TYPES, types, labels),
            table("repairs", _REPAIRS, changes, labels),
            table("loads", _LOADS, loads, labels),
            table("certify_communes", _COMMUNES, communes, labels),
        ),
        status=answer.status if proven else Status.FEASIBLE,
        gap=max((found.gap for found in repairs), default=0.0),
        data={"certificate": answer, "repairs": repairs},
    )


def _sentences(answer: Certificate, repairs: Sequence[Repair], words: Words) -> Iterator[str]:
    labels = words.labels
    yield labels("ask.certify.holds" if answer.holds else "ask.certify.fails")
    yield labels(
        "ask.certify.totals",
        share=labels.percent(answer.share),
        capacity=labels.persons(sum(s.out_of_capacity for s in answer.services)),
        reach=labels.persons(sum(s.out_of_reach for s in answer.services)),
    )
    yield labels(f"ask.certify.{answer.assignment}")
    if answer.violations:
        yield labels.count("ask.certify.violations", len(answer.violations))
    if repairs:
        changes = [change for found in repairs for change in found.changes]
        yield labels(
            "ask.certify.repair",
            changes=labels.count("ask.certify.changes", len(changes)),
            capital=labels.euros(sum(change.capital_eur for change in changes)),
            running=labels.euros(sum(change.running_eur for change in changes)),
            left=labels.persons(sum(found.left_over for found in repairs)),
        )
        lacking = sum(found.underused for found in repairs)
        if lacking >= 1:
            yield labels("ask.certify.underused", lacking=labels.persons(lacking))
    yield labels("ask.certify.assumptions")


def _change(change: Enlargement, words: Words) -> str:
    labels = words.labels
    here = place(change.service, change.commune, words)
    if not change.levels:
        return labels("ask.certify.open", place=here)
    key = "ask.certify.level" if change.levels > 0 else "ask.certify.less"
    return labels.count(key, abs(change.levels), place=here)
