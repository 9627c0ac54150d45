"""The questions that are timed; one line adds another."""

from collections.abc import Callable, Mapping
from pathlib import Path

from optimiser.case import Case
from optimiser.scenario import Budget, Scenario
from optimiser.sources import open_case, read_scenario

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


CASES: Mapping[str, Callable[[], Case]] = {
    "caph_all_rules": caph_all_rules,
    "pays_basque": pays_basque,
}
