"""What one plan changes against another: persons, minutes, euros, sites, basin by basin."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.case import Case
from optimiser.solution import Decisions, Evaluation
from optimiser.travellers import travellers
from optimiser.units import BoolArray, Euros, FloatArray, IntArray, Minutes, Persons


@dataclass(frozen=True, slots=True)
class Access:
    """Change of access of one public.

    Parameters
    ----------
    persons
        Persons more within the guaranteed time, counted once for each type.
    gaining, losing
        Persons who come within it, and persons who leave it.
    minutes
        Change of the mean minutes to the nearest site, of those who reach one in both plans.
    """

    persons: Persons
    gaining: Persons
    losing: Persons
    minutes: Minutes


@dataclass(frozen=True, slots=True)
class Moved:
    """A place where the two plans decide otherwise.

    Parameters
    ----------
    service, commune
        Where, and of which type.
    before, after
        Sites that operate; for an agreement, 1 or 0.
    agreement
        True where a neighbour's sites are shared or no longer are.
    """

    service: str
    commune: str
    before: int
    after: int
    agreement: bool = False


@dataclass(frozen=True)
class Difference:
    """A plan against another one.

    Parameters
    ----------
    score
        Points more.
    whole
        Access of everybody.
    by_basin, by_service
        Access by code of basin and of type; only those where something changes.
    running_eur, capital_eur, annual_eur
        Euros more: a year (fees included), once, and a year with capital written off.
    duplicated
        Persons more who are served by more sites than needed.
    moved
        Where the plans decide otherwise.
    """

    score: float
    whole: Access
    by_basin: dict[str, Access]
    by_service: dict[str, Access]
    running_eur: Euros
    capital_eur: Euros
    annual_eur: Euros
    duplicated: Persons
    moved: tuple[Moved, ...]


def difference(
    case: Case,
    before: tuple[Decisions, Evaluation],
    after: tuple[Decisions, Evaluation],
) -> Difference:
    """Compare two plans of the same territory and types.

    Parameters
    ----------
    case
        Whose publics are counted.
    before, after
        Decisions, and what the judge makes of them.

    Returns
    -------
    Difference
        After less before.
    """
    old, new = before[1], after[1]
    found = [_travels(case, old, new, k) for k in range(len(case.services))]
    basins = {
        code: _access(
            [each.part(case.basin_of[each.home] == b) for each in found],
            old.within[:, pick],
            new.within[:, pick],
        )
        for b, code in enumerate(case.basins)
        for pick in [np.flatnonzero(case.basin_of == b)]
    }
    services = {
        s.code: _access([found[k]], old.within[k], new.within[k])
        for k, s in enumerate(case.services)
    }
    return Difference(
        score=new.score - old.score,
        whole=_access(found, old.within, new.within),
        by_basin={code: access for code, access in basins.items() if _moves(access)},
        by_service={code: access for code, access in services.items() if _moves(access)},
        running_eur=new.costs.recurrent_eur - old.costs.recurrent_eur,
        capital_eur=new.costs.capital_eur - old.costs.capital_eur,
        annual_eur=new.costs.annual_eur - old.costs.annual_eur,
        duplicated=float(new.duplicated.sum() - old.duplicated.sum()),
        moved=moves(case, before[0], after[0]),
    )


def moves(case: Case, before: Decisions, after: Decisions) -> tuple[Moved, ...]:
    """Places where two plans decide otherwise.

    Parameters
    ----------
    case
        Whose types and communes are looked at.
    before, after
        The plans.

    Returns
    -------
    tuple of Moved
        By type and commune, in the order of the case.
    """
    found = []
    for service in case.services:
        for commune in case.territory.communes:
            place = (service.code, commune.code)
            a, b = before.sites.get(place, 0), after.sites.get(place, 0)
            if a != b:
                found.append(Moved(*place, a, b))
            was, now = place in before.agreements, place in after.agreements
            if was != now:
                found.append(Moved(*place, int(was), int(now), agreement=True))
    return tuple(found)


@dataclass(frozen=True, slots=True, eq=False)
class _Travels:
    """Persons (p) of one type who reach a site in both plans, their minutes more, and members."""

    persons: FloatArray
    more: FloatArray
    home: IntArray

    def part(self, chosen: BoolArray) -> "_Travels":
        """Some of them."""
        return _Travels(self.persons[chosen], self.more[chosen], self.home[chosen])


def _travels(case: Case, old: Evaluation, new: Evaluation, k: int) -> _Travels:
    persons, before, home = travellers(case, old, k)
    _, after, _ = travellers(case, new, k)
    both = np.isfinite(before) & np.isfinite(after)
    return _Travels(persons[both], after[both] - before[both], home[both])


def _access(travels: Sequence[_Travels], was: FloatArray, now: FloatArray) -> Access:
    """Compare minutes, and persons within the guaranteed time, net for each type and commune."""
    gaining = float(np.maximum(0.0, now - was).sum())
    losing = float(np.maximum(0.0, was - now).sum())
    persons = sum(float(each.persons.sum()) for each in travels)
    more = sum(float((each.persons * each.more).sum()) for each in travels)
    return Access(gaining - losing, gaining, losing, more / persons if persons else 0.0)


def _moves(access: Access) -> bool:
    return bool(access.gaining or access.losing or abs(access.minutes) > 1e-9)  # noqa: PLR2004
