"""Two or more scenarios side by side: what differs, and which input explains it.

An input explains a decision where the first scenario, with that input alone taken from the other,
decides as the other does. What no single input explains comes from several together.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from optimiser.case import Case
from optimiser.questions.parallel import ask_all
from optimiser.questions.workbench import Blocked, Workbench
from optimiser.scenario import Lock, Scenario
from optimiser.solution import Decisions, Place, Solution, Status
from optimiser.units import Euros, Persons, Share

_LOCKS = ("forced", "forbidden")


@dataclass(frozen=True, slots=True)
class Input:
    """One setting that is not the same in all scenarios.

    Parameters
    ----------
    key
        Dotted key.
    values
        One for each scenario; None where it is not set.
    """

    key: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One place where the plans decide otherwise.

    Parameters
    ----------
    service, commune
        The place.
    agreement
        True where it is a neighbour's.
    sites
        Sites in each plan; None where the scenario does not plan the type or has no plan.
    reasons
        For each scenario after the first: keys of the inputs that alone explain it; empty where
        nothing differs there or only several together explain it.
    """

    service: str
    commune: str
    agreement: bool
    sites: tuple[int | None, ...]
    reasons: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class BasinAccess:
    """Access of a basin in each plan.

    Parameters
    ----------
    basin
        Code.
    persons
        Persons within the guaranteed time, counted once for each type that all scenarios plan.
    shares
        Mean share over those types.
    """

    basin: str
    persons: tuple[Persons | None, ...]
    shares: tuple[Share | None, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """Figures of one plan.

    Parameters
    ----------
    title, status
        Of the scenario.
    score, bound
        Of the plan.
    persons
        Persons within the guaranteed time, counted once for each type that all scenarios plan.
    recurrent_eur, capital_eur, annual_eur
        Money of the plan.
    """

    title: str
    status: Status
    score: float | None
    bound: float | None
    persons: Persons | None
    recurrent_eur: Euros | None
    capital_eur: Euros | None
    annual_eur: Euros | None


@dataclass(frozen=True)
class Comparison:
    """Scenarios side by side; differences only.

    Parameters
    ----------
    totals
        One for each scenario.
    inputs
        Settings that differ.
    choices
        Places where the plans decide otherwise.
    basins
        Basins whose access differs.
    plans
        The plans; None where a scenario has none.
    """

    totals: tuple[Totals, ...]
    inputs: tuple[Input, ...]
    choices: tuple[Choice, ...]
    basins: tuple[BasinAccess, ...]
    plans: tuple[Solution | None, ...]

    @property
    def status(self) -> Status:
        """``optimal`` where every plan, or the lack of one, is proven."""
        proven = all(t.status in {Status.OPTIMAL, Status.INFEASIBLE} for t in self.totals)
        return Status.OPTIMAL if proven else Status.FEASIBLE

    @property
    def gap(self) -> Share:
        """Largest gap of the plans."""
        return max((plan.gap for plan in self.plans if plan is not None), default=0.0)


def compare(
    benches: Sequence[Workbench], *, explain: bool = True, workers: int | None = None
) -> Comparison:
    """Compare scenarios of one territory.

    Parameters
    ----------
    benches
        Two or more.
    explain
        True: find which input explains each difference, by solving again.
    workers
        As in `optimiser.questions.parallel.ask_all`.

    Returns
    -------
    Comparison
        Differences only.
    """
    replies = [bench.find() for bench in benches]
    plans = tuple(None if isinstance(r, Blocked) else r for r in replies)
    inputs = tuple(_inputs([bench.case.scenario for bench in benches]))
    swaps = [_swaps(benches, n, inputs, workers) if explain else {} for n in range(1, len(benches))]
    shared = [
        s.code
        for s in benches[0].case.services
        if all(s.code in {t.code for t in bench.case.services} for bench in benches)
    ]
    pairs = list(zip(benches, plans, strict=True))
    return Comparison(
        totals=tuple(
            _totals(bench.case, plan, reply.status, shared)
            for (bench, plan), reply in zip(pairs, replies, strict=True)
        ),
        inputs=inputs,
        choices=tuple(_choices(pairs, swaps)),
        basins=tuple(_basins(pairs, shared)),
        plans=plans,
    )


def merged(into: Scenario, source: Scenario) -> tuple[Scenario, tuple[Lock, ...]]:
    """Take the locks of one scenario over into another.

    Parameters
    ----------
    into
        The scenario that keeps everything else.
    source
        Whose locks are taken over.

    Returns
    -------
    tuple
        The scenario, and the locks of ``source`` that contradict one of ``into`` and were left.
    """
    refused: list[Lock] = []
    result: dict[str, tuple[Lock, ...]] = {}
    for section, contrary in (_LOCKS, _LOCKS[::-1]):
        own = getattr(into, section)
        against = set(_keys(getattr(into, contrary)))
        new = [lock for lock in getattr(source, section) if lock not in own]
        refused += [lock for lock in new if _key(lock) in against]
        result[section] = (*own, *(lock for lock in new if _key(lock) not in against))
    return into.model_copy(update=result), tuple(refused)


def _key(lock: Lock) -> tuple[str, str]:
    return lock.service, lock.commune.casefold().strip()


def _keys(locks: Sequence[Lock]) -> Iterator[tuple[str, str]]:
    return (_key(lock) for lock in locks)


def _flat(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, entry in value.items():
            yield from _flat(entry, f"{prefix}.{key}" if prefix else str(key))
    else:
        yield prefix, value


def _inputs(scenarios: Sequence[Scenario]) -> Iterator[Input]:
    flat = [dict(_flat(scenario.model_dump(mode="json"))) for scenario in scenarios]
    for key in dict.fromkeys(key for each in flat for key in each):
        values = tuple(each.get(key) for each in flat)
        if key not in {"title", "epci"} and any(value != values[0] for value in values):
            yield Input(key, values)


def _swaps(
    benches: Sequence[Workbench], other: int, inputs: Sequence[Input], workers: int | None
) -> Mapping[str, Decisions]:
    """Decisions of the first scenario, with one input at a time taken from another."""
    keys = [i.key for i in inputs if i.values[other] != i.values[0]]
    if len(keys) < 2:  # noqa: PLR2004 - a single difference explains everything
        return {}
    there = benches[other].case.scenario
    asked = [replace_key(benches[0].case.scenario, there, key) for key in keys]
    cases = [replace(benches[0].case, scenario=scenario) for scenario in asked]
    replies = ask_all(benches[0], _solved, cases, workers=workers or 1)
    return {key: plan for key, plan in zip(keys, replies, strict=True) if plan is not None}


def _solved(bench: Workbench, case: Case) -> Decisions | None:
    reply = Workbench(case, bench.limits).find()
    return None if isinstance(reply, Blocked) else reply.decisions


def replace_key(scenario: Scenario, source: Scenario, key: str) -> Scenario:
    """Take one setting over from another scenario.

    Parameters
    ----------
    scenario
        Which keeps everything else.
    source
        Where the setting comes from; not set there: it is unset.
    key
        Dotted key.

    Returns
    -------
    Scenario
        Validated.
    """
    content = scenario.model_dump(mode="json")
    given = dict(_flat(source.model_dump(mode="json")))
    *sections, last = key.split(".")
    place = content
    for section in sections:
        place = place.setdefault(section, {})
    if key in given:
        place[last] = given[key]
    else:
        place.pop(last, None)
    return Scenario.model_validate(content)


def _count(case: Case, decisions: Decisions | None, place: Place) -> int | None:
    if decisions is None or place[0] not in {s.code for s in case.services}:
        return None
    return int(place in decisions.agreements) or decisions.sites.get(place, 0)


def _choices(
    pairs: Sequence[tuple[Workbench, Solution | None]],
    swaps: Sequence[Mapping[str, Decisions]],
) -> Iterator[Choice]:
    case = pairs[0][0].case
    members = {commune.code for commune in case.members}
    services = dict.fromkeys(s.code for bench, _ in pairs for s in bench.case.services)
    for service in services:
        for commune in case.territory.communes:
            place = (service, commune.code)
            sites = tuple(
                _count(bench.case, plan.decisions if plan else None, place) for bench, plan in pairs
            )
            known = {count for count in sites if count is not None}
            if len(known) > 1:
                reasons = tuple(
                    tuple(_reasons(case, swaps[n - 1], place, sites[0], sites[n]))
                    for n in range(1, len(pairs))
                )
                yield Choice(*place, commune.code not in members, sites, reasons)


def _reasons(
    case: Case,
    swaps: Mapping[str, Decisions],
    place: Place,
    here: int | None,
    there: int | None,
) -> Iterator[str]:
    if here != there and there is not None:
        for key, decisions in swaps.items():
            if _count(case, decisions, place) == there:
                yield key


def _totals(case: Case, plan: Solution | None, status: Status, shared: Sequence[str]) -> Totals:
    title = case.scenario.title
    if plan is None:
        return Totals(title, status, None, None, None, None, None, None)
    kinds = [k for k, s in enumerate(case.services) if s.code in shared]
    costs = plan.evaluation.costs
    return Totals(
        title=title,
        status=status,
        score=plan.score,
        bound=plan.bound,
        persons=float(plan.evaluation.guaranteed[kinds].sum()),
        recurrent_eur=costs.recurrent_eur,
        capital_eur=costs.capital_eur,
        annual_eur=costs.annual_eur,
    )


def _basins(
    pairs: Sequence[tuple[Workbench, Solution | None]], shared: Sequence[str]
) -> Iterator[BasinAccess]:
    for b, basin in enumerate(pairs[0][0].case.basins):
        persons: list[Persons | None] = []
        shares: list[Share | None] = []
        for bench, plan in pairs:
            kinds = [k for k, s in enumerate(bench.case.services) if s.code in shared]
            if plan is None:
                persons.append(None)
                shares.append(None)
                continue
            found = [plan.evaluation.share(k, b) for k in kinds]
            known = [share for share in found if share is not None]
            persons.append(float(plan.evaluation.guaranteed[kinds, b].sum()))
            shares.append(float(np.mean(known)) if known else None)
        counts = [count for count in persons if count is not None]
        if counts and max(counts) - min(counts) > 1e-6:  # noqa: PLR2004
            yield BasinAccess(basin, tuple(persons), tuple(shares))
