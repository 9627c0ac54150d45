"""The years ahead and the impact score as parts of the printed page."""

from collections.abc import Iterator
from dataclasses import dataclass

from optimiser.ahead import Ahead
from optimiser.impact.cases import finance_cases
from optimiser.impact.measures import Impact
from optimiser.impact.score import score
from optimiser.report.answers.finances import finances_page
from optimiser.report.answers.schedule import schedule_page, years_table
from optimiser.report.answers.score import score_page
from optimiser.report.maps import to_svg
from optimiser.report.tables import Table
from optimiser.report.words import Words
from optimiser.report.years_charts import debt_chart, gantt, printed, score_chart
from optimiser.schedule_solution import ScheduleSolution
from optimiser.solution import Solution

_WIDTH = 780
"""Pixels of a chart's plot."""


@dataclass(frozen=True)
class YearsPart:
    """One part of the page.

    Parameters
    ----------
    title
        Its heading.
    sentences
        In words.
    charts
        SVG, each with its text.
    tables
        Figures.
    """

    title: str
    sentences: tuple[str, ...]
    charts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]


def years_parts(
    solution: Solution, years: Ahead | None, impact: Impact | None, words: Words
) -> Iterator[YearsPart]:
    """Word and draw the parts that there are.

    Parameters
    ----------
    solution
        The plan.
    years
        Its timetable; None: no part about years.
    impact
        Parts of its score; None: no part about it.
    words
        Names of the case.

    Yields
    ------
    YearsPart
        The years, then the score.
    """
    labels = words.labels
    if years is not None:
        page, answer = schedule_page(years, words), years.answer
        charts: tuple[tuple[str, str], ...] = ()
        tables: tuple[Table, ...] = ()
        sentences = page.sentences
        if isinstance(answer, ScheduleSolution):
            cases = finance_cases(years.plan, answer)
            sentences += finances_page(years, words).sentences[2:-1]
            drawn = (
                (gantt(years, answer, words), labels("years.chart.gantt")),
                (debt_chart(years, cases, words), labels("years.chart.debt")),
            )
            charts = tuple((to_svg(printed(chart, _WIDTH)), alt) for chart, alt in drawn)
            tables = (years_table(years, answer, words).table,)
        yield YearsPart(page.title, sentences, charts, tables)
    if impact is not None:
        title = words.case.scenario.title or words.case.territory.name
        scored = score([impact], words.case.scenario.score.by_part)
        page = score_page(scored, [impact], [title], [solution], words)
        chart = to_svg(printed(score_chart(scored, [title], labels), _WIDTH))
        yield YearsPart(
            page.title,
            page.sentences,
            ((chart, labels("score.chart")),),
            tuple(sheet.table for sheet in page.tables if sheet.table.rows),
        )
