"""What happens to every site: kept, opened, closed, transferred or shared."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from optimiser.case import Case
from optimiser.check import today
from optimiser.solution import Decisions
from optimiser.units import InseeCode, ServiceCode

SiteStatusName: TypeAlias = Literal["kept", "opened", "transferred", "closed", "shared"]

STATUSES: tuple[SiteStatusName, ...] = get_args(SiteStatusName)


@dataclass(frozen=True, slots=True)
class SiteStatus:
    """Sites of one type in one commune that have the same fate.

    Parameters
    ----------
    service, commune
        Which type, and where.
    status
        What happens to them; ``transferred`` stands at the destination.
    sites
        How many.
    other
        For a transferred site, where it comes from; for a closed site that moves, where it goes;
        else empty.
    """

    service: ServiceCode
    commune: InseeCode
    status: SiteStatusName
    sites: int
    other: InseeCode = ""


def site_statuses(case: Case, decisions: Decisions) -> tuple[SiteStatus, ...]:
    """Compare decisions with today's network, site by site.

    Parameters
    ----------
    case
        The case.
    decisions
        What was decided.

    Returns
    -------
    tuple of SiteStatus
        By type in the order of the case, then by commune in the order of the territory.
    """
    return tuple(
        status for service in case.services for status in _of_service(case, decisions, service.code)
    )


def sites_today(case: Case) -> tuple[SiteStatus, ...]:
    """Sites that stand today, all of them kept.

    Parameters
    ----------
    case
        The case.

    Returns
    -------
    tuple of SiteStatus
        In the same order as `site_statuses`.
    """
    return site_statuses(case, today(case))


def _of_service(case: Case, decisions: Decisions, service: ServiceCode) -> Iterator[SiteStatus]:
    moves = [move for move in decisions.transfers if move.service == service]
    for commune in case.members:
        code = commune.code
        before = case.territory.count(code, service)
        after = decisions.sites.get((service, code), 0)
        coming = [move.origin for move in moves if move.destination == code]
        leaving = [move.destination for move in moves if move.origin == code]
        counts: tuple[tuple[SiteStatusName, int], ...] = (
            ("kept", min(before, after)),
            ("opened", max(0, after - before - len(coming))),
            ("closed", max(0, before - after - len(leaving))),
        )
        for status, count in counts:
            if count:
                yield SiteStatus(service, code, status, count)
        yield from (SiteStatus(service, code, "transferred", 1, origin) for origin in coming)
        yield from (SiteStatus(service, code, "closed", 1, goal) for goal in leaving)
    for commune in case.territory.neighbours:
        if (service, commune.code) in decisions.agreements:
            count = case.territory.count(commune.code, service)
            yield SiteStatus(service, commune.code, "shared", count)
