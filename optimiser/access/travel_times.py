"""Minutes between communes, whatever their source."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from optimiser.units import FloatArray, InseeCode, IntArray, Minutes

Method: TypeAlias = Literal["estimate", "matrix"]


@dataclass(frozen=True, slots=True, eq=False)
class TravelTimes:
    """Minutes from origins to destinations.

    Parameters
    ----------
    origins, destinations
        INSEE codes of the n rows and the m columns.
    minutes
        Array (n, m), minutes; ``inf`` where there is no way or none within reach.
    mode
        ``car``, ``bicycle``, ``walk`` or ``transit``.
    method
        How the minutes were obtained.
    source
        Producer or file, as shown beside every result.
    error_minutes
        Mean absolute error against observed times; None where nobody measured it.
    km
        Array (n, m), road kilometres of the same trips; None where nobody knows them.
    """

    origins: tuple[InseeCode, ...]
    destinations: tuple[InseeCode, ...]
    minutes: FloatArray
    mode: str = "car"
    method: Method = "estimate"
    source: str = ""
    error_minutes: Minutes | None = None
    km: FloatArray | None = None

    def __post_init__(self) -> None:
        """Refuse an array that cannot be travel times.

        Raises
        ------
        ValueError
            Wrong shape, a negative number or NaN.
        """
        if self.minutes.shape != (len(self.origins), len(self.destinations)):
            msg = f"minutes {self.minutes.shape}: {len(self.origins)} x {len(self.destinations)}"
            raise ValueError(msg)
        if bool(np.isnan(self.minutes).any()) or bool((self.minutes < 0).any()):
            msg = "minutes: NaN or negative"
            raise ValueError(msg)
        if self.km is not None and self.km.shape != self.minutes.shape:
            msg = f"km {self.km.shape}: minutes {self.minutes.shape}"
            raise ValueError(msg)

    def between(
        self, origins: Sequence[InseeCode], destinations: Sequence[InseeCode]
    ) -> FloatArray:
        """Minutes between chosen communes.

        Parameters
        ----------
        origins, destinations
            INSEE codes, in the order wanted.

        Returns
        -------
        ndarray
            Array (len(origins), len(destinations)), minutes.

        Raises
        ------
        KeyError
            A code that the travel times do not hold.
        """
        return self.minutes[self._places(origins, destinations)]

    def km_between(
        self, origins: Sequence[InseeCode], destinations: Sequence[InseeCode]
    ) -> FloatArray | None:
        """Road kilometres between chosen communes, as `between`; None where nobody knows them."""
        return None if self.km is None else self.km[self._places(origins, destinations)]

    def _places(
        self, origins: Sequence[InseeCode], destinations: Sequence[InseeCode]
    ) -> tuple[IntArray, ...]:
        row = {code: i for i, code in enumerate(self.origins)}
        column = {code: j for j, code in enumerate(self.destinations)}
        rows = [row[code] for code in origins]
        columns = [column[code] for code in destinations]
        return np.ix_(rows, columns)
