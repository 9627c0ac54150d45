"""The same campaign on a Dask cluster."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from optimiser.campaign import run
from optimiser.campaign.cluster import ClusterCrew
from optimiser.campaign.folder import Results
from optimiser.campaign.run import Standing
from optimiser.errors import CampaignError
from optimiser.labels import Labels, describe_error
from tests.campaign.few import FEW, by_key

pytest.importorskip("distributed")

SCRIPT = Path(__file__).with_name("cluster.py")


@pytest.fixture
def cluster() -> Iterator[list[str]]:
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=SCRIPT.parents[2],
    )
    assert process.stdout is not None
    yield process.stdout.readline().split()
    process.communicate(timeout=60)


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_answers_the_same_and_survives_a_killed_worker(
    cluster: list[str], finished: Path, tmp_path: Path
) -> None:
    address, first, _ = cluster
    crew = ClusterCrew(address)
    assert crew.hands == 2
    killed: list[int] = []

    def kill_one(standing: Standing) -> None:
        if standing.done and not killed:
            killed.append(int(first))
            os.kill(killed[0], signal.SIGKILL)

    with Results(tmp_path, FEW) as results:
        run(FEW, results, crew, watch=kill_one)
    assert killed
    found, same = by_key(tmp_path), by_key(finished)
    assert set(found) == set(same)
    for key, line in found.items():
        for name in ("status", "objective", "access_planned", "saving_base_eur", "once_eur"):
            assert line[name] == pytest.approx(same[key][name]), name


@pytest.mark.filterwarnings("ignore")
def test_a_scheduler_that_is_not_there_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optimiser.campaign.cluster._ANSWER_SECONDS", 1)
    with pytest.raises(CampaignError) as found:
        ClusterCrew("tcp://127.0.0.1:9")
    assert "No Dask scheduler" in " ".join(describe_error(found.value, Labels("en")))
