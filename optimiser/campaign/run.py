"""Runs a campaign: hands jobs out, puts answers down, and leaves nothing out or in twice."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from optimiser.campaign.crew import Answered, Crew
from optimiser.campaign.folder import Results
from optimiser.campaign.pace import Pace, TimeLeft
from optimiser.campaign_question import Campaign
from optimiser.campaign_result import unpack

_GATHER_SECONDS = 10.0
_WAIT_SECONDS = 0.5


@dataclass
class Standing:
    """Where a campaign stands.

    Parameters
    ----------
    jobs, before
        Jobs in all, and those that an earlier run had done.
    done
        Jobs done by this run.
    statuses
        Jobs of this run by status.
    seconds
        Since this run began.
    left
        What is left; None while nothing can be said.
    latest
        Name of the territory of the latest answer.
    """

    jobs: int
    before: int
    done: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    left: TimeLeft | None = None
    latest: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended.

    Parameters
    ----------
    standing
        Where it stands.
    interrupted
        Whether it was stopped before its end.
    """

    standing: Standing
    interrupted: bool


def run(
    campaign: Campaign,
    results: Results,
    crew: Crew,
    *,
    again: bool = False,
    watch: Callable[[Standing], None] | None = None,
) -> Ended:
    """Run what is still to be done of a campaign.

    Parameters
    ----------
    campaign
        What is asked.
    results
        Folder of the answers, open.
    crew
        Who answers.
    again
        True: jobs that failed are tried again.
    watch
        Called whenever something has changed, and twice a second.

    Returns
    -------
    Ended
        Ctrl-C ends a run early: what is answered is kept, what is being worked on is left for the
        next run.
    """
    began = gathered = time.monotonic()
    known = results.done(but_failed=again)
    jobs = campaign.jobs()
    pace = Pace([job for job in jobs if job.key not in known])
    waiting = deque(pace.order())
    standing = Standing(len(jobs), len(jobs) - len(waiting))
    left = len(waiting)
    try:
        with crew:
            while left:
                while waiting and crew.room():
                    crew.begin(waiting.popleft())
                for answered in crew.wait(_WAIT_SECONDS):
                    # The free hand comes first: writing can wait.
                    if waiting and crew.room():
                        crew.begin(waiting.popleft())
                    results.put(answered.job, answered.content)
                    _note(standing, pace, answered)
                    left -= 1
                now = time.monotonic()
                if now - gathered > _GATHER_SECONDS:
                    results.gather()
                    gathered = now
                standing.seconds = now - began
                standing.left = pace.left(crew.hands)
                if watch is not None:
                    watch(standing)
    except KeyboardInterrupt:
        return Ended(standing, interrupted=True)
    return Ended(standing, interrupted=False)


def _note(standing: Standing, pace: Pace, answered: Answered) -> None:
    line = (
        unpack(answered.content)["jobs"].select(["status", "seconds", "epci_name"]).to_pylist()[0]
    )
    standing.done += 1
    standing.statuses[line["status"]] = standing.statuses.get(line["status"], 0) + 1
    standing.latest = line["epci_name"]
    pace.took(answered.job, line["seconds"])
