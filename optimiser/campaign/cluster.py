"""Workers of an existing Dask cluster, reached by the address of its scheduler."""

import time
from types import TracebackType
from typing import Any, Self

from optimiser.campaign.crew import TRIES, Answered
from optimiser.campaign.work import lost, run_job
from optimiser.campaign_question import Job
from optimiser.errors import CampaignError, Finding

_ANSWER_SECONDS = 20
"""How long the scheduler may take to answer at the beginning."""

_AHEAD = 2
"""Jobs a thread of the cluster: one at work, one that waits on the spot."""


class ClusterCrew:
    """Workers of a Dask cluster; Maillage must be installed on each, in the same version.

    Parameters
    ----------
    address
        Of the scheduler, such as ``tcp://192.0.2.1:8786``.

    Raises
    ------
    CampaignError
        The package ``distributed`` is missing, or nobody answers at that address.
    """

    def __init__(self, address: str) -> None:
        """Find the scheduler."""
        try:
            from distributed import Client  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise CampaignError((Finding("campaign_extra"),)) from error
        try:
            self._client = Client(address, timeout=_ANSWER_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            finding = Finding("campaign_scheduler", found=address)
            raise CampaignError((finding,)) from error
        self._flying: dict[Any, tuple[Job, float]] = {}

    @property
    def hands(self) -> int:
        """Threads of all workers that are there now; at least 1."""
        return max(1, int(sum(self._client.nthreads().values())))

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take back what is not answered, and leave the cluster as it was."""
        for future in self._flying:
            future.cancel()
        self._client.close()

    def room(self) -> int:
        """How many more jobs can be taken now."""
        return max(0, _AHEAD * self.hands - len(self._flying))

    def begin(self, job: Job) -> None:
        """Hand a job to the scheduler.

        Parameters
        ----------
        job
            What is asked.
        """
        future = self._client.submit(run_job, job, key=f"maillage-{job.key}", pure=False)
        self._flying[future] = (job, time.monotonic())

    def wait(self, seconds: float) -> list[Answered]:
        """Wait for answers.

        Parameters
        ----------
        seconds
            Most that is waited.

        Returns
        -------
        list of Answered
            Answers, and jobs that the scheduler has given up after the end of several workers.
        """
        deadline = time.monotonic() + seconds
        while True:
            ready = [future for future in self._flying if future.done()]
            if ready or time.monotonic() >= deadline:
                return [self._answer(future) for future in ready]
            time.sleep(0.02)

    def _answer(self, future: Any) -> Answered:
        job, since = self._flying.pop(future)
        try:
            content = future.result()
        except Exception as error:  # noqa: BLE001 - one job must not stop the others
            seconds = time.monotonic() - since
            detail = f"{type(error).__name__}: {error}"
            content = lost(job, "campaign.reason.cluster", seconds, TRIES, detail=detail)
        return Answered(job, content)
