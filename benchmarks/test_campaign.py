"""Campaigns: how much two workers do against one, on the same sample of territories."""

import time
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from optimiser.campaign import run
from optimiser.campaign.folder import Results
from optimiser.campaign.local import LocalCrew
from optimiser.campaign_question import Campaign
from optimiser.scenario import Scenario
from optimiser.sources import epcis

SAMPLE = Campaign("", tuple(sorted(epcis())[::21]), {"default": Scenario()})
"""Every 21st EPCI by code, 60 of them: of all regions and sizes, overseas included."""


def campaign(folder: Path, hands: int) -> float:
    """Seconds from the first job handed out to the last answer put down."""
    began = time.perf_counter()
    with Results(folder, SAMPLE) as results:
        ended = run(SAMPLE, results, LocalCrew(hands))
    assert ended.standing.done == len(SAMPLE.jobs())
    return time.perf_counter() - began


def test_two_workers_against_one(
    benchmark: BenchmarkFixture, tmp_path_factory: pytest.TempPathFactory
) -> None:
    # Turn by turn, so that a machine that slows down slows both.
    seconds: dict[int, list[float]] = {1: [], 2: []}

    def both() -> None:
        for hands, found in seconds.items():
            found.append(campaign(tmp_path_factory.mktemp("sample") / "out", hands))

    benchmark.pedantic(both, rounds=3, iterations=1)
    one, two = (sorted(found)[len(found) // 2] for found in seconds.values())
    benchmark.extra_info["ratio"] = one / two
    benchmark.extra_info["jobs"] = len(SAMPLE.jobs())
    print(f"\n{len(SAMPLE.jobs())} jobs: {one:.1f} s with one worker, {two:.1f} s with two")
