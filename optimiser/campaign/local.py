"""Worker processes of this machine, each of which may end at any moment without harm.

A library's pool shares one queue among its workers: when one is ended by force, loky and
`concurrent.futures` give up on all jobs, and pebble does where the one that ended was idle. Here
each worker has pipes of its own, so that what is lost is exactly the job that it was given.
"""

import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from optimiser.campaign.crew import PATIENCE, PATIENCE_SECONDS, TRIES, Answered
from optimiser.campaign.work import lost
from optimiser.campaign_question import Job

_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
_GONE = object()


@dataclass
class _Worker:
    """A process and what it does."""

    process: "subprocess.Popen[bytes]"
    job: Job | None = None
    attempt: int = 1
    since: float = field(default_factory=time.monotonic)


class LocalCrew:
    """Worker processes of this machine.

    Parameters
    ----------
    hands
        How many.
    """

    def __init__(self, hands: int) -> None:
        """Say how many; they start when the first job comes."""
        self._hands = hands
        self._workers: list[_Worker] = []
        self._again: deque[tuple[Job, int]] = deque()
        self._arrived: queue.SimpleQueue[tuple[_Worker, Any]] = queue.SimpleQueue()

    @property
    def hands(self) -> int:
        """Processes."""
        return self._hands

    @property
    def pids(self) -> list[int]:
        """Numbers of the processes that are at work."""
        return [worker.process.pid for worker in self._workers if worker.job is not None]

    def __enter__(self) -> Self:
        """Begin; nothing is started yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End every process."""
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.wait()
        self._workers.clear()

    def room(self) -> int:
        """How many more jobs can be taken now."""
        busy = sum(worker.job is not None for worker in self._workers)
        return max(0, self._hands - busy - len(self._again))

    def begin(self, job: Job) -> None:
        """Hand a job to an idle worker, or to a new one.

        Parameters
        ----------
        job
            What is asked.
        """
        self._hand(job, 1)

    def wait(self, seconds: float) -> list[Answered]:
        """Wait for answers, and take care of workers that are gone or take too long.

        Parameters
        ----------
        seconds
            Most that is waited.

        Returns
        -------
        list of Answered
            Answers, and jobs that are given up with their reason.
        """
        found: list[Answered] = []
        try:
            worker, message = self._arrived.get(timeout=seconds)
            while True:
                found += self._heard(worker, message)
                worker, message = self._arrived.get_nowait()
        except queue.Empty:
            pass
        found += self._late()
        while self._again and sum(w.job is not None for w in self._workers) < self._hands:
            self._hand(*self._again.popleft())
        return found

    def _hand(self, job: Job, attempt: int) -> None:
        idle = next((worker for worker in self._workers if worker.job is None), None)
        worker = idle or self._start()
        worker.job, worker.attempt, worker.since = job, attempt, time.monotonic()
        try:
            assert worker.process.stdin is not None  # noqa: S101 - a pipe was asked for
            pickle.dump((job, attempt), worker.process.stdin)
            worker.process.stdin.flush()
        except OSError:
            # It has just ended: its listener says so.
            pass

    def _start(self) -> _Worker:
        # A session of its own keeps Ctrl-C for us alone to interpret.
        process = subprocess.Popen(
            [sys.executable, "-m", "optimiser.campaign.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            env={**os.environ, **dict.fromkeys(_ONE_THREAD, "1")},
        )
        worker = _Worker(process)
        self._workers.append(worker)
        threading.Thread(target=_listen, args=(worker, self._arrived), daemon=True).start()
        return worker

    def _heard(self, worker: _Worker, message: Any) -> list[Answered]:
        job = worker.job
        if message is not _GONE:
            worker.job = None
            return [] if job is None else [Answered(job, message)]
        if worker not in self._workers:
            return []
        self._workers.remove(worker)
        code = worker.process.wait()
        if job is None:
            return []
        if worker.attempt < TRIES:
            self._again.append((job, worker.attempt + 1))
            return []
        seconds = time.monotonic() - worker.since
        content = lost(job, "campaign.reason.lost", seconds, worker.attempt, code=str(code))
        return [Answered(job, content)]

    def _late(self) -> list[Answered]:
        found = []
        for worker in list(self._workers):
            if worker.job is None:
                continue
            seconds = time.monotonic() - worker.since
            if seconds <= PATIENCE * worker.job.seconds + PATIENCE_SECONDS:
                continue
            self._workers.remove(worker)
            worker.process.kill()
            content = lost(worker.job, "campaign.reason.late", seconds, worker.attempt)
            found.append(Answered(worker.job, content))
        return found


def _listen(worker: _Worker, arrived: "queue.SimpleQueue[tuple[_Worker, Any]]") -> None:
    with suppress(EOFError, OSError, ValueError, pickle.UnpicklingError):
        assert worker.process.stdout is not None  # noqa: S101 - a pipe was asked for
        while True:
            arrived.put((worker, pickle.load(worker.process.stdout)))  # noqa: S301 - our own child
    arrived.put((worker, _GONE))
