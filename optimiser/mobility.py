"""Car-kilometres and CO2 of a network: what its users drive in a year to the nearest sites.

The formula and every figure stand in ``data/catalogue/mobility.toml``;
`optimiser.sources.mobility_file` reads it. Kilometres are those of the travel times.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from optimiser.case import Case
from optimiser.catalogue import CostCase, Entry, Grade, NotNegative
from optimiser.cells import CellDemand
from optimiser.solution import Evaluation
from optimiser.units import BoolArray, FloatArray, Persons


class Factor(Entry):
    """A figure in three cases, with the evidence behind it.

    Parameters
    ----------
    base, low, high
        The figure, in the unit that its name says.
    grade
        Evidence grade; ``D`` is an assumption.
    source
        Producer, title and year, or how the assumption was made.
    """

    base: NotNegative
    low: NotNegative
    high: NotNegative
    grade: Grade
    source: Annotated[str, Field(min_length=3)]

    @model_validator(mode="after")
    def _ordered(self) -> "Factor":
        if not self.low <= self.base <= self.high:
            raise PydanticCustomError(
                "costs_not_ordered", "{expected}", {"expected": "low ≤ base ≤ high"}
            )
        return self

    def value(self, case: CostCase) -> float:
        """Figure of one of the three cases."""
        figure: float = getattr(self, case)
        return figure


class Mobility(Entry):
    """Factors of car use.

    Parameters
    ----------
    kg_co2e_per_car_km
        Kilograms of CO2 equivalent of one car over one kilometre.
    car_share
        Share of visits that are made by car, as driver or passenger.
    persons_per_car
        Visitors in one car.
    visits_per_person_year
        Visits a year of one person of a type's public.
    """

    kg_co2e_per_car_km: Factor
    car_share: Factor
    persons_per_car: Factor
    visits_per_person_year: Factor

    @model_validator(mode="after")
    def _possible(self) -> "Mobility":
        if self.persons_per_car.low < 1:
            raise PydanticCustomError(
                "out_of_range", "persons_per_car: {expected}", {"expected": "≥ 1"}
            )
        if self.car_share.high > 1:
            raise PydanticCustomError("out_of_range", "car_share: {expected}", {"expected": "≤ 1"})
        return self

    def car_km_per_person_km(self, case: CostCase) -> float:
        """Car-kilometres a year for one person of a public, for each kilometre to the site."""
        cars = self.car_share.value(case) / self.persons_per_car.base
        return 2.0 * self.visits_per_person_year.value(case) * cars


@dataclass(frozen=True, slots=True)
class CarUse:
    """What the users of a network drive in a year; ranges are low and high.

    Parameters
    ----------
    car_km
        Car-kilometres (K) a year, base case.
    range_km
        Car-kilometres a year of all types, in the low and the high case.
    tonnes_co2e, range_co2e
        Tonnes of CO2 equivalent a year of all types: base; low and high.
    unserved
        Persons (K) who reach no site, and whose kilometres are in no figure.
    """

    car_km: FloatArray
    range_km: tuple[float, float]
    tonnes_co2e: float
    range_co2e: tuple[float, float]
    unserved: FloatArray

    @property
    def total_km(self) -> float:
        """Car-kilometres a year of all types, base case."""
        return float(self.car_km.sum())

    @property
    def total_unserved(self) -> Persons:
        """Persons who reach no site, counted once for each type."""
        return float(self.unserved.sum())


def car_use(case: Case, evaluation: Evaluation, mobility: Mobility) -> CarUse | None:
    """Count what the public of each type drives to the nearest sites of a network.

    From every inhabited cell where the case has cells, else from the town halls.

    Parameters
    ----------
    case
        The case.
    evaluation
        The network, as the judge sees it.
    mobility
        The factors.

    Returns
    -------
    CarUse or None
        None where the travel times hold no kilometres.
    """
    if not _known(case):
        return None
    person_km = np.zeros(len(case.services))
    unserved = np.zeros(len(case.services))
    for k in range(len(case.services)):
        km, part = _ways(case, evaluation, k)
        reached = part > 0
        person_km[k] = float((case.public[k] * part)[reached] @ km[reached])
        unserved[k] = float((case.public[k] * (1.0 - part)).sum())
    total = float(person_km.sum())
    base, low, high = (total * mobility.car_km_per_person_km(of) for of in ("base", "low", "high"))
    factor = mobility.kg_co2e_per_car_km
    return CarUse(
        car_km=person_km * mobility.car_km_per_person_km("base"),
        range_km=(low, high),
        tonnes_co2e=base * factor.base / 1000,
        range_co2e=(low * factor.low / 1000, high * factor.high / 1000),
        unserved=unserved,
    )


def nearest_km(case: Case, evaluation: Evaluation, k: int) -> FloatArray:
    """Road kilometres (n) from each member to the site of k that is nearest in minutes.

    Where there are cells: the mean over the cells of the member from which a site is reached. Else
    from its town hall; several sites in one commune then shorten the way within it as they shorten
    its minutes.

    Parameters
    ----------
    case, evaluation
        The case, and a network.
    k
        Index of the type.

    Returns
    -------
    ndarray
        Kilometres; inf where no site is reached.

    Raises
    ------
    ValueError
        The travel times hold no kilometres.
    """
    if not _known(case):
        raise ValueError("travel times without kilometres")
    return _ways(case, evaluation, k)[0]


def _known(case: Case) -> bool:
    return case.kilometres is not None if case.cells is None else case.cells.times.knows_km


def _ways(case: Case, evaluation: Evaluation, k: int) -> tuple[FloatArray, FloatArray]:
    """Kilometres (n) from each member, inf where no site is reached, and the part (n) that goes."""
    n, serving = len(case.members), case.serving(evaluation.sites[k], evaluation.agreed[k])
    if case.cells is not None:
        return _mean_ways(case.cells, serving)
    shorter = np.sqrt(np.maximum(1, evaluation.sites[k]))
    minutes = np.where(serving, case.minutes, np.inf)
    km = np.array(case.kilometres)
    own = np.arange(n)
    minutes[own, own] /= shorter
    km[own, own] /= shorter
    best = minutes.argmin(axis=1)
    reached = np.isfinite(minutes[own, best])
    return np.where(reached, km[own, best], np.inf), reached.astype(np.float64)


def _mean_ways(cells: CellDemand, serving: BoolArray) -> tuple[FloatArray, FloatArray]:
    km = cells.nearest_km(serving)
    if km is None:
        raise ValueError("cells without kilometres")
    reached = np.isfinite(km)
    part = cells.by_member(reached.astype(np.float64))
    total = cells.by_member(np.where(reached, km, 0.0))
    return np.divide(total, part, out=np.full(len(part), np.inf), where=part > 0), part
