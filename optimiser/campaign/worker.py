"""The other side of `optimiser.campaign.local`: answers the jobs that it reads, one by one.

Run as a program. Standard input brings pickled jobs, and ends when nothing more is wanted;
standard output carries pickled answers and nothing else.
"""

import os
import pickle
import queue
import sys
import threading
from typing import Any, BinaryIO

from optimiser.campaign.work import run_job


def main() -> None:
    """Answer jobs until there are none, or until whoever asks is gone."""
    # Compiled code may print: what it prints must not mix with the answers.
    answers: BinaryIO = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    jobs: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def listen() -> None:
        try:
            while True:
                jobs.put(pickle.load(sys.stdin.buffer))  # noqa: S301 - from our parent
        except (EOFError, OSError, pickle.UnpicklingError):
            # Also when the parent was ended by force: no search outlives it.
            os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        job, attempt = jobs.get()
        pickle.dump(run_job(job, attempt), answers)
        answers.flush()


if __name__ == "__main__":
    main()
