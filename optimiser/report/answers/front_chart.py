"""A front as points on its first two axes, as plain data for the app to draw."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from optimiser.labels import Labels
from optimiser.questions.axes import Axis
from optimiser.questions.pareto import Front
from optimiser.report.answers.pareto import amount

_TICKS = 5
_BARE = ("coverage", "car_km")
"""Axes whose figures need no unit beside every tick: the title names it."""


def front_chart(front: Front, names: Sequence[str], labels: Labels) -> dict[str, Any]:
    """Lay out the points.

    Parameters
    ----------
    front
        The front.
    names
        Name of each point.
    labels
        Words of the reader's language.

    Returns
    -------
    dict
        JSON values: ``points`` and ``today`` with their words, titles and ticks of both axes.
    """
    second, first = front.axes[0], front.axes[1]

    def text(name: str, values: dict[Axis, float]) -> str:
        parts = [name, *(amount(axis, values[axis], labels) for axis in front.axes)]
        return labels("words.separator").join(parts)

    points = [
        {
            "id": str(n),
            "x": p.values[first],
            "y": p.values[second],
            "knee": p.knee,
            "text": text(name, p.values),
        }
        for n, (name, p) in enumerate(zip(names, front.points, strict=True))
    ]
    now = labels("ask.pareto.today")
    today = {"x": front.today[first], "y": front.today[second], "text": text(now, front.today)}
    shown = [*front.points]
    return {
        "title": labels("ask.pareto.title"),
        "xTitle": labels(f"ui.questions.axis.{first}"),
        "yTitle": labels(f"ui.questions.axis.{second}"),
        "xTicks": _ticks([*(p.values[first] for p in shown), front.today[first]], first, labels),
        "yTicks": _ticks([*(p.values[second] for p in shown), front.today[second]], second, labels),
        "points": points,
        "today": today,
    }


def _ticks(values: Sequence[float], axis: Axis, labels: Labels) -> list[dict[str, Any]]:
    low, high = min(values), max(values)
    places = np.linspace(low, high, _TICKS).tolist() if high > low else [low]
    write = labels.number if axis in _BARE else partial(_amount, axis, labels)
    return [{"at": at, "text": write(at)} for at in places]


def _amount(axis: Axis, labels: Labels, value: float) -> str:
    return amount(axis, value, labels)
