"""The reference: formulation F1 as one would first write it in PuLP, solved by PuLP's CBC.

One coverage column for each commune, type and tier; duplicates commune by commune; exclusions pair
by pair; every rule of the scenario; no start, no grouping, no clique. It must find the same score
as the product.
"""

import numpy as np
import pulp

from optimiser.case import Case


def build(case: Case) -> pulp.LpProblem:
    """Write the model.

    Parameters
    ----------
    case
        The case.

    Returns
    -------
    pulp.LpProblem
        Maximises the score.
    """
    problem = pulp.LpProblem("naive", pulp.LpMaximize)
    n, m = len(case.members), len(case.territory.communes)
    services = range(len(case.services))
    site, any_site, move, theme = {}, {}, {}, {}
    for k in services:
        for j in range(m):
            count = int(case.existing[k, j])
            if j < n and count:
                low = 0 if case.can_close[k] else count
                site[k, j] = problem.add_variable(f"o_{k}_{j}", low, count, "Integer")
                any_site[k, j] = problem.add_variable(f"a_{k}_{j}", 0, 1, "Integer")
                problem += any_site[k, j] <= site[k, j]
                problem += site[k, j] <= count * any_site[k, j]
            elif (j < n and case.can_open[k, j]) or case.can_share[k, j]:
                site[k, j] = any_site[k, j] = problem.add_variable(f"o_{k}_{j}", 0, 1, "Integer")
    opened = [(k, j) for k, j in site if j < n and case.can_open[k, j]]
    score, recurrent, capital, yearly = [], [], [], []
    covered = {}
    for k, service in enumerate(case.services):
        for i in range(n):
            for r, (tier, step) in enumerate(zip(service.tiers, service.increments, strict=True)):
                z = covered[k, i, r] = problem.add_variable(f"z_{k}_{i}_{r}", 0, 1)
                near = np.flatnonzero(case.within(tier.minutes)[i])
                reach = [any_site[k, j] for j in near if (k, j) in any_site]
                needed = case.own_sites_for(i, tier.minutes)
                if i not in near and 1 < needed <= case.existing[k, i]:
                    enough = problem.add_variable(f"n_{k}_{i}_{r}", 0, 1, "Integer")
                    problem += needed * enough <= site[k, i]
                    reach.append(enough)
                problem += z <= pulp.lpSum(reach)
                score.append(step * case.importance[k] * case.demand[k, i] * z)
            d = problem.add_variable(f"d_{k}_{i}", 0)
            near = np.flatnonzero(case.exclusive[k][i])
            here = pulp.lpSum(site[k, j] for j in near if (k, j) in site)
            problem += d >= here - int(case.sites_needed[k, i])
            weight = case.scenario.objective.duplicate_weight
            score.append(-weight * case.importance[k] * case.demand[k, i] * d)
        leaving: dict[int, list[pulp.LpVariable]] = {}
        coming: dict[int, list[pulp.LpVariable]] = {}
        for a, b in case.transfers(k):
            move[k, a, b] = problem.add_variable(f"t_{k}_{a}_{b}", 0, 1)
            leaving.setdefault(a, []).append(move[k, a, b])
            coming.setdefault(b, []).append(move[k, a, b])
        for a, moves in leaving.items():
            problem += pulp.lpSum(moves) <= int(case.existing[k, a]) - site[k, a]
        for b, moves in coming.items():
            problem += pulp.lpSum(moves) <= site[k, b]
    for (k, j), column in site.items():
        if j >= n:
            recurrent.append(float(case.fee_eur[k, j]) * column)
            continue
        recurrent.append(float(case.running_eur[k, j]) * column)
        if case.can_open[k, j]:
            once = float(case.capital_eur[k, j]) * column
        else:
            once = float(case.closing_eur[k, j]) * (int(case.existing[k, j]) - column)
        capital.append(once)
        yearly.append(case.annuity(k) * once)
    for (k, a, _), column in move.items():
        once = -float(case.closing_eur[k, a]) * column
        capital.append(once)
        yearly.append(case.annuity(k) * once)
    spent = pulp.lpSum(recurrent) + pulp.lpSum(yearly) - case.running_today_eur
    value = case.scenario.objective.person_value_eur_per_year
    problem.setObjective(pulp.lpSum(score) - spent * (1 / value))
    _rules(case, problem, site, any_site, covered, opened, capital, recurrent, theme)
    return problem


def _rules(  # noqa: PLR0917
    case: Case,
    problem: pulp.LpProblem,
    site: dict[tuple[int, int], pulp.LpVariable],
    any_site: dict[tuple[int, int], pulp.LpVariable],
    covered: dict[tuple[int, int, int], pulp.LpVariable],
    opened: list[tuple[int, int]],
    capital: list[pulp.LpAffineExpression],
    recurrent: list[pulp.LpAffineExpression],
    theme: dict[tuple[int, str], pulp.LpVariable],
) -> None:
    scenario, n = case.scenario, len(case.members)
    budget, coverage = scenario.budget, scenario.coverage
    if budget.capital_eur is not None:
        problem += pulp.lpSum(capital) <= budget.capital_eur
    if budget.running_increase_eur_per_year is not None:
        limit = case.running_today_eur + budget.running_increase_eur_per_year
        problem += pulp.lpSum(recurrent) <= limit
    for k, service in enumerate(case.services):
        r = service.guarantee_tier
        served = [float(case.public[k, i]) * covered[k, i, r] for i in range(n)]
        share = coverage.guarantee.get(service.code)
        if share is not None:
            problem += pulp.lpSum(served) >= share * float(case.public[k].sum())
        for b in range(len(case.basins)):
            inside = np.flatnonzero(case.basin_of == b)
            floor = case.floor(k, b)
            if floor:
                limit = floor * float(case.public[k][inside].sum())
                problem += pulp.lpSum(served[i] for i in inside) >= limit
            if coverage.keep_capacity and case.can_close[k]:
                here = pulp.lpSum(site[k, j] for j in inside if (k, j) in site)
                problem += here >= case.basin_capacity(k, b)
        for j in range(n):
            if coverage.keep_capacity and case.can_close[k] and (k, j) in site:
                problem += site[k, j] >= case.commune_capacity(k, j)
        if scenario.duplicates.forbid_new:
            near = case.exclusive[k] | case.exclusive[k].T
            for s, a in opened:
                for b in range(n):
                    twice = (k, b) in opened and b <= a
                    if s == k and a != b and near[a, b] and (k, b) in any_site and not twice:
                        problem += site[k, a] + any_site[k, b] <= 1
    rules = scenario.polycentrality
    structuring = {k for k, service in enumerate(case.services) if service.structuring}
    for j in range(n):
        held = [site[k, j] for k in structuring if (k, j) in site]
        if rules.structuring_per_commune is not None:
            today = int(case.existing[sorted(structuring), j].sum())
            problem += pulp.lpSum(held) <= max(rules.structuring_per_commune, today)
        for k, place in opened:
            if place == j and k in structuring and rules.themes_per_commune is not None:
                name = case.services[k].theme
                if (j, name) not in theme:
                    theme[j, name] = problem.add_variable(f"u_{j}_{name}", 0, 1, "Integer")
                problem += site[k, j] <= theme[j, name]
        if rules.themes_per_commune is not None:
            given = [column for (place, _), column in theme.items() if place == j]
            problem += pulp.lpSum(given) <= rules.themes_per_commune
    shared = [(k, column) for (k, j), column in site.items() if j >= n]
    if scenario.neighbours.agreements is not None:
        problem += pulp.lpSum(column for _, column in shared) <= scenario.neighbours.agreements
    if scenario.neighbours.per_service is not None:
        for k in range(len(case.services)):
            mine = pulp.lpSum(column for s, column in shared if s == k)
            problem += mine <= scenario.neighbours.per_service
    for k, j in case.forced:
        problem += any_site[k, j] >= 1
    for k, j in case.forbidden:
        if (k, j) in any_site:
            problem += any_site[k, j] <= 0


def solve(case: Case, *, gap: float = 1e-4, threads: int = 2) -> float:
    """Build and solve, and return the score.

    Parameters
    ----------
    case
        The case.
    gap, threads
        As given to CBC.

    Returns
    -------
    float
        Objective that PuLP reports.
    """
    problem = build(case)
    problem.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=gap, threads=threads))
    return float(pulp.value(problem.objective))
