"""Figures of a whole campaign: totals by scenario and question, by type, and what stands out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from optimiser.campaign_result import FAILED, SCHEMAS
from optimiser.catalogue import CostCase
from optimiser.report.costs import CASES
from optimiser.solution import Status
from optimiser.sources.campaign_folder import CampaignFolder
from optimiser.units import Euros, Persons, ServiceCode, Share

Row: TypeAlias = Mapping[str, Any]

ORDER = (
    *(each.value for each in Status),
    FAILED,
)
"""Every status of a job, the best first."""


@dataclass(frozen=True, slots=True)
class Total:
    """All territories under one scenario, in one question.

    Parameters
    ----------
    scenario, question
        Which.
    statuses
        Territories by status, those without any left out.
    seconds
        Work, wall time of all jobs.
    slowest
        Wall time of the slowest job.
    largest_gap
        Largest gap of any answer; None without any answer.
    access_now, access_planned
        Share of the public of all types and territories within the guaranteed time, each person
        counted once for each type; None for support functions.
    saving_eur
        Euros a year by cost case, all territories together.
    losing
        Territories by cost case whose saving is negative.
    once_eur
        Euros once.
    """

    scenario: str
    question: str
    statuses: Mapping[str, int]
    seconds: float
    slowest: float
    largest_gap: Share | None
    access_now: Share | None
    access_planned: Share | None
    saving_eur: Mapping[CostCase, Euros]
    losing: Mapping[CostCase, int]
    once_eur: Euros


@dataclass(frozen=True, slots=True)
class ServiceTotal:
    """One type of facility over all territories of a scenario.

    Parameters
    ----------
    scenario, service
        Which.
    public
        Persons of its public.
    now, planned
        Share of them within the guaranteed time; None without any public.
    sites_now, sites_planned, opened, closed, agreements
        Sites.
    """

    scenario: str
    service: ServiceCode
    public: Persons
    now: Share | None
    planned: Share | None
    sites_now: int
    sites_planned: int
    opened: int
    closed: int
    agreements: int


@dataclass(frozen=True)
class CampaignFigures:
    """Everything that the faces of a campaign show.

    Parameters
    ----------
    title
        Of the campaign.
    asked
        Jobs that it asks for; more than `jobs` has while it is not finished.
    about
        From which software and data.
    jobs
        One row a job, as in the folder, by name of the territory, scenario and question.
    totals, services
        See each.
    """

    title: str
    asked: int
    about: Mapping[str, Any]
    jobs: tuple[Row, ...]
    totals: tuple[Total, ...]
    services: tuple[ServiceTotal, ...]

    def of_status(self, *statuses: str) -> list[Row]:
        """Rows of some statuses."""
        return [row for row in self.jobs if row["status"] in statuses]


def campaign_figures(folder: CampaignFolder) -> CampaignFigures:
    """Add a campaign up.

    Parameters
    ----------
    folder
        Its results; those of an unfinished campaign are added up as far as they go.

    Returns
    -------
    CampaignFigures
        Every figure.
    """
    # Decisions are large, and no face shows them.
    columns = [name for name in SCHEMAS["jobs"].names if name not in ("answer", "asked")]
    jobs: list[Row] = folder.table("jobs", columns).to_pylist()
    jobs.sort(key=lambda row: (row["epci_name"], row["epci"], row["scenario"], row["question"]))
    scenarios = {row["job"]: row["scenario"] for row in jobs}
    services: dict[tuple[str, str], list[Row]] = {}
    for row in folder.table("services").to_pylist():
        services.setdefault((scenarios[row["job"]], row["service"]), []).append(row)
    kinds = sorted({(row["scenario"], row["question"]) for row in jobs})
    by_service = tuple(
        _service(scenario, service, rows)
        for (scenario, service), rows in sorted(services.items(), key=lambda item: item[0][0])
    )
    return CampaignFigures(
        title=str(folder.about["title"]),
        asked=int(folder.about["jobs"]),
        about=folder.about,
        jobs=tuple(jobs),
        totals=tuple(_total(kind, jobs, by_service) for kind in kinds),
        services=by_service,
    )


def _total(kind: tuple[str, str], jobs: Sequence[Row], services: Sequence[ServiceTotal]) -> Total:
    scenario, question = kind
    rows = [row for row in jobs if (row["scenario"], row["question"]) == kind]
    counts = Counter(row["status"] for row in rows)
    own = [each for each in services if each.scenario == scenario and question == "plan"]
    public = sum(each.public for each in own)
    savings = {case: _figures(rows, f"saving_{case}_eur") for case in CASES}
    return Total(
        scenario=scenario,
        question=question,
        statuses={status: counts[status] for status in ORDER if counts[status]},
        seconds=sum(_figures(rows, "seconds")),
        slowest=max(_figures(rows, "seconds")),
        largest_gap=max(_figures(rows, "gap"), default=None),
        access_now=sum(each.public * (each.now or 0) for each in own) / public if public else None,
        access_planned=(
            sum(each.public * (each.planned or 0) for each in own) / public if public else None
        ),
        saving_eur={case: sum(found) for case, found in savings.items()},
        losing={case: sum(round(each) < 0 for each in found) for case, found in savings.items()},
        once_eur=sum(_figures(rows, "once_eur")),
    )


def _figures(rows: Sequence[Row], name: str) -> list[float]:
    return [float(row[name]) for row in rows if row[name] is not None]


def _service(scenario: str, service: ServiceCode, rows: Sequence[Row]) -> ServiceTotal:
    public = sum(_figures(rows, "public"))
    return ServiceTotal(
        scenario=scenario,
        service=service,
        public=public,
        now=sum(_figures(rows, "covered_now")) / public if public else None,
        planned=sum(_figures(rows, "covered_planned")) / public if public else None,
        sites_now=sum(row["sites_now"] for row in rows),
        sites_planned=sum(row["sites_planned"] for row in rows),
        opened=sum(row["opened"] for row in rows),
        closed=sum(row["closed"] for row in rows),
        agreements=sum(row["agreements"] for row in rows),
    )
