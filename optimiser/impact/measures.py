"""The parts of the impact score: each measured, and each on a scale of its own from 0 to 100.

A scale is a straight line between two anchors that do not depend on the scenarios compared, so
that adding a scenario changes no other's score.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

import numpy as np

from optimiser.case import Case
from optimiser.land import Land
from optimiser.mobility import Mobility, car_use
from optimiser.schedule_scenario import MeasureName
from optimiser.solution import Evaluation
from optimiser.units import Euros

MEASURES: tuple[MeasureName, ...] = get_args(MeasureName)

MOST_LAND_M2 = 1.0
"""Newly built m² per inhabitant that score 0."""

MOST_POSTS = 1.0
"""Posts moved per 1,000 inhabitants that score 0."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One part of the score.

    Parameters
    ----------
    name
        Which part.
    value, today
        In its own unit: shares of the public; kg CO2e, euros a year, m² per inhabitant; posts for
        1,000 inhabitants. None where it cannot be measured.
    worst, best
        Values that score 0 and 100.
    """

    name: MeasureName
    value: float | None
    today: float | None
    worst: float
    best: float

    @property
    def points(self) -> float | None:
        """From 0 to 100 on its own scale; None where it cannot be measured."""
        if self.value is None or self.worst == self.best:
            return None
        points = 100.0 * (self.value - self.worst) / (self.best - self.worst)
        return min(100.0, max(0.0, points))


@dataclass(frozen=True, slots=True)
class Impact:
    """Everything that a score rests on.

    Parameters
    ----------
    measures
        In the order of `MEASURES`.
    car_km
        Car-kilometres a year; None where distances are unknown.
    tonnes_co2e
        Of them.
    built_m2
        Newly built, in all.
    posts
        Full-time posts that move.
    """

    measures: tuple[Measure, ...]
    car_km: float | None
    tonnes_co2e: float | None
    built_m2: float
    posts: float

    def of(self, name: MeasureName) -> Measure:
        """Part of that name."""
        return self.measures[MEASURES.index(name)]


def measure(
    case: Case,
    today: Evaluation,
    planned: Evaluation,
    *,
    mobility: Mobility,
    land: Land,
    saved_eur: Euros = 0.0,
    posts: float = 0.0,
) -> Impact:
    """Measure a plan.

    Parameters
    ----------
    case
        The case of both.
    today, planned
        Today's network, and the plan's, as the judge sees them.
    mobility, land
        Factors of car use, and m² of a new site of each type.
    saved_eur
        What shared functions save in a year.
    posts
        Full-time posts that shared functions move; those of sites that close, where the catalogue
        knows them, are added.

    Returns
    -------
    Impact
        Every part with today's value and its scale.
    """
    people = float(case.territory.population)
    cars = [car_use(case, network, mobility) for network in (today, planned)]
    before, after = (None if c is None else c.tonnes_co2e * 1000 / people for c in cars)
    costs = [network.costs.recurrent_eur / people for network in (today, planned)]
    built = land.built_m2(case, planned)
    closed = np.maximum(0, today.sites - planned.sites).sum(axis=1)
    for service, count in zip(case.services, closed.tolist(), strict=True):
        posts += count * (service.posts.base if service.posts is not None else 0.0)
    values: Mapping[MeasureName, tuple[float | None, float | None, float, float]] = {
        "access": (planned.mean_share(), today.mean_share(), 0.0, 1.0),
        "equity": (planned.worst_share(), today.worst_share(), 0.0, 1.0),
        "car": (after, before, 2 * (before or 0.0), 0.0),
        "land": (built / people, 0.0, MOST_LAND_M2, 0.0),
        "running": (costs[1] - saved_eur / people, costs[0], 2 * costs[0], 0.0),
        "staff": (1000 * posts / people, 0.0, MOST_POSTS, 0.0),
    }
    return Impact(
        measures=tuple(Measure(name, *values[name]) for name in MEASURES),
        car_km=None if cars[1] is None else cars[1].total_km,
        tonnes_co2e=None if cars[1] is None else cars[1].tonnes_co2e,
        built_m2=built,
        posts=posts,
    )
