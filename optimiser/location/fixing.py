"""Reduced-cost fixing: what multipliers prove of the whole, and of single candidates.

The proofs are in docs/mathematics-location.md, "Reduced-cost fixing".
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimiser.location.core import Core
from optimiser.location.kernels.net import FREE, cheapest, reduced_costs
from optimiser.units import FloatArray, IntArray

NEAR = 1e-5


@dataclass(frozen=True, eq=False)
class Fixed:
    """What multipliers prove.

    Parameters
    ----------
    multipliers
        Those used (n,), in single precision where that is enough.
    value
        No answer costs less.
    opened, closed
        Candidates that every answer cheaper than wanted opens, or leaves closed.
    """

    multipliers: NDArray[np.floating]
    value: float
    opened: IntArray
    closed: IntArray


def fixed(
    core: Core,
    state: NDArray[np.int8],
    costs: tuple[FloatArray, FloatArray, float],
    multipliers: FloatArray,
    cut: float,
    goal: float,
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
    goal
        Bound that is enough: multipliers that only rounding keeps from it are not rounded.

    Returns
    -------
    Fixed or None
        What is proven; None where no answer obeys the decisions.
    """
    opening, unserved, constant = costs
    net, left = core.net._replace(opening=opening), np.maximum(unserved, 0.0)
    constant += float(np.minimum(unserved, 0.0).sum())
    exact = np.minimum(multipliers, left)
    used: NDArray[np.floating] = exact.astype(np.float32)
    # Rounded up beyond what leaving unserved costs here, they would prove less where it costs more.
    used = np.where(used > left, np.nextafter(used, np.float32(0.0)), used)
    for precise in (False, True):
        reduced = reduced_costs(net, used.astype(np.float64))
        sites, inside, outside, possible = cheapest(reduced, state, net.number)
        if not possible:
            return None
        value = float(used.sum(dtype=np.float64) + reduced[sites].sum()) + constant
        if precise or value >= goal or value < goal - NEAR * abs(goal):
            break
        used = exact
    margin = cut + 1e-9 * (abs(cut) + 1.0)
    free = state == FREE
    closed = free & (reduced > inside) & (value + reduced - inside >= margin)
    opened = free & (reduced < outside) & (reduced <= inside)
    opened &= value - reduced + outside >= margin
    return Fixed(used, value, np.flatnonzero(opened), np.flatnonzero(closed))
