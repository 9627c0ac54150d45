"""Who travels longer, and by how much, when the minutes to the nearest site change."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.territory import Commune
from optimiser.units import FloatArray, InseeCode, Minutes, Persons

_NOTICEABLE_MINUTES = 1e-6


@dataclass(frozen=True, slots=True)
class CommuneLoss:
    """What one commune loses.

    Parameters
    ----------
    commune
        INSEE code.
    persons
        Its public.
    minutes
        Minutes more than before; inf where no site is left within reach.
    """

    commune: InseeCode
    persons: Persons
    minutes: Minutes


@dataclass(frozen=True, slots=True)
class Loss:
    """What the public of several communes loses.

    Parameters
    ----------
    persons
        Persons whose minutes rise, those without any site left included.
    stranded
        Persons among them without any site left within reach.
    person_minutes
        Minutes more, summed over the persons who still reach a site.
    communes
        The communes concerned, the heaviest loss first.
    """

    persons: Persons
    stranded: Persons
    person_minutes: float
    communes: tuple[CommuneLoss, ...]

    @property
    def mean_minutes(self) -> Minutes:
        """Mean minutes more of the persons who lose and still reach a site; 0 without any."""
        moved = self.persons - self.stranded
        return self.person_minutes / moved if moved > 0 else 0.0

    @property
    def worst(self) -> CommuneLoss | None:
        """Commune whose minutes rise most, the most populous of equals; None without a loss."""
        return max(self.communes, key=lambda c: (c.minutes, c.persons), default=None)


def loss(
    communes: Sequence[Commune], public: FloatArray, before: FloatArray, after: FloatArray
) -> Loss:
    """Compare minutes before and after.

    Parameters
    ----------
    communes
        The n members.
    public
        Persons (n).
    before, after
        Minutes (n) to the nearest site; inf without one.

    Returns
    -------
    Loss
        Communes whose minutes rise; communes without public are left out.
    """
    # inf - inf is undefined, and who had no site before has none to lose.
    had = np.isfinite(before)
    more = np.where(had, after - np.where(had, before, 0.0), 0.0)
    hit = np.flatnonzero((more > _NOTICEABLE_MINUTES) & (public > 0))
    each = [CommuneLoss(communes[i].code, float(public[i]), float(more[i])) for i in hit.tolist()]
    each.sort(key=lambda c: (-c.minutes * c.persons, c.commune))
    left = [c for c in each if np.isfinite(c.minutes)]
    stranded = [c for c in each if not np.isfinite(c.minutes)]
    return Loss(
        persons=sum((c.persons for c in each), 0.0),
        stranded=sum((c.persons for c in stranded), 0.0),
        person_minutes=sum((c.persons * c.minutes for c in left), 0.0),
        communes=tuple(each),
    )
