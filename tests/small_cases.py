"""Small territories, drawn at random, on which every plan can be tried."""

import itertools
from collections.abc import Iterator

import numpy as np

from optimiser import check
from optimiser.access import TravelTimes
from optimiser.case import Case
from optimiser.catalogue import Catalogue, CostFigure, ServiceType, Tier
from optimiser.planning.decode import match_transfers
from optimiser.scenario import (
    Budget,
    Buildings,
    Coverage,
    Duplicates,
    Lock,
    Neighbours,
    Objective,
    Polycentrality,
    Scenario,
)
from optimiser.solution import Decisions
from optimiser.territory import Commune, Facility, Territory

THEMES = ("sport", "culture", "health")


def euros(base: float) -> CostFigure:
    return CostFigure(base=base, low=base / 2, high=base * 2, grade="D", source="assumption: test")


def service(code: str, rng: np.random.Generator, **changes: object) -> ServiceType:
    near = float(rng.integers(4, 9))
    fields: dict[str, object] = {
        "code": code,
        "theme": THEMES[int(rng.integers(len(THEMES)))],
        "structuring": bool(rng.random() < 0.7),
        "lever": str(rng.choice(["decide", "decide", "decide", "open_only", "observe"])),
        "public": {"0_19": 1.0, "20_64": float(rng.random()), "65_plus": float(rng.random())},
        "tiers": (
            Tier(minutes=near, weight=1.0),
            Tier(minutes=near * 2, weight=0.4),
        ),
        "guarantee_minutes": near * int(rng.integers(1, 3)),
        "exclusive_minutes": near,
        "persons_per_site": float(rng.integers(300, 3000)),
        "minimum_public": float(rng.choice([0, 0, 500])),
        "minimum_host": float(rng.choice([0, 0, 1500])),
        "weight": float(rng.choice([0.5, 1.0, 2.0])),
        "lifetime_years": 20,
        "capital_eur": euros(float(rng.integers(50, 3000)) * 1000),
        "running_eur": euros(float(rng.integers(5, 120)) * 1000),
        "closing_eur": euros(float(rng.choice([0, 40_000, 200_000]))),
        "agreement_eur_per_person": euros(float(rng.integers(0, 20))),
    }
    return ServiceType.model_validate(fields | changes)


def commune(code: str, rng: np.random.Generator, *, member: bool, basin: str) -> Commune:
    ages = {group: float(rng.integers(50, 900)) for group in ("0_19", "20_64", "65_plus")}
    return Commune(
        code=code,
        name=f"Commune {code}",
        epci="E" if member else "F",
        member=member,
        lon=3.0,
        lat=50.0,
        area_km2=8.0,
        population=int(sum(ages.values())),
        ages=ages,
        basin=basin,
        basin_name=f"Basin {basin}",
        median_income_eur=float(rng.integers(15_000, 30_000)),
    )


def small_case(seed: int, *, members: int = 3, services: int = 2) -> Case:
    """A case with every rule switched on or off at random."""
    rng = np.random.default_rng(seed)
    catalogue = Catalogue(
        services={f"s{k}": service(f"s{k}", rng) for k in range(services)},
    )
    communes = [
        commune(f"{j:05d}", rng, member=True, basin=str(int(rng.integers(2))))
        for j in range(members)
    ] + [commune("90000", rng, member=False, basin="9")]
    facilities = tuple(
        Facility(c.code, s.code, sites=int(rng.choice([1, 1, 1, 2, 3])))
        for c in communes
        for s in catalogue
        if rng.random() < 0.5
    )
    place = rng.random((len(communes), 2)) * 14
    minutes = np.hypot(*(place[:, None] - place[None]).transpose(2, 0, 1)) + 1.5
    np.fill_diagonal(minutes, rng.random(len(communes)) * 20 + 1)
    codes = tuple(c.code for c in communes)
    codes_of_members = [c.code for c in communes if c.member]

    def sometimes(value: object, otherwise: object = None) -> object:
        return value if rng.random() < 0.5 else otherwise

    def locks() -> tuple[Lock, ...]:
        pairs = [(s, c) for s in catalogue.services for c in codes_of_members]
        picks = rng.choice(len(pairs), size=int(rng.choice([0, 0, 1])), replace=False)
        return tuple(Lock(service=pairs[p][0], commune=pairs[p][1]) for p in picks)

    forced = locks()
    forbidden = tuple(lock for lock in locks() if lock not in forced)
    some = str(rng.choice(list(catalogue.services)))
    scenario = Scenario(
        epci="E",
        objective=Objective(
            person_value_eur_per_year=float(rng.integers(10, 80)),
            duplicate_weight=float(rng.choice([0.0, 0.05, 0.5])),
        ),
        budget=Budget(
            capital_eur=sometimes(float(rng.integers(0, 4_000)) * 1000),
            running_increase_eur_per_year=sometimes(float(rng.integers(-50, 100)) * 1000),
            discount_rate=float(rng.choice([0.0, 0.03])),
        ),
        coverage=Coverage(
            basin_floor=sometimes("today", sometimes(0.3)),
            guarantee=sometimes({some: float(rng.random())}, {}),
            keep_capacity=bool(rng.random() < 0.5),
            low_income_weight=float(rng.choice([0.0, 1.0])),
        ),
        polycentrality=Polycentrality(
            themes_per_commune=sometimes(int(rng.integers(0, 2))),
            structuring_per_commune=sometimes(int(rng.integers(0, 3))),
        ),
        neighbours=Neighbours(
            agreements=sometimes(int(rng.integers(0, 3))),
            per_service=sometimes(int(rng.integers(0, 2))),
        ),
        duplicates=Duplicates(forbid_new=bool(rng.random() < 0.5)),
        buildings=Buildings(new_land=sometimes(int(rng.integers(0, 2)))),
        forced=forced,
        forbidden=forbidden,
    )
    territory = Territory("E", "Small", tuple(communes), facilities)
    return Case(territory, catalogue, TravelTimes(codes, codes, minutes), scenario)


def every_plan(case: Case) -> Iterator[Decisions]:
    """All decisions worth judging: each number of sites, each agreement, the themes they need."""
    places = [(s, c) for s in case.services for c in case.members]
    most = [max(1, case.territory.count(c.code, s.code)) for s, c in places]
    shared = [
        (s.code, c.code)
        for s in case.services
        for c in case.territory.neighbours
        if case.territory.count(c.code, s.code)
    ]
    for counts in itertools.product(*(range(m + 1) for m in most)):
        sites = {(s.code, c.code): n for (s, c), n in zip(places, counts, strict=True) if n}
        themes: dict[str, tuple[str, ...]] = {}
        for s, c in places:
            new = sites.get((s.code, c.code), 0) > case.territory.count(c.code, s.code)
            if new and s.structuring:
                themes[c.code] = tuple({*themes.get(c.code, ()), s.theme})
        transfers = match_transfers(case, sites)
        for chosen in itertools.product((False, True), repeat=len(shared)):
            agreements = frozenset(itertools.compress(shared, chosen))
            yield Decisions(sites, agreements, transfers, themes)


def best_by_trying(case: Case) -> float | None:
    """Best score over every plan that breaks no rule; None where each breaks one."""
    best: float | None = None
    for decisions in every_plan(case):
        evaluation = check.evaluate(case, decisions)
        if not evaluation.violations and (best is None or evaluation.score > best):
            best = evaluation.score
    return best
