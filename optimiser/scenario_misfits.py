"""What in a scenario does not fit its territory and catalogue, or contradicts itself."""

from collections.abc import Iterator

from optimiser.catalogue import Catalogue, ServiceType
from optimiser.errors import Finding, nearest_name
from optimiser.scenario import Scenario
from optimiser.territory import Territory


def planned_types(catalogue: Catalogue, scenario: Scenario) -> tuple[ServiceType, ...]:
    """Types that the scenario plans, in the catalogue's order; it names none: all of them."""
    wanted = scenario.services
    return tuple(service for service in catalogue if not wanted or service.code in wanted)


def misfits(territory: Territory, catalogue: Catalogue, scenario: Scenario) -> Iterator[Finding]:
    """Find what is wrong, all of it.

    Parameters
    ----------
    territory, catalogue
        What is there and what can be there.
    scenario
        What is asked.

    Yields
    ------
    Finding
        One for each key that names nothing known, and for each pair of keys that contradict.
    """
    known = list(catalogue.services)
    planned = [service.code for service in planned_types(catalogue, scenario)]
    mentioned = [
        *((f"services[{n}]", code, known) for n, code in enumerate(scenario.services)),
        *((f"objective.weights.{code}", code, planned) for code in scenario.objective.weights),
        *((f"coverage.guarantee.{code}", code, planned) for code in scenario.coverage.guarantee),
        *(
            (f"coverage.basin_floors.{code}", code, planned)
            for code in scenario.coverage.basin_floors
        ),
        *((f"facilities.values.{code}", code, known) for code in scenario.facilities.values),
        *((f"schedule.build_years.{code}", code, known) for code in scenario.schedule.build_years),
        *(
            (f"schedule.subsidies[{n}].service", x.service, known)
            for n, x in enumerate(scenario.schedule.subsidies)
        ),
        *((f"forced[{n}].service", x.service, planned) for n, x in enumerate(scenario.forced)),
        *(
            (f"forbidden[{n}].service", x.service, planned)
            for n, x in enumerate(scenario.forbidden)
        ),
    ]
    for key, code, names in mentioned:
        if code not in names:
            yield Finding(
                "unknown_service",
                column=key,
                found=code,
                expected=", ".join(names),
                nearest=nearest_name(code, names),
            )
    names = [commune.name for commune in territory.members]
    for section in ("forced", "forbidden"):
        for n, lock in enumerate(getattr(scenario, section)):
            if territory.member_index(lock.commune) < 0:
                yield Finding(
                    "unknown_commune",
                    column=f"{section}[{n}].commune",
                    found=lock.commune,
                    expected=territory.name,
                    nearest=nearest_name(lock.commune, names),
                )
    both = {(x.service, territory.member_index(x.commune)) for x in scenario.forced}
    for n, lock in enumerate(scenario.forbidden):
        where = (lock.service, territory.member_index(lock.commune))
        if where[1] >= 0 and where in both:
            yield Finding(
                "forced_and_forbidden",
                column=f"forbidden[{n}]",
                found=f"{lock.service}, {lock.commune}",
            )
