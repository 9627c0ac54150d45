"""Settings of a scenario as a form needs them, read from the scenario's own types and bounds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from optimiser.errors import ScenarioError
from optimiser.scenario import Scenario
from optimiser.sources.findings import findings_of
from optimiser.sources.toml_file import TomlFile

Kind: TypeAlias = Literal["number", "count", "choice", "flag", "floor", "commune", "communes"]

GRID = (("objective", "weights"), ("coverage", "basin_floors"), ("coverage", "guarantee"))
"""Settings that each type of facility has of its own."""

ROWS = (
    ("facilities", "values"),
    *(("sharing", n) for n in ("functions", "values", "opt_outs", "joins", "vetoes", "already")),
)
"""Settings that are edited in a grid of their own."""

_KINDS: dict[tuple[str, str], Kind] = {
    ("objective", "person_value_eur_per_year"): "number",
    ("objective", "duplicate_weight"): "number",
    ("budget", "capital_eur"): "number",
    ("budget", "running_increase_eur_per_year"): "number",
    ("budget", "cost_case"): "choice",
    ("budget", "discount_rate"): "number",
    ("coverage", "basin_floor"): "floor",
    ("coverage", "keep_capacity"): "flag",
    ("coverage", "low_income_weight"): "number",
    ("coverage", "reference_income_eur"): "number",
    ("polycentrality", "themes_per_commune"): "count",
    ("polycentrality", "structuring_per_commune"): "count",
    ("neighbours", "agreements"): "count",
    ("neighbours", "per_service"): "count",
    ("duplicates", "forbid_new"): "flag",
    ("sharing", "saving_case"): "choice",
    ("sharing", "overrun"): "number",
    ("sharing", "transition_years"): "count",
    ("sharing", "hosts"): "choice",
    ("sharing", "host_communes"): "communes",
    ("sharing", "seat"): "commune",
    ("sharing", "same_basin"): "flag",
    ("sharing", "minutes_most"): "number",
    ("sharing", "members_most"): "count",
    ("sharing", "groups_per_commune"): "count",
    ("sharing", "functions_per_host"): "count",
    ("sharing", "staff_moved_per_year"): "number",
    ("sharing", "transition_budget_eur"): "number",
    ("sharing", "minimum_saving_eur_per_year"): "number",
    ("sharing", "division"): "choice",
    ("sharing", "funds_facilities"): "flag",
}
"""Kind of widget of every setting; a test demands that none is missing."""

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
}

WORDS: dict[str, str] = {
    "cost_case": "cost_case",
    "saving_case": "saving_case",
    "hosts": "ui.hosts",
    "division": "division",
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
        Values of a choice; empty for the others.
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
        In the order of the scenario; those of `GRID` and `ROWS`, the title, the EPCI, the types and
        the locks have their own editors.
    """
    for section in type(scenario).model_fields:
        part = getattr(scenario, section)
        if not isinstance(part, BaseModel):
            continue
        for name, field in type(part).model_fields.items():
            if (section, name) not in (*GRID, *ROWS):
                yield _setting(section, name, field, getattr(part, name))


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
        return Scenario.model_validate(content)
    except ValidationError as error:
        findings = findings_of(error, TomlFile("", content, {}), Scenario)
        raise ScenarioError(findings) from error


def _setting(section: str, name: str, field: FieldInfo, value: Any) -> Setting:
    optional = type(None) in getattr(field.annotation, "__args__", ())
    least, most = _bounds(field)
    suggested = _SUGGESTED.get(name, field.default if isinstance(field.default, int) else 1.0)
    kind = _KINDS[section, name]
    choices = tuple(map(str, get_args(field.annotation))) if kind == "choice" else ()
    return Setting(section, name, kind, value, optional, least, most, float(suggested), choices)


def _bounds(field: FieldInfo) -> tuple[float | None, float | None]:
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
