"""A solve in the foreground, for a test that presses Ctrl-C."""

import sys

from optimiser.solvers import BACKENDS, Limits, isolated
from tests.solvers.models import hard

if __name__ == "__main__":
    where, solver = sys.argv[1:]
    limits = Limits(seconds=60, gap=0.0)
    print("ready", flush=True)  # noqa: T201
    if where == "here":
        outcome = BACKENDS[solver](hard(), limits)
    else:
        outcome = isolated.solve(solver, hard(), limits)
    print(outcome.status, outcome.stop, outcome.objective is not None)  # noqa: T201
