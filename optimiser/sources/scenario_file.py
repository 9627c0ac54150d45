"""Scenario files: read one, place an error in one, write one to start from."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import BaseModel, ValidationError

from optimiser.errors import InputError, ScenarioError
from optimiser.labels import LANGUAGES, Labels
from optimiser.scenario import Lock, Scenario
from optimiser.sources.catalogue_file import load_catalogue
from optimiser.sources.findings import NO_LIMIT, accepts_none, findings_of
from optimiser.sources.scenario_book import SUFFIX, read_book, with_line
from optimiser.sources.toml_file import TomlFile, read_toml

_LABELS = "scenario_file"
_WIDTH = 98


def read_scenario(path: Path) -> Scenario:
    """Read a scenario.

    Whether its communes and services exist is for `optimiser.case.Case` to say.

    Parameters
    ----------
    path
        A TOML file, or the Excel workbook of `optimiser.sources.scenario_template`; ``"none"``
        stands for no limit where a setting may have none.

    Returns
    -------
    Scenario
        The scenario, with the defaults for what the file leaves out.

    Raises
    ------
    InputError
        Every mistake of the file, each with its line or row and key.
    """
    source = _source(path)
    content = _without_none(Scenario, source.content)
    try:
        scenario = Scenario.model_validate_json(json.dumps(content, default=str), strict=True)
    except ValidationError as error:
        findings = findings_of(error, source, Scenario)
        raise ScenarioError(tuple(with_line(each, source) for each in findings)) from error
    return _beside(scenario, path.parent)


def _beside(scenario: Scenario, folder: Path) -> Scenario:
    """The scenario with its paths taken from the folder where it lies."""
    travel, without_car = (
        section.model_copy(
            update={
                key: str(folder / value)
                for key in ("times", "cells")
                if (value := getattr(section, key, ""))
            }
        )
        for section in (scenario.travel, scenario.without_car)
    )
    return scenario.model_copy(update={"travel": travel, "without_car": without_car})


def locate(error: ScenarioError, path: Path) -> ScenarioError:
    """Add file and line to findings that know only their key.

    Parameters
    ----------
    error
        What `optimiser.case.Case` raised.
    path
        The scenario file.

    Returns
    -------
    ScenarioError
        The same findings, placed; unchanged where the file cannot be read any more.
    """
    try:
        source = _source(path)
    except InputError:
        return error
    return ScenarioError(tuple(with_line(finding, source) for finding in error.findings))


def _source(path: Path) -> TomlFile:
    if path.suffix.casefold() == SUFFIX:
        return read_book(path, load_catalogue())
    return read_toml(path, ScenarioError)


def new_scenario(epci: str, lang: str = "fr", *, title: str = "") -> str:
    """Write a scenario to start from: every setting with its default, explained in plain words.

    Parameters
    ----------
    epci
        SIREN code of the EPCI, or its name.
    lang
        Language of the explanations, one of `optimiser.labels.LANGUAGES`.
    title
        Title of the scenario.

    Returns
    -------
    str
        Text of a TOML file that reads back to the default scenario.

    Raises
    ------
    ValueError
        A language that has no labels.
    """
    if lang not in LANGUAGES:
        msg = f"language {lang!r}: one of {LANGUAGES}"
        raise ValueError(msg)
    return scenario_text(Scenario(epci=epci, title=title), lang)


def scenario_text(scenario: Scenario, lang: str = "fr") -> str:
    """Write a scenario: every setting with its value, explained in plain words.

    Parameters
    ----------
    scenario
        The scenario.
    lang
        Language of the explanations.

    Returns
    -------
    str
        Text of a TOML file that reads back to the same scenario.
    """
    labels = Labels(lang)
    lines = [*_comment(labels(f"{_LABELS}.header")), ""]
    sections: list[str] = []
    for name in Scenario.model_fields:
        value = getattr(scenario, name)
        if isinstance(value, BaseModel):
            sections += ["", *_section(name, value, labels)]
        elif name in ("forced", "forbidden"):
            sections += ["", *_comment(labels(f"{_LABELS}.{name}")), *_locks(name, value)]
        else:
            lines += [*_comment(labels(f"{_LABELS}.{name}")), f"{name} = {_toml(value)}", ""]
    return "\n".join([*lines[:-1], *sections]) + "\n"


def _section(name: str, section: BaseModel, labels: Labels) -> Iterator[str]:
    yield from _comment(labels(f"{_LABELS}.{name}.header"))
    yield f"[{name}]"
    tables = []
    for key in type(section).model_fields:
        value = getattr(section, key)
        comment = _comment(labels(f"{_LABELS}.{name}.{key}"))
        if isinstance(value, Mapping):
            tables += ["", *comment, f"[{name}.{key}]"]
            tables += [f"{entry} = {_toml(each)}" for entry, each in value.items()]
        else:
            yield from ("", *comment, f"{key} = {_toml(value)}")
    yield from tables


def _comment(text: str) -> list[str]:
    """Comment lines no wider than the file; lines that the label starts are kept."""
    lines = []
    for paragraph in text.strip().split("\n"):
        line = "#"
        for word in paragraph.split(" "):
            if len(line) + 1 + len(word) > _WIDTH:
                lines.append(line)
                line = "#"
            line += f" {word}"
        lines.append(line)
    return lines


def _locks(name: str, locks: Sequence[Lock]) -> list[str]:
    """Blocks of decisions; without any, an example behind hash signs."""
    if locks:
        return [
            line
            for lock in locks
            for line in (
                f"[[{name}]]",
                f"service = {_toml(lock.service)}",
                f"commune = {_toml(lock.commune)}",
            )
        ]
    return [f"# [[{name}]]", '# service = "swimming_pool"', '# commune = "Denain"']


def _toml(value: object) -> str:
    if value is None:
        return json.dumps(NO_LIMIT)
    if isinstance(value, float) and value.is_integer():
        return f"{int(value):_}"
    if isinstance(value, BaseModel):
        parts = {key: getattr(value, key) for key in value.model_fields_set}
        inside = [f"{key} = {_toml(each)}" for key, each in parts.items() if each is not None]
        return "{ " + ", ".join(inside) + " }"
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    # TOML forbids the one control character that JSON leaves as it is.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _without_none(model: type[BaseModel], content: Mapping[str, Any]) -> dict[str, Any]:
    """Content with no value where the file writes that there is none."""
    hints = get_type_hints(model, include_extras=True)
    return {key: _value(hints.get(key), value) for key, value in content.items()}


def _value(annotation: object, value: Any) -> Any:
    if isinstance(value, str) and value.strip().casefold() == NO_LIMIT and accepts_none(annotation):
        return None
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _without_none(annotation, value) if isinstance(value, Mapping) else value
    return value
