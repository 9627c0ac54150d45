"""Waiting for what happens beside a page."""

import time
from collections.abc import Callable

from ui.asking import Found


def waited(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Whether the condition came true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def ended(found: Found | None, seconds: float = 180.0) -> None:
    """Wait for an answer, as a page does that somebody looks at."""
    job = found.job if found is not None else None

    def done() -> bool:
        if job is not None:
            job.touch()
        return job is None or job.done.is_set()

    assert waited(done, seconds)
