"""Trade-offs between two axes, in words."""

from collections.abc import Iterator, Mapping

from optimiser.questions.axes import AXES, Axis
from optimiser.questions.pareto import Front
from optimiser.report.answers.page import Page, table
from optimiser.report.tables import Cell
from optimiser.report.words import Words

_COLUMNS = "point:text:24 coverage:count:14 cost_year:euros:16 worst:percent:12 car_km:count:16"


def pareto_page(answer: Front, words: Words) -> Page:
    """Word a front.

    Parameters
    ----------
    answer
        The front.
    words
        Names of the case.

    Returns
    -------
    Page
        A line for each point, and one for today's network.
    """
    labels = words.labels
    rows: list[tuple[Cell, ...]] = [(labels("ask.pareto.today"), *_values(answer.today))]
    rows += [
        (
            labels("ask.pareto.knee" if point.knee else "ask.pareto.point", n=labels.number(n)),
            *_values(point.values),
        )
        for n, point in enumerate(answer.points, start=1)
    ]
    return Page(
        question="pareto",
        title=labels("ask.pareto.title"),
        sentences=tuple(_sentences(answer, words)),
        tables=(table("front", _COLUMNS, rows, labels),),
        status=answer.status,
        gap=answer.gap,
        data=answer,
    )


def _values(values: Mapping[Axis, float]) -> tuple[float, ...]:
    return tuple(values[axis] for axis in AXES)


def _sentences(answer: Front, words: Words) -> Iterator[str]:
    labels = words.labels
    axes = {
        name: labels(f"ask.axis.{axis}")
        for name, axis in (("first", answer.first), ("second", answer.second))
    }
    yield labels.count("ask.pareto.points", len(answer.points), **axes)
    yield labels("ask.pareto.complete" if answer.complete else "ask.pareto.spread")
    for n, point in enumerate(answer.points, start=1):
        if point.knee:
            yield labels("ask.pareto.at_knee", n=labels.number(n), **axes)
    yield labels("ask.pareto.kilometres")
