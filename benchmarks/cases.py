"""The questions that are timed; one line adds another."""

from collections.abc import Callable, Mapping
from pathlib import Path

from optimiser.case import Case
from optimiser.scenario import Budget, Scenario
from optimiser.schedule.joint import with_envelope
from optimiser.sources import data_folder, open_case, read_scenario

ALL_RULES = Path(__file__).parents[1] / "tests" / "golden" / "all_rules.toml"


def caph_all_rules() -> Case:
    """Porte du Hainaut, 47 communes, every type and every rule."""
    return open_case(read_scenario(ALL_RULES))


def pays_basque() -> Case:
    """Pays Basque, 158 communes: the largest number of communes in one EPCI."""
    return open_case(
        Scenario(
            epci="200067106",
            budget=Budget(capital_eur=30_000_000),
        )
    )


def caph_eight_years() -> Case:
    """Porte du Hainaut over eight years, its capital budget spread evenly."""
    path = data_folder() / "scenarios" / "porte-du-hainaut.toml"
    return with_envelope(open_case(read_scenario(path)))


def pays_basque_eight_years() -> Case:
    """Pays Basque over eight years, its capital budget spread evenly."""
    return with_envelope(pays_basque())


CASES: Mapping[str, Callable[[], Case]] = {
    "caph_all_rules": caph_all_rules,
    "pays_basque": pays_basque,
}

YEARS: Mapping[str, Callable[[], Case]] = {
    "caph_eight_years": caph_eight_years,
    "pays_basque_eight_years": pays_basque_eight_years,
}
