"""Answers to questions in the store: kept like runs, with the data that they rest on."""

import secrets
from dataclasses import dataclass

from sqlalchemy import select

from ui.store.database import Store
from ui.store.models import AnswerRow, now


@dataclass(frozen=True)
class Asked:
    """A question; fields as in `ui.store.models.AnswerRow`."""

    scenario_id: str
    question: str
    detail: str
    language: str
    asked: str


@dataclass(frozen=True)
class KeptAnswer:
    """An answer of the store; fields as in `ui.store.models.AnswerRow`."""

    id: str
    language: str
    versions: str
    decisions: str
    page: str
    found: str


def keep_answer(store: Store, asked: Asked, page: str, decisions: str, versions: str) -> KeptAnswer:
    """Write an answer.

    Parameters
    ----------
    store
        Where to.
    asked
        What was asked.
    page, decisions, versions
        See `ui.store.models.AnswerRow`.

    Returns
    -------
    KeptAnswer
        Its copy.
    """
    row = AnswerRow(
        id=secrets.token_urlsafe(9),
        scenario_id=asked.scenario_id,
        question=asked.question,
        detail=asked.detail,
        language=asked.language,
        asked=asked.asked,
        versions=versions,
        decisions=decisions,
        page=page,
        found=now(),
    )
    with store.session() as session, session.begin():
        session.add(row)
    return _copy(row)


def find_answers(store: Store, asked: Asked) -> tuple[KeptAnswer, ...]:
    """List the answers to exactly this question in any language, the last first.

    Parameters
    ----------
    store, asked
        As in `keep_answer`; the language does not matter.

    Returns
    -------
    tuple of KeptAnswer
        Empty where nobody has asked.
    """
    wanted = (
        select(AnswerRow)
        .where(
            AnswerRow.scenario_id == asked.scenario_id,
            AnswerRow.question == asked.question,
            AnswerRow.detail == asked.detail,
            AnswerRow.asked == asked.asked,
        )
        .order_by(AnswerRow.found.desc(), AnswerRow.id)
    )
    with store.session() as session:
        return tuple(_copy(row) for row in session.scalars(wanted))


def _copy(row: AnswerRow) -> KeptAnswer:
    return KeptAnswer(row.id, row.language, row.versions, row.decisions, row.page, row.found)
