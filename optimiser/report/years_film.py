"""Coverage by year: the network of one type after each year, as a map draws it."""

from collections import Counter

from optimiser.check_schedule import snapshot
from optimiser.report.map_view import Network
from optimiser.report.site_status import site_statuses, sites_today
from optimiser.schedule_case import ScheduleCase
from optimiser.schedule_solution import Timetable
from optimiser.solution import Evaluation
from optimiser.units import ServiceCode


def frame_of(
    plan: ScheduleCase, years: Timetable, network: Evaluation, service: ServiceCode, t: int
) -> Network:
    """Network of one type at the end of a year.

    Parameters
    ----------
    plan, years
        The plan and its timetable.
    network
        The network after that year, as the judge sees it.
    service
        Type of facility.
    t
        The year; 0: today.

    Returns
    -------
    Network
        What a map draws.
    """
    sites = sites_today(plan.case)
    if t:
        sites = site_statuses(plan.case, snapshot(plan, years, t))
    mine = tuple(site for site in sites if site.service == service)
    return Network("planned" if t else "now", service, network, mine)


def changing(plan: ScheduleCase) -> tuple[ServiceCode, ...]:
    """Types of a plan's case, those with most actions first.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    tuple of str
        Codes of all types.
    """
    counts = Counter(action.what for action in plan.actions)
    return tuple(
        sorted((service.code for service in plan.case.services), key=lambda code: -counts[code])
    )
