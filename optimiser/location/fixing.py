"""Reduced-cost fixing: what multipliers prove of the whole, and of single candidates.

The proofs are in docs/mathematics-location.md, "Reduced-cost fixing".
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimiser.location.core import Core
from optimiser.location.kernels.net import FREE, cheapest, reduced_costs
from optimiser.units import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Fixed:
    """What multipliers prove.

    Parameters
    ----------
    multipliers
        Those used, in single precision (n,).
    value
        No answer costs less.
    opened, closed
        Candidates that every answer cheaper than wanted opens, or leaves closed.
    """

    multipliers: NDArray[np.float32]
    value: float
    opened: IntArray
    closed: IntArray


def fixed(
    core: Core,
    state: NDArray[np.int8],
    costs: tuple[FloatArray, FloatArray, float],
    multipliers: FloatArray,
    cut: float,
) -> Fixed | None:
    """Bound a core under decisions, and find what follows for single candidates.

    Parameters
    ----------
    core
        The core.
    state
        What is decided (m,).
    costs
        Opening costs (m,), costs of leaving unserved (n,) and constant, what cuts take of them
        aside.
    multipliers
        One (n,) for each demand.
    cut
        Value wanted to be beaten; inf: nothing is fixed.

    Returns
    -------
    Fixed or None
        What is proven; None where no answer obeys the decisions.
    """
    opening, unserved, constant = costs
    rounded = multipliers.astype(np.float32)
    exact = np.minimum(rounded.astype(np.float64), np.maximum(unserved, 0.0))
    reduced = reduced_costs(core.net._replace(opening=opening), exact)
    sites, inside, outside, possible = cheapest(reduced, state, core.net.number)
    if not possible:
        return None
    value = float(exact.sum() + reduced[sites].sum()) + constant
    value += float(np.minimum(unserved, 0.0).sum())
    margin = cut + 1e-9 * (abs(cut) + 1.0)
    free = state == FREE
    closed = free & (reduced > inside) & (value + reduced - inside >= margin)
    opened = free & (reduced < outside) & (reduced <= inside)
    opened &= value - reduced + outside >= margin
    return Fixed(rounded, value, np.flatnonzero(opened), np.flatnonzero(closed))
