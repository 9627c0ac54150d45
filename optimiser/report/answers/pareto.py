"""Trade-offs between axes, in words."""

from collections.abc import Iterator, Mapping

from optimiser.labels import Labels
from optimiser.questions.axes import AXES, Axis
from optimiser.questions.pareto import Front
from optimiser.report.answers.page import Page, table
from optimiser.report.tables import Cell
from optimiser.report.words import Words
from optimiser.units import significant

_COLUMNS = (
    "point:text:24 coverage:count:14 cost_year:euros:16 worst:percent:12 car_km:count:16"
    " ede_all:minutes:12 low_income:percent:12+"
)


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


def amount(axis: Axis, value: float, labels: Labels) -> str:
    """Word a figure of an axis, with its unit.

    Parameters
    ----------
    axis
        The axis.
    value
        In the unit of `optimiser.questions.axes.measures`.
    labels
        Words of the language.

    Returns
    -------
    str
        Persons, euros, percent, kilometres or minutes.
    """
    if axis == "cost":
        return labels.euros(value)
    if axis in {"equity", "low_income"}:
        return labels.percent(value, 1)
    if axis == "ede":
        return labels.minutes(value, 2)
    return labels(f"ask.amount.{axis}", n=labels.number(shown(axis, value)))


def shown(axis: Axis, value: float) -> float:
    """Figure of an axis as it may be shown: car-kilometres bear three figures, not more.

    Parameters
    ----------
    axis, value
        The axis and its figure.

    Returns
    -------
    float
        In the same unit.
    """
    return significant(value, 3) if axis == "car_km" else value


def _values(values: Mapping[Axis, float]) -> tuple[float, ...]:
    return tuple(shown(axis, values[axis]) for axis in AXES)


def _sentences(answer: Front, words: Words) -> Iterator[str]:
    labels = words.labels
    axes = ", ".join(labels(f"ask.axis.{axis}") for axis in answer.axes)
    yield labels.count("ask.pareto.points", len(answer.points), axes=axes)
    if answer.complete:
        yield labels("ask.pareto.complete")
    elif answer.points:
        steps = ", ".join(amount(axis, step, labels) for axis, step in answer.steps.items())
        yield labels("ask.pareto.covered" if answer.covered else "ask.pareto.open", steps=steps)
    for n, point in enumerate(answer.points, start=1):
        if point.knee:
            yield labels("ask.pareto.at_knee", n=labels.number(n))
    yield labels("ask.pareto.kilometres")
    yield labels("ask.pareto.minutes")
