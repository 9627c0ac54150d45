"""Settings of a scenario as a form needs them, read from the scenario's own types and bounds."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from optimiser.errors import ScenarioError
from optimiser.scenario import Scenario
from optimiser.sources.findings import findings_of
from optimiser.sources.scenario_book import kinds_of
from optimiser.sources.toml_file import TomlFile
from optimiser.territory import Territory

Kind: TypeAlias = Literal["number", "count", "choice", "flag", "worded", "commune", "communes"]

GRID = (
    ("objective", "weights"),
    ("coverage", "basin_floors"),
    ("coverage", "guarantee"),
    ("schedule", "build_years"),
)
"""Settings that each type of facility has of its own."""

FILES = (("travel", "times"), ("travel", "cells"), ("without_car", "times"))
"""Settings that name files: no visitor of the app may name one on the machine that serves it."""

WISHES = ("opt_outs", "joins", "vetoes", "already")

ROWS = (
    ("facilities", "values"),
    *(("sharing", name) for name in ("functions", "values", *WISHES)),
    ("schedule", "subsidies"),
    ("finances", "lines"),
)
"""Settings that are edited in a grid of their own."""

_COMMUNES: dict[tuple[str, str], Kind] = {
    ("sharing", "host_communes"): "communes",
    ("sharing", "seat"): "commune",
}
"""Settings that name communes."""

_SUGGESTED: dict[str, float] = {
    "capital_eur": 10_000_000.0,
    "running_increase_eur_per_year": 0.0,
    "basin_floor": 0.8,
    "members_most": 10.0,
    "groups_per_commune": 5.0,
    "functions_per_host": 3.0,
    "staff_moved_per_year": 10.0,
    "transition_budget_eur": 500_000.0,
    "minimum_saving_eur_per_year": 0.0,
    "capital_eur_per_year": 5_000_000.0,
    "change_eur_per_year": 1_000_000.0,
    "debt_eur": 10_000_000.0,
    "debt_years_today": 5.0,
    "caf_eur_per_year": 10_000_000.0,
}

WORDS: dict[str, str] = {
    "cost_case": "cost_case",
    "saving_case": "saving_case",
    "hosts": "ui.hosts",
    "division": "division",
    "basin_floor": "ui.floor",
    "mode": "mode",
    "capital_eur_per_year": "ui.envelope",
}
"""Where the labels word the values of a choice."""


@dataclass(frozen=True)
class Setting:
    """One setting.

    Parameters
    ----------
    section, name
        Where it stands in the scenario.
    kind
        How it is edited.
    value
        Its value; None: no limit.
    optional
        Whether there may be no limit.
    least, most
        Bounds; None: none.
    suggested
        What a limit starts from where there was none.
    choices
        Words that may stand there; empty where there are none.
    """

    section: str
    name: str
    kind: Kind
    value: Any
    optional: bool
    least: float | None
    most: float | None
    suggested: float
    choices: tuple[str, ...] = ()


def settings(scenario: Scenario) -> Iterator[Setting]:
    """List every setting with its value and bounds.

    Parameters
    ----------
    scenario
        The scenario.

    Yields
    ------
    Setting
        In the order of the scenario; `GRID`, `ROWS` and `FILES`, the title, the EPCI, the types and
        the locks have their own editors.
    """
    for section in type(scenario).model_fields:
        part = getattr(scenario, section)
        if not isinstance(part, BaseModel):
            continue
        for name, field in type(part).model_fields.items():
            if (section, name) not in (*GRID, *ROWS, *FILES):
                yield _setting(section, name, field, getattr(part, name))


def without_files(scenario: Scenario) -> Scenario:
    """The scenario as the app can ask it: no file of the machine is named.

    Public transport, which needs a file of times, gives way to the bicycle.

    Parameters
    ----------
    scenario
        A scenario.

    Returns
    -------
    Scenario
        The same, from the embedded data and the estimates.
    """
    travel = scenario.travel.model_copy(update={"times": "", "cells": ""})
    by = "bicycle" if scenario.without_car.mode == "transit" else scenario.without_car.mode
    without_car = scenario.without_car.model_copy(update={"times": "", "mode": by})
    return scenario.model_copy(update={"travel": travel, "without_car": without_car})


def changed(scenario: Scenario, values: Mapping[tuple[str, str], Any]) -> Scenario:
    """Give settings new values.

    Parameters
    ----------
    scenario
        The scenario.
    values
        By section and name.

    Returns
    -------
    Scenario
        Validated anew.

    Raises
    ------
    ScenarioError
        A value that a scenario cannot hold.
    """
    content = scenario.model_dump(mode="json")
    for (section, name), value in values.items():
        content[section][name] = value
    try:
        return without_files(Scenario.model_validate(content))
    except ValidationError as error:
        findings = findings_of(error, TomlFile("", content, {}), Scenario)
        raise ScenarioError(findings) from error


def _setting(section: str, name: str, field: FieldInfo, value: Any) -> Setting:
    optional = type(None) in getattr(field.annotation, "__args__", ())
    least, most = bounds_of(field)
    suggested = _SUGGESTED.get(name, field.default if isinstance(field.default, int) else 1.0)
    kind = _COMMUNES.get((section, name)) or _kind(field.annotation)
    choices = tuple(word for word in words_of(field.annotation) if word != "transit")
    return Setting(section, name, kind, value, optional, least, most, float(suggested), choices)


def codes_of(communes: Iterable[str], territory: Territory) -> list[str]:
    """Codes of members that a scenario names by code or by name; others are left out."""
    found = [territory.member_index(name) for name in communes]
    return [territory.members[i].code for i in found if i >= 0]


def words_of(annotation: object) -> tuple[str, ...]:
    """Words that an annotation accepts, wherever they are nested in it."""
    if get_origin(annotation) is Literal:
        return tuple(map(str, get_args(annotation)))
    parts = get_args(annotation)
    return tuple(word for part in parts for word in words_of(part))


def _kind(annotation: object) -> Kind:
    words, plain = words_of(annotation), kinds_of(annotation)
    if words:
        return "worded" if plain & {int, float} else "choice"
    if bool in plain:
        return "flag"
    return "count" if int in plain else "number"


def bounds_of(field: FieldInfo) -> tuple[float | None, float | None]:
    """Bounds that the type of a field carries, wherever they are nested in it."""
    found: dict[str, float] = {}
    for mark in _marks(field):
        for key in ("ge", "gt", "le", "lt"):
            if getattr(mark, key, None) is not None:
                found[key] = float(getattr(mark, key))
    return found.get("ge", found.get("gt")), found.get("le", found.get("lt"))


def _marks(field: FieldInfo) -> Iterator[Any]:
    yield from field.metadata
    for part in getattr(field.annotation, "__args__", ()):
        for mark in getattr(part, "__metadata__", ()):
            yield from getattr(mark, "metadata", (mark,))
