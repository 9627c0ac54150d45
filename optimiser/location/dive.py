"""Diving: open what the relaxation nearly opens, ask it again, until nothing is left in part."""

import numpy as np
from numpy.typing import NDArray

from optimiser.location.effort import Clock
from optimiser.location.kernels.net import FREE, OPEN
from optimiser.location.linear import Relaxation
from optimiser.units import FloatArray

NEARLY, LEAST = 0.9, 1e-6
NOISE = 0.3


def dive(
    relaxation: Relaxation,
    state: NDArray[np.int8],
    needs: tuple[int, ...],
    opening: FloatArray,
    rng: np.random.Generator | None,
    clock: Clock,
) -> tuple[NDArray[np.int8], FloatArray]:
    """Dive from an answer of the relaxation.

    Parameters
    ----------
    relaxation
        Holds that answer.
    state, needs
        What is decided (m,), and the sets of which a site must be open.
    opening
        How far the answer opens each candidate (m,).
    rng
        Of the order in which candidates are opened; None: the most open first.
    clock
        When to stop.

    Returns
    -------
    tuple
        State (m,) and opening (m,) at the bottom.
    """
    state = state.copy()
    while not clock.out:
        free = np.flatnonzero((state == FREE) & (opening > LEAST))
        if len(free) == 0:
            break
        picks = free[opening[free] > NEARLY]
        if len(picks) == 0:
            noise = 0.0 if rng is None else NOISE * rng.random(len(free))
            picks = free[[np.argmax(opening[free] + noise)]]
        state[picks] = OPEN
        answer = relaxation.solve(state, needs, clock.left)
        if answer is None:
            break
        opening = answer.opening
    return state, opening
