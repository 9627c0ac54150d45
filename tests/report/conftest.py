"""A territory small enough to check by hand: five communes, one neighbour, three types."""

from collections.abc import Mapping
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from optimiser import check
from optimiser.access import TravelTimes
from optimiser.case import Case
from optimiser.catalogue import Catalogue, CostFigure, ServiceType, Tier
from optimiser.labels import Labels
from optimiser.report.words import Words
from optimiser.scenario import Budget, Coverage, Duplicates, Lock, Polycentrality, Scenario
from optimiser.solution import Decisions, Solution, Status, StopReason, Transfer
from optimiser.territory import Commune, Facility, Finances, Territory

A, B, C, D, E, N = "59001", "59002", "59003", "59004", "59005", "59999"
INF = np.inf

MINUTES = np.array(
    [
        [2.0, 6.0, 8.0, 20.0, 25.0, 14.0],
        [6.0, 2.0, 7.0, 18.0, 24.0, 12.0],
        [8.0, 7.0, 3.0, 12.0, 20.0, 9.0],
        [20.0, 18.0, 12.0, 2.0, INF, 16.0],
        [25.0, 24.0, INF, INF, 2.0, 9.0],
    ]
)
"""From A, B, C, D, E to A, B, C, D, E, N."""


def euros(base: float, grade: str = "D", per: str = "site") -> CostFigure:
    return CostFigure.model_validate(
        {
            "per": per,
            "base": base,
            "low": base / 2,
            "high": base * 2,
            "grade": grade,
            "source": f"study of {base:g}",
        }
    )


def service(code: str, tiers: Mapping[float, float], **changes: object) -> ServiceType:
    fields: dict[str, object] = {
        "code": code,
        "theme": "sport",
        "structuring": False,
        "lever": "decide",
        "public": {"0_19": 1.0, "20_64": 1.0, "65_plus": 1.0},
        "tiers": tuple(Tier(minutes=m, weight=w) for m, w in tiers.items()),
        "guarantee_minutes": max(tiers),
        "exclusive_minutes": 7.0,
        "persons_per_site": 4_000.0,
        "capital_eur": euros(3_000_000),
        "running_eur": euros(200_000, "B"),
        "closing_eur": euros(100_000),
        "agreement_eur_per_person": euros(10),
        "lifetime_years": 30,
    }
    return ServiceType.model_validate(fields | changes)


def commune(code: str, name: str, population: int, basin: str, **changes: object) -> Commune:
    place = {A: (0, 0), B: (1, 0), C: (0, 1), D: (1, 1), E: (2, 1), N: (2, 0)}[code]
    fields: dict[str, object] = {
        "code": code,
        "name": name,
        "epci": "200000001",
        "member": True,
        "lon": 3.4 + 0.1 * place[0] + 0.05,
        "lat": 50.3 + 0.07 * place[1] + 0.035,
        "area_km2": 50.0,
        "population": population,
        "ages": {
            "0_19": population * 0.25,
            "20_64": population * 0.5,
            "65_plus": population * 0.25,
        },
        "basin": basin,
        "basin_name": f"Bassin {basin}",
        "median_income_eur": 20_000.0,
        "finances": Finances(500.0, 700.0, 150.0, 200.0),
    }
    return Commune(**(fields | changes))  # type: ignore[arg-type]


COMMUNES = (
    commune(A, "Aubry", 3_000, "1"),
    commune(B, "Bellaing", 1_000, "1"),
    commune(C, "=Cateau", 2_000, "1", finances=None),
    commune(D, "Denain", 4_000, "2"),
    commune(E, "Émerchicourt", 500, "2"),
    commune(N, "Neuville", 9_000, "9", member=False, epci="200000002"),
)

FACILITIES = (
    Facility(A, "swimming_pool", 1, year=2013, source="INSEE BPE 2013"),
    Facility(B, "swimming_pool", 1, year=2013, source="INSEE BPE 2013"),
    Facility(N, "swimming_pool", 1, year=2013, source="INSEE BPE 2013"),
    Facility(A, "library", 2, year=2024, source="INSEE BPE 2024"),
    Facility(C, "library", 1, year=2024, source="INSEE BPE 2024"),
    Facility(D, "nursery", 1, places=30, year=2020, source="CNAF 2020"),
)


@pytest.fixture(scope="session")
def case() -> Case:
    services = (
        service("swimming_pool", {10.0: 1.0, 15.0: 0.5}),
        service(
            "library",
            {5.0: 1.0, 10.0: 0.3},
            exclusive_minutes=5.0,
            persons_per_site=2_000.0,
            running_eur=euros(60_000, "C"),
        ),
        service(
            "nursery",
            {10.0: 1.0},
            public={"0_19": 0.2},
            places_per_site=20.0,
            running_eur=euros(19_450, "B", "place"),
        ),
    )
    scenario = Scenario(
        title="Essai",
        epci="200000001",
        budget=Budget(running_increase_eur_per_year=None),
        coverage=Coverage(basin_floor=None, keep_capacity=False),
        polycentrality=Polycentrality(themes_per_commune=None, structuring_per_commune=None),
        duplicates=Duplicates(forbid_new=False),
        forced=(Lock(service="nursery", commune=A),),
    )
    codes = tuple(c.code for c in COMMUNES)
    travel = TravelTimes(codes[:5], codes, MINUTES, source="tiny", error_minutes=3.25)
    territory = Territory("200000001", "Tiny", COMMUNES, FACILITIES)
    return Case(territory, Catalogue(services={s.code: s for s in services}), travel, scenario)


@pytest.fixture(scope="session")
def decisions() -> Decisions:
    """B's pool closes, N's is shared; C's library moves to B; A loses one; A gets a nursery."""
    return Decisions(
        sites={
            ("swimming_pool", A): 1,
            ("library", A): 1,
            ("library", B): 1,
            ("nursery", D): 1,
            ("nursery", A): 1,
        },
        agreements=frozenset({("swimming_pool", N)}),
        transfers=(Transfer("library", C, B),),
    )


def solve(case: Case, decisions: Decisions, **changes: object) -> Solution:
    """Wrap decisions as if a solver had found them."""
    evaluation = check.evaluate(case, decisions)
    fields: dict[str, object] = {
        "decisions": decisions,
        "evaluation": evaluation,
        "today": check.evaluate(case, check.today(case)),
        "status": Status.FEASIBLE,
        "stop": StopReason.TIME,
        "bound": evaluation.score + 100.0,
        "solver": "HiGHS 1.14.0",
        "seconds": {"build": 0.5, "solve": 60.0},
        "nodes": 12,
    }
    return Solution(**(fields | changes))  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def solution(case: Case, decisions: Decisions) -> Solution:
    return solve(case, decisions)


@pytest.fixture(scope="session")
def unchanged(case: Case) -> Solution:
    """The plan that leaves everything as it is, in a case without locks."""
    return solve(without_locks(case), check.today(case))


def without_locks(case: Case) -> Case:
    return replace(case, scenario=case.scenario.model_copy(update={"forced": ()}))


@pytest.fixture(scope="session")
def polygons() -> gpd.GeoDataFrame:
    shapes = [
        shapely.box(c.lon - 0.05, c.lat - 0.035, c.lon + 0.05, c.lat + 0.035) for c in COMMUNES
    ]
    codes = [c.code for c in COMMUNES]
    return gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs=4326)


@pytest.fixture(params=["fr", "en"])
def labels(request: pytest.FixtureRequest) -> Labels:
    return Labels(request.param)


@pytest.fixture
def words(case: Case, labels: Labels) -> Words:
    return Words(case, labels)
