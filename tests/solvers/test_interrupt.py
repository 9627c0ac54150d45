"""Ctrl-C, as a terminal sends it: to every process of the group."""

import os
import signal
import subprocess
import sys
import time

import pytest

from optimiser.solvers import BACKENDS


@pytest.mark.parametrize("solver", BACKENDS)
@pytest.mark.parametrize("where", ["here", "apart"])
def test_ctrl_c_keeps_the_best_answer(where: str, solver: str) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.solvers.interrupted", where, solver],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    time.sleep(4.0)
    os.killpg(child.pid, signal.SIGINT)
    out, err = child.communicate(timeout=30)
    assert out.split() == ["feasible", "interrupt", "True"], err
    assert "Traceback" not in err
