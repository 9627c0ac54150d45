"""Settings of a scenario as a form needs them, read from the scenario's own types and bounds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from optimiser.errors import Finding
from optimiser.scenario import Scenario

Kind: TypeAlias = Literal["number", "count", "choice", "flag", "floor"]

GRID = (("objective", "weights"), ("coverage", "basin_floors"), ("coverage", "guarantee"))
"""Settings that each type of facility has of its own."""

ELSEWHERE = ("sharing", "schedule", "finances")
"""Sections that this form leaves as they are: their settings are lists, written in the file."""

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
    ("buildings", "new_land"): "count",
}
"""Kind of widget of every setting; a test demands that none is missing."""

_SUGGESTED: dict[str, float] = {
    "capital_eur": 10_000_000.0,
    "running_increase_eur_per_year": 0.0,
    "basin_floor": 0.8,
}


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
    """

    section: str
    name: str
    kind: Kind
    value: Any
    optional: bool
    least: float | None
    most: float | None
    suggested: float


def settings(scenario: Scenario) -> Iterator[Setting]:
    """List every setting with its value and bounds.

    Parameters
    ----------
    scenario
        The scenario.

    Yields
    ------
    Setting
        In the order of the scenario; those of `GRID`, the title, the EPCI, the types and the
        locks have their own editors.
    """
    for section in type(scenario).model_fields:
        part = getattr(scenario, section)
        if not isinstance(part, BaseModel) or section in ELSEWHERE:
            continue
        for name, field in type(part).model_fields.items():
            if (section, name) not in GRID:
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
    ValidationError
        A value out of its bounds.
    """
    content = scenario.model_dump(mode="json")
    for (section, name), value in values.items():
        content[section][name] = value
    return Scenario.model_validate(content)


def findings_of(error: ValidationError) -> tuple[Finding, ...]:
    """Word what a form cannot hold.

    Parameters
    ----------
    error
        From `changed`.

    Returns
    -------
    tuple of Finding
        One for each setting.
    """
    keys = {".".join(str(part) for part in detail["loc"][:2]) for detail in error.errors()}
    return tuple(Finding("out_of_range", column=key) for key in sorted(keys))


def _setting(section: str, name: str, field: FieldInfo, value: Any) -> Setting:
    optional = type(None) in getattr(field.annotation, "__args__", ())
    least, most = _bounds(field)
    suggested = _SUGGESTED.get(name, field.default if isinstance(field.default, int) else 1.0)
    return Setting(
        section, name, _KINDS[section, name], value, optional, least, most, float(suggested)
    )


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
