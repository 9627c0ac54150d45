"""Who travels longer, and by how much, when the minutes to the nearest site change."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.territory import Commune
from optimiser.units import FloatArray, InseeCode, IntArray, Minutes, Persons

_NOTICEABLE_MINUTES = 1e-6


@dataclass(frozen=True, slots=True)
class CommuneLoss:
    """What one commune loses.

    Parameters
    ----------
    commune
        INSEE code.
    persons
        Its public whose minutes rise.
    minutes
        Minutes more than before, of who loses most; inf where some are left without a site within
        reach.
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
    communes: Sequence[Commune],
    public: FloatArray,
    before: FloatArray,
    after: FloatArray,
    home: IntArray | None = None,
) -> Loss:
    """Compare minutes before and after.

    Parameters
    ----------
    communes
        The n members.
    public
        Persons (n), or (p) by cell.
    before, after
        Minutes of the same to the nearest site; inf without one.
    home
        Index (p) of the member of each cell; None: persons are those of the members.

    Returns
    -------
    Loss
        Communes whose minutes rise; communes without public are left out.
    """
    # Who had no site before has none to lose: inf is not above inf.
    worse = np.flatnonzero((after > before) & (public > 0))
    more = after[worse] - before[worse]
    worse, more = worse[more > _NOTICEABLE_MINUTES], more[more > _NOTICEABLE_MINUTES]
    persons, left, n = public[worse], np.isfinite(more), len(communes)
    where = worse if home is None else home[worse]
    hit = np.bincount(where, weights=persons, minlength=n)
    spent = np.bincount(where[left], weights=(persons * more)[left], minlength=n)
    most = np.zeros(n)
    np.maximum.at(most, where, more)
    order = sorted(
        set(where.tolist()),
        key=lambda i: (-spent[i] if np.isfinite(most[i]) else -np.inf, communes[i].code),
    )
    return Loss(
        persons=float(sum(hit[i] for i in order)),
        stranded=float(persons[~left].sum()),
        person_minutes=float(sum(spent[i] for i in order)),
        communes=tuple(CommuneLoss(communes[i].code, float(hit[i]), float(most[i])) for i in order),
    )
