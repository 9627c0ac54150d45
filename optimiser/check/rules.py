"""Every rule of a plan, recomputed, under the names of docs/mathematics.md."""

import math
from collections.abc import Callable, Iterator

import numpy as np

from optimiser.check.view import View
from optimiser.solution import Evaluation, Violation
from optimiser.units import within

TOLERANCE = 1e-6
"""Relative slack granted to sums of floating-point numbers."""


def _above(rule: str, subject: tuple[str, ...], amount: float, limit: float) -> Iterator[Violation]:
    if amount > limit + TOLERANCE * max(1.0, abs(limit)):
        yield Violation(rule, subject, amount, limit)


def _below(rule: str, subject: tuple[str, ...], amount: float, limit: float) -> Iterator[Violation]:
    if amount < limit - TOLERANCE * max(1.0, abs(limit)):
        yield Violation(rule, subject, amount, limit)


def known_places(view: View, _: Evaluation) -> Iterator[Violation]:
    """Name decisions about sites, agreements, moves and themes that do not exist.

    Parameters
    ----------
    view
        Decisions and data.

    Yields
    ------
    Violation
        One for each.
    """
    services = {service.code for service in view.services}
    members = {commune.code for commune in view.case.territory.members}
    for (service, commune), count in view.decisions.sites.items():
        known = service in services and commune in members
        if not known or count < 0 or count != int(count):
            yield Violation("known_places", (service, commune), count, 0)
    for move in view.decisions.transfers:
        if move.service not in services or not {move.origin, move.destination} <= members:
            yield Violation("known_places", (move.service, move.origin, move.destination), 1, 0)
    for commune, themes in view.decisions.themes.items():
        known_themes = {service.theme for service in view.services}
        if commune not in members or not set(themes) <= known_themes:
            yield Violation("known_places", (commune, *themes), 1, 0)
    for service, commune in view.decisions.agreements:
        stands = commune not in members and view.case.territory.count(commune, service) > 0
        near = False
        if service in services and stands and view.case.catalogue[service].lever != "observe":
            codes = [c.code for c in view.case.territory.communes]
            reach = view.case.catalogue[service].reach_minutes
            near = bool(within(view.minutes[:, codes.index(commune)], reach).any())
        if not near:
            yield Violation("known_places", (service, commune), 1, 0)


def _levers(view: View, _: Evaluation) -> Iterator[Violation]:
    n = view.sites.shape[1]
    largest = max(commune.population for commune in view.case.territory.members)
    for k, service in enumerate(view.services):
        near = within(view.minutes[:, :n], service.guarantee_minutes)
        for j, commune in enumerate(view.case.territory.members):
            subject = (service.code, commune.code)
            if service.lever != "decide":
                yield from _above("levers", subject, view.closed[k, j], 0)
            if not view.opened[k, j]:
                continue
            # A site opens where there is none, and one at a time.
            room = 1 if view.before[k, j] == 0 and service.lever != "observe" else 0
            yield from _above("levers", subject, view.opened[k, j], room)
            served = float(view.public[k][near[:, j]].sum())
            yield from _below("minimum_public", subject, served, service.minimum_public)
            host = min(service.minimum_host, largest)
            yield from _below("minimum_host", subject, commune.population, host)


def _transfers(view: View, _: Evaluation) -> Iterator[Violation]:
    codes = [commune.code for commune in view.case.territory.members]
    for k, service in enumerate(view.services):
        moves = [move for move in view.decisions.transfers if move.service == service.code]
        for j, code in enumerate(codes):
            leaving = sum(move.origin == code for move in moves)
            coming = sum(move.destination == code for move in moves)
            yield from _above("transfers", (service.code, code), leaving, view.closed[k, j])
            yield from _above("transfers", (service.code, code), coming, view.opened[k, j])
        for move in moves:
            minutes = view.minutes[codes.index(move.origin), codes.index(move.destination)]
            subject = (service.code, move.origin, move.destination)
            yield from _above("transfers", subject, float(minutes), service.guarantee_minutes)


def _budgets(view: View, evaluation: Evaluation) -> Iterator[Violation]:
    budget, costs = view.case.scenario.budget, evaluation.costs
    if budget.capital_eur is not None:
        yield from _above("capital_budget", (), costs.capital_eur, budget.capital_eur)
    if budget.running_increase_eur_per_year is not None:
        limit = view.running_today + budget.running_increase_eur_per_year
        yield from _above("running_budget", (), costs.recurrent_eur, limit)


def _guarantee(view: View, evaluation: Evaluation) -> Iterator[Violation]:
    for k, service in enumerate(view.services):
        share = view.case.scenario.coverage.guarantee.get(service.code)
        if share is not None:
            limit = share * float(view.public[k].sum())
            served = float(evaluation.guaranteed[k].sum())
            yield from _below("guarantee", (service.code,), served, limit)


def _basin_floors(view: View, evaluation: Evaluation) -> Iterator[Violation]:
    coverage = view.case.scenario.coverage
    alone = np.zeros(view.agreed.shape[1], dtype=bool)
    for k, service in enumerate(view.services):
        floor = coverage.basin_floors.get(service.code, coverage.basin_floor)
        before = view.access(k, view.before[k], alone)
        now = view.by_basin(view.public[k] * before.parts[-1])
        for b, basin in enumerate(view.case.territory.basins):
            if floor is None:
                continue
            limit = now[b] if floor == "today" else floor * float(evaluation.public[k, b])
            served = float(evaluation.guaranteed[k, b])
            yield from _below("basin_floor", (service.code, basin), served, float(limit))


def _capacity(view: View, evaluation: Evaluation) -> Iterator[Violation]:
    if not view.case.scenario.coverage.keep_capacity:
        return
    for k, service in enumerate(view.services):
        for b, basin in enumerate(view.case.territory.basins):
            inside = view.basin == b
            need = math.ceil(float(evaluation.public[k, b]) / service.persons_per_site)
            limit = min(need, int(view.before[k][inside].sum()))
            sites = int(view.sites[k][inside].sum())
            yield from _below("basin_capacity", (service.code, basin), sites, limit)
        for j, commune in enumerate(view.case.territory.members):
            limit = min(int(view.before[k, j]), int(view.public[k, j] // service.persons_per_site))
            subject = (service.code, commune.code)
            yield from _below("commune_capacity", subject, int(view.sites[k, j]), limit)


def _new_duplicates(view: View, _: Evaluation) -> Iterator[Violation]:
    if not view.case.scenario.duplicates.forbid_new:
        return
    codes = [commune.code for commune in view.case.territory.members]
    for k, service in enumerate(view.services):
        near = view.exclusive(k)
        for a in np.flatnonzero(view.opened[k]):
            for b in np.flatnonzero(view.sites[k]):
                if a != b and (near[a, b] or near[b, a]) and (view.before[k, b] or a < b):
                    yield Violation("new_duplicate", (service.code, codes[a], codes[b]), 1, 0)


def _themes(view: View, _: Evaluation) -> Iterator[Violation]:
    limit = view.case.scenario.polycentrality.themes_per_commune
    if limit is None:
        return
    for j, commune in enumerate(view.case.territory.members):
        given = view.decisions.themes.get(commune.code, ())
        yield from _above("themes", (commune.code,), len(set(given)), limit)
        for k, service in enumerate(view.services):
            if service.structuring and view.opened[k, j] and service.theme not in given:
                yield Violation("themes", (commune.code, service.theme), 1, 0)


def _concentration(view: View, _: Evaluation) -> Iterator[Violation]:
    most = view.case.scenario.polycentrality.structuring_per_commune
    if most is None:
        return
    structuring = [k for k, service in enumerate(view.services) if service.structuring]
    for j, commune in enumerate(view.case.territory.members):
        limit = max(most, int(view.before[structuring, j].sum()))
        held = int(view.sites[structuring, j].sum())
        yield from _above("concentration", (commune.code,), held, limit)


def _agreements(view: View, _: Evaluation) -> Iterator[Violation]:
    rules = view.case.scenario.neighbours
    if rules.agreements is not None:
        yield from _above("agreements", (), int(view.agreed.sum()), rules.agreements)
    if rules.per_service is not None:
        for k, service in enumerate(view.services):
            count = int(view.agreed[k].sum())
            yield from _above("agreements", (service.code,), count, rules.per_service)


def _new_land(view: View, _: Evaluation) -> Iterator[Violation]:
    most = view.case.scenario.buildings.new_land
    if most is not None:
        emptied = view.closed.sum(axis=0)
        built = np.maximum(0, view.opened.sum(axis=0) - emptied)
        yield from _above("new_land", (), int(built.sum()), most)


def _locks(view: View, _: Evaluation) -> Iterator[Violation]:
    for section, broken in (("forced", 0), ("forbidden", 1)):
        for lock in getattr(view.case.scenario, section):
            wanted = lock.commune.casefold().strip()
            for j, commune in enumerate(view.case.territory.members):
                if wanted in (commune.code.casefold(), commune.name.casefold()):
                    k = [service.code for service in view.services].index(lock.service)
                    if int(view.sites[k, j] > 0) == broken:
                        yield Violation(section, (lock.service, commune.code), broken, 1 - broken)


RULES: tuple[Callable[[View, Evaluation], Iterator[Violation]], ...] = (
    _levers,
    _transfers,
    _budgets,
    _guarantee,
    _basin_floors,
    _capacity,
    _new_duplicates,
    _themes,
    _concentration,
    _agreements,
    _new_land,
    _locks,
)
