"""What a campaign asks: many territories, each under several scenarios and questions."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from optimiser.scenario import Scenario

Question: TypeAlias = Literal["plan", "share"]

QUESTIONS: tuple[Question, ...] = ("plan", "share")
UNCHANGED = "default"
"""Name of the scenario that changes nothing."""

SECONDS = 60.0
GAPS: Mapping[Question, float] = {"plan": 1e-4, "share": 1e-3}
"""Relative gaps that count as proof, as in the commands of the same names."""


@dataclass(frozen=True, slots=True)
class Job:
    """One question about one territory: the unit of work.

    Parameters
    ----------
    name
        Name of the scenario.
    question
        Which half is asked for.
    scenario
        The scenario, with the code of its EPCI.
    seconds
        Most that each solve may take.
    """

    name: str
    question: Question
    scenario: Scenario
    seconds: float

    @property
    def epci(self) -> str:
        """SIREN code of the territory."""
        return self.scenario.epci

    @property
    def key(self) -> str:
        """Name of the job: equal questions have equal names, in every run and on every machine."""
        asked = (self.name, self.question, self.scenario.model_dump_json(), repr(self.seconds))
        return hashlib.sha256("\n".join(asked).encode()).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class Campaign:
    """Every territory under every scenario, in every question.

    Parameters
    ----------
    title
        Shown on the report.
    epcis
        SIREN codes.
    scenarios
        Scenarios by name; the EPCI of each is replaced.
    questions
        Which halves are asked for.
    seconds
        Most that each solve may take.
    """

    title: str
    epcis: tuple[str, ...]
    scenarios: Mapping[str, Scenario]
    questions: tuple[Question, ...] = QUESTIONS
    seconds: float = SECONDS

    def jobs(self) -> tuple[Job, ...]:
        """Every job, by territory."""
        return tuple(
            Job(name, question, scenario.model_copy(update={"epci": epci}), self.seconds)
            for epci in self.epcis
            for name, scenario in self.scenarios.items()
            for question in self.questions
        )

    @property
    def key(self) -> str:
        """Name of the campaign: equal campaigns have equal names."""
        names = "\n".join(sorted(job.key for job in self.jobs()))
        return hashlib.sha256(names.encode()).hexdigest()[:24]
