"""Reads a TOML file whole, or says on which line it is no TOML."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optimiser.errors import Finding, InputError
from optimiser.sources.toml_lines import key_lines

MAX_BYTES = 2_000_000
"""Largest scenario or catalogue file: far more than a person writes."""

_PLACE = re.compile(r"\(at line (\d+), column \d+\)")
_TWICE = re.compile(r"overwrite|declare|twice|mutate|immutable", re.IGNORECASE)
_SHOWN = 80


@dataclass(frozen=True)
class TomlFile:
    """What a TOML file says, and where.

    Parameters
    ----------
    file
        Name of the file as the user gave it.
    content
        Tables and values.
    lines
        Line of each dotted key.
    """

    file: str
    content: dict[str, Any]
    lines: Mapping[str, int]


def read_toml(path: Path, refuse: type[InputError]) -> TomlFile:
    """Read a TOML file.

    Parameters
    ----------
    path
        The file, UTF-8.
    refuse
        Error to raise.

    Returns
    -------
    TomlFile
        Content and lines.

    Raises
    ------
    InputError
        Of the type `refuse`: no such file, too large, not UTF-8, or not TOML.
    """
    text = _text(path, refuse)
    try:
        content = tomllib.loads(text)
        lines = key_lines(text)
    except tomllib.TOMLDecodeError as error:
        raise refuse((_syntax(str(path), text, str(error)),)) from error
    except (RecursionError, ValueError) as error:
        raise refuse((Finding("toml_syntax", file=str(path)),)) from error
    return TomlFile(str(path), content, lines)


def _text(path: Path, refuse: type[InputError]) -> str:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            limit = f"{MAX_BYTES / 1e6:g} MB"
            found = f"{size / 1e6:.1f} MB"
            raise refuse((Finding("file_too_large", str(path), found=found, expected=limit),))
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        problem = "file_missing" if isinstance(error, FileNotFoundError) else "file_unreadable"
        raise refuse((Finding(problem, str(path)),)) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise refuse((Finding("file_not_utf8", str(path), row=line),)) from error


def _syntax(file: str, text: str, message: str) -> Finding:
    """Finding of a text that is no TOML; the message of `tomllib` ends with the place."""
    place = _PLACE.search(message)
    rows = text.split("\n")
    row = int(place.group(1)) if place else len(rows)
    shown = rows[row - 1].strip() if 0 < row <= len(rows) else ""
    problem = "toml_key_twice" if _TWICE.search(message) else "toml_syntax"
    return Finding(problem, file=file, row=row, found=shown[:_SHOWN])
