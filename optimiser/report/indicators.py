"""The figures of a plan beside those of today: by type, by basin, and in all."""

from dataclasses import dataclass

import numpy as np

from optimiser.case import Case
from optimiser.solution import Evaluation
from optimiser.travellers import travellers
from optimiser.units import Euros, Minutes, Persons, ServiceCode, Share


@dataclass(frozen=True, slots=True)
class BasinShare:
    """Access of one basin's public to one type.

    Parameters
    ----------
    basin
        Code of the basin.
    public
        Persons of the type's public.
    now, planned
        Share of them within the guaranteed time; None where there is no public.
    """

    basin: str
    public: Persons
    now: Share | None
    planned: Share | None


@dataclass(frozen=True, slots=True)
class Access:
    """How one type is reached, today or after the plan.

    Parameters
    ----------
    share
        Share of the public within the guaranteed time; None where there is no public.
    weighted
        The same, each person counting the weight of the nearest tier.
    minutes
        Mean minutes of the public that reaches a site; None where nobody does.
    unreachable
        Persons without any site within reach of the travel times.
    """

    share: Share | None
    weighted: Share | None
    minutes: Minutes | None
    unreachable: Persons


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One type of facility, now and planned.

    Parameters
    ----------
    service
        Code of the type.
    sites_now, sites_planned
        Sites that operate in the members.
    opened, closed
        Sites that appear and that go; a transfer counts in both.
    agreements
        Neighbours' sites that are shared.
    public
        Persons whom the type is meant for.
    now, planned
        How it is reached.
    duplicated_now, duplicated_planned
        Persons served by more sites than needed, counted once for each site too many.
    basins
        Access by basin, largest basin first.
    running_now_eur, running_planned_eur
        Euros a year, agreement fees included.
    capital_eur
        Euros once: openings and closings, less what transfers spare.
    """

    service: ServiceCode
    sites_now: int
    sites_planned: int
    opened: int
    closed: int
    agreements: int
    public: Persons
    now: Access
    planned: Access
    duplicated_now: Persons
    duplicated_planned: Persons
    basins: tuple[BasinShare, ...]
    running_now_eur: Euros
    running_planned_eur: Euros
    capital_eur: Euros

    @property
    def worst(self) -> BasinShare | None:
        """Basin with the least planned share, the first of equals; None without any public."""
        served = [basin for basin in self.basins if basin.planned is not None]
        return min(served, key=lambda basin: basin.planned or 0.0, default=None)


@dataclass(frozen=True, slots=True)
class BasinRow:
    """One basin, all types together.

    Parameters
    ----------
    basin
        Code.
    communes, population
        Members and inhabitants.
    now, planned
        Mean over the types of the share of the public within the guaranteed time.
    gained
        Persons, counted once for each type, who come within the guaranteed time; negative when
        more leave it.
    """

    basin: str
    communes: int
    population: int
    now: Share | None
    planned: Share | None
    gained: Persons


@dataclass(frozen=True, slots=True)
class Indicators:
    """All figures of a plan.

    Parameters
    ----------
    services, basins
        One row each, in the order of the case.
    now, planned
        Mean over the types of the share of the public within the guaranteed time.
    gained
        Persons, counted once for each type, who come within the guaranteed time.
    running_now_eur, running_planned_eur
        Euros a year of the whole network, agreement fees included.
    capital_eur
        Euros once.
    annual_eur
        Euros a year with the year's part of the capital, less today's running costs.
    """

    services: tuple[ServiceRow, ...]
    basins: tuple[BasinRow, ...]
    now: Share | None
    planned: Share | None
    gained: Persons
    running_now_eur: Euros
    running_planned_eur: Euros
    capital_eur: Euros
    annual_eur: Euros

    @property
    def running_change_eur(self) -> Euros:
        """Euros a year more than today; negative where the plan saves."""
        return self.running_planned_eur - self.running_now_eur


def indicators(case: Case, now: Evaluation, planned: Evaluation) -> Indicators:
    """Compare a plan with today's network.

    Parameters
    ----------
    case
        The case of both.
    now, planned
        What the judge makes of today's network and of the plan.

    Returns
    -------
    Indicators
        Every figure.
    """
    services = tuple(_service(case, now, planned, k) for k in range(len(case.services)))
    basins = tuple(_basin(case, now, planned, b) for b in range(len(case.basins)))
    return Indicators(
        services=services,
        basins=basins,
        now=now.mean_share(),
        planned=planned.mean_share(),
        gained=float(planned.guaranteed.sum() - now.guaranteed.sum()),
        running_now_eur=now.costs.recurrent_eur,
        running_planned_eur=planned.costs.recurrent_eur,
        capital_eur=planned.costs.capital_eur,
        annual_eur=planned.costs.annual_eur,
    )


def _service(case: Case, now: Evaluation, planned: Evaluation, k: int) -> ServiceRow:
    costs = planned.costs
    change = planned.sites[k] - now.sites[k]
    return ServiceRow(
        service=case.services[k].code,
        sites_now=int(now.sites[k].sum()),
        sites_planned=int(planned.sites[k].sum()),
        opened=int(np.maximum(change, 0).sum()),
        closed=int(np.maximum(-change, 0).sum()),
        agreements=int((planned.agreed[k] * case.existing[k]).sum()),
        public=float(planned.public[k].sum()),
        now=_access(case, now, k),
        planned=_access(case, planned, k),
        duplicated_now=float(now.duplicated[k]),
        duplicated_planned=float(planned.duplicated[k]),
        basins=tuple(
            BasinShare(basin, float(planned.public[k, b]), now.share(k, b), planned.share(k, b))
            for b, basin in enumerate(case.basins)
        ),
        running_now_eur=float(now.costs.running_eur[k].sum() + now.costs.fees_eur[k].sum()),
        running_planned_eur=float(costs.running_eur[k].sum() + costs.fees_eur[k].sum()),
        capital_eur=float(
            costs.opening_eur[k].sum() + costs.closing_eur[k].sum() - costs.spared_eur[k]
        ),
    )


def _access(case: Case, evaluation: Evaluation, k: int) -> Access:
    public, minutes, _ = travellers(case, evaluation, k)
    reached = np.flatnonzero(np.isfinite(minutes))
    total, going = float(public.sum()), public.take(reached)
    served = float(going.sum())
    # Not a dot product: for those of many cells, a library wakes every core.
    spent = float((going * minutes.take(reached)).sum())
    weighted = float(np.dot(case.services[k].increments, evaluation.covered[k]))
    return Access(
        share=evaluation.share(k),
        weighted=weighted / total if total else None,
        minutes=spent / served if served else None,
        unreachable=total - served,
    )


def _basin(case: Case, now: Evaluation, planned: Evaluation, b: int) -> BasinRow:
    members = [commune for commune in case.members if commune.basin == case.basins[b]]
    return BasinRow(
        basin=case.basins[b],
        communes=len(members),
        population=sum(commune.population for commune in members),
        now=now.mean_share(b),
        planned=planned.mean_share(b),
        gained=float(planned.guaranteed[:, b].sum() - now.guaranteed[:, b].sum()),
    )
