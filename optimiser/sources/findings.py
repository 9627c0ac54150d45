"""Turns the errors of pydantic into findings: line, key, what stands there and what may."""

import re
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from optimiser.errors import Finding, nearest_name
from optimiser.sources.toml_file import TomlFile
from optimiser.sources.toml_lines import dotted, line_of

NO_LIMIT = "none"
"""How a file says that a setting has no value, which TOML cannot."""

Location = tuple[str | int, ...]

_PROBLEMS = {
    "extra_forbidden": "unknown_key",
    "missing": "missing_key",
    "literal_error": "not_one_of",
    "bool_type": "not_true_or_false",
    "string_type": "not_a_text",
    "string_too_short": "empty_text",
    "int_type": "not_a_whole_number",
    "int_from_float": "not_a_whole_number",
    "int_parsing_size": "out_of_range",
    "float_type": "not_a_number",
    "finite_number": "out_of_range",
    "greater_than": "out_of_range",
    "greater_than_equal": "out_of_range",
    "less_than": "out_of_range",
    "less_than_equal": "out_of_range",
    "model_type": "not_a_table",
    "model_attributes_type": "not_a_table",
    "dict_type": "not_a_table",
    "mapping_type": "not_a_table",
    "tuple_type": "not_a_list",
    "too_short": "empty_list",
    "costs_not_ordered": "costs_not_ordered",
    "minutes_not_rising": "minutes_not_rising",
    "weights_not_falling": "weights_not_falling",
    "guarantee_not_a_tier": "guarantee_not_a_tier",
    "no_public": "no_public",
    "fee_not_per_person": "fee_not_per_person",
    "volumes_not_rising": "volumes_not_rising",
    "subsidies_too_high": "subsidies_too_high",
    "out_of_range": "out_of_range",
}
_BARE = frozenset({"unknown_key", "missing_key", "not_one_of"})
"""Problems of a word, which is shown without quotes."""

_SHOWN = 80
_KEY = "[key]"


def findings_of(
    error: ValidationError, source: TomlFile, model: type[BaseModel]
) -> tuple[Finding, ...]:
    """Word what pydantic refuses, one finding for each key.

    Parameters
    ----------
    error
        What pydantic raised.
    source
        The file that was validated.
    model
        Against which model.

    Returns
    -------
    tuple of Finding
        In the order of the file.
    """
    found: dict[Location, list[ErrorDetails]] = {}
    for detail in error.errors(include_url=False):
        found.setdefault(_place(detail, source.content), []).append(detail)
    findings = [_finding(place, details, source, model) for place, details in found.items()]
    return tuple(sorted(findings, key=lambda finding: finding.row or 0))


def shown(value: object) -> str:
    """Write a value as it stands in a TOML file, cut to one line."""
    if isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, Mapping):
        text = "{ " + ", ".join(str(key) for key in value) + " }"
    elif isinstance(value, list):
        text = "[ " + ", ".join(shown(item) for item in value) + " ]"
    else:
        try:
            text = str(value)
        except ValueError:  # an integer of more digits than Python writes
            text = "..."
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _quoted(value: object) -> str:
    """Write a value so that a text that looks like a number is seen to be a text."""
    return f'"{shown(value)}"' if isinstance(value, str) else shown(value)


def accepts_none(annotation: object) -> bool:
    """Whether a setting may have no value."""
    return annotation is type(None) or (
        _is_union(annotation) and any(accepts_none(part) for part in get_args(annotation))
    )


def expected(annotation: object) -> Iterator[str]:
    """Name what an annotation accepts, in signs that need no translation."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation is type(None):
        yield NO_LIMIT
    elif annotation is bool:
        yield from ("true", "false")
    elif origin is Literal:
        yield from map(str, arguments)
    elif origin is Annotated:
        yield from _range(arguments[1:]) if arguments[0] in (int, float) else ()
    elif _is_union(annotation):
        for part in arguments:
            yield from expected(part)


def _place(detail: ErrorDetails, content: Mapping[str, Any]) -> Location:
    """Location of an error without the marks that pydantic adds for unions and keys."""
    place: list[str | int] = []
    value: Any = content
    for position, part in enumerate(detail["loc"]):
        last = position == len(detail["loc"]) - 1
        if _holds(value, part):
            value = value[part]
        elif not (last and detail["type"] == "missing"):
            continue
        place.append(part)
    return tuple(place)


def _holds(value: Any, part: str | int) -> bool:
    if isinstance(value, list):
        return isinstance(part, int) and part < len(value)
    return isinstance(value, Mapping) and part in value


def _finding(
    place: Location, details: Sequence[ErrorDetails], source: TomlFile, model: type[BaseModel]
) -> Finding:
    detail = _telling(details)
    problem = _PROBLEMS.get(detail["type"], "not_valid")
    value = _value(source.content, place)
    annotation = _annotation(model, place)
    allowed = list(expected(annotation))
    is_key = problem == "unknown_key" or detail["loc"][-1:] == (_KEY,)
    if is_key:
        problem, value = "unknown_key", place[-1]
        allowed = _names(_annotation(model, place[:-1]))
    elif problem == "missing_key":
        value = ""
    close = _elsewhere(model, str(value)) if is_key else ""
    if not close and isinstance(value, str) and value:
        close = nearest_name(value, allowed)
    key = dotted(place)
    return Finding(
        problem,
        file=source.file,
        row=line_of(source.lines, key),
        column=key,
        found=shown(value) if problem in _BARE or not value else _quoted(value),
        expected=", ".join(allowed) or str(detail.get("ctx", {}).get("expected", "")),
        nearest=close,
    )


def _telling(details: Sequence[ErrorDetails]) -> ErrorDetails:
    """Of the errors that the parts of a union give, the one about the kind of value found."""
    for detail in details:
        wrong_kind = detail["type"].endswith("_type") or detail["type"] == "none_required"
        is_text = isinstance(detail["input"], str)
        if not wrong_kind and is_text == (detail["type"] == "literal_error"):
            return detail
    return next((d for d in details if d["type"] != "none_required"), details[0])


def _annotation(model: type[BaseModel], place: Location) -> object:
    """Annotation of the key at a place; None where the model knows no such key."""
    annotation: object = model
    for part in place:
        annotation = _plain(annotation)
        arguments = get_args(annotation)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            annotation = get_type_hints(annotation, include_extras=True).get(str(part))
        elif get_origin(annotation) is tuple:
            annotation = arguments[0]
        elif arguments:
            annotation = arguments[-1]
        else:
            return None
    return annotation


def _plain(annotation: object) -> object:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _names(annotation: object) -> list[str]:
    """Keys that a table may hold; none where it may hold any."""
    annotation = _plain(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return list(annotation.model_fields)
    keys = get_args(annotation)[:1]
    return list(expected(keys[0])) if keys else []


def _elsewhere(model: type[BaseModel], name: str) -> str:
    """Dotted key of the section in which a setting of that name stands."""
    for section, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel) and name in kind.model_fields:
            return f"{section}.{name}"
    return ""


def _range(marks: Sequence[object]) -> Iterator[str]:
    bounds = [bound for mark in marks if isinstance(mark, FieldInfo) for bound in mark.metadata]
    low = [f"≥ {b.ge}" for b in bounds if isinstance(b, Ge)]
    low += [f"> {b.gt}" for b in bounds if isinstance(b, Gt)]
    high = [f"≤ {b.le}" for b in bounds if isinstance(b, Le)]
    high += [f"< {b.lt}" for b in bounds if isinstance(b, Lt)]
    text = " ".join(low + high)
    if text:
        yield re.sub(r"^≥ (\S+) ≤ (\S+)$", r"\1 … \2", text)


def _value(content: Any, place: Location) -> Any:
    for part in place:
        try:
            content = content[part]
        except (KeyError, IndexError, TypeError):
            return ""
    return content


def _is_union(annotation: object) -> bool:
    return get_origin(annotation) in (Union, types.UnionType)
