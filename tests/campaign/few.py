"""A campaign of a few very small territories: each job takes a tenth of a second."""

from pathlib import Path
from typing import Any

from optimiser.campaign import Ended, run
from optimiser.campaign.folder import Results
from optimiser.campaign.local import LocalCrew
from optimiser.campaign_question import Campaign
from optimiser.scenario import Scenario
from optimiser.sources.campaign_folder import open_campaign

EPCIS = ("200050532", "200060457", "200018653", "243000650", "249710047")
"""Two to four communes each; the last one is overseas."""

FEW = Campaign("A few", EPCIS, {"default": Scenario()}, seconds=20.0)


def ran(folder: Path, campaign: Campaign = FEW, hands: int = 1, **settings: Any) -> Ended:
    with Results(folder, campaign) as results:
        return run(campaign, results, LocalCrew(hands), **settings)


def lines(folder: Path) -> list[dict[str, Any]]:
    return open_campaign(folder).table("jobs").to_pylist()


def by_key(folder: Path) -> dict[str, dict[str, Any]]:
    found = {line["job"]: line for line in lines(folder)}
    assert len(found) == len(lines(folder)), "a job stands twice"
    return found
