"""The scenario store: every scenario and every run, in SQLite (WAL) or PostgreSQL."""

import secrets

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from optimiser.scenario import Scenario
from ui.store.engine import is_alive, open_engine, owner
from ui.store.models import Base, RunRow, ScenarioRow, now
from ui.store.records import Record, Run, record_of, run_of


class Store:
    """All scenarios and runs.

    Parameters
    ----------
    url
        SQLAlchemy address: ``sqlite:///file`` or ``postgresql+psycopg://...``.
    """

    def __init__(self, url: str) -> None:
        """Open the store; make its tables where there are none."""
        self._engine = open_engine(url)
        Base.metadata.create_all(self._engine)
        self._sessions = sessionmaker(self._engine, expire_on_commit=False)

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()

    def session(self) -> Session:
        """Open a database session.

        Returns
        -------
        Session
            A context manager; nothing is kept without a commit.
        """
        return self._sessions()

    # --- Scenarios -----------------------------------------------------------------------------

    def base(self, epci: str, title: str) -> Record:
        """Find, or write, the unchanged question about an EPCI.

        Parameters
        ----------
        epci
            SIREN code.
        title
            Name of the EPCI.

        Returns
        -------
        Record
            Its id is ``base-`` and the code.
        """
        key = f"base-{epci}"
        found = self.get(key)
        if found is not None:
            return found
        try:
            return self._add(key, title, Scenario(epci=epci), base=True)
        except IntegrityError:
            # Another visitor came first.
            return self.base(epci, title)

    def create(self, title: str, scenario: Scenario, parent: str = "") -> Record:
        """Write a new scenario.

        Parameters
        ----------
        title, scenario
            Its name and question.
        parent
            Scenario that it was duplicated from.

        Returns
        -------
        Record
            The new scenario.
        """
        return self._add(secrets.token_urlsafe(9), title, scenario, parent=parent)

    def duplicate(self, key: str, title: str) -> Record:
        """Copy a scenario.

        Parameters
        ----------
        key
            Id of the scenario.
        title
            Name of the copy.

        Returns
        -------
        Record
            The copy.

        Raises
        ------
        KeyError
            No such scenario.
        """
        found = self.get(key)
        if found is None:
            raise KeyError(key)
        return self.create(title, found.scenario, parent=key)

    def get(self, key: str) -> Record | None:
        """Scenario of an id; None where there is none."""
        with self.session() as session:
            row = session.get(ScenarioRow, key)
            return record_of(row) if row else None

    def by_token(self, token: str) -> Record | None:
        """Scenario of a read-only link; None where there is none."""
        with self.session() as session:
            row = session.scalar(select(ScenarioRow).where(ScenarioRow.read_token == token))
            return record_of(row) if row else None

    def scenarios(self, *, archived: bool = False) -> tuple[Record, ...]:
        """List the planners' scenarios, the last changed first.

        Parameters
        ----------
        archived
            True: those that are archived instead.

        Returns
        -------
        tuple of Record
            Without the unchanged questions.
        """
        wanted = (
            select(ScenarioRow)
            .where(ScenarioRow.base.is_(False), ScenarioRow.archived.is_(archived))
            .order_by(ScenarioRow.changed.desc())
        )
        with self.session() as session:
            return tuple(record_of(row) for row in session.scalars(wanted))

    def change(
        self,
        key: str,
        *,
        scenario: Scenario | None = None,
        title: str | None = None,
        archived: bool | None = None,
    ) -> Record:
        """Change a scenario; runs keep the question that they were asked.

        Parameters
        ----------
        key
            Id of the scenario.
        scenario, title, archived
            What changes; None: stays.

        Returns
        -------
        Record
            The scenario as it now is.

        Raises
        ------
        KeyError
            No such scenario, or one that nobody edits.
        """
        values = {"title": title, "archived": archived}
        values |= {"scenario": scenario.model_dump_json() if scenario else None}
        with self.session() as session, session.begin():
            row = session.get(ScenarioRow, key)
            if row is None or row.base:
                raise KeyError(key)
            for name, value in values.items():
                if value is not None:
                    setattr(row, name, value)
            row.changed = now()
            return record_of(row)

    # --- Runs ------------------------------------------------------------------------------------

    def start(self, record: Record, settings: str, versions: str) -> Run:
        """Write that a run begins; from here on it cannot be lost.

        Parameters
        ----------
        record
            What is asked.
        settings, versions
            JSON of the limits, and of software and data.

        Returns
        -------
        Run
            The run.
        """
        row = RunRow(
            id=secrets.token_urlsafe(9),
            scenario_id=record.id,
            asked=record.scenario.model_dump_json(),
            settings=settings,
            versions=versions,
            owner=owner(),
            state="running",
            answer="",
            started=now(),
            ended="",
        )
        with self.session() as session, session.begin():
            session.add(row)
        return run_of(row)

    def keep(self, key: str, answer: str, state: str = "running") -> None:
        """Write what a run has found.

        Parameters
        ----------
        key
            Id of the run.
        answer
            JSON; empty: what was kept before stays.
        state
            Anything but ``running`` ends the run.

        Raises
        ------
        KeyError
            No such run.
        """
        with self.session() as session, session.begin():
            row = session.get(RunRow, key)
            if row is None:
                raise KeyError(key)
            row.answer, row.state = answer or row.answer, state
            row.ended = "" if state == "running" else now()

    def run(self, key: str) -> Run | None:
        """Run of an id; None where there is none."""
        with self.session() as session:
            row = session.get(RunRow, key)
            return run_of(row) if row else None

    def runs(self, scenario_id: str) -> tuple[Run, ...]:
        """List the runs of a scenario, the last first.

        Parameters
        ----------
        scenario_id
            The scenario.

        Returns
        -------
        tuple of Run
            All of them, however they ended.
        """
        wanted = (
            select(RunRow)
            .where(RunRow.scenario_id == scenario_id)
            .order_by(RunRow.started.desc(), RunRow.id)
        )
        with self.session() as session:
            return tuple(run_of(row) for row in session.scalars(wanted))

    def recover(self) -> int:
        """Mark runs whose server is gone as interrupted; their question and best plan stay.

        Returns
        -------
        int
            How many there were.
        """
        with self.session() as session, session.begin():
            rows = session.scalars(select(RunRow).where(RunRow.state == "running"))
            lost = [row for row in rows if not is_alive(row.owner)]
            for row in lost:
                row.state, row.ended = "interrupted", now()
            return len(lost)

    def _add(
        self, key: str, title: str, scenario: Scenario, *, parent: str = "", base: bool = False
    ) -> Record:
        moment = now()
        row = ScenarioRow(
            id=key,
            read_token=secrets.token_urlsafe(24),
            title=title,
            scenario=scenario.model_dump_json(),
            parent=parent,
            base=base,
            archived=False,
            created=moment,
            changed=moment,
        )
        with self.session() as session, session.begin():
            session.add(row)
        return record_of(row)
