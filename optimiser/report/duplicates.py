"""The duplicate ledger: which sites serve the same public, and what it would mean to lose one.

Two sites of one type overlap when some public reaches both within the type's exclusive time; two
sites of one commune overlap for all the public around that commune. An overlap is a *duplicate*
when that shared public, at least in one commune, has more sites around it than it fills (`excess`
of the judge). Where the shared public fills every site around it, the overlap is *needed*: both
are listed, apart, so that nobody takes a needed second site for waste.

The savings of two pairs must not be added: when one site goes, the other pairs that it was part of
are no duplicates any more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from optimiser.case import Case
from optimiser.catalogue import Grade
from optimiser.cells import WithoutOne
from optimiser.report.losses import Loss, loss
from optimiser.solution import Evaluation
from optimiser.units import Euros, InseeCode, Persons, ServiceCode, within


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sites that serve the same public.

    Parameters
    ----------
    service
        Type of facility.
    first, second
        Communes of the two sites, by code; the same code for two sites of one commune.
    shared_persons
        Public that reaches both within the exclusive time.
    excess_persons
        Part of it that has more sites around it than it fills.
    loses
        Commune whose site costs the public the least person-minutes if it goes; of equals, the
        one that saves more.
    saved_eur_per_year
        Running cost of one site there, net of nothing: no closing cost, no cost of moving users.
    grade
        Evidence grade of that running cost.
    decidable
        True when the bloc communal may close sites of the type.
    loss
        Who travels longer if it goes.
    guarantee_lost_persons
        Persons who leave the guaranteed time if it goes.
    places_lost
        Places of the site; None where nobody counts them.
    """

    service: ServiceCode
    first: InseeCode
    second: InseeCode
    shared_persons: Persons
    excess_persons: Persons
    loses: InseeCode
    saved_eur_per_year: Euros
    grade: Grade
    decidable: bool
    loss: Loss
    guarantee_lost_persons: Persons
    places_lost: float | None

    @property
    def is_duplicate(self) -> bool:
        """Whether some of the shared public has more sites than it fills."""
        return self.excess_persons > 0


@dataclass(frozen=True, slots=True)
class Ledger:
    """All overlaps of one network.

    Parameters
    ----------
    duplicates
        Pairs with more sites than their public fills; those that cost the public least first.
    needed
        Pairs whose shared public fills every site around it.
    """

    duplicates: tuple[Pair, ...]
    needed: tuple[Pair, ...]


def ledger(case: Case, evaluation: Evaluation) -> Ledger:
    """List the overlaps of a network.

    Parameters
    ----------
    case
        The case.
    evaluation
        The network, as the judge sees it: today's or a plan's.

    Returns
    -------
    Ledger
        Duplicates by rising loss (person-minutes, stranded persons first of all), then by falling
        saving; needed overlaps by type and commune.
    """
    known = _KNOWN.setdefault(case, {})
    pairs: list[Pair] = []
    for k in range(len(case.services)):
        key = (k, evaluation.sites[k].tobytes(), evaluation.agreed[k].tobytes())
        if key not in known:
            if len(known) >= _KEPT:
                known.clear()
            known[key] = tuple(_pairs(case, evaluation, k))
        pairs += known[key]
    duplicates = sorted((p for p in pairs if p.is_duplicate), key=_order)
    return Ledger(tuple(duplicates), tuple(p for p in pairs if not p.is_duplicate))


_KEPT = 1_000
_KNOWN: WeakKeyDictionary[Case, dict[tuple[int, bytes, bytes], tuple[Pair, ...]]] = (
    WeakKeyDictionary()
)
"""Overlaps of one type in one network of a case: a plan leaves most types as they are."""


def _order(pair: Pair) -> tuple[bool, float, float, float, str, str, str]:
    return (
        not pair.decidable,
        pair.loss.stranded,
        round(pair.loss.person_minutes, 6),
        -pair.saved_eur_per_year,
        pair.service,
        pair.first,
        pair.second,
    )


@dataclass(frozen=True, slots=True)
class _Departure:
    """What it means that one site of a commune goes."""

    commune: InseeCode
    saved_eur: Euros
    loss: Loss
    guarantee_lost: Persons
    places: float | None

    @property
    def cost(self) -> tuple[float, float, float]:
        return (self.loss.stranded, round(self.loss.person_minutes, 6), -self.saved_eur)


def _pairs(case: Case, evaluation: Evaluation, k: int) -> Iterator[Pair]:
    service, public = case.services[k], case.public[k]
    sites, near = evaluation.sites[k], case.exclusive[k]
    operating = [int(j) for j in np.flatnonzero(sites)]
    pairs = []
    for position, a in enumerate(operating):
        for b in operating[position:]:
            both = near[:, a] & near[:, b]
            shared = float(public[both].sum())
            if shared <= 0 or (a == b and sites[a] == 1):
                continue
            pairs.append((a, b, shared, float(public[both & (evaluation.excess[k] > 0)].sum())))
    cells, serving = case.cells, case.serving(sites, evaluation.agreed[k])
    alone = None
    if pairs and cells is not None:
        alone = WithoutOne(cells, serving)
    involved = sorted({j for a, b, _, _ in pairs for j in (a, b)})
    departures = {j: _departure(case, evaluation, k, j, alone) for j in involved}
    for a, b, shared, excess in pairs:
        goes = min((departures[a], departures[b]), key=lambda d: d.cost)
        yield Pair(
            service=service.code,
            first=case.members[a].code,
            second=case.members[b].code,
            shared_persons=shared,
            excess_persons=excess,
            loses=goes.commune,
            saved_eur_per_year=goes.saved_eur,
            grade=service.running_eur.grade,
            decidable=service.lever == "decide",
            loss=goes.loss,
            guarantee_lost_persons=goes.guarantee_lost,
            places_lost=goes.places,
        )


def _departure(
    case: Case, evaluation: Evaluation, k: int, j: int, alone: WithoutOne | None
) -> _Departure:
    public, left, cells = case.public[k], evaluation.sites[k].copy(), case.cells
    left[j] -= 1
    lost = Loss(0.0, 0.0, 0.0, ())
    guarantee_lost = 0.0
    if alone is None or cells is None:
        after = case.nearest(left, evaluation.agreed[k])
        kept = public * case.part_within(k, left, evaluation.agreed[k])
        lost = loss(case.members, public, evaluation.minutes[k], after)
        guarantee_lost = float(np.maximum(0.0, evaluation.within[k] - kept).sum())
    elif not left[j]:
        rows, before, after = alone.of(j)
        home, limit = cells.home[rows], case.services[k].guarantee_minutes
        persons = public[home] * cells.share[rows]
        lost = loss(case.members, persons, before, after, home)
        guarantee_lost = float(persons[within(before, limit) & ~within(after, limit)].sum())
    return _Departure(
        commune=case.members[j].code,
        saved_eur=float(case.running_eur[k, j]),
        loss=lost,
        guarantee_lost=guarantee_lost,
        places=case.places_per_site(k, j) if case.services[k].places_per_site else None,
    )
