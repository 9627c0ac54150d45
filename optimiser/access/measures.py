r"""Measures of access that planners and researchers know, on pairs of places within reach.

With persons :math:`p_i`, supply :math:`s_j`, minutes :math:`t_{ij}` and a weight :math:`w(t)`, the
floating catchment measures are

.. math:: A_i = \sum_j w(t_{ij}) \frac{s_j}{\sum_{i'} w(t_{i'j}) p_{i'}}

- 2SFCA (Luo & Wang 2003): w = 1 within one catchment, 0 beyond.
- E2SFCA (Luo & Qi 2009): w falls by zones.
- APL (DREES, Barlet et al. 2012): E2SFCA with 1, 0.3 and 0.1 within 5, 10 and 15 minutes, the
  persons being weighted by their need; here they are the public of the type.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.units import FloatArray, IntArray, Minutes, Share, within

Zones = Sequence[tuple[Minutes, float]]

APL_ZONES: Zones = ((5.0, 1.0), (10.0, 0.3), (15.0, 0.1))
"""Weights of the DREES indicator in its 2012 form."""

E2SFCA_ZONES: Zones = ((10.0, 1.0), (20.0, 0.68), (30.0, 0.22))
"""Weights of Luo & Qi (2009), slow decay."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Places of demand and of supply within reach of each other.

    Parameters
    ----------
    demand, supply
        Positions (q,) of both ends; each pair once.
    minutes
        Minutes (q,).
    """

    demand: IntArray
    supply: IntArray
    minutes: FloatArray


def catchment(persons: FloatArray, supply: FloatArray, pairs: Pairs, zones: Zones) -> FloatArray:
    """Supply for each person within reach, shared with all others within reach of it.

    Parameters
    ----------
    persons
        Persons (n,) at each place of demand.
    supply
        Supply (m,) at each place of supply.
    pairs
        Which reach which.
    zones
        Upper limit, minutes, and weight of each zone, nearest first; one zone is 2SFCA.

    Returns
    -------
    ndarray
        Supply for each person (n,). Supply that nobody reaches counts for nobody.

    Raises
    ------
    ValueError
        Zones whose limits do not rise, or a negative weight.
    """
    limits, weights = (np.array(column, dtype=np.float64) for column in zip(*zones, strict=True))
    if bool((np.diff(limits) <= 0).any()) or bool((weights < 0).any()):
        raise ValueError("zones: limits must rise, and no weight may be negative")
    weight = np.zeros(len(pairs.minutes))
    for limit, value in zip(limits[::-1], weights[::-1], strict=True):
        weight[within(pairs.minutes, limit)] = value
    pressure = np.bincount(
        pairs.supply, weights=weight * persons[pairs.demand], minlength=len(supply)
    )
    ratio = np.divide(supply, pressure, out=np.zeros(len(supply)), where=pressure > 0)
    return np.bincount(
        pairs.demand, weights=weight * ratio[pairs.supply], minlength=len(persons)
    ).astype(np.float64)


def share_within(persons: FloatArray, minutes: FloatArray, limit: Minutes) -> Share | None:
    """Share of persons whose nearest site lies within a limit; None where there is nobody.

    Parameters
    ----------
    persons, minutes
        Persons (n,), and minutes (n,) to the nearest site.
    limit
        Minutes.
    """
    total = float(persons.sum())
    return float(persons[within(minutes, limit)].sum()) / total if total else None


def percentile(values: FloatArray, persons: FloatArray, share: Share) -> float | None:
    """Least value that at least a share of the persons do not exceed; None where there is nobody.

    Parameters
    ----------
    values
        Value (n,) of each place, such as minutes; may be infinite.
    persons
        Persons (n,).
    share
        From 0 to 1.

    Examples
    --------
    >>> percentile(np.array([3.0, 10.0, 5.0]), np.array([1.0, 1.0, 2.0]), 0.5)
    5.0
    """
    some = persons > 0
    if not some.any():
        return None
    order = np.argsort(values[some], kind="stable")
    reached = np.cumsum(persons[some][order])
    at = int(np.searchsorted(reached, share * reached[-1] * (1 - 1e-12)))
    return float(values[some][order][min(at, len(order) - 1)])
