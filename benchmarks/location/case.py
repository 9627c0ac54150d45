"""What a case is."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """One question.

    Parameters
    ----------
    problem
        ``mclp``, ``lscp`` or ``p_median``.
    load
        Travel and weights.
    radius, count
        As the problem takes them.
    gap, seconds
        Where to stop.
    size
        ``small`` (gate), ``medium`` (peers too) or ``full``.
    beside
        Peers that the gate runs too, for the ratio; those that take seconds at most.
    """

    problem: str
    load: Callable
    radius: float = 0.0
    count: int = 0
    gap: float = 0.0
    seconds: float = 600.0
    size: str = "small"
    beside: tuple[str, ...] = ()
