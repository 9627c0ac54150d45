"""The files of a campaign's report."""

import json
import os
import secrets
from pathlib import Path

from optimiser.labels import Labels
from optimiser.report.campaign.document import campaign_document
from optimiser.report.campaign.figures import CampaignFigures
from optimiser.report.campaign.tables import campaign_tables
from optimiser.report.workbook import workbook


def write_report(figures: CampaignFigures, directory: Path, labels: Labels) -> tuple[Path, ...]:
    """Write the report as a workbook and as JSON.

    Parameters
    ----------
    figures
        The campaign, added up.
    directory
        Folder; made where there is none.
    labels
        Words of the reader's language.

    Returns
    -------
    tuple of Path
        What was written.

    Raises
    ------
    OSError
        The folder cannot be written; each file is whole, or as it was.
    """
    document = campaign_document(figures, labels)
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    title = figures.title or labels("campaign.title")
    contents = {
        "campaign-report.json": f"{text}\n".encode(),
        "campaign.xlsx": workbook(campaign_tables(figures, labels), title),
    }
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        draft = directory / f".{name}-{secrets.token_hex(4)}"
        try:
            draft.write_bytes(content)
            os.replace(draft, directory / name)  # noqa: PTH105 - one atomic step
        finally:
            draft.unlink(missing_ok=True)
    return tuple(directory / name for name in contents)
