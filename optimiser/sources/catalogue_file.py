"""Catalogue files: the types of facility, read from TOML and checked line by line."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from optimiser.catalogue import Catalogue
from optimiser.errors import CatalogueError, Finding
from optimiser.sources.findings import findings_of
from optimiser.sources.folder import data_folder
from optimiser.sources.toml_file import TomlFile, read_toml
from optimiser.sources.toml_lines import line_of

_CODE = re.compile(r"[a-z][a-z0-9_]*")


def load_catalogue(path: Path | None = None) -> Catalogue:
    """Read the types of facility.

    Parameters
    ----------
    path
        A TOML file; None: the embedded catalogue.

    Returns
    -------
    Catalogue
        The types, in the order of the file.

    Raises
    ------
    CatalogueError
        Every mistake of the file, each with its line and key.
    """
    return _embedded() if path is None else _read(path)


@cache
def _embedded() -> Catalogue:
    return _read(data_folder() / "catalogue" / "facilities.toml")


def _read(path: Path) -> Catalogue:
    source = read_toml(path, CatalogueError)
    findings = tuple(_wrong_codes(source))
    try:
        text = coded(source.content, "services")
        catalogue = Catalogue.model_validate_json(text, strict=True)
    except ValidationError as error:
        findings += findings_of(error, source, Catalogue)
    if findings:
        raise CatalogueError(tuple(sorted(findings, key=lambda finding: finding.row or 0)))
    return catalogue


def coded(content: Mapping[str, Any], section: str) -> str:
    """Content as JSON, with the name of each of the section's tables as its code."""
    tables = content.get(section)
    if isinstance(tables, dict):
        with_codes = {
            code: {**table, "code": code} if isinstance(table, dict) else table
            for code, table in tables.items()
        }
        content = {**content, section: with_codes}
    return json.dumps(content, default=str)


def _wrong_codes(source: TomlFile) -> Iterator[Finding]:
    services = source.content.get("services")
    if not isinstance(services, dict):
        return
    for code, table in services.items():
        key = f"services.{code}"
        if not _CODE.fullmatch(code):
            row = line_of(source.lines, key)
            yield Finding("not_a_code", source.file, row, key, code, "a-z 0-9 _")
        if isinstance(table, dict) and "code" in table:
            row = line_of(source.lines, f"{key}.code")
            yield Finding("unknown_key", source.file, row, f"{key}.code", "code")
