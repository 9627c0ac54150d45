"""What the engine knows of a core once it ends."""

from dataclasses import dataclass, field

from optimiser.location.certificate import Certificate
from optimiser.solution import StopReason
from optimiser.units import IntArray


@dataclass
class Found:
    """What is known of a core.

    Parameters
    ----------
    sites
        Best sites; None while there are none.
    value
        What they cost; inf without.
    bound
        What no answer costs less than, as the judge derives it.
    certificate
        Evidence of the bound.
    stop
        Why the search ended.
    counts
        Sizes and amounts of work, all repeatable.
    seconds
        Wall time by stage.
    """

    sites: IntArray | None
    value: float
    bound: float
    certificate: Certificate
    stop: StopReason
    counts: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
