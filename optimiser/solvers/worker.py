"""The other side of `optimiser.solvers.isolated`: solves what it reads, and sends what happens.

Run as a program. Standard input brings the job, and then one byte, or its end, when the search
shall stop; standard output carries pickled messages and nothing else.
"""

import os
import pickle
import sys
import threading
from typing import BinaryIO

from optimiser.solvers import BACKENDS
from optimiser.solvers.isolated import OUT_OF_MEMORY


def main() -> None:
    """Solve one job."""
    # Compiled code may print: what it prints must not mix with the messages.
    messages: BinaryIO = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    lock, stop = threading.Lock(), threading.Event()

    def send(message: object) -> None:
        with lock:
            pickle.dump(message, messages)
            messages.flush()

    backend, model, limits, start = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our parent

    def listen() -> None:
        # Also ends when the parent does, so that no search outlives it.
        sys.stdin.buffer.read(1)
        stop.set()

    threading.Thread(target=listen, daemon=True).start()
    try:
        outcome = BACKENDS[backend](model, limits, start=start, watch=send, cancelled=stop.is_set)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent must hear of it
        send(f"{type(error).__name__}: {error}")
    else:
        send(outcome)
    # The listening thread still waits: leave without waiting for it.
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
