"""Transfers of management and reuse of buildings, in words."""

from collections.abc import Iterator, Sequence

from optimiser.questions.management import Handover, Reuse
from optimiser.report.answers.page import Page, table
from optimiser.report.answers.phrases import place
from optimiser.report.tables import Cell
from optimiser.report.words import Words
from optimiser.solution import Solution

_HANDOVERS = (
    "place:text:46 sites:count:8+ running:euros:16 low:euros:14+ base:euros:14 high:euros:14"
    " grade:text:10 agents:count:10+"
)
_REUSES = "commune:text:30 closed:text:28 opened_type:text:28 closing:euros:16 capital:euros:16"


def management_page(
    found: Sequence[Handover], reused: Sequence[Reuse], plan: Solution, words: Words
) -> Page:
    """Word transfers and reuses.

    Parameters
    ----------
    found, reused
        What could pass to the EPCI, and which buildings could serve again.
    plan
        The plan.
    words
        Names of the case.

    Returns
    -------
    Page
        Two tables.
    """
    labels = words.labels
    rows: list[tuple[Cell, ...]] = [
        (
            place(h.service, h.commune, words),
            h.sites,
            h.running_eur,
            h.low_eur,
            h.base_eur,
            h.high_eur,
            h.grade,
            h.agents,
        )
        for h in found
    ]
    again: list[tuple[Cell, ...]] = [
        (
            words.commune(r.commune),
            words.service(r.closed),
            words.service(r.opened),
            r.closing_eur,
            r.capital_eur,
        )
        for r in reused
    ]
    return Page(
        question="manage",
        title=labels("ask.manage.title"),
        sentences=tuple(_sentences(found, reused, words)),
        tables=(
            table("handovers", _HANDOVERS, rows, labels),
            table("reuses", _REUSES, again, labels),
        ),
        status=plan.status,
        gap=plan.gap,
        data={"handovers": found, "reuses": reused},
    )


def _sentences(found: Sequence[Handover], reused: Sequence[Reuse], words: Words) -> Iterator[str]:
    labels = words.labels
    yield labels(
        "ask.manage.handovers",
        sites=labels.count("unit.sites", sum(h.sites for h in found)),
        running=labels.euros(sum(h.running_eur for h in found)),
        high=labels.signed_euros(sum(h.high_eur for h in found)),
    )
    yield labels.count("ask.manage.reuses", len(reused))
    yield labels("ask.manage.evidence")
