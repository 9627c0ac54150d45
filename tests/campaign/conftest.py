"""One finished campaign that all tests may read."""

from pathlib import Path

import pytest

from tests.campaign.few import ran


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("campaign") / "results"
    assert not ran(folder, hands=2).interrupted
    return folder
