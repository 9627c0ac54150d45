"""Shared by all tests."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from tests.campaign.few import ran

# On a build server the same examples every time: a failure there must point at the change.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

# A shell that runs the tests in the background lets them ignore Ctrl-C, which some of them send.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a campaign that is done, of a few very small territories; only to be read."""
    folder = tmp_path_factory.mktemp("campaign") / "results"
    assert not ran(folder, hands=2).interrupted
    return folder
