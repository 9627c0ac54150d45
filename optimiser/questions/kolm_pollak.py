"""Kolm-Pollak minutes: what, given to everybody, would be as good as an unequal distribution.

The equally distributed equivalent of minutes t with persons p is
EDE = -(1 / kappa) ln(sum p exp(-kappa t) / sum p), with kappa = alpha epsilon, epsilon < 0 and
alpha = sum p t / sum p t^2. It is never below the mean, and rises by c where everybody travels c
longer (Kolm 1976; Pollak 1971; as an objective of location: Horton, Logan, Skipper & Speakman
2024). With kappa fixed, the least EDE is the least sum of p exp(-kappa t), which is linear.
"""

import numpy as np

from optimiser.units import FloatArray, Minutes

EPSILON = -1.0
"""Aversion to inequality; -0.5 to -2 are usual (Sheriff & Maguire 2020)."""


def kappa_of(persons: FloatArray, minutes: FloatArray, epsilon: float = EPSILON) -> float:
    """Kappa of a distribution of minutes.

    Parameters
    ----------
    persons, minutes
        Arrays of one shape; infinite minutes are left out.
    epsilon
        Aversion to inequality, negative.

    Returns
    -------
    float
        Per minute; epsilon itself where nobody travels.
    """
    known = np.isfinite(minutes)
    squares = float(persons[known] @ minutes[known] ** 2)
    alpha = float(persons[known] @ minutes[known]) / squares if squares else 1.0
    return alpha * epsilon


def kolm_pollak(persons: FloatArray, minutes: FloatArray, kappa: float) -> Minutes:
    """Equally distributed equivalent minutes.

    Parameters
    ----------
    persons, minutes
        Arrays of one shape.
    kappa
        Per minute, negative.

    Returns
    -------
    float
        Minutes.

    Examples
    --------
    >>> import numpy as np
    >>> round(kolm_pollak(np.array([1.0, 1.0]), np.array([5.0, 15.0]), -0.1), 2)
    11.2
    """
    # The largest exponent is taken out, so that long ways do not overflow.
    powers = -kappa * minutes
    top = float(powers.max())
    mean = float(np.average(np.exp(powers - top), weights=persons))
    return -(top + float(np.log(mean))) / kappa
