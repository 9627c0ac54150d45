"""The folder that a campaign fills: no answer is lost in it, and none stands in it twice.

An answer is first put down as a file of its own under ``waiting``; from time to time those that
wait become one part of each table, and only then go. The line of a job in ``jobs`` is written
last: what is older without such a line is the rest of a part that was cut short.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from optimiser.campaign_question import Campaign, Job
from optimiser.campaign_result import FAILED, TABLES, TableName, unpack
from optimiser.errors import CampaignError, Finding
from optimiser.report.plan_json import software_version
from optimiser.sources.campaign_folder import ABOUT, LAYOUT, CampaignFolder, data_key, open_campaign

WAITING = "waiting"
_HALF_WRITTEN = ".half"


class Results:
    """A folder, open for writing by this process alone.

    Parameters
    ----------
    path
        The folder; made where there is none.
    campaign
        What is asked.

    Raises
    ------
    CampaignError
        The folder holds another campaign, other files, or results of other data; or another
        process writes into it.
    """

    def __init__(self, path: Path, campaign: Campaign) -> None:
        """Open the folder, and put in order what a run that was cut short has left."""
        self.path = path
        _refuse_other_files(path)
        path.mkdir(parents=True, exist_ok=True)
        self._done: set[str] = set()
        self._lock = FileLock(path / ".lock")
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise CampaignError((Finding("campaign_busy", file=str(path)),)) from error
        try:
            self._settle(campaign)
        except BaseException:
            self._lock.release()
            raise

    def __enter__(self) -> Self:
        """Return the open folder."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write what still waits, and let others in."""
        try:
            self.gather()
        finally:
            self._lock.release()

    def done(self, *, but_failed: bool = False) -> set[str]:
        """Jobs that need not be asked again.

        Parameters
        ----------
        but_failed
            True: jobs that failed are to be asked again, and their lines are dropped.

        Returns
        -------
        set of str
            Keys of jobs.
        """
        if but_failed:
            self._drop_failed()
        return set(self._done)

    def put(self, job: Job, content: bytes) -> None:
        """Put an answer down; it survives the end of this process from now on.

        Parameters
        ----------
        job
            What was asked.
        content
            From `optimiser.campaign.work.run_job`.
        """
        _write(self.path / WAITING / f"{job.key}.arrow", content, lasting=False)

    def gather(self) -> None:
        """Make one part of each table out of the answers that wait."""
        waiting = list((self.path / WAITING).glob("*.arrow"))
        found: dict[TableName, list[pa.Table]] = {name: [] for name in TABLES}
        for file in sorted(waiting):
            if file.stem in self._done:
                continue
            try:
                tables = unpack(file.read_bytes())
            except (ValueError, pa.ArrowInvalid):
                # Cut short by a failing machine: the job will be asked again.
                continue
            for name, table in tables.items():
                found[name].append(table)
        if found["jobs"]:
            stem = f"part-{len(CampaignFolder(self.path, {}).parts()):06d}"
            for name in TABLES:
                table = pa.concat_tables(found[name])
                sink = pa.BufferOutputStream()
                pq.write_table(table, sink, compression="zstd")
                file = self.path / name / f"{stem}.parquet"
                _write(file, sink.getvalue().to_pybytes(), lasting=True)
            self._done.update(job for table in found["jobs"] for job in table["job"].to_pylist())
        for file in waiting:
            file.unlink(missing_ok=True)

    def _settle(self, campaign: Campaign) -> None:
        about = _about(campaign)
        if (self.path / ABOUT).exists():
            _refuse_other_campaign(open_campaign(self.path), about)
        for name in (*TABLES, WAITING):
            (self.path / name).mkdir(exist_ok=True)
        if not (self.path / ABOUT).exists():
            text = json.dumps(about, ensure_ascii=False, indent=2)
            _write(self.path / ABOUT, text.encode(), lasting=True)
        whole = set(CampaignFolder(self.path, {}).parts())
        for file in _files(self.path):
            cut_short = file.suffix == ".parquet" and file.stem not in whole
            if cut_short or file.suffix == _HALF_WRITTEN:
                file.unlink()
        self._read_done()
        self.gather()

    def _read_done(self) -> None:
        table = CampaignFolder(self.path, {}).table("jobs", ["job"])
        self._done = set(table["job"].to_pylist())

    def _drop_failed(self) -> None:
        for stem in CampaignFolder(self.path, {}).parts():
            file = self.path / "jobs" / f"{stem}.parquet"
            table = pq.read_table(file, partitioning=None)
            kept = table.filter(pa.array([s != FAILED for s in table["status"].to_pylist()]))
            if len(kept) < len(table):
                sink = pa.BufferOutputStream()
                pq.write_table(kept, sink, compression="zstd")
                _write(file, sink.getvalue().to_pybytes(), lasting=True)
        self._read_done()


def _about(campaign: Campaign) -> dict[str, Any]:
    return {
        "layout": LAYOUT,
        "key": campaign.key,
        "title": campaign.title,
        "jobs": len(campaign.jobs()),
        "software": software_version(),
        "data": data_key(),
        "questions": list(campaign.questions),
        "scenarios": {
            name: scenario.model_dump(mode="json") for name, scenario in campaign.scenarios.items()
        },
        "seconds": campaign.seconds,
    }


def _refuse_other_files(path: Path) -> None:
    """A folder with files of other kinds is not ours to tidy."""
    if path.exists() and not path.is_dir():
        raise CampaignError((Finding("campaign_foreign", file=str(path)),))
    if path.is_dir() and not (path / ABOUT).exists():
        others = {file.name for file in path.iterdir()} - {".lock", *TABLES, WAITING}
        if others - {f"{ABOUT}{_HALF_WRITTEN}"}:
            raise CampaignError((Finding("campaign_foreign", file=str(path)),))


def _refuse_other_campaign(there: CampaignFolder, about: dict[str, Any]) -> None:
    for key, problem in (("key", "campaign_other"), ("data", "campaign_data")):
        if there.about[key] != about[key]:
            raise CampaignError((Finding(problem, file=str(there.path)),))


def _files(path: Path) -> Iterator[Path]:
    yield from path.glob(f"*{_HALF_WRITTEN}")
    for name in (*TABLES, WAITING):
        yield from (path / name).iterdir()


def _write(path: Path, content: bytes, *, lasting: bool) -> None:
    """Write a file whole or not at all; lasting: even if the machine goes down."""
    half = path.with_name(path.name + _HALF_WRITTEN)
    with half.open("wb") as stream:
        stream.write(content)
        if lasting:
            stream.flush()
            os.fsync(stream.fileno())
    half.replace(path)
