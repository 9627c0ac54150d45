"""Campaign files, read from TOML and checked line by line."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from optimiser.campaign_question import QUESTIONS, SECONDS, UNCHANGED, Campaign, Question
from optimiser.errors import CampaignError, Finding
from optimiser.scenario import Scenario
from optimiser.sources.epci import epcis, find_epci
from optimiser.sources.findings import findings_of
from optimiser.sources.scenario_file import read_scenario
from optimiser.sources.toml_file import TomlFile, read_toml
from optimiser.sources.toml_lines import line_of

ALL = "all"


class _File(BaseModel):
    """What a campaign file may hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f]*$")] = ""
    epci: Literal["all"] | Annotated[tuple[str, ...], Field(min_length=1)]
    scenarios: tuple[str, ...] = ()
    questions: Annotated[tuple[Question, ...], Field(min_length=1)] = QUESTIONS
    seconds: Annotated[float, Field(gt=0, le=86_400)] = SECONDS


def read_campaign(path: Path) -> Campaign:
    """Read a campaign.

    Parameters
    ----------
    path
        A TOML file; the scenario files that it names are looked for beside it.

    Returns
    -------
    Campaign
        The campaign.

    Raises
    ------
    CampaignError
        Every mistake of the file, each with its line and key.
    ScenarioError
        A scenario file is wrong.
    TerritoryNotFoundError
        No EPCI, or several, answer to a name.
    """
    source = read_toml(path, CampaignError)
    try:
        asked = _File.model_validate_json(json.dumps(source.content, default=str), strict=True)
    except ValidationError as error:
        raise CampaignError(findings_of(error, source, _File)) from error
    everywhere = isinstance(asked.epci, str)
    codes = tuple(epcis()) if everywhere else tuple(find_epci(each)[0] for each in asked.epci)
    scenarios = [(path.parent / each) for each in asked.scenarios]
    _refuse_twice(source, "epci", codes)
    _refuse_twice(source, "scenarios", [each.stem for each in scenarios])
    _refuse_twice(source, "questions", asked.questions)
    return Campaign(asked.title, codes, read_scenarios(scenarios), asked.questions, asked.seconds)


def read_scenarios(paths: Sequence[Path]) -> dict[str, Scenario]:
    """Read the scenarios of a campaign.

    Parameters
    ----------
    paths
        Scenario files; none: the unchanged question.

    Returns
    -------
    dict
        Scenario by the name of its file, without its ending.

    Raises
    ------
    ScenarioError
        A file is wrong.
    CampaignError
        Two files have the same name.
    """
    for name, times in Counter(path.stem for path in paths).items():
        if times > 1:
            raise CampaignError((Finding("campaign_twice", found=name),))
    return {path.stem: read_scenario(path) for path in paths} or {UNCHANGED: Scenario()}


def _refuse_twice(source: TomlFile, key: str, names: Sequence[str]) -> None:
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        row = line_of(source.lines, key)
        raise CampaignError((Finding("campaign_twice", source.file, row, key, ", ".join(twice)),))
