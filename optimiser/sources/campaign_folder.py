"""Folders that a campaign has filled: what they hold, and what they were made from."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from optimiser.campaign_result import SCHEMAS, TableName
from optimiser.errors import CampaignError, Finding
from optimiser.sources.folder import data_folder

ABOUT = "campaign.json"
LAYOUT = 1
"""Number of the layout of the folder; another one is not read."""

_KEYS = ("layout", "key", "title", "jobs", "software", "data", "questions", "scenarios", "seconds")


@dataclass(frozen=True)
class CampaignFolder:
    """A folder of results.

    Parameters
    ----------
    path
        The folder.
    about
        What the campaign asks, and from which data and software it was made.
    """

    path: Path
    about: dict[str, Any]

    def parts(self) -> list[str]:
        """Names of the parts that are whole: the lines of their jobs are there."""
        return sorted(file.stem for file in (self.path / "jobs").glob("*.parquet"))

    def table(self, name: TableName, columns: Sequence[str] | None = None) -> pa.Table:
        """Read a table.

        Parameters
        ----------
        name
            Which table.
        columns
            Columns to read; None: all.

        Returns
        -------
        pyarrow.Table
            Lines of all jobs that are done.
        """
        schema = SCHEMAS[name]
        if columns is not None:
            schema = pa.schema([schema.field(column) for column in columns])
        files = [self.path / name / f"{part}.parquet" for part in self.parts()]
        tables = [
            pq.read_table(file, columns=columns, partitioning=None).cast(schema) for file in files
        ]
        return pa.concat_tables([schema.empty_table(), *tables])


def open_campaign(path: Path) -> CampaignFolder:
    """Open a folder that a campaign has filled, wholly or in part.

    Parameters
    ----------
    path
        The folder.

    Returns
    -------
    CampaignFolder
        Its results.

    Raises
    ------
    CampaignError
        No campaign has been started there, or by another version.
    """
    try:
        content = json.loads((path / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CampaignError((Finding("campaign_none", file=str(path)),)) from error
    if (
        not isinstance(content, dict)
        or content.get("layout") != LAYOUT
        or set(_KEYS) - set(content)
    ):
        raise CampaignError((Finding("campaign_none", file=str(path)),))
    return CampaignFolder(path, content)


@cache
def data_key() -> str:
    """Name of the embedded data: other figures have another name.

    Returns
    -------
    str
        Digest of every embedded file.
    """
    digest = hashlib.sha256()
    root = data_folder()
    for folder in ("access", "catalogue", "."):
        for file in sorted((root / folder).glob("*")):
            if file.suffix in (".toml", ".parquet"):
                digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:24]
