"""One job of a campaign: a question about a territory, answered, judged and told in tables."""

import json
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from optimiser.campaign_question import GAPS, Job
from optimiser.campaign_result import FAILED, TableName, pack, table_of
from optimiser.case import Case
from optimiser.errors import MaillageError
from optimiser.labels import LANGUAGES, Labels, describe_error
from optimiser.report.costs import CASES, assumptions, cost_lines, cost_ranges
from optimiser.report.indicators import indicators
from optimiser.report.kept import dump
from optimiser.report.plain import plain
from optimiser.report.plan_json import plan_document
from optimiser.report.sharing_figures import FunctionLine, function_lines
from optimiser.report.sharing_json import failure_document
from optimiser.solution import Infeasible, NoAnswer, Solution, Status
from optimiser.solvers import Limits
from optimiser.sources import epcis, open_case

_SAID = 4
"""Sentences of a reason that the table keeps."""


@dataclass(frozen=True)
class _Told:
    """What a job adds to its line, and its other tables."""

    line: Mapping[str, Any]
    tables: Mapping[TableName, pa.Table]


def run_job(job: Job, attempt: int = 1) -> bytes:
    """Answer a job; whatever goes wrong in it is part of the answer.

    Parameters
    ----------
    job
        What is asked.
    attempt
        How often it has been begun.

    Returns
    -------
    bytes
        Its tables, from `optimiser.campaign_result.pack`.
    """
    began = time.perf_counter()
    try:
        told = _planned(job) if job.question == "plan" else _shared(job)
    except MaillageError as error:
        reasons = {lang: describe_error(error, Labels(lang)) for lang in LANGUAGES}
        told = _Told({"status": FAILED, **_reasons(reasons)}, {})
    except MemoryError:
        told = _Told({"status": FAILED, **worded("campaign.reason.memory")}, {})
    except Exception as error:  # noqa: BLE001 - one job must not stop the others
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{where.filename.rpartition('optimiser')[2]}:{where.lineno}"
        detail = f"{type(error).__name__}: {error} ({place})"
        told = _Told({"status": FAILED, **worded("campaign.reason.defect", detail=detail)}, {})
    return _packed(job, told, time.perf_counter() - began, attempt)


def lost(job: Job, key: str, seconds: float, attempts: int, **facts: str) -> bytes:
    """Tables of a job whose worker gave no answer.

    Parameters
    ----------
    job
        What was asked.
    key
        Label of the reason.
    seconds
        How long was waited.
    attempts
        How often it was begun.
    **facts
        Of the reason.

    Returns
    -------
    bytes
        As from `run_job`.
    """
    return _packed(job, _Told({"status": FAILED, **worded(key, **facts)}, {}), seconds, attempts)


def worded(key: str, **facts: str) -> dict[str, str]:
    """Reason in every language, as columns of the line.

    Parameters
    ----------
    key
        Label.
    **facts
        Its fields.

    Returns
    -------
    dict
        Text by column.
    """
    return {f"reason_{lang}": Labels(lang)(key, **facts) for lang in LANGUAGES}


def _packed(job: Job, told: _Told, seconds: float, attempts: int) -> bytes:
    line: dict[str, Any] = {
        "job": job.key,
        "epci": job.epci,
        "epci_name": epcis().get(job.epci, job.epci),
        "scenario": job.name,
        "question": job.question,
        "seconds": seconds,
        "attempts": attempts,
        "asked": job.scenario.model_dump_json(),
        **told.line,
    }
    jobs = table_of("jobs", {name: [value] for name, value in line.items()})
    return pack({**told.tables, "jobs": jobs})


def _reasons(sentences: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """First sentences of each language, and how many more there are."""
    found = {}
    for lang, said in sentences.items():
        rest = len(said) - _SAID
        more = [Labels(lang)("words.ellipsis", n=Labels(lang).number(rest))] if rest > 0 else []
        found[f"reason_{lang}"] = " ".join([*said[:_SAID], *more])
    return found


def _place(case: Case) -> dict[str, Any]:
    return {
        "communes": len(case.members),
        "population": case.territory.population,
        "notes": list(case.territory.notes),
    }


def _planned(job: Job) -> _Told:
    from optimiser.planning import plan  # noqa: PLC0415 - slow, and not needed to share

    case = open_case(job.scenario)
    answer = plan(case, Limits(job.seconds, GAPS["plan"], threads=1))
    line: dict[str, Any] = {**_place(case), "answer": dump(answer)}
    if isinstance(answer, NoAnswer):
        return _Told({**line, **_nothing(answer)}, {})
    if isinstance(answer, Infeasible):
        documents = {lang: plan_document(answer, case, lang) for lang in LANGUAGES}
        return _Told({**line, **_conflict(documents, "sentence")}, {})
    figures = indicators(case, answer.today, answer.evaluation)
    ranges = cost_ranges(case, answer.decisions)
    money = cost_lines(case, answer.today, answer.evaluation)
    changing = {entry.grade for entry in money if entry.yearly and round(entry.change_eur)}
    line |= {
        "status": answer.status.value,
        "stop": answer.stop.value,
        "gap": answer.gap,
        "objective": answer.score,
        "bound": answer.bound,
        "access_now": figures.now,
        "access_planned": figures.planned,
        # Less from nothing, so that no change is 0 and not -0.
        **{f"saving_{name}_eur": 0.0 - ranges[name].running_change_eur for name in CASES},
        "once_eur": figures.capital_eur,
        "grades": "".join(sorted(changing)),
        "assumed": assumptions(money).change,
        "solver": answer.solver,
        "nodes": answer.nodes,
    }
    return _Told(
        line, {"services": _services(job, case, answer), "communes": _communes(job, case, answer)}
    )


def _services(job: Job, case: Case, answer: Solution) -> pa.Table:
    rows = indicators(case, answer.today, answer.evaluation).services
    columns: dict[str, list[Any]] = {
        "job": [job.key] * len(rows),
        "covered_now": [row.public * (row.now.share or 0.0) for row in rows],
        "covered_planned": [row.public * (row.planned.share or 0.0) for row in rows],
        "minutes_now": [row.now.minutes for row in rows],
        "minutes_planned": [row.planned.minutes for row in rows],
    }
    for name in ("service", "public", "sites_now", "sites_planned", "opened", "closed"):
        columns[name] = [getattr(row, name) for row in rows]
    columns["agreements"] = [row.agreements for row in rows]
    return table_of("services", columns)


def _communes(job: Job, case: Case, answer: Solution) -> pa.Table:
    kinds, places = len(case.services), len(case.members)
    return table_of(
        "communes",
        {
            "job": [job.key] * (kinds * places),
            "service": [service.code for service in case.services for _ in range(places)],
            "commune": [commune.code for commune in case.members] * kinds,
            "public": np.asarray(case.public, np.float32).ravel(),
            "minutes_now": answer.today.minutes.astype(np.float32).ravel(),
            "minutes_planned": answer.evaluation.minutes.astype(np.float32).ravel(),
        },
    )


def _shared(job: Job) -> _Told:
    from optimiser.sharing import share  # noqa: PLC0415 - slow, and not needed to plan
    from optimiser.sharing_solution import SharingSolution  # noqa: PLC0415
    from optimiser.sources.open_sharing import open_sharing  # noqa: PLC0415

    case = open_sharing(job.scenario)
    answer = share(case, Limits(job.seconds, GAPS["share"], threads=1))
    line: dict[str, Any] = {
        "communes": len(case.members),
        "population": case.territory.population,
        "notes": list(case.territory.notes),
    }
    if isinstance(answer, NoAnswer):
        return _Told({**line, **_nothing(answer)}, {})
    if not isinstance(answer, SharingSolution):
        documents = {lang: failure_document(answer, case, Labels(lang)) for lang in LANGUAGES}
        return _Told({**line, **_conflict(documents, "text")}, {})
    rows = function_lines(case, answer)
    line |= {
        "status": answer.status.value,
        "stop": answer.stop.value,
        "gap": answer.gap,
        "objective": answer.saving_eur,
        "bound": answer.bound,
        **{f"saving_{name}_eur": sum(row.saving_eur[name] for row in rows) for name in CASES},
        "once_eur": answer.evaluation.moving_eur,
        "grades": "".join(sorted({row.grade for row in rows if row.groups})),
        "groups": len(answer.decisions.groups),
        "solver": answer.solver,
        "nodes": answer.nodes,
        "answer": json.dumps([plain(group) for group in answer.decisions.groups]),
    }
    return _Told(line, {"functions": _functions(job, rows)})


def _functions(job: Job, rows: Sequence[FunctionLine]) -> pa.Table:
    columns: dict[str, list[Any]] = {"job": [job.key] * len(rows)}
    for name in ("function", "groups", "sharing", "now_eur", "grade", "cost_grade"):
        columns[name] = [getattr(row, name) for row in rows]
    for case in CASES:
        columns[f"saving_{case}_eur"] = [row.saving_eur[case] for row in rows]
    return table_of("functions", columns)


def _nothing(answer: NoAnswer) -> dict[str, Any]:
    reasons = {f"reason_{lang}": Labels(lang)(f"stop.{answer.stop.value}") for lang in LANGUAGES}
    return {"status": Status.NO_ANSWER.value, "stop": answer.stop.value, **reasons}


def _conflict(documents: Mapping[str, Mapping[str, Any]], said: str) -> dict[str, Any]:
    """Which rules conflict and what must give way, in words."""
    reasons = {
        lang: [each[said] for each in (*document["conflict"], *document["relaxation"])]
        for lang, document in documents.items()
    }
    return {"status": Status.INFEASIBLE.value, **_reasons(reasons)}
