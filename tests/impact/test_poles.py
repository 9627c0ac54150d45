"""Poles: who radiates on what, checked by hand, and prices by solving again."""

from dataclasses import replace
from functools import cache

import pytest

from optimiser.planning import plan
from optimiser.questions.poles import Polycentrality, poles, radiating
from optimiser.questions.workbench import Workbench
from optimiser.scenario import Scenario
from optimiser.solution import Solution
from optimiser.solvers import Limits
from optimiser.sources import data_folder, open_case, read_scenario


@cache
def found() -> tuple[Workbench, Polycentrality]:
    scenario: Scenario = read_scenario(data_folder() / "scenarios" / "porte-du-hainaut.toml")
    bench = Workbench(open_case(scenario), Limits(gap=1e-6))
    return bench, poles(bench)


def test_each_pole_has_one_theme_made_by_its_own_facilities() -> None:
    bench, answer = found()
    names = [pole.commune for pole in answer.poles]
    assert len(names) == len(set(names)) > 3
    sites = bench.best.decisions.sites
    for pole in answer.poles:
        assert pole.facilities
        assert all(sites.get((code, pole.commune), 0) for code in pole.facilities)
        assert all(bench.case.catalogue[code].theme == pole.theme for code in pole.facilities)
        assert all(bench.case.catalogue[code].structuring for code in pole.facilities)
        assert set(pole.opened) <= set(pole.facilities)


def test_persons_drawn_are_those_whose_nearest_site_is_elsewhere() -> None:
    bench, answer = found()
    case, network = bench.case, bench.best.evaluation
    drawn = sum(pole.persons + pole.others for pole in answer.poles)
    expected = 0.0
    for k, service in enumerate(case.services):
        if not service.structuring:
            continue
        for i in range(len(case.members)):
            nearest = network.minutes[k, i]
            own = case.minutes[i, i] / max(1, network.sites[k, i]) ** 0.5
            at_home = network.sites[k, i] > 0 and own <= nearest + 1e-9
            abroad = any(
                case.minutes[i, j] <= nearest + 1e-9 for j in network.agreed[k].nonzero()[0]
            )
            if nearest <= service.guarantee_minutes + 1e-9 and not at_home and not abroad:
                expected += case.public[k, i]
    assert drawn == pytest.approx(expected)


def test_a_price_is_what_a_fresh_solve_finds() -> None:
    bench, answer = found()
    for price in answer.prices:
        rules = bench.case.scenario.polycentrality
        changed = rules.model_copy(update={"themes_per_commune": price.themes})
        scenario = bench.case.scenario.model_copy(update={"polycentrality": changed})
        fresh = plan(replace(bench.case, scenario=scenario), Limits(gap=1e-6))
        assert isinstance(fresh, Solution)
        assert price.points == pytest.approx(fresh.score - bench.best.score, abs=3.0)
    by_themes = {price.themes: price.points for price in answer.prices}
    assert by_themes[0] <= 0 <= by_themes[None] + 1e-6


def test_todays_network_has_poles_too() -> None:
    bench, _ = found()
    assert radiating(bench.case, bench.today)
