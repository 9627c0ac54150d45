"""What a plan does, each action with its own effect: the plan against the plan without it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from optimiser.case import Case
from optimiser.catalogue import Grade
from optimiser.check import evaluate
from optimiser.report.losses import Loss, loss
from optimiser.solution import Decisions, Evaluation, Place, Solution, Transfer
from optimiser.travellers import travellers
from optimiser.units import Euros, InseeCode, Persons, ServiceCode

Kind: TypeAlias = Literal["open", "close", "transfer", "agreement"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for an action.

    Parameters
    ----------
    key
        ``forced``, ``forbidden``, ``rule``, ``access``, ``nearer``, ``duplicate`` or ``saving``.
    subject
        For a rule: its name, then the codes of what it is about; else empty.
    amount
        Persons, or euros a year for a saving; 0 for locks and rules.
    """

    key: str
    subject: tuple[str, ...] = ()
    amount: float = 0.0


@dataclass(frozen=True, slots=True)
class Action:
    """One action and what the plan would be without it.

    The figures are marginal, so those of two actions need not add up: where either of two new
    sites serves a commune, neither gets the credit.

    Parameters
    ----------
    kind, service
        What is done, and of which type.
    commune
        Where; the destination of a transfer.
    origin
        From where a transfer comes; else empty.
    sites
        Number of sites.
    guaranteed_persons
        Persons more within the guaranteed time; negative where it takes more out of it.
    gains, losses
        Who comes nearer to a site (minutes saved), and who farther (minutes lost).
    duplicated_persons
        Change of the persons served by more sites than needed.
    places
        Change of the places on offer in the members; None where nobody counts them.
    capital_eur, recurrent_eur
        Euros once, and euros a year; negative ones are savings.
    score
        Change of the score.
    reasons
        What speaks for it, the strongest first.
    """

    kind: Kind
    service: ServiceCode
    commune: InseeCode
    origin: InseeCode
    sites: int
    guaranteed_persons: Persons
    gains: Loss
    losses: Loss
    duplicated_persons: Persons
    places: float | None
    capital_eur: Euros
    recurrent_eur: Euros
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class ActionList:
    """Everything that a plan does.

    Parameters
    ----------
    kept
        Sites of each type that stay where they are.
    actions
        The rest, the greatest effect on the score first.
    """

    kept: Mapping[ServiceCode, int]
    actions: tuple[Action, ...]


def list_actions(case: Case, solution: Solution) -> ActionList:
    """List what a plan does and have the judge value the plan without each action.

    Parameters
    ----------
    case
        The case that the plan answers.
    solution
        The plan.

    Returns
    -------
    ActionList
        Kept sites, and the actions by effect.
    """
    # Terminal, files and brief tell the same plan: it is valued once for all of them.
    if _told and _told[0][0] is case and _told[0][1] is solution:
        return _told[0][2]
    _told[:] = [(case, solution, _listed(case, solution))]
    return _told[0][2]


_told: list[tuple[Case, Solution, ActionList]] = []
"""The last plan that was told."""


def _listed(case: Case, solution: Solution) -> ActionList:
    planned, now = solution.evaluation, solution.today
    kept = np.minimum(planned.sites, now.sites).sum(axis=1)
    found = [
        _value(case, planned, undone, step) for step, undone in _undone(case, solution.decisions)
    ]
    found.sort(key=lambda a: (-round(a.score, 6), a.kind, a.service, a.commune, a.origin))
    return ActionList(
        kept={service.code: int(kept[k]) for k, service in enumerate(case.services)},
        actions=tuple(found),
    )


def capital_grade(action: Action, case: Case) -> Grade | None:
    """Evidence grade of an action's capital; None where it has none."""
    service = case.catalogue[action.service]
    if action.kind == "agreement":
        return None
    return service.closing_eur.grade if action.kind == "close" else service.capital_eur.grade


def running_grade(action: Action, case: Case) -> Grade:
    """Evidence grade of an action's yearly euros."""
    service = case.catalogue[action.service]
    agreed = action.kind == "agreement"
    return service.agreement_eur_per_person.grade if agreed else service.running_eur.grade


@dataclass(frozen=True, slots=True)
class _Step:
    kind: Kind
    service: ServiceCode
    commune: InseeCode
    origin: InseeCode = ""
    sites: int = 1


def _undone(case: Case, decisions: Decisions) -> Iterator[tuple[_Step, Decisions]]:
    """Each action, and the decisions without it."""
    for move in decisions.transfers:
        yield (
            _Step("transfer", move.service, move.destination, move.origin),
            _without_transfer(decisions, move),
        )
    moves = decisions.transfers
    for service in case.services:
        for commune in case.members:
            place = (service.code, commune.code)
            change = decisions.sites.get(place, 0) - case.territory.count(
                commune.code, service.code
            )
            change += sum((m.service, m.origin) == place for m in moves)
            change -= sum((m.service, m.destination) == place for m in moves)
            if change:
                kind: Kind = "open" if change > 0 else "close"
                yield (
                    _Step(kind, *place, sites=abs(change)),
                    replace(decisions, sites=_shifted(decisions.sites, {place: -change})),
                )
    for place in sorted(decisions.agreements):
        count = case.territory.count(place[1], place[0])
        left = decisions.agreements - {place}
        yield _Step("agreement", *place, sites=count), replace(decisions, agreements=left)


def _without_transfer(decisions: Decisions, move: Transfer) -> Decisions:
    back = {(move.service, move.origin): 1, (move.service, move.destination): -1}
    others = list(decisions.transfers)
    others.remove(move)
    sites = _shifted(decisions.sites, back)
    return replace(decisions, sites=sites, transfers=tuple(others))


def _shifted(sites: Mapping[Place, int], change: Mapping[Place, int]) -> Mapping[Place, int]:
    return {**sites, **{place: sites.get(place, 0) + by for place, by in change.items()}}


def _value(case: Case, planned: Evaluation, undone: Decisions, step: _Step) -> Action:
    without = evaluate(case, undone)
    k = [service.code for service in case.services].index(step.service)
    public, before, home = travellers(case, without, k)
    _, after, _ = travellers(case, planned, k)
    action = Action(
        kind=step.kind,
        service=step.service,
        commune=step.commune,
        origin=step.origin,
        sites=step.sites,
        guaranteed_persons=float(planned.guaranteed[k].sum() - without.guaranteed[k].sum()),
        gains=loss(case.members, public, after, before, home),
        losses=loss(case.members, public, before, after, home),
        duplicated_persons=float(planned.duplicated[k] - without.duplicated[k]),
        places=_places(case, k, step),
        capital_eur=planned.costs.capital_eur - without.costs.capital_eur,
        recurrent_eur=planned.costs.recurrent_eur - without.costs.recurrent_eur,
        score=planned.score - without.score,
        reasons=(),
    )
    return replace(action, reasons=tuple(_reasons(case, planned, without, action)))


def _places(case: Case, k: int, step: _Step) -> float | None:
    codes = [commune.code for commune in case.members]
    if not case.services[k].places_per_site or step.kind == "agreement":
        return None
    here = case.places_per_site(k, codes.index(step.commune)) * step.sites
    if step.kind == "transfer":
        return here - case.places_per_site(k, codes.index(step.origin))
    return here if step.kind == "open" else -here


def _reasons(
    case: Case, planned: Evaluation, without: Evaluation, action: Action
) -> Iterator[Reason]:
    locks = {"open": "forced", "transfer": "forced", "close": "forbidden"}
    section = locks.get(action.kind, "")
    places = (action.commune, action.origin)
    pairs = {"forced": case.forced, "forbidden": case.forbidden}.get(section, ())
    locked = {(case.services[k].code, case.members[j].code) for k, j in pairs}
    asked = any((action.service, place) in locked for place in places)
    if asked:
        yield Reason(section)
    broken_anyway = {(violation.rule, violation.subject) for violation in planned.violations}
    for violation in without.violations:
        # The lock has been told already, in plainer words.
        told = asked and violation.rule == section
        if not told and (violation.rule, violation.subject) not in broken_anyway:
            yield Reason("rule", (violation.rule, *violation.subject))
    if action.guaranteed_persons > 0:
        yield Reason("access", amount=action.guaranteed_persons)
    if action.duplicated_persons < 0:
        yield Reason("duplicate", amount=-action.duplicated_persons)
    if action.recurrent_eur < 0:
        yield Reason("saving", amount=-action.recurrent_eur)
    if action.gains.persons > 0:
        yield Reason("nearer", amount=action.gains.persons)
