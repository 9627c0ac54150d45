"""The units that figures carry, as names for the reader and the type checker."""

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

InseeCode: TypeAlias = str
"""Five-character INSEE commune code, such as ``59172``; 2A/2B in Corsica, 97x overseas."""

ServiceCode: TypeAlias = str
"""Key of a facility type in the catalogue, such as ``swimming_pool``."""

Minutes: TypeAlias = float
Euros: TypeAlias = float
Persons: TypeAlias = float
Share: TypeAlias = float
"""A part of a whole, from 0 to 1."""

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]

ROUNDING_MINUTES = 1e-9
"""Minutes that floating-point sums may add to a way that takes exactly the time allowed."""

LARGEST = 1e15
"""The largest weight, cost, travel or coordinate that is taken: sums of products stay exact enough,
and finite."""


def significant(value: float, figures: int = 2) -> float:
    """Round to so many significant figures: what an assumption can bear.

    Parameters
    ----------
    value
        Any number; infinite and missing ones stay as they are.
    figures
        Figures that are kept, 1 or more.

    Returns
    -------
    float
        The rounded number.

    Examples
    --------
    >>> significant(-15_763.4)
    -16000.0
    """
    if not value or not math.isfinite(value):
        return value
    return round(value, figures - 1 - math.floor(math.log10(abs(value))))


def within(minutes: FloatArray | float, limit: FloatArray | float) -> BoolArray:
    """Whether ways take no longer than a limit: the one meaning of "within" everywhere.

    Parameters
    ----------
    minutes, limit
        Minutes; shapes as numpy broadcasts them.

    Returns
    -------
    ndarray of bool
        True also where the limit is passed by rounding alone.
    """
    near: BoolArray = np.asarray(minutes) <= np.asarray(limit) + ROUNDING_MINUTES
    return near
