"""How long a campaign will still take, judged by the jobs that are done."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from optimiser.campaign_question import Job
from optimiser.sources.national import inhabitants

_LARGE = 0.1
"""Part of the territories, by inhabitants, that count as large: few, and most of the time.

Of shared functions, those of large cities take longest, however few their communes are."""

_ENOUGH = 8
"""Jobs of each kind below which nothing is said."""

_LIKELY = 1.645
"""Standard errors on each side: nine times out of ten the time lies between."""


@dataclass
class _Kind:
    """Seconds of the jobs of one kind."""

    left: int = 0
    done: int = 0
    total: float = 0.0
    squares: float = 0.0


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """What is left, seconds of the clock.

    Parameters
    ----------
    seconds
        Expected.
    least, most
        Nine times out of ten it lies between.
    """

    seconds: float
    least: float
    most: float


@dataclass
class Pace:
    """Seconds by kind of job: question, and whether the territory is large.

    Jobs of a kind are begun in an order that has nothing to do with their difficulty, so that the
    mean of those that are done is an honest guess of those that are not.

    Parameters
    ----------
    jobs
        Jobs that are still to be done.
    """

    jobs: Sequence[Job]
    _kinds: dict[tuple[str, bool], _Kind] = field(init=False, default_factory=dict)
    _sizes: Mapping[str, int] = field(init=False)
    _limit: int = field(init=False)

    def __post_init__(self) -> None:
        """Count the jobs of each kind."""
        self._sizes = inhabitants()
        found = sorted(self._sizes.get(epci, 0) for epci in {job.epci for job in self.jobs})
        self._limit = found[int((1 - _LARGE) * (len(found) - 1))] if found else 0
        for job in self.jobs:
            self._kind(job).left += 1

    def order(self) -> list[Job]:
        """Jobs as they should be begun: the large ones early, so that none is left at the end."""
        return sorted(self.jobs, key=lambda job: (self._turn(job), job.key))

    def took(self, job: Job, seconds: float) -> None:
        """Learn from a job that is done.

        Parameters
        ----------
        job
            The job.
        seconds
            What it took its worker.
        """
        kind = self._kind(job)
        kind.left -= 1
        kind.done += 1
        kind.total += seconds
        kind.squares += seconds**2

    def left(self, hands: int) -> TimeLeft | None:
        """Guess what is left.

        Parameters
        ----------
        hands
            Jobs worked on at the same time.

        Returns
        -------
        TimeLeft or None
            None while too few jobs of some kind are done to tell.
        """
        expected = variance = 0.0
        for kind in self._kinds.values():
            if not kind.left:
                continue
            if kind.done < min(_ENOUGH, kind.left):
                return None
            mean = kind.total / kind.done
            spread = max(0.0, kind.squares / kind.done - mean**2)
            expected += kind.left * mean
            variance += spread * kind.left * (1 + kind.left / kind.done)
        error = _LIKELY * math.sqrt(variance)
        return TimeLeft(
            expected / hands, max(0.0, expected - error) / hands, (expected + error) / hands
        )

    def _large(self, job: Job) -> bool:
        return self._sizes.get(job.epci, 0) > self._limit

    def _kind(self, job: Job) -> _Kind:
        return self._kinds.setdefault((job.question, self._large(job)), _Kind())

    def _turn(self, job: Job) -> float:
        drawn = int(hashlib.sha256(job.key.encode()).hexdigest()[:8], 16) / 16**8
        return drawn / 2 if self._large(job) else drawn
