"""The rules that a scenario may ask for: one function for each family of constraints.

Each has its twin, of the same name, in `optimiser.check.rules`, and its line in
docs/mathematics.md. A rule is written through `PlanModel.at_most` or `PlanModel.at_least`, which
give it the slack that a price tag or an infeasible question needs.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable

import numpy as np
import pulp

from optimiser.case import Case
from optimiser.planning.cliques import clique_cover
from optimiser.planning.model import PlanModel
from optimiser.planning.rules import Asked, total


def budgets(model: PlanModel) -> None:
    """Limit capital and recurrent money, apart."""
    case, budget = model.case, model.case.scenario.budget
    if budget.capital_eur is not None:
        # The model's terms leave out the closing cost of all that stands today: a constant.
        closing = sum(
            float(case.closing_eur[k] @ case.existing_members(k)) for k in range(len(case.services))
        )
        asked = Asked("capital_budget", (), budget.capital_eur, "eur")
        terms = [(column, euros) for _, column, euros in model.capital()]
        most = closing + float(case.capital_eur[case.can_open].sum())
        model.at_most(asked, terms, budget.capital_eur - closing, most=most)
    if budget.running_increase_eur_per_year is not None:
        rise = budget.running_increase_eur_per_year
        asked = Asked("running_budget", (), rise, "eur_per_year")
        terms = model.recurrent()
        most = sum(euros * (column.upBound or 0.0) for column, euros in terms) + abs(rise)
        model.at_most(asked, terms, case.running_today_eur + rise, most=most)


def guarantee(model: PlanModel) -> None:
    """Ask for a share of the whole public within the guaranteed time: 1 is a complete mesh."""
    for k, service in enumerate(model.case.services):
        share = model.case.scenario.coverage.guarantee.get(service.code)
        if share is not None:
            basins = range(len(model.case.basins))
            _serve(model, Asked("guarantee", (service.code,), share, "share"), k, basins)


def basin_floors(model: PlanModel) -> None:
    """Let no basin fall below its floor."""
    for k, service in enumerate(model.case.services):
        for b, basin in enumerate(model.case.basins):
            share = model.case.floor(k, b)
            if share:
                _serve(model, Asked("basin_floor", (service.code, basin), share, "share"), k, [b])


def _serve(model: PlanModel, asked: Asked, k: int, basins: Iterable[int]) -> None:
    case, basins = model.case, list(basins)
    public = sum(float(case.public[k][case.basin_of == b].sum()) for b in basins)
    always = sum(model.always[k, b] for b in basins)
    if asked.limit * public > always:
        terms = [term for b in basins for term in model.guaranteed[k, b]]
        in_persons = Asked(asked.name, asked.subject, asked.limit, asked.unit, per_unit=public)
        model.at_least(in_persons, terms, asked.limit * public - always)


def capacity(model: PlanModel) -> None:
    """Close sites only beyond what the public of their commune, and of their basin, fills."""
    case = model.case
    if not case.scenario.coverage.keep_capacity:
        return
    for k in np.flatnonzero(case.can_close).tolist():
        code = case.services[k].code
        for b, basin in enumerate(case.basins):
            least = case.basin_capacity(k, b)
            if least:
                terms = model.count(k, np.flatnonzero(case.basin_of == b).tolist())
                asked = Asked("basin_capacity", (code, basin), least, "sites")
                model.at_least(asked, terms, least)
        for j, commune in enumerate(case.members):
            least = case.commune_capacity(k, j)
            if least:
                asked = Asked("commune_capacity", (code, commune.code), least, "sites")
                model.at_least(asked, model.count(k, [j]), least)


def new_duplicates(model: PlanModel) -> None:
    """Allow one of the new sites that exclude each other, and none beside one that stays."""
    case = model.case
    if not case.scenario.duplicates.forbid_new:
        return
    everywhere = range(len(case.members))
    for k, service in enumerate(case.services):
        near = case.exclusive[k] | case.exclusive[k].T
        new = [j for j in everywhere if (k, j) in model.opened]
        rows = [clique for clique in clique_cover(near, new) if len(clique) > 1]
        for j in (j for j in everywhere if (k, j) in model.kept):
            beside = [a for a in new if near[a, j]]
            rows += [[j, *clique] for clique in clique_cover(near, beside)]
        if rows:
            asked = Asked("new_duplicate", (service.code,), 0.0, "lock")
            slack = model.slack(asked, most=1.0, direction=1)
            for row in rows:
                together = total((model.present(k, j), 1.0) for j in row)
                model.row(together - (len(row) - 1) * slack <= 1)


def themes(model: PlanModel) -> None:
    """Open structuring facilities only in a commune that was given their theme."""
    most = model.case.scenario.polycentrality.themes_per_commune
    if most is None:
        return
    given: dict[int, dict[str, pulp.LpVariable]] = defaultdict(dict)
    for (k, j), column in model.opened.items():
        service = model.case.services[k]
        if service.structuring:
            if service.theme not in given[j]:
                theme = model.binary(f"theme_{service.theme}_{j}")
                given[j][service.theme] = model.theme[j, service.theme] = theme
            model.row(column <= given[j][service.theme])
    for j, columns in given.items():
        if len(columns) > most:
            asked = Asked("themes", (model.case.members[j].code,), most, "themes")
            terms = [(column, 1.0) for column in columns.values()]
            model.at_most(asked, terms, most, most=len(columns))


def concentration(model: PlanModel) -> None:
    """Limit the structuring facilities of one commune, today's excepted."""
    case = model.case
    most = case.scenario.polycentrality.structuring_per_commune
    if most is None:
        return
    structuring = [k for k, service in enumerate(case.services) if service.structuring]
    for j, commune in enumerate(case.members):
        terms = [term for k in structuring for term in model.count(k, [j])]
        limit = max(most, int(case.existing[structuring, j].sum()))
        possible = sum(column.upBound for column, _ in terms)
        if possible > limit:
            asked = Asked("concentration", (commune.code,), limit, "sites")
            model.at_most(asked, terms, limit, most=possible)


def agreements(model: PlanModel) -> None:
    """Limit how many of the neighbours' facilities are shared, in all and of one type."""
    rules = model.case.scenario.neighbours
    groups: list[tuple[tuple[str, ...], int | None, list[pulp.LpVariable]]] = [
        ((), rules.agreements, list(model.agreed.values()))
    ]
    for k, service in enumerate(model.case.services):
        columns = [column for (s, _), column in model.agreed.items() if s == k]
        groups.append(((service.code,), rules.per_service, columns))
    for subject, most, columns in groups:
        if most is not None and len(columns) > most:
            asked = Asked("agreements", subject, most, "agreements")
            model.at_most(asked, [(c, 1.0) for c in columns], most, most=len(columns))


def new_land(model: PlanModel) -> None:
    """Limit the openings beyond the buildings that closings empty in the same commune."""
    case = model.case
    most = case.scenario.buildings.new_land
    if most is None:
        return
    columns = []
    services = range(len(case.services))
    for j in range(len(case.members)):
        opened = [model.opened[k, j] for k in services if (k, j) in model.opened]
        if not opened:
            continue
        stays = [term for k in services if case.existing[k, j] for term in model.count(k, [j])]
        emptied = int(case.existing[:, j].sum())
        built = model.problem.add_variable(f"built_{j}", 0, len(opened))
        model.row(pulp.lpSum(opened) - (emptied - total(stays)) - built <= 0)
        columns.append(built)
    asked = Asked("new_land", (), most, "sites")
    model.at_most(asked, [(c, 1.0) for c in columns], most, most=len(model.opened))


def locks(model: PlanModel) -> None:
    """Force sites, and forbid them."""
    case = model.case
    for name, pairs in (("forced", case.forced), ("forbidden", case.forbidden)):
        for k, j in pairs:
            asked = Asked(
                name, (case.services[k].code, case.members[j].code), float(name == "forced"), "lock"
            )
            column = model.present(k, j)
            terms = [(column, 1.0)] if column is not None else []
            if name == "forced":
                model.at_least(asked, terms, 1)
            elif terms:
                model.at_most(asked, terms, 0, most=1)


FAMILIES: tuple[Callable[[PlanModel], None], ...] = (
    budgets,
    guarantee,
    basin_floors,
    capacity,
    new_duplicates,
    themes,
    concentration,
    agreements,
    new_land,
    locks,
)


def build(case: Case) -> PlanModel:
    """Write the model of a case with every rule that its scenario asks for.

    Parameters
    ----------
    case
        The case.

    Returns
    -------
    PlanModel
        The model, ready to solve.
    """
    model = PlanModel(case)
    for family in FAMILIES:
        family(model)
    return model
