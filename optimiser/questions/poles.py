"""Polycentrality: which commune radiates on what, and the price of one theme more or less."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimiser.case import Case
from optimiser.catalogue import Theme
from optimiser.functions import FunctionCode
from optimiser.questions.workbench import Blocked, Change, Workbench
from optimiser.sharing_case import SharingCase
from optimiser.sharing_solution import Group
from optimiser.solution import Evaluation, Solution
from optimiser.units import Euros, InseeCode, Persons, ServiceCode

FUNCTIONS_THEME: Theme = "services"
"""Theme of a commune that hosts shared functions."""


@dataclass(frozen=True, slots=True)
class ThemePrice:
    """What another number of themes is worth, for one commune or for each.

    Parameters
    ----------
    commune
        The commune; empty: every commune.
    themes
        Themes allowed; None: no limit.
    points
        Score gained; negative: lost. None where there is no plan.
    eur_per_year
        The same in euros a year, at the scenario's value of a person served.
    guaranteed_persons
        Persons more within the guaranteed time.
    capital_eur
        Capital more.
    """

    commune: InseeCode
    themes: int | None
    points: float | None
    eur_per_year: Euros | None = None
    guaranteed_persons: Persons | None = None
    capital_eur: Euros | None = None


@dataclass(frozen=True, slots=True)
class Pole:
    """A commune that serves others.

    Parameters
    ----------
    commune, theme
        Where, and the one theme on which it radiates most.
    persons
        Persons of other communes whose nearest site of the theme stands here, within the
        guaranteed time, counted once for each type; inhabitants of the members whom it hosts.
    facilities
        Structuring types of the theme that operate here.
    opened
        Those of them that the plan opens.
    functions
        Functions that it hosts.
    others
        Persons whom it serves on its other themes.
    """

    commune: InseeCode
    theme: Theme
    persons: Persons
    facilities: tuple[ServiceCode, ...]
    opened: tuple[ServiceCode, ...]
    functions: tuple[FunctionCode, ...]
    others: Persons


@dataclass(frozen=True)
class Polycentrality:
    """Poles and prices of a plan.

    Parameters
    ----------
    poles
        The most radiating first.
    without
        Themes of structuring facilities that no pole has.
    prices
        One theme more, one less, no limit, for every commune.
    single
        One theme more, or one less, for one commune alone, where that changes the plan.
    plan
        The plan.
    """

    poles: tuple[Pole, ...]
    without: tuple[Theme, ...]
    prices: tuple[ThemePrice, ...]
    single: tuple[ThemePrice, ...]
    plan: Solution


def poles(
    bench: Workbench, sharing: SharingCase | None = None, groups: Sequence[Group] = ()
) -> Polycentrality:
    """Name the poles of the best plan, and price their themes by solving again.

    Parameters
    ----------
    bench
        The case, ready for questions.
    sharing, groups
        Shared functions and their groups, where there are any.

    Returns
    -------
    Polycentrality
        One theme for each pole, and what another number of themes is worth.

    Raises
    ------
    NoPlanError
        The case has no plan.
    """
    best = bench.best
    found = radiating(bench.case, best.evaluation, sharing, groups)
    present = {s.theme for k, s in enumerate(bench.case.services) if _stands(bench.case, best, k)}
    return Polycentrality(
        poles=found,
        without=tuple(sorted(present - {pole.theme for pole in found})),
        prices=tuple(_for_all(bench)),
        single=tuple(_for_one(bench)),
        plan=best,
    )


def _stands(case: Case, plan: Solution, k: int) -> bool:
    return case.services[k].structuring and bool(plan.evaluation.sites[k].any())


def radiating(
    case: Case,
    network: Evaluation,
    sharing: SharingCase | None = None,
    groups: Sequence[Group] = (),
) -> tuple[Pole, ...]:
    """Give each commune that serves others the theme on which it serves most of them.

    Parameters
    ----------
    case, network
        The case and a network of it.
    sharing, groups
        As in `poles`.

    Returns
    -------
    tuple of Pole
        The most radiating first.
    """
    reach: dict[tuple[int, Theme], Persons] = defaultdict(float)
    for k, service in enumerate(case.services):
        if service.structuring:
            for j, persons in enumerate(_drawn(case, network, k).tolist()):
                reach[j, service.theme] += persons
    hosted: dict[int, list[Group]] = defaultdict(list)
    codes = [commune.code for commune in case.members]
    for group in groups if sharing is not None else ():
        if group.host in codes:
            j = codes.index(group.host)
            hosted[j].append(group)
            reach[j, FUNCTIONS_THEME] += sum(
                commune.population
                for commune in case.members
                if commune.code in group.members and commune.code != group.host
            )
    found = []
    for j in range(len(codes)):
        mine = {theme: persons for (i, theme), persons in reach.items() if i == j and persons > 0}
        if mine:
            theme = max(mine, key=lambda each: (mine[each], each))
            found.append(_pole(case, network, (j, theme), mine, hosted[j]))
    return tuple(sorted(found, key=lambda pole: (-pole.persons, pole.commune)))


def _pole(
    case: Case,
    network: Evaluation,
    where: tuple[int, Theme],
    mine: dict[Theme, Persons],
    groups: Sequence[Group],
) -> Pole:
    j, theme = where
    here = [
        (k, s.code)
        for k, s in enumerate(case.services)
        if s.structuring and s.theme == theme and network.sites[k, j]
    ]
    return Pole(
        commune=case.members[j].code,
        theme=theme,
        persons=mine[theme],
        facilities=tuple(code for _, code in here),
        opened=tuple(code for k, code in here if not case.existing[k, j]),
        functions=tuple(g.function for g in groups) if theme == FUNCTIONS_THEME else (),
        others=sum(mine.values()) - mine[theme],
    )


def _drawn(case: Case, network: Evaluation, k: int) -> np.ndarray:
    """Persons (n) of other communes whom each member's sites of k serve as the nearest ones."""
    n, limit = len(case.members), case.services[k].guarantee_minutes
    serving = case.serving(network.sites[k], network.agreed[k])
    if case.cells is not None:
        site, _ = case.cells.nearest_site(serving, limit)
        away = (site >= 0) & (site < n) & (site != case.cells.home)
        public = case.public[k, case.cells.home] * case.cells.share
        return np.bincount(site[away], weights=public[away], minlength=n).astype(np.float64)
    minutes = np.where(serving, case.minutes, np.inf)
    own = np.arange(n)
    minutes[own, own] /= np.sqrt(np.maximum(1, network.sites[k]))
    nearest = minutes.argmin(axis=1)
    within = minutes[own, nearest] <= limit + 1e-9
    persons = np.zeros(n)
    for i in range(n):
        j = int(nearest[i])
        if within[i] and j < n and j != i:
            persons[j] += float(case.public[k, i])
    return persons


def _for_all(bench: Workbench) -> list[ThemePrice]:
    """One theme more, one less, and no limit, for every commune."""
    scenario = bench.case.scenario
    limit = scenario.polycentrality.themes_per_commune
    if limit is None:
        return []
    prices = []
    for themes in [*([limit - 1] if limit else []), limit + 1, None]:
        rules = scenario.polycentrality.model_copy(update={"themes_per_commune": themes})
        changed = scenario.model_copy(update={"polycentrality": rules})
        other = Workbench(replace(bench.case, scenario=changed), bench.limits)
        prices.append(_price(bench, "", themes, other.find()))
    return prices


def _for_one(bench: Workbench) -> list[ThemePrice]:
    """One theme more or less for one commune, where the plan or its score changes."""
    prices = []
    for r, rule in enumerate(bench.model.rules):
        if rule.asked.name != "themes":
            continue
        for step in (1.0, -1.0):
            if rule.asked.limit + step < 0:
                continue
            reply = bench.ask(Change(slack={r: step}), start=bench.best.decisions)
            (commune,), themes = rule.asked.subject, round(rule.asked.limit + step)
            price = _price(bench, commune, themes, reply)
            if price.points is None or abs(price.points) >= 0.5:  # noqa: PLR2004 - half a person
                prices.append(price)
    return prices


def _price(
    bench: Workbench, commune: InseeCode, themes: int | None, reply: Solution | Blocked
) -> ThemePrice:
    if isinstance(reply, Blocked):
        return ThemePrice(commune, themes, None)
    best, value = bench.best, bench.case.scenario.objective.person_value_eur_per_year
    points = reply.score - best.score
    costs = reply.evaluation.costs.capital_eur - best.evaluation.costs.capital_eur
    persons = float(reply.evaluation.guaranteed.sum() - best.evaluation.guaranteed.sum())
    return ThemePrice(commune, themes, points, points * value, persons, costs)
