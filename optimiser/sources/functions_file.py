"""Catalogue files of support functions, read from TOML and checked line by line."""

from functools import cache
from pathlib import Path

from pydantic import ValidationError

from optimiser.errors import CatalogueError
from optimiser.functions import FunctionCatalogue
from optimiser.sources.catalogue_file import coded
from optimiser.sources.findings import findings_of
from optimiser.sources.folder import data_folder
from optimiser.sources.toml_file import read_toml


def load_functions(path: Path | None = None) -> FunctionCatalogue:
    """Read the support functions.

    Parameters
    ----------
    path
        A TOML file; None: the embedded catalogue.

    Returns
    -------
    FunctionCatalogue
        The functions, in the order of the file.

    Raises
    ------
    CatalogueError
        Every mistake of the file, each with its line and key.
    """
    return _embedded() if path is None else _read(path)


@cache
def _embedded() -> FunctionCatalogue:
    return _read(data_folder() / "catalogue" / "functions.toml")


def _read(path: Path) -> FunctionCatalogue:
    source = read_toml(path, CatalogueError)
    text = coded(source.content, "functions")
    try:
        return FunctionCatalogue.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise CatalogueError(findings_of(error, source, FunctionCatalogue)) from error
