"""The judge of shared functions: recomputes costs and every rule, and knows no solver.

It starts from the territory, the catalogue of functions, the travel times and the scenario as
given; it uses none of the arrays that `optimiser.sharing_case` prepares for the model.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from optimiser.catalogue import CostCase
from optimiser.errors import VerificationError
from optimiser.functions import Curve, SupportFunction
from optimiser.sharing_case import SharingCase
from optimiser.sharing_scenario import EVERY
from optimiser.sharing_solution import Group, GroupCosts, SharingDecisions, SharingEvaluation
from optimiser.solution import Violation
from optimiser.territory import Commune
from optimiser.units import Euros, InseeCode, Minutes

TOLERANCE = 1e-6
"""Relative slack granted to sums of floating-point numbers."""


@dataclass(frozen=True, eq=False)
class _View:
    """Raw inputs, looked up by code."""

    case: SharingCase
    decisions: SharingDecisions
    saving_case: CostCase

    def function(self, code: str) -> SupportFunction | None:
        return next((f for f in self.case.planned if f.code == code), None)

    def commune(self, code: InseeCode) -> Commune | None:
        commune = self.case.territory.by_code.get(code)
        return commune if commune is not None and commune.member else None

    def named(self, name: str) -> InseeCode:
        wanted = name.casefold().strip()
        return next(
            c.code for c in self.case.members if wanted in (c.code.casefold(), c.name.casefold())
        )

    def volume(self, function: SupportFunction, code: InseeCode) -> float:
        given = self.case.given.get(function.code, {})
        if code in given:
            return given[code]
        commune = self.case.territory.by_code[code]
        rate = function.volume.rate * commune.population
        if function.volume.per == "inhabitant":
            return rate
        accounts = commune.finances
        if accounts is not None and accounts.personnel_eur > 0:
            return rate * accounts.personnel_eur
        known = [
            (c.finances.personnel_eur * c.population, c.population)
            for c in self.case.members
            if c.finances is not None and c.finances.personnel_eur > 0
        ]
        people = sum(persons for _, persons in known)
        return rate * sum(euros for euros, _ in known) / people if people else 0.0

    def alone(self, function: SupportFunction, code: InseeCode) -> Euros:
        volume = self.volume(function, code)
        curve = function.cost_curve(self.saving_case)
        without = volume * curve.without_eur if volume else 0.0
        return min(_price(curve, volume), without)

    def minutes(self, code: InseeCode, host: InseeCode) -> Minutes:
        """Minutes to the host; the EPCI's services sit in its seat."""
        place = host
        if host == self.case.territory.code:
            seat = self.case.asked.seat
            largest = max(self.case.members, key=lambda commune: commune.population)
            place = self.named(seat) if seat else largest.code
        if place == code:
            return 0.0
        return float(self.case.travel.between([code], [place])[0, 0])

    def moving(self, function: SupportFunction, code: InseeCode) -> Euros:
        share = function.transition.at(self.saving_case) * self.case.asked.overrun
        return share * self.alone(function, code)

    @property
    def yearly(self) -> float:
        """Level payment a year of one euro spread over the years of the transition."""
        years, rate = self.case.asked.transition_years, self.case.scenario.budget.discount_rate
        return 1.0 / sum((1.0 + rate) ** -(year + 1) for year in range(years))


def _price(curve: Curve, volume: float) -> Euros:
    if volume <= 0:
        return 0.0
    points = list(zip(curve.volumes.tolist(), curve.costs.tolist(), strict=True))
    for (low, cost), (high, more) in pairwise(points):
        if volume <= high:
            return float(cost + (more - cost) * (volume - low) / (high - low))
    return float(points[-1][1] + curve.slope * (volume - points[-1][0]))


def evaluate(
    case: SharingCase, decisions: SharingDecisions, *, saving_case: CostCase | None = None
) -> SharingEvaluation:
    """Recompute what decisions are worth and which rules they break.

    Parameters
    ----------
    case
        The case that they answer.
    decisions
        What was decided.
    saving_case
        Case of the evidence; None: the one on which was decided.

    Returns
    -------
    SharingEvaluation
        Costs of each group, and violations.
    """
    view = _View(case, decisions, saving_case or case.saving_case)
    unknown = list(_known(view))
    alone = np.array(
        [sum(view.alone(f, c.code) for c in case.members) for f in case.planned], dtype=np.float64
    )
    if unknown:
        return SharingEvaluation((), alone, tuple(unknown))
    found = SharingEvaluation(tuple(_costs(view, group) for group in decisions.groups), alone)
    violations = [violation for rule in RULES for violation in rule(view, found)]
    return replace(found, violations=tuple(violations))


def verify(
    case: SharingCase, decisions: SharingDecisions, *, claimed_eur: Euros
) -> SharingEvaluation:
    """Evaluate decisions and refuse them when they break a rule or save something else.

    Parameters
    ----------
    case
        The case that they answer.
    decisions
        What was decided.
    claimed_eur
        What the solver says that they save.

    Returns
    -------
    SharingEvaluation
        The recomputed costs, with no violation.

    Raises
    ------
    VerificationError
        A rule is broken, or the saving differs from the claim.
    """
    found = evaluate(case, decisions)
    complaints = [str(violation) for violation in found.violations]
    scale = max(1.0, float(found.alone_eur.sum()))
    if abs(found.saving_eur - claimed_eur) > 10 * TOLERANCE * scale:
        complaints.append(f"saving {found.saving_eur:.2f}, claimed {claimed_eur:.2f}")
    if complaints:
        raise VerificationError(complaints)
    return found


def _costs(view: _View, group: Group) -> GroupCosts:
    function = view.function(group.function)
    assert function is not None  # noqa: S101 - `_known` has seen to it
    moving = [code for code in group.members if code != group.host]
    alone = {code: view.alone(function, code) for code in group.members}
    volume = sum(view.volume(function, code) for code in group.members)
    once = sum(view.moving(function, code) for code in moving)
    roads = (view.minutes(code, group.host) for code in moving)
    # Who has no road to the host drives nowhere; the rule of reach says whether it may join.
    way = sum(minutes for minutes in roads if math.isfinite(minutes))
    case = view.saving_case
    return GroupCosts(
        alone_eur=sum(alone.values()),
        production_eur=_price(function.cost_curve(case), volume),
        partners_eur=function.partner_eur.at(case) * len(moving)
        + (function.minute_eur * way if function.minute_eur else 0.0),
        leakage_eur=function.leakage.at(case) * sum(alone[code] for code in moving),
        moving_eur_per_year=once * view.yearly,
        moving_eur=once,
        volume=volume,
        staff=function.staff_per_unit * sum(view.volume(function, code) for code in moving),
    )


def _above(rule: str, subject: tuple[str, ...], amount: float, limit: float) -> Iterator[Violation]:
    if amount > limit + TOLERANCE * max(1.0, abs(limit)):
        yield Violation(rule, subject, amount, limit)


def _known(view: _View) -> Iterator[Violation]:
    seen: set[tuple[str, str]] = set()
    for group in view.decisions.groups:
        subject = (group.function, group.host)
        epci = group.host == view.case.territory.code
        sound = view.function(group.function) is not None
        sound &= epci or (view.commune(group.host) is not None and group.host in group.members)
        sound &= all(view.commune(code) is not None for code in group.members)
        if not sound or len(set(group.members)) < max(2, len(group.members)):
            yield Violation("known_groups", subject, len(group.members), 2)
        for code in group.members:
            if (group.function, code) in seen:
                yield Violation("one_group", (group.function, code), 2, 1)
            seen.add((group.function, code))


def _hosts(view: _View, _: SharingEvaluation) -> Iterator[Violation]:
    asked, epci = view.case.asked, view.case.territory.code
    largest = max(commune.population for commune in view.case.members)
    accept = {view.named(name) for name in asked.host_communes}
    kinds: set[tuple[str, ...]] = set()
    for group in view.decisions.groups:
        subject = (group.function, group.host)
        if group.host == epci:
            basin = view.case.territory.by_code[group.members[0]].basin if asked.same_basin else ""
            if asked.hosts == "communes" or (*subject, basin) in kinds:
                yield Violation("host", subject, 1, 0)
            kinds.add((*subject, basin))
            continue
        function, commune = view.function(group.function), view.commune(group.host)
        least = min(function.minimum_host, largest) if function else 0.0
        small = commune is None or commune.population < least
        refused = group.host not in accept if accept else small
        if asked.hosts == "epci" or refused:
            yield Violation("host", subject, 1, 0)


def _reach(view: _View, _: SharingEvaluation) -> Iterator[Violation]:
    asked = view.case.asked
    most = math.inf if asked.minutes_most is None else asked.minutes_most
    for group in view.decisions.groups:
        for code in group.members:
            subject = (group.function, group.host, code)
            way = view.minutes(code, group.host)
            function = view.function(group.function)
            if math.isfinite(way):
                yield from _above("minutes", subject, way, most)
            elif function is None or function.needs_travel:
                yield Violation("out_of_reach", subject, way, most)
        basins = {view.case.territory.by_code[code].basin for code in group.members}
        if asked.same_basin:
            yield from _above("same_basin", (group.function, group.host), len(basins), 1)


def _already(view: _View, _: SharingEvaluation) -> Iterator[Violation]:
    held = {
        (done.function, view.named(name))
        for done in view.case.asked.already
        for name in done.communes
    }
    for group in view.decisions.groups:
        function = view.function(group.function)
        for code in group.members:
            if (group.function, code) in held:
                yield Violation("already", (group.function, code), 1, 0)
            if function is not None and view.volume(function, code) <= 0:
                yield Violation("no_volume", (group.function, code), 1, 0)


def _wishes(view: _View, _: SharingEvaluation) -> Iterator[Violation]:
    shared = {(group.function, code) for group in view.decisions.groups for code in group.members}
    codes = [function.code for function in view.case.planned]
    for rule, wishes, wanted in (
        ("opt_out", view.case.asked.opt_outs, False),
        ("join", view.case.asked.joins, True),
    ):
        for wish in wishes:
            for code in codes if wish.function == EVERY else [wish.function]:
                place = (code, view.named(wish.commune))
                if code in codes and (place in shared) != wanted:
                    yield Violation(rule, place, int(not wanted), int(wanted))


def _vetoes(view: _View, _: SharingEvaluation) -> Iterator[Violation]:
    for veto in view.case.asked.vetoes:
        pair = {view.named(veto.commune), view.named(veto.against)}
        for group in view.decisions.groups:
            if veto.function in (EVERY, group.function) and pair <= set(group.members):
                yield Violation("veto", (group.function, *sorted(pair)), 1, 0)


def _sizes(view: _View, found: SharingEvaluation) -> Iterator[Violation]:
    most = view.case.asked.members_most
    for group, costs in zip(view.decisions.groups, found.groups, strict=True):
        function = view.function(group.function)
        least = function.minimum_volume if function else 0.0
        subject = (group.function, group.host)
        if costs.volume < least * (1 - TOLERANCE):
            yield Violation("minimum_volume", subject, costs.volume, least)
        if most is not None:
            yield from _above("members", subject, len(group.members), most)


def _loads(view: _View, _: SharingEvaluation) -> Iterator[Violation]:
    asked = view.case.asked
    for commune in view.case.members:
        sits = sum(commune.code in group.members for group in view.decisions.groups)
        hosts = sum(commune.code == group.host for group in view.decisions.groups)
        if asked.groups_per_commune is not None:
            limit = asked.groups_per_commune
            yield from _above("groups_per_commune", (commune.code,), sits, limit)
        if asked.functions_per_host is not None:
            limit = asked.functions_per_host
            yield from _above("functions_per_host", (commune.code,), hosts, limit)


def _money(view: _View, found: SharingEvaluation) -> Iterator[Violation]:
    asked = view.case.asked
    if asked.staff_moved_per_year is not None:
        posts = sum(group.staff for group in found.groups) / asked.transition_years
        yield from _above("staff_moved", (), posts, asked.staff_moved_per_year)
    if asked.transition_budget_eur is not None:
        yield from _above("transition_budget", (), found.moving_eur, asked.transition_budget_eur)
    least = asked.minimum_saving_eur_per_year
    slack = TOLERANCE * max(1.0, float(found.alone_eur.sum()))
    if least is not None and found.saving_eur < least - slack:
        yield Violation("minimum_saving", (), found.saving_eur, least)


RULES: tuple[Callable[[_View, SharingEvaluation], Iterator[Violation]], ...] = (
    _hosts,
    _reach,
    _already,
    _wishes,
    _vetoes,
    _sizes,
    _loads,
    _money,
)
