"""Small territories, drawn at random, on which every way of sharing can be tried."""

import itertools
from collections.abc import Iterator

import numpy as np

from optimiser import check_sharing
from optimiser.access import TravelTimes
from optimiser.functions import (
    AdviserCurve,
    Cases,
    Evidence,
    FunctionCatalogue,
    ScaleCurve,
    SupportFunction,
    VolumeRule,
)
from optimiser.scenario import Scenario
from optimiser.sharing_case import SharingCase
from optimiser.sharing_scenario import Already, Participation, Sharing, Veto
from optimiser.sharing_solution import Group, SharingDecisions
from optimiser.territory import Commune, Finances, Territory


def cases(low: float, base: float, high: float) -> Cases:
    return Cases(low=low, base=base, high=high)


def function(code: str, rng: np.random.Generator, **changes: object) -> SupportFunction:
    start = float(rng.integers(500, 3000))
    end = start * float(rng.uniform(1.5, 4.0))
    saving = float(rng.uniform(0.1, 0.5))
    curve: ScaleCurve | AdviserCurve = ScaleCurve(
        kind="scale",
        unit_cost_eur=float(rng.uniform(5, 30)),
        from_volume=start,
        to_volume=end,
        turn_volume=end * float(rng.uniform(1.0, 2.0)) if rng.random() < 0.5 else None,
        rise_beyond=float(rng.uniform(0, 0.3)),
        saving=cases(0.0, saving, min(0.6, saving * 1.3)),
    )
    if rng.random() < 0.3:
        adviser = float(rng.integers(3_000, 12_000))
        curve = AdviserCurve(
            kind="adviser",
            adviser_eur=cases(adviser * 1.2, adviser, adviser * 0.8),
            units_per_adviser=float(rng.integers(1_000, 5_000)),
            identified_eur=cases(3, 5, 7),
            implemented=cases(0.3, 0.6, 0.8),
        )
    fields: dict[str, object] = {
        "code": code,
        "unit": "hours",
        "volume": VolumeRule(
            per=str(rng.choice(["inhabitant", "personnel_eur"])), rate=1.0, source="test"
        ),
        "evidence": Evidence(grade="B", most=0.9, source="test"),
        "curve": curve,
        "partner_eur": cases(900, float(rng.integers(0, 800)), 0),
        "minute_eur": float(rng.choice([0, 20])),
        "leakage": cases(0.1, float(rng.choice([0, 0.02])), 0),
        "transition": cases(0.3, float(rng.uniform(0, 0.3)), 0.1),
        "minimum_volume": float(rng.choice([0, 0, 1500])),
        "minimum_host": float(rng.choice([0, 0, 1000])),
        "staff_per_unit": 0.001,
        "paid_by": str(rng.choice(["host", "members"])),
        "checklist": ("deliberations",),
    }
    if fields["volume"].per == "personnel_eur":  # type: ignore[attr-defined]
        fields["volume"] = VolumeRule(per="personnel_eur", rate=0.003, source="test")
    return SupportFunction.model_validate(fields | changes)


def territory(rng: np.random.Generator, members: int) -> Territory:
    communes = [
        Commune(
            code=f"{i:05d}",
            name=f"Commune {i}",
            epci="E",
            member=True,
            lon=3.0,
            lat=50.0,
            area_km2=5.0,
            population=int(rng.integers(200, 3_000)),
            ages={},
            basin=str(int(rng.integers(2))),
            basin_name="Basin",
            finances=Finances(float(rng.uniform(200, 600)), 0, 0, 0)
            if rng.random() < 0.8
            else None,
        )
        for i in range(members)
    ]
    return Territory("E", "Small", tuple(communes), ())


def travel(rng: np.random.Generator, place: Territory) -> TravelTimes:
    spots = rng.random((len(place.communes), 2)) * 25
    minutes = np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1)) + 1.0
    codes = tuple(commune.code for commune in place.communes)
    return TravelTimes(codes, codes, minutes)


def islands(seed: int, travel: TravelTimes) -> TravelTimes:
    """The same times, and sometimes one commune to which no road leads."""
    rng = np.random.default_rng(seed + 10_000)
    minutes = travel.minutes.copy()
    if rng.random() < 0.3:
        alone = int(rng.integers(len(minutes)))
        minutes[alone], minutes[:, alone], minutes[alone, alone] = np.inf, np.inf, 0.0
    return TravelTimes(travel.origins, travel.destinations, minutes)


def small_sharing(seed: int, *, members: int = 4, functions: int = 1) -> SharingCase:
    """A case with every rule switched on or off at random."""
    rng = np.random.default_rng(seed)
    place = territory(rng, members)
    catalogue = FunctionCatalogue(
        functions={
            f"f{k}": function(f"f{k}", rng, needs_travel=(seed + k) % 2 == 0)
            for k in range(functions)
        }
    )
    names = [commune.name for commune in place.members]
    codes = [*catalogue.functions, "all"]

    def sometimes(value: object, otherwise: object = None) -> object:
        return value if rng.random() < 0.3 else otherwise

    def wishes(chance: float) -> tuple[Participation, ...]:
        if rng.random() > chance:
            return ()
        return (Participation(commune=str(rng.choice(names)), function=str(rng.choice(codes))),)

    opt_outs = wishes(0.4)
    joins = tuple(w for w in wishes(0.4) if w.commune not in {o.commune for o in opt_outs})
    pair = rng.choice(names, size=2, replace=False).tolist()
    veto = Veto(commune=pair[0], against=pair[1], function=str(rng.choice(codes)))
    held = Already(function="f0", host="syndicate", communes=(str(rng.choice(names)),))
    free = rng.random() < 0.2 and not any(j.commune == held.communes[0] for j in joins)
    asked = Sharing(
        saving_case=str(rng.choice(["base", "base", "high"])),
        overrun=float(rng.choice([1.0, 1.6])),
        hosts=str(rng.choice(["any", "any", "communes", "epci"])),
        host_communes=tuple(sometimes((names[0], names[-1]), ())),  # type: ignore[arg-type]
        same_basin=bool(rng.random() < 0.3),
        minutes_most=sometimes(15.0),
        members_most=sometimes(int(rng.integers(2, 4))),
        groups_per_commune=sometimes(1),
        functions_per_host=sometimes(1),
        staff_moved_per_year=sometimes(float(rng.uniform(0.2, 1.5))),
        transition_budget_eur=sometimes(float(rng.integers(2_000, 20_000))),
        minimum_saving_eur_per_year=sometimes(float(rng.integers(-1_000, 15_000))),
        opt_outs=opt_outs,
        joins=joins,
        vetoes=(veto,) if rng.random() < 0.4 else (),
        already=(held,) if free else (),
    )
    roads = islands(seed, travel(rng, place))
    return SharingCase(place, catalogue, roads, Scenario(epci="E", sharing=asked))


def structures(case: SharingCase, code: str) -> list[tuple[Group, ...]]:
    """Every way to group the members for one function, with every host."""
    members = [commune.code for commune in case.members]
    every = [
        Group(code, host, chosen)
        for size in range(2, len(members) + 1)
        for chosen in itertools.combinations(members, size)
        for host in (*chosen, case.territory.code)
    ]
    found: list[tuple[Group, ...]] = [()]
    for count in range(1, len(members) // 2 + 1):
        for groups in itertools.combinations(every, count):
            seated = [member for group in groups for member in group.members]
            if len(set(seated)) == len(seated):
                found.append(groups)
    return found


def every_decision(case: SharingCase) -> Iterator[SharingDecisions]:
    """All decisions worth judging."""
    ways = [structures(case, function.code) for function in case.planned]
    for chosen in itertools.product(*ways):
        yield SharingDecisions(tuple(group for groups in chosen for group in groups))


def best_by_trying(case: SharingCase) -> float | None:
    """Greatest saving over every decision that breaks no rule; None where each breaks one."""
    best: float | None = None
    for decisions in every_decision(case):
        found = check_sharing.evaluate(case, decisions)
        if not found.violations and (best is None or found.saving_eur > best):
            best = found.saving_eur
    return best
