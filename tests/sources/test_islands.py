from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from optimiser.case import Case
from optimiser.labels import LANGUAGES, Labels
from optimiser.planning import plan
from optimiser.scenario import Scenario
from optimiser.solution import Solution
from optimiser.sources import open_case
from optimiser.sources.folder import data_folder
from optimiser.sources.notes import split_note
from optimiser.sources.open_case import estimate_travel
from tests.sources.builders import territory, write

LORIENT, BELLE_ILE, RE, PAYS_BASQUE = "200042174", "245600465", "241700459", "200067106"
PETITE_TERRE, REUNION_NORTH = "200050532", "249740119"
GROIX, LORIENT_TOWN = "56069", "56121"
ISLANDS_WITHOUT_BRIDGE = {
    "17004": "Île-d'Aix",
    "22016": "Île-de-Bréhat",
    "29082": "Île-de-Batz",
    "29083": "Île-de-Sein",
    "29084": "Île-Molène",
    "29155": "Ouessant",
    "56069": "Groix",
    "56085": "Hœdic",
    "56086": "Île-d'Houat",
    "56087": "Île-aux-Moines",
    "56088": "Île-d'Arz",
    "85113": "L'Île-d'Yeu",
    "97110": "La Désirade",
    "97130": "Terre-de-Bas",
    "97131": "Terre-de-Haut",
}
LANDMASSES = 25


@pytest.fixture(scope="module")
def landmass() -> dict[str, int]:
    table = pq.read_table(data_folder() / "communes.parquet", columns=["code", "landmass"])
    return dict(zip(table["code"].to_pylist(), table["landmass"].to_pylist(), strict=True))


@pytest.fixture(scope="module")
def lorient() -> Case:
    return open_case(Scenario(epci=LORIENT))


def minutes(case: Case, origin: str, destination: str) -> float:
    return float(case.travel.between([origin], [destination])[0, 0])


def island_facts(case: Case) -> dict[str, str] | None:
    found = [split_note(text) for text in case.territory.notes]
    return next((dict(facts) for key, facts in found if key == "note.island"), None)


def test_every_commune_has_one_of_25_landmasses_numbered_by_size(landmass: dict[str, int]) -> None:
    assert all(landmass.values())
    numbers, communes = np.unique(list(landmass.values()), return_counts=True)
    assert numbers.tolist() == list(range(1, LANDMASSES + 1))
    assert (np.diff(communes) <= 0).all()
    assert communes[0] == 34_370


def test_the_islands_of_one_commune_are_those_known_to_have_no_bridge(
    landmass: dict[str, int],
) -> None:
    numbers = list(landmass.values())
    alone = {code for code, number in landmass.items() if numbers.count(number) == 1}
    assert alone == set(ISLANDS_WITHOUT_BRIDGE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("17300", "17318"),  # La Rochelle, Île de Ré
        ("17219", "17323"),  # Marennes, Île d'Oléron
        ("85012", "85163"),  # La Barre-de-Monts, Noirmoutier
        ("97105", "97120"),  # Basse-Terre, Pointe-à-Pitre
        ("2A004", "2B033"),  # Ajaccio, Bastia
        ("56009", "56152"),  # Bangor, Le Palais
        ("56062", "56121"),  # Gâvres, Lorient
        ("15031", "15141"),  # Celles, which has no polygon, and its neighbour
    ],
)
def test_a_bridge_or_an_isthmus_joins(landmass: dict[str, int], one: str, other: str) -> None:
    assert landmass[one] == landmass[other]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (GROIX, LORIENT_TOWN),
        ("56009", "56186"),  # Belle-Île, Quiberon
        ("2A004", "06088"),  # Ajaccio, Nice
        ("97608", "97611"),  # Dzaoudzi, Mamoudzou
        ("97112", "97120"),  # Marie-Galante, Pointe-à-Pitre
        ("97130", "97131"),  # the two islands of Les Saintes
        ("97105", "97209"),  # Guadeloupe, Martinique
    ],
)
def test_the_sea_parts(landmass: dict[str, int], one: str, other: str) -> None:
    assert landmass[one] != landmass[other]


def test_no_car_goes_from_groix_to_lorient_or_back(lorient: Case) -> None:
    assert minutes(lorient, GROIX, LORIENT_TOWN) == np.inf
    assert minutes(lorient, LORIENT_TOWN, GROIX) == np.inf
    assert 0 < minutes(lorient, GROIX, GROIX) < np.inf
    assert 0 < minutes(lorient, LORIENT_TOWN, "56162") < np.inf


def test_a_remark_names_the_members_on_an_island_without_a_bridge(lorient: Case) -> None:
    assert island_facts(lorient) == {"count": "1", "communes": "Groix"}


def test_an_epci_that_is_an_island_has_the_remark_and_stays_whole() -> None:
    case = open_case(Scenario(epci=BELLE_ILE))
    assert island_facts(case) == {"count": "4", "communes": "Bangor, Locmaria, Le Palais, Sauzon"}
    n = len(case.members)
    assert np.isfinite(case.minutes[:, :n]).all()
    assert np.isinf(case.minutes[:, n:]).all()


def test_the_smaller_island_of_mayotte_has_the_remark() -> None:
    facts = island_facts(open_case(Scenario(epci=PETITE_TERRE)))
    assert facts == {"count": "2", "communes": "Dzaoudzi, Pamandzi"}


def test_the_ile_de_re_is_reached_by_its_bridge_without_a_remark() -> None:
    case = open_case(Scenario(epci=RE))
    assert 0 < minutes(case, "17369", "17300") < np.inf
    assert np.isinf(minutes(case, "17369", "17004"))
    assert island_facts(case) is None


def test_far_from_the_sea_or_with_no_other_land_in_reach_there_is_no_remark() -> None:
    assert island_facts(open_case(Scenario(epci=PAYS_BASQUE))) is None
    assert island_facts(open_case(Scenario(epci=REUNION_NORTH))) is None


def test_where_the_landmass_is_unknown_nothing_is_cut() -> None:
    assert np.isfinite(estimate_travel(territory()).minutes).all()


def test_the_matrix_of_the_user_knows_the_ferry(tmp_path: Path, lorient: Case) -> None:
    codes = [c.code for c in lorient.members if c.code not in {GROIX, LORIENT_TOWN}]
    pairs = [(GROIX, LORIENT_TOWN, 50), (LORIENT_TOWN, GROIX, 55)]
    pairs += [(code, LORIENT_TOWN, 20) for code in codes]
    pairs += [(LORIENT_TOWN, code, 20) for code in codes]
    rows = [f"{origin};{destination};{time}" for origin, destination, time in pairs]
    matrix = write(tmp_path, "m.csv", "\n".join(["origin;destination;minutes", *rows]) + "\n")
    case = open_case(Scenario(epci=LORIENT), matrix_path=matrix)
    assert minutes(case, GROIX, LORIENT_TOWN) == 50
    assert minutes(case, LORIENT_TOWN, GROIX) == 55
    assert island_facts(case) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_remark_has_words_for_its_facts(language: str) -> None:
    sentence = Labels(language)("note.island", count=1, communes="Groix")
    assert "Groix" in sentence
    assert "1" in sentence


def test_islanders_are_a_basin_of_their_own_that_no_gain_elsewhere_makes_up_for() -> None:
    case = open_case(Scenario(epci="200042174"))
    groix = next(commune for commune in case.members if commune.name == "Groix")
    alone = [commune.name for commune in case.members if commune.basin == groix.basin]
    assert alone == ["Groix"]
    answer = plan(case)
    assert isinstance(answer, Solution)
    j = case.members.index(groix)
    for k in range(len(case.services)):
        if case.existing[k, j]:
            assert answer.evaluation.sites[k, j] >= 1
