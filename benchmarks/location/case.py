"""What a case is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Wanted:
    """The figures that a case should reach; None: none is set.

    Parameters
    ----------
    gap, seconds, megabytes
        At most.
    seconds_after_pairs
        The same once the pairs are known.
    seconds_together
        Of all variants of the case, at most.
    ratio
        How many times faster than the best peer, at least.
    optimum
        Published optimum.
    """

    gap: float | None = None
    seconds: float | None = None
    megabytes: float | None = None
    seconds_after_pairs: float | None = None
    seconds_together: float | None = None
    ratio: float | None = None
    optimum: float | None = None


@dataclass(frozen=True)
class Case:
    """One question.

    Parameters
    ----------
    problem
        ``mclp``, ``lscp`` or ``p_median``.
    load
        Travel and weights, and the number of sites where the data say it.
    radius, count
        As the problem takes them.
    gap, seconds
        Where to stop.
    size
        ``small`` (gate), ``medium`` (peers too) or ``full``.
    beside
        Peers that the gate runs too, for the ratio; those that take seconds at most.
    wanted
        What should be reached.
    variants
        Fields that differ, by what is added to the name.
    family
        Name of the file.
    """

    problem: str
    load: Callable
    radius: float = 0.0
    count: int = 0
    gap: float = 0.0
    seconds: float = 600.0
    size: str = "small"
    beside: tuple[str, ...] = ()
    wanted: Wanted = Wanted()
    variants: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    family: str = ""


def within_two_limits(*counts):
    """Variants of a national case: each number of sites in two and in ten minutes."""
    return {
        f"{count}_{seconds}s": {
            "count": count,
            "seconds": 0.95 * seconds,
            "wanted": Wanted(gap=gap, seconds=seconds, megabytes=6000),
        }
        for count in counts
        for seconds, gap in ((120, 0.005), (600, 0.001))
    }
