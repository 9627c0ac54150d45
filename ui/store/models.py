"""Tables of the scenario store, the same for SQLite and PostgreSQL."""

import datetime as dt

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Base of the tables."""


class ScenarioRow(Base):
    """One scenario.

    Attributes
    ----------
    id
        Stands in the address of its pages.
    read_token
        Stands in the read-only link; cannot be guessed from `id`.
    title
        As the planner names it.
    scenario
        The question, JSON.
    parent
        Scenario that it was duplicated from; empty: none.
    base
        True for the unchanged question about an EPCI, which nobody edits.
    archived
        True: hidden from the list.
    created, changed
        UTC, ISO 8601.
    """

    __tablename__ = "scenario"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    read_token: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(Text)
    scenario: Mapped[str] = mapped_column(Text)
    parent: Mapped[str] = mapped_column(String(64), default="")
    base: Mapped[bool] = mapped_column(default=False)
    archived: Mapped[bool] = mapped_column(default=False)
    created: Mapped[str] = mapped_column(String(32))
    changed: Mapped[str] = mapped_column(String(32))


class RunRow(Base):
    """One solve.

    Attributes
    ----------
    id
        Name of the run.
    scenario_id
        Scenario that was asked.
    asked
        The question as it was asked, JSON: the scenario may change afterwards.
    settings
        Limits of the solve, JSON.
    versions
        Software and data, JSON.
    owner
        Host, process and start of the server that runs it.
    state
        ``running``, ``finished``, ``interrupted`` or ``failed``.
    answer
        See `optimiser.report.kept`; while it runs, the best plan found so far.
    started, ended
        UTC, ISO 8601; `ended` is empty while it runs.
    """

    __tablename__ = "run"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    scenario_id: Mapped[str] = mapped_column(ForeignKey("scenario.id"), index=True)
    asked: Mapped[str] = mapped_column(Text)
    settings: Mapped[str] = mapped_column(Text)
    versions: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(16))
    answer: Mapped[str] = mapped_column(Text, default="")
    started: Mapped[str] = mapped_column(String(32))
    ended: Mapped[str] = mapped_column(String(32), default="")


class AnswerRow(Base):
    """One answer to a question: shared functions, trade-offs, reasons.

    Attributes
    ----------
    id
        Name of the answer.
    scenario_id
        Scenario that was asked about.
    question, detail, language
        What was asked, and in which language it is worded.
    asked
        The scenario as it was, JSON.
    versions
        Software and data, JSON.
    decisions
        What was decided, JSON, where the answer decides anything; else empty.
    page
        The answer in words, tables and pictures, JSON.
    found
        UTC, ISO 8601.
    """

    __tablename__ = "answer"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    scenario_id: Mapped[str] = mapped_column(ForeignKey("scenario.id"), index=True)
    question: Mapped[str] = mapped_column(String(32))
    detail: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(8))
    asked: Mapped[str] = mapped_column(Text)
    versions: Mapped[str] = mapped_column(Text)
    decisions: Mapped[str] = mapped_column(Text, default="")
    page: Mapped[str] = mapped_column(Text)
    found: Mapped[str] = mapped_column(String(32))


def now() -> str:
    """Moment of writing.

    Returns
    -------
    str
        UTC, ISO 8601, to the microsecond.
    """
    return dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")
