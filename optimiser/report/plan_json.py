"""An answer as plain data, for programs: ``plan.json``, described by ``plan.schema.json``."""

import json
from collections.abc import Mapping
from importlib import metadata, resources
from typing import Any

import numpy as np

from optimiser.case import Case
from optimiser.mobility import Mobility, car_use
from optimiser.planning.cell_groups import mean_error, tier_blocks
from optimiser.report.actions import Action, list_actions
from optimiser.report.costs import assumptions, cost_lines, cost_ranges
from optimiser.report.duplicates import Ledger, Pair, ledger
from optimiser.report.indicators import indicators
from optimiser.report.plain import Json, plain
from optimiser.report.provenance import cost_sources, facility_vintages, travel_vintage
from optimiser.report.sentences import (
    action_reason,
    action_title,
    conflict_text,
    pair_text,
    relaxation_text,
)
from optimiser.report.words import Words, case_labels
from optimiser.solution import Answer, Evaluation, Infeasible, Relaxation, Solution, Status
from optimiser.sources.mobility_file import load_mobility

SCHEMA_VERSION = "1.0"


def plan_document(answer: Answer, case: Case, lang: str = "fr") -> dict[str, Json]:
    """Gather everything about an answer.

    Parameters
    ----------
    answer
        A plan, a question that has no answer, or a solve that found none.
    case
        The case that it answers.
    lang
        Language of the sentences; keys and codes are the same in all.

    Returns
    -------
    dict
        Plain values only: `json.dumps` with ``allow_nan=False`` accepts it. Minutes that are
        infinite, and figures that do not exist, are None.
    """
    content: dict[str, Json] = {**_head(case), "language": lang}
    words = Words(case, case_labels(case.catalogue, lang))
    if isinstance(answer, Solution):
        return {**content, **_solution(answer, words)}
    if isinstance(answer, Infeasible):
        return {**content, "status": Status.INFEASIBLE.value, **_infeasible(answer, words)}
    return {
        **content,
        "status": Status.NO_ANSWER.value,
        "stop": answer.stop.value,
        "seconds": plain(answer.seconds),
    }


def plan_schema() -> Mapping[str, Any]:
    """Read the JSON Schema (2020-12) of `plan_document`.

    Returns
    -------
    mapping
        The schema.
    """
    text = resources.files(__package__).joinpath("plan.schema.json").read_text(encoding="utf-8")
    content: Mapping[str, Any] = json.loads(text)
    return content


def software_version() -> str:
    """Version of the installed package; empty where the code runs without being installed.

    Returns
    -------
    str
        Such as ``0.1.0``.
    """
    try:
        return metadata.version("maillage")
    except metadata.PackageNotFoundError:
        return ""


def _infeasible(answer: Infeasible, words: Words) -> dict[str, Json]:
    return {
        "conflict": [
            {"rule": rule, "subject": list(codes), "sentence": conflict_text(rule, codes, words)}
            for rule, codes in answer.conflict
        ],
        "relaxation": [
            _said(relaxation, relaxation_text(relaxation, words))
            for relaxation in answer.relaxation
        ],
        "minimal": answer.minimal,
        "proven": answer.proven,
        "seconds": plain(answer.seconds),
    }


def _said(value: Action | Pair | Relaxation, sentence: str) -> Json:
    """Fields of a value, and the sentence that says it."""
    fields = plain(value)
    return {**fields, "sentence": sentence} if isinstance(fields, dict) else fields


def _head(case: Case) -> dict[str, Json]:
    territory = case.territory
    return {
        "schema_version": SCHEMA_VERSION,
        "software": {"name": "maillage", "version": software_version()},
        "territory": {
            "code": territory.code,
            "name": territory.name,
            "population": territory.population,
            "communes": [
                {"code": c.code, "name": c.name, "basin": c.basin, "population": c.population}
                for c in case.members
            ],
            "basins": plain(territory.basins),
        },
        "data": {
            "facilities": plain(facility_vintages(territory)),
            "travel": plain(travel_vintage(case)),
            "costs": plain(cost_sources(case)),
        },
        "scenario": case.scenario.model_dump(mode="json"),
        "services": [service.code for service in case.services],
        "notes": list(case.territory.notes),
    }


def _solution(solution: Solution, words: Words) -> dict[str, Json]:
    case = words.case
    now, planned = solution.today, solution.evaluation
    lines = cost_lines(case, now, planned)
    found = list_actions(case, solution)
    return {
        "status": solution.status.value,
        "stop": solution.stop.value,
        "objective": _objective(planned),
        "objective_today": _objective(now),
        "bound": plain(solution.bound),
        "gap": plain(solution.gap),
        "solver": solution.solver,
        "nodes": solution.nodes,
        "seconds": plain(solution.seconds),
        "decisions": _decisions(solution, case),
        "indicators": plain(indicators(case, now, planned)),
        "minutes": {
            service.code: {
                "now": _minutes(case, now, k),
                "planned": _minutes(case, planned, k),
            }
            for k, service in enumerate(case.services)
        },
        "kept": plain(found.kept),
        "actions": [_action(action, words) for action in found.actions],
        "duplicates": {
            "today": _ledger(ledger(case, now), words),
            "planned": _ledger(ledger(case, planned), words),
        },
        "costs": {
            "case": case.scenario.budget.cost_case,
            "lines": plain(lines),
            "assumptions": plain(assumptions(lines)),
            "ranges": plain(cost_ranges(case, solution.decisions)),
        },
        "mobility": _mobility(case, now, planned),
        "demand": _demand(case),
        "without_car": _without_car(case, now, planned),
    }


def _without_car(case: Case, now: Evaluation, planned: Evaluation) -> Json:
    asked, known = case.scenario.without_car, case.without_car
    if known is None or now.without_car is None or planned.without_car is None:
        return None
    publics = [float(row.sum()) for row in case.public]
    return {
        "mode": asked.mode,
        "minutes": asked.minutes,
        "source": known.source,
        "services": {
            service.code: {"public": public, "now": float(before), "planned": float(after)}
            for service, public, before, after in zip(
                case.services, publics, now.without_car, planned.without_car, strict=True
            )
        },
    }


def _demand(case: Case) -> dict[str, Json]:
    """How fine the demand is, and what of the plan it leaves inexact."""
    cells = case.cells
    if cells is None:
        return {"cells": len(case.members), "merged": len(case.members), "exact": True}
    serving = np.array([case.existing[:, j].any() for j in range(case.existing.shape[1])])
    serving[len(case.members) :] = False
    return {
        "cells": len(cells),
        "merged": len(tier_blocks(case, cells)),
        "exact": True,
        "source": cells.source,
        "counted_persons": cells.counted,
        "commune_means_error_minutes": mean_error(case, cells.nearest(serving)),
    }


def _mobility(case: Case, now: Evaluation, planned: Evaluation) -> dict[str, Json]:
    mobility = load_mobility()
    return {
        "now": _car_use(case, now, mobility),
        "planned": _car_use(case, planned, mobility),
        "factors": mobility.model_dump(mode="json"),
    }


def _car_use(case: Case, evaluation: Evaluation, mobility: Mobility) -> Json:
    use = car_use(case, evaluation, mobility)
    if use is None:
        return None
    return {
        "car_km_per_year": use.total_km,
        "car_km_low_high": plain(use.range_km),
        "tonnes_co2e_per_year": use.tonnes_co2e,
        "tonnes_co2e_low_high": plain(use.range_co2e),
        "unserved_persons": use.total_unserved,
        "services": {
            service.code: float(km) for service, km in zip(case.services, use.car_km, strict=True)
        },
    }


def _objective(evaluation: Evaluation) -> dict[str, Json]:
    return {
        "score": plain(evaluation.score),
        "coverage_points": plain(evaluation.coverage_points),
        "duplicate_points": plain(evaluation.duplicate_points),
        "cost_points": plain(evaluation.cost_points),
    }


def _decisions(solution: Solution, case: Case) -> Json:
    decisions = solution.decisions
    places = sorted(
        {place for place, count in decisions.sites.items() if count}
        | {
            (s.code, c.code)
            for s in case.services
            for c in case.members
            if case.territory.count(c.code, s.code)
        }
    )
    return {
        "sites": [
            {
                "service": service,
                "commune": commune,
                "today": case.territory.count(commune, service),
                "planned": decisions.sites.get((service, commune), 0),
            }
            for service, commune in places
        ],
        "agreements": [
            {"service": service, "commune": commune}
            for service, commune in sorted(decisions.agreements)
        ],
        "transfers": plain(tuple(sorted(decisions.transfers))),
        "themes": plain({code: sorted(of) for code, of in sorted(decisions.themes.items())}),
    }


def _minutes(case: Case, evaluation: Evaluation, k: int) -> Json:
    pairs = zip(case.members, evaluation.minutes[k], strict=True)
    return {commune.code: plain(float(minutes)) for commune, minutes in pairs}


def _action(action: Action, words: Words) -> Json:
    parts = (action_title(action, words), action_reason(action, words))
    return _said(action, words.labels("words.sentences", first=parts[0], second=parts[1]))


def _ledger(found: Ledger, words: Words) -> Json:
    return {
        "duplicates": [_said(pair, pair_text(pair, words)) for pair in found.duplicates],
        "needed": [_said(pair, pair_text(pair, words)) for pair in found.needed],
    }
