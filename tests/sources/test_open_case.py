from pathlib import Path

import numpy as np
import pytest

from optimiser import check
from optimiser.errors import InputError, ScenarioError, TerritoryNotFoundError
from optimiser.scenario import Lock, Scenario
from optimiser.sources import open_case
from optimiser.sources.folder import data_folder
from tests.sources.builders import DENAIN, write


def test_the_default_scenario_opens_on_the_porte_du_hainaut() -> None:
    case = open_case(Scenario())
    assert case.territory.code == "200042190"
    assert case.minutes.shape == (47, len(case.territory.communes))
    assert case.travel.method == "estimate"
    assert case.travel.error_minutes is not None
    assert 0 < case.travel.error_minutes < 10


def test_the_estimate_is_never_zero_and_neighbouring_towns_are_near() -> None:
    case = open_case(Scenario())
    assert (case.minutes > 0).all()
    assert np.isfinite(case.minutes).all()
    here = [c.code for c in case.members].index(DENAIN)
    there = [c.code for c in case.territory.communes].index("59606")
    assert 10 < case.minutes[here, there] < 30


def test_an_epci_may_be_named_in_the_scenario() -> None:
    assert open_case(Scenario(epci="valenciennes métropole")).territory.code == "245901160"


def test_an_unknown_epci_is_refused() -> None:
    with pytest.raises(TerritoryNotFoundError):
        open_case(Scenario(epci="Atlantis"))


def test_a_scenario_that_does_not_fit_is_refused() -> None:
    scenario = Scenario(forced=(Lock(service="swimming_pol", commune="Denan"),))
    with pytest.raises(ScenarioError) as caught:
        open_case(scenario)
    assert [(f.column, f.nearest) for f in caught.value.findings] == [
        ("forced[0].service", "swimming_pool"),
        ("forced[0].commune", "Denain"),
    ]


def test_todays_network_is_not_absurdly_full_of_duplicates() -> None:
    case = open_case(Scenario())
    today = check.evaluate(case, check.today(case))
    for k, service in enumerate(case.services):
        share = today.duplicated[k] / case.public[k].sum()
        assert share < 0.5, service.code


def test_all_files_of_the_user_are_joined(tmp_path: Path) -> None:
    catalogue = (data_folder() / "catalogue" / "facilities.toml").read_text(encoding="utf-8")
    catalogue = catalogue[: catalogue.index("# --- Culture")]
    communes = (
        "code;nom;population;lon;lat;bassin\nA;Alpha;5000;4,4;50,8;b\nB;Beta;900;4,5;50,8;b\n"
    )
    facilities = "service;commune;nom\nPiscine;Alpha;La Vague\n"
    matrix = ";A;B\nA;2;9\nB;11;3\n"
    case = open_case(
        Scenario(epci="Ailleurs"),
        catalogue_path=write(tmp_path, "t.toml", catalogue),
        communes_path=write(tmp_path, "c.csv", communes),
        facilities_path=write(tmp_path, "f.csv", facilities),
        matrix_path=write(tmp_path, "m.csv", matrix),
    )
    assert [s.code for s in case.services] == [
        "swimming_pool",
        "indoor_multisport",
        "athletics_track",
    ]
    assert case.minutes.tolist() == [[2, 9], [11, 3]]
    assert case.territory.count("A", "swimming_pool") == 1
    keys = {text.partition("?")[0] for text in case.territory.notes}
    assert {"note.communes_from_file", "note.facilities_from_file"} <= keys


def test_overseas_the_estimate_comes_with_a_remark() -> None:
    case = open_case(Scenario(epci="200059871"))
    assert "note.estimate_overseas" in case.territory.notes


@pytest.mark.parametrize(
    "option", ["catalogue_path", "matrix_path", "communes_path", "facilities_path"]
)
def test_a_missing_file_is_named(tmp_path: Path, option: str) -> None:
    path = tmp_path / ("none.toml" if option == "catalogue_path" else "none.csv")
    with pytest.raises(InputError) as caught:
        open_case(Scenario(), **{option: path})  # type: ignore[arg-type]
    assert [(f.problem, f.file) for f in caught.value.findings] == [("file_missing", str(path))]
