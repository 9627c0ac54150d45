"""The whole store as one text, to move it to another machine or database."""

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import select

from optimiser.errors import Finding, ScenarioError
from optimiser.report.kept import parse
from optimiser.scenario import Scenario
from ui.store.database import Store
from ui.store.models import AnswerRow, RunRow, ScenarioRow
from ui.store.pages import page_of

FORMAT = "maillage-store-1"
MAX_BYTES = 50_000_000
"""Largest text that is read back."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, from_attributes=True)


class _Scenario(_Entry):
    id: str
    read_token: str
    title: str
    scenario: str
    parent: str
    base: bool
    archived: bool
    created: str
    changed: str


class _Run(_Entry):
    id: str
    scenario_id: str
    asked: str
    settings: str
    versions: str
    owner: str
    state: str
    answer: str
    started: str
    ended: str


class _Answer(_Entry):
    id: str
    scenario_id: str
    question: str
    detail: str
    language: str
    asked: str
    versions: str
    decisions: str
    page: str
    found: str


class _Whole(_Entry):
    format: str
    scenarios: list[_Scenario]
    runs: list[_Run]
    answers: list[_Answer] = []


def export_store(store: Store) -> str:
    """Write every scenario and every run.

    Parameters
    ----------
    store
        The store.

    Returns
    -------
    str
        JSON.
    """
    with store.session() as session:
        scenarios = [_Scenario.model_validate(row) for row in session.scalars(select(ScenarioRow))]
        runs = [_Run.model_validate(row) for row in session.scalars(select(RunRow))]
        answers = [_Answer.model_validate(row) for row in session.scalars(select(AnswerRow))]
    whole = _Whole(format=FORMAT, scenarios=scenarios, runs=runs, answers=answers)
    return whole.model_dump_json(indent=1)


def import_store(store: Store, data: bytes) -> tuple[int, int]:
    """Read a store back; what this one already holds stays as it is.

    Parameters
    ----------
    store
        Where to.
    data
        From `export_store`.

    Returns
    -------
    int, int
        Scenarios and runs that are new.

    Raises
    ------
    ScenarioError
        Too large, or no such text; then nothing is written.
    """
    whole = _read(data)
    with store.session() as session, session.begin():
        scenarios = [s for s in whole.scenarios if session.get(ScenarioRow, s.id) is None]
        session.add_all([ScenarioRow(**s.model_dump()) for s in scenarios])
        session.flush()
        runs = [r for r in whole.runs if session.get(RunRow, r.id) is None]
        session.add_all([RunRow(**r.model_dump()) for r in runs])
        answers = [a for a in whole.answers if session.get(AnswerRow, a.id) is None]
        session.add_all([AnswerRow(**a.model_dump()) for a in answers])
    store.recover()
    return len(scenarios), len(runs)


def _read(data: bytes) -> _Whole:
    if len(data) > MAX_BYTES:
        found, limit = f"{len(data) / 1e6:.1f} MB", f"{MAX_BYTES / 1e6:g} MB"
        raise ScenarioError((Finding("file_too_large", found=found, expected=limit),))
    try:
        whole = _Whole.model_validate_json(data)
        for scenario in whole.scenarios:
            Scenario.model_validate_json(scenario.scenario)
        for run in whole.runs:
            Scenario.model_validate_json(run.asked)
            if run.answer:
                parse(run.answer)
        for answer in whole.answers:
            Scenario.model_validate_json(answer.asked)
            page_of(answer.page)
    except ValidationError as error:
        raise ScenarioError((Finding("file_unreadable", expected=FORMAT),)) from error
    if whole.format != FORMAT:
        raise ScenarioError((Finding("file_unreadable", found=whole.format, expected=FORMAT),))
    return whole
