"""What the store hands out: frozen copies, free of any database session.

A scenario may come from an imported store: whatever files of the machine it names are left out
here, where every page and every worker gets it from.
"""

from dataclasses import dataclass

from optimiser.scenario import Scenario
from ui.settings import without_files
from ui.store.models import RunRow, ScenarioRow


@dataclass(frozen=True)
class Record:
    """One scenario of the store; fields as in `ui.store.models.ScenarioRow`."""

    id: str
    read_token: str
    title: str
    scenario: Scenario
    parent: str
    base: bool
    archived: bool
    created: str
    changed: str


@dataclass(frozen=True)
class Run:
    """One solve of the store; fields as in `ui.store.models.RunRow`."""

    id: str
    scenario_id: str
    asked: Scenario
    settings: str
    versions: str
    state: str
    answer: str
    started: str
    ended: str


def record_of(row: ScenarioRow) -> Record:
    """Copy a row.

    Parameters
    ----------
    row
        Of the store.

    Returns
    -------
    Record
        Its copy.
    """
    return Record(
        id=row.id,
        read_token=row.read_token,
        title=row.title,
        scenario=without_files(Scenario.model_validate_json(row.scenario)),
        parent=row.parent,
        base=row.base,
        archived=row.archived,
        created=row.created,
        changed=row.changed,
    )


def run_of(row: RunRow) -> Run:
    """Copy a row.

    Parameters
    ----------
    row
        Of the store.

    Returns
    -------
    Run
        Its copy.
    """
    return Run(
        id=row.id,
        scenario_id=row.scenario_id,
        asked=without_files(Scenario.model_validate_json(row.asked)),
        settings=row.settings,
        versions=row.versions,
        state=row.state,
        answer=row.answer,
        started=row.started,
        ended=row.ended,
    )
