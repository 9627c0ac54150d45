"""Support functions that communes can share: volumes, cost curves, evidence and legal steps.

A catalogue of functions is a TOML file; `optimiser.sources.functions_file` reads it and this module
validates it. The same curve gives the cost of a commune alone and of a group: a saving is never an
artefact of two different estimates.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from optimiser.catalogue import CostCase, Entry, Fraction, Grade, NotNegative, Positive
from optimiser.units import Euros, FloatArray

FunctionCode: TypeAlias = str
"""Key of a support function in its catalogue, such as ``procurement``."""

Real: TypeAlias = Annotated[float, Field(allow_inf_nan=False)]

CASES: tuple[CostCase, ...] = ("low", "base", "high")
"""Cases of the saving, least first."""

STEPS = 2
"""Straight pieces that stand for the elastic part of a scale curve."""


class Cases(Entry):
    """A figure in three cases: of the least saving, the central one, the greatest.

    Parameters
    ----------
    low, base, high
        The figure when savings are low, central and high.
    """

    low: Real
    base: Real
    high: Real

    def at(self, case: CostCase) -> float:
        """Figure of a case."""
        figure: float = getattr(self, case)
        return figure


class VolumeRule(Entry):
    """How the volume of a commune is obtained when the user gives none.

    Parameters
    ----------
    per
        Counted by inhabitant, or by euro of yearly personnel spending (commune accounts).
    rate
        Units of volume for each of them.
    estimated
        False only where the rule is a count and no estimate.
    source
        How the rate was set.
    """

    per: Literal["inhabitant", "personnel_eur"]
    rate: Positive
    estimated: bool = True
    source: Annotated[str, Field(min_length=3)]


class Evidence(Entry):
    """What studies support.

    Parameters
    ----------
    grade
        Evidence grade of the saving.
    most
        Largest part of the cost alone that a study saw saved.
    source
        Authors and years of the studies.
    found
        What they found: a key of ``study.`` in the labels, or words to show as they are.
    """

    grade: Grade
    most: Real
    source: Annotated[str, Field(min_length=3)]
    found: str = ""


class ScaleCurve(Entry):
    """Cost that rises less than the volume between two volumes, then as fast, then faster.

    The average cost is flat below ``from_volume``, falls with a constant elasticity to
    ``1 - saving`` of itself at ``to_volume``, stays there, and rises beyond ``turn_volume``.

    Parameters
    ----------
    unit_cost_eur
        Euros a year of one unit of volume below ``from_volume``; None: the user must say.
    unit_cost_grade, unit_cost_source
        Evidence behind it.
    from_volume, to_volume
        Where economies of scale begin, and where they are exhausted.
    turn_volume
        Where diseconomies begin; None: never.
    rise_beyond
        How much dearer than the average a unit beyond ``turn_volume`` is.
    saving
        Part of the average cost that is saved at ``to_volume``; None: the user must say.
    """

    kind: Literal["scale"]
    unit_cost_eur: Positive | None = None
    unit_cost_grade: Grade = "D"
    unit_cost_source: str = ""
    from_volume: Positive
    to_volume: Positive
    turn_volume: Positive | None = None
    rise_beyond: NotNegative = 0.0
    saving: Cases | None = None

    @model_validator(mode="after")
    def _rising(self) -> "ScaleCurve":
        turn = math.inf if self.turn_volume is None else self.turn_volume
        if not self.from_volume < self.to_volume <= turn:
            raise PydanticCustomError(
                "volumes_not_rising", "{expected}", {"expected": "from < to ≤ turn"}
            )
        return self


class AdviserCurve(Entry):
    """A service that needs one adviser for so many units, or that a commune does without.

    Parameters
    ----------
    adviser_eur
        Euros a year of one adviser; there is at least one, then as many as the volume needs.
    units_per_adviser
        Volume that one adviser serves.
    identified_eur
        Euros a year that advice finds to save in one unit of volume.
    implemented
        Part of it that is carried out.
    """

    kind: Literal["adviser"]
    adviser_eur: Cases
    units_per_adviser: Positive
    identified_eur: Cases
    implemented: Cases


class SupportFunction(Entry):
    """A function that communes carry out alone or in a group.

    Parameters
    ----------
    code
        Key in the catalogue.
    unit
        What its volume is counted in; key of the labels under ``unit_of``.
    volume
        Rule for the volume of a commune.
    evidence
        Studies behind the saving; None: none, and the user must enter a value.
    curve
        Cost of a volume, alone or in a group.
    partner_eur
        Euros a year that each member costs besides the host: steering, contracts, accounts.
    minute_eur
        Euros a year for each minute between a member and the host.
    needs_travel
        Whether the work needs a road between a member and the host; office work does not, so that
        an island can share it.
    leakage
        Part of a member's cost alone that its other functions become dearer by, or that pooling
        adds.
    transition
        One-off cost to move a member's function, as a part of its yearly cost alone.
    minimum_volume
        Smallest volume of a group worth forming.
    minimum_host
        Inhabitants of a commune that can host.
    staff_per_unit
        Full-time posts for one unit of volume.
    paid_by
        ``host``: the host pays for the production and is compensated. ``members``: each member pays
        for its own volume at the price of the group, as in a purchasing group.
    checklist
        What changes legally; keys of the labels under ``checklist``.
    """

    code: FunctionCode
    unit: Annotated[str, Field(min_length=1)]
    volume: VolumeRule
    evidence: Evidence | None = None
    curve: Annotated[ScaleCurve | AdviserCurve, Field(discriminator="kind")]
    partner_eur: Cases
    minute_eur: NotNegative = 0.0
    needs_travel: bool = True
    leakage: Cases
    transition: Cases
    minimum_volume: NotNegative = 0.0
    minimum_host: NotNegative = 0.0
    staff_per_unit: NotNegative = 0.0
    paid_by: Literal["host", "members"] = "host"
    checklist: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Keys of the figures without which nothing can be computed."""
        if isinstance(self.curve, AdviserCurve):
            return ()
        return tuple(key for key in ("unit_cost_eur", "saving") if getattr(self.curve, key) is None)

    @property
    def grade(self) -> Grade:
        """Grade of the saving; without a study, an assumption."""
        return "D" if self.evidence is None else self.evidence.grade

    def cost_curve(self, case: CostCase) -> "Curve":
        """Cost curve of a case.

        Parameters
        ----------
        case
            Low, base or high saving.

        Returns
        -------
        Curve
            Euros a year by volume.

        Raises
        ------
        ValueError
            A figure is missing.
        """
        if self.missing:
            msg = f"{self.code}: {', '.join(self.missing)} needed"
            raise ValueError(msg)
        if isinstance(self.curve, AdviserCurve):
            return _adviser(self.curve, case)
        return _scale(self.curve, case)


class FunctionCatalogue(Entry):
    """All support functions that a scenario may choose from.

    Parameters
    ----------
    functions
        Functions by code, in the order in which they are shown.
    """

    functions: Annotated[Mapping[FunctionCode, SupportFunction], Field(min_length=1)]

    def __iter__(self) -> Iterator[SupportFunction]:  # type: ignore[override]
        """Iterate over the functions in their order."""
        return iter(self.functions.values())

    def __getitem__(self, code: FunctionCode) -> SupportFunction:
        """Function of that code; KeyError where there is none."""
        return self.functions[code]

    def __contains__(self, code: object) -> bool:
        """Whether a function of that code exists."""
        return code in self.functions


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Euros a year by volume: straight pieces between points, then one slope.

    Parameters
    ----------
    volumes, costs
        Points (P,), volumes rising from 0; a cost at volume 0 is a fixed cost.
    slope
        Euros for each unit beyond the last point.
    without_eur
        Euros a year that one unit costs a commune that does without the function.
    """

    volumes: FloatArray
    costs: FloatArray
    slope: float
    without_eur: float = math.inf

    def cost(self, volume: FloatArray | float) -> FloatArray:
        """Euros a year to produce volumes (any shape) in one place; 0 for no volume."""
        amount = np.asarray(volume, dtype=np.float64)
        beyond = np.maximum(0.0, amount - self.volumes[-1]) * self.slope
        found = np.interp(amount, self.volumes, self.costs) + beyond
        return np.where(amount > 0, found, 0.0)

    def alone(self, volume: FloatArray | float) -> FloatArray:
        """Euros a year of communes of these volumes, each alone, or without the function."""
        amount = np.asarray(volume, dtype=np.float64)
        without = amount * self.without_eur if math.isfinite(self.without_eur) else np.inf
        return np.minimum(self.cost(amount), without)

    def segments(self, most: float) -> list[tuple[float, float, Euros, float]]:
        """Straight pieces that reach up to a volume.

        Parameters
        ----------
        most
            Largest volume that matters.

        Returns
        -------
        list of (start, end, fixed, slope)
            Cost is ``fixed + slope x volume`` from ``start`` to ``end``.
        """
        ends = [*self.volumes[1:].tolist(), math.inf]
        pieces = []
        for start, cost, end in zip(self.volumes.tolist(), self.costs.tolist(), ends, strict=True):
            if start >= most:
                break
            slope = self.slope
            if math.isfinite(end):
                slope = (float(np.interp(end, self.volumes, self.costs)) - cost) / (end - start)
            pieces.append((start, min(end, most), cost - slope * start, slope))
        return pieces


def _scale(curve: ScaleCurve, case: CostCase) -> Curve:
    unit, saving = curve.unit_cost_eur or 0.0, curve.saving.at(case) if curve.saving else 0.0
    low, high = curve.from_volume, curve.to_volume
    elastic = np.geomspace(low, high, STEPS + 1)
    average = np.geomspace(1.0, 1.0 - saving, STEPS + 1)
    volumes, costs = [0.0, *elastic], [0.0, *(unit * elastic * average)]
    slope = unit * (1.0 - saving)
    if curve.turn_volume is not None and curve.turn_volume > high:
        volumes.append(curve.turn_volume)
        costs.append(slope * curve.turn_volume)
    if curve.turn_volume is not None:
        slope *= 1.0 + curve.rise_beyond
    return Curve(np.array(volumes), np.array(costs), slope)


def _adviser(curve: AdviserCurve, case: CostCase) -> Curve:
    adviser = curve.adviser_eur.at(case)
    return Curve(
        volumes=np.array([0.0, curve.units_per_adviser]),
        costs=np.array([adviser, adviser]),
        slope=adviser / curve.units_per_adviser,
        without_eur=curve.identified_eur.at(case) * curve.implemented.at(case),
    )


def assume(
    function: SupportFunction, *, saving: Fraction | None, unit_cost_eur: Positive | None
) -> SupportFunction:
    """Function with the user's own figures in place of the catalogue's.

    Parameters
    ----------
    function
        The function.
    saving
        Part of the cost alone that is saved at full scale, in the central and the high case; the
        low case saves nothing. None: the catalogue's.
    unit_cost_eur
        Euros a year of one unit; None: the catalogue's.

    Returns
    -------
    SupportFunction
        An adviser's function is returned as it is.
    """
    if isinstance(function.curve, AdviserCurve):
        return function
    changes: dict[str, object] = {}
    if saving is not None:
        changes["saving"] = Cases(low=0.0, base=saving, high=saving)
    if unit_cost_eur is not None:
        changes |= {"unit_cost_eur": unit_cost_eur, "unit_cost_grade": "D", "unit_cost_source": ""}
    curve = function.curve.model_copy(update=changes)
    return function.model_copy(update={"curve": curve})
