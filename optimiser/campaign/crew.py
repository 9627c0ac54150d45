"""Who answers the jobs of a campaign: what local processes and a cluster have in common."""

from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from optimiser.campaign_question import Job

TRIES = 2
"""How often a job is begun before its worker's end is taken for its own fault."""

PATIENCE = 6.0
"""How often the seconds of a solve a whole job may take: an answer is also read, explained and
judged, and a conflict solved several times."""

PATIENCE_SECONDS = 120.0
"""Added to that."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A job that needs no more work.

    Parameters
    ----------
    job
        What was asked.
    content
        Its tables, packed.
    """

    job: Job
    content: bytes


class Crew(Protocol):
    """Answers jobs, as many at a time as it has hands."""

    @property
    def hands(self) -> int:
        """Jobs that it works on at the same time."""
        ...

    def room(self) -> int:
        """How many more jobs it can take now."""
        ...

    def begin(self, job: Job) -> None:
        """Take a job.

        Parameters
        ----------
        job
            What is asked.
        """
        ...

    def wait(self, seconds: float) -> list[Answered]:
        """Wait for answers.

        Parameters
        ----------
        seconds
            Most that is waited.

        Returns
        -------
        list of Answered
            What has arrived; may be empty.
        """
        ...

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop everything at once; what is not answered is lost."""
        ...
