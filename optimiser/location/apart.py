"""The judge of problems that fall apart: that they do, and what parts that share a number prove."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from optimiser.errors import VerificationError
from optimiser.location.core import Core
from optimiser.units import FloatArray, IntArray

if TYPE_CHECKING:
    from optimiser.location.certificate import Certificate, Share

UNIT = 2.0**-53


class Members(Protocol):
    """What names a part."""

    @property
    def demands(self) -> IntArray:
        """Its demands, ascending."""

    @property
    def candidates(self) -> IntArray:
        """Its candidates, ascending."""


def check_apart(core: Core, parts: Sequence[Members]) -> None:
    """Make sure that no pair crosses from part to part and that no demand is left out.

    Parameters
    ----------
    core
        The core.
    parts
        Its parts.

    Raises
    ------
    VerificationError
        They are not what they say.
    """
    of_demand = np.full(core.demands, len(parts))
    of_candidate = np.full(core.candidates, len(parts))
    for number, part in enumerate(parts):
        for members, label in ((part.demands, of_demand), (part.candidates, of_candidate)):
            inside = members.min(initial=0) >= 0 and members.max(initial=-1) < len(label)
            if not inside or np.any(np.diff(members) <= 0) or np.any(label[members] < len(parts)):
                raise VerificationError((f"part {number} shares members",))
            label[members] = number
    if np.any(of_demand == len(parts)) or np.any(core.opening[of_candidate == len(parts)] < 0.0):
        raise VerificationError(("the parts leave something out",))
    if np.any(of_candidate[core.site] != np.repeat(of_demand, np.diff(core.start))):
        raise VerificationError(("a pair crosses from part to part",))


def shared_bound(
    core: Core, shares: Sequence["Share"], derive: Callable[[Core, "Certificate"], float]
) -> float:
    """Bound of a core whose parts share a number of sites, rounding against itself.

    Parameters
    ----------
    core
        The core.
    shares
        Its parts and their evidence.
    derive
        Derives the bound of a part.

    Returns
    -------
    float
        No answer costs less; inf where there is no answer.

    Raises
    ------
    VerificationError
        The parts are not what they say, or a price or a number is none.
    """
    if core.count is None:
        raise VerificationError(("parts without a number share none",))
    check_apart(core, shares)
    count = core.count
    # Candidates of no part cost nothing at least, as do parts.
    spare = core.candidates - sum(len(share.candidates) for share in shares)
    least = np.where(np.arange(count + 1) <= spare, 0.0, np.inf)
    size = 0.0
    for share in shares:
        bounds = _bounds(core, share, derive)
        size += float(np.abs(bounds[np.isfinite(bounds)]).max(initial=0.0))
        least = np.array(
            [float((least[k::-1][: len(bounds)] + bounds[: k + 1]).min()) for k in range(count + 1)]
        )
    total = float(least[count])
    if math.isinf(total):
        return total
    rounding = 2.0 * (len(shares) + 2.0) * UNIT * (size + abs(total) + core.constant)
    return core.constant + total - rounding


def _bounds(
    core: Core, share: "Share", derive: Callable[[Core, "Certificate"], float]
) -> FloatArray:
    """Bound of a part for each number of sites from 0 up."""
    part = replace(core.among(share.demands, share.candidates), count=None)
    numbers = np.arange(min(core.count or 0, part.candidates) + 1)
    bounds = np.zeros(len(numbers))
    for price, evidence in share.priced:
        if not (math.isfinite(price) and price >= 0.0):
            raise VerificationError(("a price is none",))
        bound = derive(replace(part, opening=part.opening + price), evidence)
        paid = price * numbers
        # The price was added to each site, and is taken off again.
        rounding = (
            4.0 * (numbers + 4.0) * UNIT * (paid + abs(bound) + part.opening.max(initial=0.0))
        )
        if math.isinf(bound):
            return np.full(len(numbers), np.inf)
        least = bound - paid - rounding
        bounds = np.maximum(bounds, np.ceil(least) if part.integral else least)
    for number, evidence in share.counted:
        if not 0 <= number < len(numbers):
            raise VerificationError(("a part has so many sites in no answer",))
        bounds[number] = max(bounds[number], derive(replace(part, count=number), evidence))
    return bounds
