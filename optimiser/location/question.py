"""A problem as a command states it: data, and what may be missing."""

from dataclasses import dataclass

from optimiser.errors import Finding, InputError
from optimiser.location.travel import Travel
from optimiser.units import FloatArray


@dataclass(frozen=True, eq=False)
class Question:
    """What the options of a command say.

    Parameters
    ----------
    travel, weights
        Travel between demands and candidates, and weight of each demand.
    codes
        Code of each candidate.
    count
        Number of sites; None when none is given.
    radius
        Farthest travel, in the unit of the travel; None when none is given.
    capacities
        Weight that each candidate takes at most; None when none is given.
    nearest
        How many of its nearest candidates each demand looks at first; None when none is given.
    """

    travel: Travel
    weights: FloatArray | None
    codes: list[str]
    count: int | None
    radius: float | None
    capacities: FloatArray | None = None
    nearest: int | None = None

    @property
    def needed_radius(self) -> float:
        """Radius; an error when there is none."""
        if self.radius is None:
            raise InputError((Finding("option_missing", column="--radius | --minutes"),))
        return self.radius

    @property
    def needed_count(self) -> int:
        """Number of sites; an error when there is none."""
        if self.count is None:
            raise InputError((Finding("option_missing", column="-p"),))
        return self.count

    @property
    def needed_capacities(self) -> FloatArray:
        """Capacities; an error when there are none."""
        if self.capacities is None:
            raise InputError((Finding("option_missing", column="--capacity"),))
        return self.capacities
