"""What decisions are worth: coverage, duplicates and money, recomputed from the raw inputs."""

import numpy as np

from optimiser.check.view import View
from optimiser.solution import Costs, Evaluation
from optimiser.units import FloatArray, within

_NO_RATE = 1e-9
"""Below it, (1 + rate) ** years cannot be told from 1 by more than a few digits."""


def measure(view: View) -> Evaluation:
    """Recompute value and costs.

    Parameters
    ----------
    view
        Decisions and data.

    Returns
    -------
    Evaluation
        Without its violations, which `optimiser.check.rules` finds.
    """
    scenario, services = view.case.scenario, view.services
    members = view.case.territory.members
    basins = len(view.case.territory.basins)
    weight = _income_weight(view)
    covered: list[FloatArray] = []
    minutes, guaranteed = np.zeros(view.sites.shape), np.zeros(view.sites.shape)
    walkers, share = view.case.without_car, scenario.without_car.weight
    without_car = np.zeros(len(services))
    excess = np.zeros(view.sites.shape)
    points = duplicate_points = 0.0
    for k, service in enumerate(services):
        access = view.access(k, view.sites[k], view.agreed[k])
        *tiers, within_guarantee = access.parts
        minutes[k], guaranteed[k] = access.minutes, view.public[k] * within_guarantee
        covered.append((np.array(tiers) * view.public[k]).sum(axis=1))
        near = view.exclusive(k)
        needed = np.maximum(1, np.ceil((near * view.public[k]).sum(1) / service.persons_per_site))
        excess[k] = np.maximum(0, (near * view.sites[k]).sum(axis=1) - needed)
        demand = view.public[k] * weight
        total = float(demand.sum())
        if total:
            each = scenario.objective.weights.get(service.code, service.weight)
            each *= sum(commune.population for commune in members) / total
            # A person counts for the nearest tier that holds it.
            value = np.array([tier.weight for tier in service.tiers])
            alone = np.diff(np.array(tiers), axis=0, prepend=0.0)
            points += each * float((demand * (value[:, None] * alone).sum(axis=0)).sum())
            if walkers is not None:
                served = view.without_car(k, walkers)
                points += share * each * float((demand * served).sum())
                without_car[k] = float((view.public[k] * served).sum())
            duplicate_points += each * float((demand * excess[k]).sum())
    costs = _costs(view)
    return Evaluation(
        sites=view.sites,
        agreed=view.agreed,
        minutes=minutes,
        within=guaranteed,
        covered=tuple(covered),
        guaranteed=np.array([view.by_basin(persons) for persons in guaranteed]),
        public=np.array(
            [np.bincount(view.basin, weights=row, minlength=basins) for row in view.public]
        ),
        excess=excess,
        without_car=None if walkers is None else without_car,
        duplicated=(excess * view.public).sum(axis=1),
        coverage_points=points,
        duplicate_points=scenario.objective.duplicate_weight * duplicate_points,
        cost_points=costs.annual_eur / scenario.objective.person_value_eur_per_year,
        costs=costs,
        violations=(),
    )


def _income_weight(view: View) -> FloatArray:
    coverage = view.case.scenario.coverage
    weights = []
    for commune in view.case.territory.members:
        income = commune.median_income_eur
        lack = 0.0 if income is None else max(0.0, 1.0 - income / coverage.reference_income_eur)
        weights.append(1.0 + coverage.low_income_weight * lack)
    return np.array(weights)


def _costs(view: View) -> Costs:
    shape = view.sites.shape
    running, opening, closing = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    fees, spared = np.zeros(view.agreed.shape), np.zeros(len(view.services))
    rate = view.case.scenario.budget.discount_rate
    annual = -view.running_today
    codes = [commune.code for commune in view.case.territory.members]
    for k, service in enumerate(view.services):
        for j in range(shape[1]):
            running[k, j] = view.sites[k, j] * view.euros(k, j, service.running_eur)
            opening[k, j] = view.opened[k, j] * view.euros(k, j, service.capital_eur)
            closing[k, j] = view.closed[k, j] * view.euros(k, j, service.closing_eur)
        for j in np.flatnonzero(view.agreed[k]).tolist():
            near = within(view.minutes[:, j], service.reach_minutes)
            fee = service.agreement_eur_per_person.euros(view.case.scenario.budget.cost_case)
            fees[k, j] = fee * float(view.public[k][near].sum())
        spared[k] = sum(
            view.euros(k, codes.index(move.origin), service.closing_eur)
            for move in view.decisions.transfers
            if move.service == service.code and move.origin in codes
        )
        years = service.lifetime_years
        part = rate / (1 - (1 + rate) ** -years) if rate > _NO_RATE else 1 / years
        annual += part * float(opening[k].sum() + closing[k].sum() - spared[k])
    annual += float(running.sum() + fees.sum())
    return Costs(running, fees, opening, closing, spared, annual)
