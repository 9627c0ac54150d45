"""A campaign as plain data, for programs."""

from optimiser.labels import Labels
from optimiser.report.campaign.figures import CampaignFigures, Row
from optimiser.report.campaign.tables import reason
from optimiser.report.costs import CASES
from optimiser.report.plain import Json, plain
from optimiser.report.sentences import note_text

SCHEMA_VERSION = "1.0"

_FIELDS = (
    "epci",
    "epci_name",
    "scenario",
    "question",
    "status",
    "stop",
    "communes",
    "population",
    "gap",
    "objective",
    "bound",
    "seconds",
    "attempts",
    "access_now",
    "access_planned",
    "once_eur",
    "assumed",
    "solver",
    "nodes",
)


def campaign_document(figures: CampaignFigures, labels: Labels) -> dict[str, Json]:
    """Gather everything about a campaign.

    Parameters
    ----------
    figures
        The campaign, added up.
    labels
        Words of the sentences; keys and codes are the same in all languages.

    Returns
    -------
    dict
        Plain values only; figures that do not exist, or are infinite, are None.
    """
    about = figures.about
    return {
        "schema_version": SCHEMA_VERSION,
        "language": labels.language,
        "title": figures.title,
        "software": {"name": "maillage", "version": str(about["software"])},
        "data": str(about["data"]),
        "asked": figures.asked,
        "done": len(figures.jobs),
        "seconds_per_solve": plain(about["seconds"]),
        "scenarios": plain(about["scenarios"]),
        "totals": plain(figures.totals),
        "services": plain(figures.services),
        "territories": [_row(row, labels) for row in figures.jobs],
    }


def _row(row: Row, labels: Labels) -> Json:
    return {
        **{name: plain(row[name]) for name in _FIELDS},
        "saving_eur_per_year": {case: plain(row[f"saving_{case}_eur"]) for case in CASES},
        "grades": list(row["grades"] or ""),
        "reason": reason(row, labels),
        "notes": [note_text(each, labels) for each in row["notes"] or ()],
    }
