"""Who runs a site, and in which building: a transfer to the EPCI, and reuse before new land.

The evidence is thin. OFGL finds pools of EPCI dearer to run, by the square metre, than pools of
communes (1,263 against 1,073 euros); it compares different pools, so that the factor is a ceiling
of what may happen and not an effect of the transfer. For every other type there is no figure. What
the user does not enter is therefore nought, and said to be an assumption (grade D).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from optimiser.case import Case
from optimiser.catalogue import Grade
from optimiser.questions.workbench import Reply, Workbench
from optimiser.solution import Decisions, Solution
from optimiser.units import Euros, ServiceCode, Share

EPCI_FACTOR: Mapping[ServiceCode, tuple[float, float, float]] = {
    "swimming_pool": (1.0, 1.0, 1263.0 / 1073.0),
}
"""Running cost under the EPCI for one euro under the commune: low, base, high (OFGL, pools)."""

NO_EVIDENCE = (1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Handover:
    """A commune's sites of one type, run by the EPCI instead; the buildings stay.

    Parameters
    ----------
    service, commune
        Where.
    sites
        How many.
    running_eur
        Euros a year today, which leave the commune's budget for the EPCI's.
    low_eur, base_eur, high_eur
        Euros a year that the whole pays more than today.
    grade
        Of the effect: C for a case or a few, D for an assumption.
    agents
        Posts that follow, where the user says how many a site has; None: nobody said.
    """

    service: ServiceCode
    commune: str
    sites: int
    running_eur: Euros
    low_eur: Euros
    base_eur: Euros
    high_eur: Euros
    grade: Grade
    agents: float | None


@dataclass(frozen=True, slots=True)
class Reuse:
    """A building that a plan empties in a commune where it opens something else.

    Parameters
    ----------
    commune
        Where.
    closed, opened
        Types.
    closing_eur
        Closing cost that reuse would spare, at most.
    capital_eur
        Capital of the opening, part of which reuse could spare.
    spared_eur
        The part of it that the user takes for spared; nothing unless entered (grade D).
    """

    commune: str
    closed: ServiceCode
    opened: ServiceCode
    closing_eur: Euros
    capital_eur: Euros
    spared_eur: Euros = 0.0


def handovers(
    case: Case,
    decisions: Decisions,
    *,
    factors: Mapping[ServiceCode, tuple[float, float, float]] | None = None,
    agents: Mapping[ServiceCode, float] | None = None,
) -> tuple[Handover, ...]:
    """List the structuring sites that could pass to the EPCI.

    Parameters
    ----------
    case, decisions
        The case, and where sites operate.
    factors
        Running cost under the EPCI for one euro today, low, base and high, by type; instead of
        the evidence.
    agents
        Posts of one site, by type.

    Returns
    -------
    tuple of Handover
        Of types that the communes and the EPCI decide; the dearest to run first.
    """
    known = {**EPCI_FACTOR, **(factors or {})}
    found = []
    for k, service in enumerate(case.services):
        if service.lever != "decide" or not service.structuring:
            continue
        low, base, high = known.get(service.code, NO_EVIDENCE)
        posts = (agents or {}).get(service.code)
        studied = service.code in EPCI_FACTOR and service.code not in (factors or {})
        for j, commune in enumerate(case.members):
            sites = decisions.sites.get((service.code, commune.code), 0)
            if sites:
                euros = sites * float(case.running_eur[k, j])
                found.append(
                    Handover(
                        service=service.code,
                        commune=commune.code,
                        sites=sites,
                        running_eur=euros,
                        low_eur=euros * (low - 1.0),
                        base_eur=euros * (base - 1.0),
                        high_eur=euros * (high - 1.0),
                        grade="C" if studied else "D",
                        agents=None if posts is None else posts * sites,
                    )
                )
    return tuple(sorted(found, key=lambda h: (-h.running_eur, h.service, h.commune)))


def reuses(case: Case, decisions: Decisions, *, share: Share = 0.0) -> tuple[Reuse, ...]:
    """List buildings that a plan empties where it opens something else.

    Parameters
    ----------
    case, decisions
        The case, and where sites operate.
    share
        Part of the capital of an opening that an emptied building spares.

    Returns
    -------
    tuple of Reuse
        Each pair of a closing and an opening in one commune; largest capital first.
    """
    found = []
    for j, commune in enumerate(case.members):
        change = {
            k: decisions.sites.get((service.code, commune.code), 0) - int(case.existing[k, j])
            for k, service in enumerate(case.services)
        }
        found += [
            Reuse(
                commune=commune.code,
                closed=case.services[a].code,
                opened=case.services[b].code,
                closing_eur=float(case.closing_eur[a, j]),
                capital_eur=float(case.capital_eur[b, j]),
                spared_eur=share * float(case.capital_eur[b, j]),
            )
            for a, less in change.items()
            for b, more in change.items()
            if less < 0 < more
        ]
    return tuple(sorted(found, key=lambda r: (-r.capital_eur, r.commune, r.closed, r.opened)))


@dataclass(frozen=True)
class Ground:
    """What it costs to use existing buildings before new land.

    Parameters
    ----------
    most
        Openings on new land that are allowed; None: no limit.
    free, limited
        The best plan without a limit of that kind, and with it; None where there is none.
    free_land, limited_land
        Openings on new land of each.
    """

    most: int | None
    free: Solution | None
    limited: Solution | None
    free_land: int
    limited_land: int


def ground(bench: Workbench, most: int | None) -> Ground:
    """Limit the openings on new land, and compare with no limit.

    Parameters
    ----------
    bench
        The case.
    most
        Openings on new land that are allowed; None: what the scenario allows.

    Returns
    -------
    Ground
        Both plans, judged.
    """
    most = bench.case.scenario.buildings.new_land if most is None else most
    plans = [_limited(bench, None), _limited(bench, most)]
    free, limited = (plan if isinstance(plan, Solution) else None for plan in plans)
    land = [0 if p is None else on_new_land(bench.case, p.decisions) for p in (free, limited)]
    return Ground(most, free, limited, *land)


def on_new_land(case: Case, decisions: Decisions) -> int:
    """Openings of a plan beyond the buildings that its closings empty in the same commune.

    Parameters
    ----------
    case, decisions
        The case, and where sites operate.

    Returns
    -------
    int
        Sites.
    """
    total = 0
    for j, commune in enumerate(case.members):
        changes = [
            decisions.sites.get((service.code, commune.code), 0) - int(case.existing[k, j])
            for k, service in enumerate(case.services)
        ]
        total += max(0, sum(changes))
    return total


def _limited(bench: Workbench, most: int | None) -> Reply:
    scenario = bench.case.scenario
    if scenario.buildings.new_land == most:
        return bench.best
    changed = scenario.buildings.model_copy(update={"new_land": most})
    case = replace(bench.case, scenario=scenario.model_copy(update={"buildings": changed}))
    return Workbench(case, bench.limits).find()
