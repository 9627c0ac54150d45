"""Transfers of management and reuse of buildings, in words."""

from collections.abc import Iterator, Sequence

from optimiser.questions.management import Ground, Handover, Reuse
from optimiser.report.answers.page import Page, table
from optimiser.report.answers.phrases import place
from optimiser.report.tables import Cell
from optimiser.report.words import Words
from optimiser.solution import Solution

_HANDOVERS = (
    "place:text:46 sites:count:8+ running:euros:16 low:euros:14+ base:euros:14 high:euros:14"
    " grade:text:10 agents:count:10+"
)
_REUSES = (
    "commune:text:30 closed:text:28 opened_type:text:28 closing:euros:16+ capital:euros:16"
    " spared:euros:16"
)


def management_page(
    found: Sequence[Handover],
    reused: Sequence[Reuse],
    land: Ground,
    plan: Solution,
    words: Words,
) -> Page:
    """Word transfers and reuses.

    Parameters
    ----------
    found, reused
        What could pass to the EPCI, and which buildings could serve again.
    land
        What existing buildings before new land cost.
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
            r.spared_eur,
        )
        for r in reused
    ]
    return Page(
        question="manage",
        title=labels("ask.manage.title"),
        sentences=tuple(_sentences(found, reused, land, words)),
        tables=(
            table("handovers", _HANDOVERS, rows, labels),
            table("reuses", _REUSES, again, labels),
        ),
        status=plan.status,
        gap=plan.gap,
        data={"handovers": found, "reuses": reused, "ground": land},
    )


def _sentences(
    found: Sequence[Handover], reused: Sequence[Reuse], land: Ground, words: Words
) -> Iterator[str]:
    labels = words.labels
    yield labels(
        "ask.manage.handovers",
        sites=labels.count("unit.sites", sum(h.sites for h in found)),
        running=labels.euros(sum(h.running_eur for h in found)),
        high=labels.signed_euros(sum(h.high_eur for h in found)),
    )
    yield labels.count("ask.manage.reuses", len(reused))
    posts = [h.agents for h in found if h.agents is not None]
    if posts:
        yield labels("ask.manage.posts", posts=labels.number(sum(posts), 1))
    yield from _ground(land, words)
    yield labels("ask.manage.evidence")


def _ground(land: Ground, words: Words) -> Iterator[str]:
    labels = words.labels
    if land.free is not None and land.most is None:
        yield labels.count("ask.manage.land", land.free_land)
    elif land.limited is None:
        yield labels("ask.manage.no_land", most=labels.number(land.most))
    elif land.free is not None:
        yield labels(
            "ask.manage.limited",
            most=labels.number(land.most),
            limited=labels.number(land.limited_land),
            free=labels.number(land.free_land),
            points=labels.number(max(0.0, land.free.score - land.limited.score)),
            euros=labels.signed_euros(
                land.limited.evaluation.costs.annual_eur - land.free.evaluation.costs.annual_eur
            ),
            persons=labels.signed_persons(
                float(
                    land.limited.evaluation.guaranteed.sum() - land.free.evaluation.guaranteed.sum()
                )
            ),
        )
