"""Land files: m² of new sites, read from TOML and checked line by line."""

import json
from pathlib import Path

from pydantic import ValidationError

from optimiser.errors import CatalogueError
from optimiser.land import Land
from optimiser.sources.findings import findings_of
from optimiser.sources.folder import data_folder
from optimiser.sources.toml_file import read_toml


def load_land(path: Path | None = None) -> Land:
    """Read the m² of new sites.

    Parameters
    ----------
    path
        A TOML file; None: the embedded one.

    Returns
    -------
    Land
        The figures.

    Raises
    ------
    CatalogueError
        Every mistake of the file, each with its line and key.
    """
    where = data_folder() / "catalogue" / "land.toml" if path is None else path
    source = read_toml(where, CatalogueError)
    try:
        return Land.model_validate_json(json.dumps(source.content, default=str), strict=True)
    except ValidationError as error:
        raise CatalogueError(findings_of(error, source, Land)) from error
