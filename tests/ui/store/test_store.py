"""The scenario store: nothing that was written is lost, and what is read back is the same."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from optimiser import open_case, plan
from optimiser.errors import ScenarioError
from optimiser.report.kept import dump, load
from optimiser.scenario import Budget, Scenario
from optimiser.solution import Infeasible, NoAnswer, Solution, StopReason
from ui.store import Store
from ui.store.exchange import FORMAT, export_store, import_store
from ui.store.models import Base, RunRow

SMALL = Scenario(epci="200042190", services=("swimming_pool",))


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        opened = Store(f"sqlite:///{tmp_path / 'folder' / 'store.db'}")
        yield opened
        opened.close()
        return
    opened = Store(request.getfixturevalue("postgresql_url"))
    yield opened
    Base.metadata.drop_all(opened.session().get_bind())
    opened.close()


@pytest.fixture(scope="module")
def postgresql_url() -> Iterator[str]:
    with postgresql() as url:
        yield url


@contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL server of its own, reached by a socket in a folder of its own."""
    pytest.importorskip("psycopg")
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    found = shutil.which("postgres") or (programs and programs[-1] / "postgres")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if not found or (root and not shutil.which("runuser")):
        pytest.skip("no PostgreSQL server that this user may start")
    # PostgreSQL refuses to run as root.
    before = ["runuser", "-u", "postgres", "--"] if root else []
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        if root:
            shutil.chown(folder, "postgres")

        def call(program: str, *arguments: str) -> None:
            command = [*before, str(Path(found).with_name(program)), "-D", f"{folder}/data"]
            subprocess.run([*command, *arguments], check=True, stdout=subprocess.DEVNULL, cwd="/")

        call("initdb", "-U", "maillage", "--auth=trust")
        call("pg_ctl", "-w", "-o", f"-k {folder} -c listen_addresses=", "start")
        try:
            yield f"postgresql+psycopg://maillage@/postgres?host={folder}"
        finally:
            call("pg_ctl", "-m", "immediate", "stop")


def test_a_scenario_is_read_back_as_it_was_written(store: Store) -> None:
    record = store.create("Piscines <b>", SMALL)
    assert store.get(record.id) == record
    assert store.by_token(record.read_token) == record
    assert store.get("other") is None
    assert store.by_token(record.id) is None


def test_scenarios_are_duplicated_renamed_and_archived(store: Store) -> None:
    first = store.create("Un", SMALL)
    copy = store.duplicate(first.id, "Deux")
    assert (copy.parent, copy.scenario) == (first.id, SMALL)
    assert copy.read_token != first.read_token
    renamed = store.change(first.id, title="Premier")
    assert [record.title for record in store.scenarios()] == ["Premier", "Deux"]
    assert renamed.changed > first.changed
    store.change(copy.id, archived=True)
    assert [record.id for record in store.scenarios()] == [first.id]
    assert [record.id for record in store.scenarios(archived=True)] == [copy.id]
    with pytest.raises(KeyError):
        store.duplicate("none", "x")


def test_the_unchanged_question_is_written_once_and_never_edited(store: Store) -> None:
    base = store.base("200042190", "Hainaut")
    assert store.base("200042190", "Hainaut") == base
    assert store.scenarios() == ()
    with pytest.raises(KeyError):
        store.change(base.id, title="x")


def test_a_run_keeps_the_question_as_it_was_asked(store: Store) -> None:
    record = store.create("Un", SMALL)
    run = store.start(record, "{}", "{}")
    store.change(record.id, scenario=Scenario(epci="200067106"))
    store.keep(run.id, "", "finished")
    (found,) = store.runs(record.id)
    assert found.asked == SMALL
    assert (found.state, found.answer) == ("finished", "")
    assert found.ended > found.started
    with pytest.raises(KeyError):
        store.keep("none", "")


def test_a_run_of_a_server_that_is_gone_is_marked_and_keeps_its_best_plan(store: Store) -> None:
    record = store.create("Un", SMALL)
    ours, lost = store.start(record, "{}", "{}"), store.start(record, "{}", "{}")
    store.keep(lost.id, '{"kind":"no_answer","stop":"time","seconds":{}}')
    with store.session() as session, session.begin():
        row = session.get(RunRow, lost.id)
        assert row is not None
        row.owner = row.owner.rsplit("/", 1)[0] + "/earlier"
    assert store.recover() == 1
    states = {run.id: run.state for run in store.runs(record.id)}
    assert states == {ours.id: "running", lost.id: "interrupted"}
    kept = store.run(lost.id)
    assert kept is not None
    assert kept.answer


def test_many_writers_at_once_lose_nothing(store: Store) -> None:
    def write(number: int) -> None:
        for step in range(10):
            store.create(f"{number}-{step}", SMALL)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({record.title for record in store.scenarios()}) == 40


def test_the_whole_store_moves_to_another_one(store: Store, tmp_path: Path) -> None:
    record = store.create("Un", SMALL)
    run = store.start(record, "{}", "{}")
    store.keep(run.id, '{"kind":"no_answer","stop":"time","seconds":{}}', "finished")
    text = export_store(store).encode()
    other = Store(f"sqlite:///{tmp_path / 'other.db'}")
    assert import_store(other, text) == (1, 1)
    assert import_store(other, text) == (0, 0)
    assert other.get(record.id) == store.get(record.id)
    assert other.runs(record.id) == store.runs(record.id)
    other.close()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b'{"format":"other","scenarios":[],"runs":[]}',
        b"\x80\x04K\x01.",
        b'{"format":"' + FORMAT.encode() + b'","scenarios":[{"id":1}],"runs":[]}',
        b"[" * 100_000,
    ],
)
def test_a_store_that_is_none_is_refused_and_nothing_is_written(
    data: bytes, tmp_path: Path
) -> None:
    other = Store(f"sqlite:///{tmp_path / 'other.db'}")
    with pytest.raises(ScenarioError):
        import_store(other, data)
    assert other.scenarios() == ()
    other.close()


def test_a_plan_is_read_back_to_the_same_figures() -> None:
    case = open_case(SMALL)
    found = plan(case)
    assert isinstance(found, Solution)
    again = load(dump(found), case)
    assert isinstance(again, Solution)
    assert again.decisions == found.decisions
    assert again.score == found.score
    assert (again.status, again.bound, again.solver) == (found.status, found.bound, found.solver)


def test_answers_without_a_plan_are_read_back() -> None:
    budget = Budget(running_increase_eur_per_year=-1e9)
    case = open_case(SMALL.model_copy(update={"budget": budget}))
    found = plan(case)
    assert isinstance(found, Infeasible)
    assert load(dump(found), case) == found
    nothing = NoAnswer(StopReason.TIME, {"build": 1.0})
    assert load(dump(nothing), case) == nothing


def test_what_was_committed_survives_the_end_of_the_process(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    program = (
        "import sys\n"
        "from optimiser.scenario import Scenario\n"
        "from ui.store import Store\n"
        f"store = Store({url!r})\n"
        "record = store.create('Un', Scenario())\n"
        "n = 0\n"
        "while True:\n"
        "    store.start(record, '{}', '{}')\n"
        "    n += 1\n"
        "    print(n, flush=True)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    told = [child.stdout.readline() for _ in range(5)]
    time.sleep(0.05)
    child.send_signal(signal.SIGKILL)
    rest = child.stdout.read().split()
    child.wait()
    child.stdout.close()
    store = Store(url)
    (record,) = store.scenarios()
    written = len(store.runs(record.id))
    assert written >= len(told) + len(rest) - (1 if rest else 0)
    assert store.recover() == written
    store.close()


def test_no_file_of_the_machine_is_named_by_what_the_store_hands_out(tmp_path: Path) -> None:
    naming = Scenario.model_validate(
        {
            "travel": {"times": "/etc/passwd", "cells": "../../cells.csv"},
            "without_car": {"times": "/etc/passwd"},
        }
    )
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    record = store.create("Fichiers", naming)
    run = store.start(record, "{}", "{}")
    other = Store(f"sqlite:///{tmp_path / 'other.db'}")
    import_store(other, export_store(store).encode())
    for each in (store, other):
        found, asked = each.get(record.id), each.run(run.id)
        assert found is not None
        assert asked is not None
        assert "passwd" not in found.scenario.model_dump_json() + asked.asked.model_dump_json()
        each.close()
