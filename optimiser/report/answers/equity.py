"""Equity of access, in words."""

from collections.abc import Iterator, Sequence

from optimiser.questions.equity import Equity, Fairest
from optimiser.report.answers.page import Page, table
from optimiser.report.tables import Cell
from optimiser.report.words import Words
from optimiser.solution import Status

_TYPES = (
    "service:text:26 ede_today:minutes:10 ede:minutes:10 mean:minutes:10+ fairest:minutes:10"
    " low_income:percent:12 others:percent:12 places:text:80+"
)


def equity_page(now: Equity, planned: Equity, best: Sequence[Fairest], words: Words) -> Page:
    """Word the equity of today's network and of the plan.

    Parameters
    ----------
    now, planned
        Of today's network, and of the plan.
    best
        The fairest places of each type; those of some types may be missing.
    words
        Names of the case.

    Returns
    -------
    Page
        A line for each type.
    """
    fair = {each.service: each for each in best}
    rows: list[tuple[Cell, ...]] = []
    for before, after in zip(now.services, planned.services, strict=True):
        each = fair.get(after.service)
        rows.append(
            (
                words.service(after.service),
                before.ede,
                after.ede,
                after.mean,
                each.ede if each else None,
                after.low_income,
                after.others,
                ", ".join(words.commune(code) for code in each.places) if each else "",
            )
        )
    proven = all(each.status is Status.OPTIMAL for each in best)
    return Page(
        question="equity",
        title=words.labels("ask.equity.title"),
        sentences=tuple(_sentences(now, planned, words)),
        tables=(table("equity", _TYPES, rows, words.labels),),
        status=Status.OPTIMAL if proven else Status.FEASIBLE,
        gap=1e-6 if proven else float("inf"),
        data={"today": now, "plan": planned, "fairest": best},
    )


def _sentences(now: Equity, planned: Equity, words: Words) -> Iterator[str]:
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
    yield labels("ask.equity.note")
