"""Mobility files: the factors of car use, read from TOML and checked line by line."""

import json
from pathlib import Path

from pydantic import ValidationError

from optimiser.errors import CatalogueError
from optimiser.mobility import Mobility
from optimiser.sources.findings import findings_of
from optimiser.sources.folder import data_folder
from optimiser.sources.toml_file import read_toml


def load_mobility(path: Path | None = None) -> Mobility:
    """Read the factors of car use.

    Parameters
    ----------
    path
        A TOML file; None: the embedded one.

    Returns
    -------
    Mobility
        The factors.

    Raises
    ------
    CatalogueError
        Every mistake of the file, each with its line and key.
    """
    where = data_folder() / "catalogue" / "mobility.toml" if path is None else path
    source = read_toml(where, CatalogueError)
    try:
        return Mobility.model_validate_json(json.dumps(source.content, default=str), strict=True)
    except ValidationError as error:
        raise CatalogueError(findings_of(error, source, Mobility)) from error
