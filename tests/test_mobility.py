"""Car-kilometres and CO2: by hand on the small territory, and against the reasons for them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from optimiser import check
from optimiser.access.spot_times import StoredTimes
from optimiser.case import Case
from optimiser.cells import CellDemand
from optimiser.errors import CatalogueError
from optimiser.mobility import car_use, nearest_km
from optimiser.sources.folder import data_folder
from optimiser.sources.mobility_file import load_mobility
from optimiser.units import significant
from tests.small_cases import small_case


def with_km(case: Case) -> Case:
    km = case.travel.minutes * 0.8
    return Case(case.territory, case.catalogue, replace(case.travel, km=km), case.scenario)


@pytest.mark.parametrize("seed", range(20))
def test_kilometres_are_those_of_the_site_that_is_nearest_in_minutes(seed: int) -> None:
    case = with_km(small_case(seed))
    evaluation = check.evaluate(case, check.today(case))
    for k in range(len(case.services)):
        # Here kilometres follow minutes: the judge's own minutes say them.
        assert nearest_km(case, evaluation, k) == pytest.approx(0.8 * evaluation.minutes[k])


def test_a_year_of_visits_by_hand() -> None:
    case = with_km(small_case(3, members=4))
    evaluation = check.evaluate(case, check.today(case))
    mobility = load_mobility()
    use = car_use(case, evaluation, mobility)
    assert use is not None
    km = 0.0
    for k in range(len(case.services)):
        for i in range(len(case.members)):
            away = 0.8 * float(evaluation.minutes[k, i])
            km += float(case.public[k, i]) * (12 * 2 * 0.63 / 1.4) * (away if away < np.inf else 0)
    assert use.total_km == pytest.approx(km)
    assert use.tonnes_co2e == pytest.approx(km * 0.2176 / 1000)
    assert use.range_km[0] < use.total_km < use.range_km[1]
    assert use.range_co2e[0] < use.tonnes_co2e < use.range_co2e[1]


def test_without_kilometres_there_is_no_figure() -> None:
    case = small_case(1)
    evaluation = check.evaluate(case, check.today(case))
    assert car_use(case, evaluation, load_mobility()) is None
    with pytest.raises(ValueError, match="kilometres"):
        nearest_km(case, evaluation, 0)


def test_who_reaches_no_site_is_counted_apart() -> None:
    case = with_km(small_case(5))
    nothing = check.evaluate(case, replace(check.today(case), sites={}))
    use = car_use(case, nothing, load_mobility())
    assert use is not None
    assert use.total_km == 0
    assert use.total_unserved == pytest.approx(float(case.public.sum()))


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("low = 0.1034", "low = 0.9", "kg_co2e_per_car_km"),
        ("low = 1.2", "low = 0.2", "persons_per_car"),
        ('grade = "B"', 'grade = "Z"', "kg_co2e_per_car_km.grade"),
        ("base = 12", 'base = "many"', "visits_per_person_year.base"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, old: str, new: str, key: str) -> None:
    text = (data_folder() / "catalogue" / "mobility.toml").read_text(encoding="utf-8")
    path = tmp_path / "mobility.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError) as refused:
        load_mobility(path)
    assert any(
        finding.column.startswith(key.partition(".")[0]) or not finding.column
        for finding in refused.value.findings
    )


def test_assumed_figures_are_shown_with_two_significant_figures() -> None:
    shown = [significant(value) for value in (21_422_638.0, -376_765.0, 3.46, 0.0)]
    assert shown == [21_000_000.0, -380_000.0, 3.5, 0.0]
    assert significant(-376_765.0, 3) == -377_000.0
    assert significant(float("inf")) == float("inf")


def test_kilometres_are_those_of_every_cell_where_there_are_cells() -> None:
    case = small_case(3, members=3, services=2)
    n, m = len(case.members), len(case.territory.communes)
    rng = np.random.default_rng(3)
    home = np.repeat(np.arange(n), 4)
    minutes = rng.choice([3.0, 7.0, 11.0, np.inf], size=(len(home), m))
    km = rng.uniform(1, 9, size=minutes.shape)
    of, cell = np.nonzero(np.isfinite(minutes.T))
    start = np.concatenate([[0], np.cumsum(np.bincount(of, minlength=m))])
    times = StoredTimes(start, cell, minutes[cell, of], km[cell, of])
    case = replace(case, cells=CellDemand(home, np.full(len(home), 0.25), times, limit=11.0))
    evaluation = check.evaluate(case, check.today(case))
    use = car_use(case, evaluation, load_mobility())
    assert use is not None
    person_km, nobody = np.zeros(len(case.services)), np.zeros(len(case.services))
    for k in range(len(case.services)):
        towns = np.flatnonzero(evaluation.sites[k]).tolist()
        for c, i in enumerate(home.tolist()):
            ways = [(minutes[c, j], km[c, j]) for j in towns if np.isfinite(minutes[c, j])]
            person_km[k] += 0.25 * case.public[k, i] * (min(ways)[1] if ways else 0.0)
            nobody[k] += 0.25 * case.public[k, i] * (not ways)
    assert use.car_km == pytest.approx(person_km * load_mobility().car_km_per_person_km("base"))
    assert use.unserved == pytest.approx(nobody)
