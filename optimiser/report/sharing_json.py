"""Shared functions as plain data, for programs: ``sharing.json``, described by its schema."""

import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

from optimiser.functions import CASES, FunctionCode
from optimiser.labels import Labels
from optimiser.report.plain import Json, plain
from optimiser.report.sharing_answer import SharingReport
from optimiser.report.sharing_figures import FunctionLine, epci_transfer
from optimiser.report.sharing_words import SharingWords
from optimiser.sharing.division import Divided
from optimiser.sharing_case import SharingCase
from optimiser.solution import Infeasible, NoAnswer, Status
from optimiser.units import InseeCode

SCHEMA_VERSION = "1.2"


def sharing_document(report: SharingReport, labels: Labels) -> dict[str, Json]:
    """Gather everything about verified groups.

    Parameters
    ----------
    report
        Everything about them.
    labels
        Words of the sentences; keys and codes are the same in all languages.

    Returns
    -------
    dict
        Plain values only.
    """
    words, solution = SharingWords(report.case, labels), report.solution
    content: dict[str, Any] = {
        **_head(report.case, labels),
        "status": solution.status.value,
        "stop": solution.stop.value,
        "saving_eur_per_year": solution.saving_eur,
        "recurrent_saving_eur_per_year": solution.evaluation.recurrent_saving_eur,
        "moving_eur": solution.evaluation.moving_eur,
        "bound_eur_per_year": solution.bound,
        "gap": solution.gap,
        "solver": solution.solver,
        "seconds": dict(solution.seconds),
        "functions": [_function(line, words) for line in report.functions],
        "value_needed": [function.code for function in report.case.value_needed],
        "groups": [_group(each, words) for each in report.divided],
        "epci_transfer_eur": epci_transfer(report.case, report.divided),
        "communes": [_named(vars_of(line), words) for line in report.communes],
        "checklist": {
            step: {"text": labels(f"checklist.{step}"), "functions": list(codes)}
            for step, codes in report.checklist.items()
        },
        "sensitivity": [
            {
                "saving_case": v.saving_case,
                "overrun": v.overrun,
                "best_eur_per_year": v.solution.saving_eur if v.solution else None,
                "kept_eur_per_year": v.kept_eur,
                "groups": [
                    {"function": g.function, "host": g.host, "members": list(g.members)}
                    for g in (v.solution.decisions.groups if v.solution else ())
                ],
            }
            for v in report.variants
        ],
        "always_together": _sets(report.together),
        "together_if_any": _sets(report.together_if_any),
        "prices": [
            {
                "rule": p.rule,
                "subject": list(p.subject),
                "asked_for": p.imposed,
                "eur_per_year": p.saving_eur,
                "within_eur": p.within_eur,
                "text": words.price(p),
            }
            for p in report.prices
        ],
    }
    return {key: plain(value) for key, value in content.items()}


def failure_document(
    answer: Infeasible | NoAnswer, case: SharingCase, labels: Labels
) -> dict[str, Json]:
    """Gather why there is no answer.

    Parameters
    ----------
    answer, case
        The answer and its case.
    labels
        Words of the sentences.

    Returns
    -------
    dict
        Plain values only.
    """
    content: dict[str, Any] = {**_head(case, labels)}
    if isinstance(answer, NoAnswer):
        content |= {"status": Status.NO_ANSWER.value, "stop": answer.stop.value}
    else:
        words = SharingWords(case, labels)
        content |= {
            "status": Status.INFEASIBLE.value,
            "conflict": [
                {"rule": rule, "subject": list(subject), "text": words.asks(rule, subject)}
                for rule, subject in answer.conflict
            ],
            "relaxation": [
                {
                    "rule": r.rule,
                    "subject": list(r.subject),
                    "limit": r.limit,
                    "needed": r.needed,
                    "unit": r.unit,
                    "text": words.relaxed(r),
                }
                for r in answer.relaxation
            ],
        }
    return {key: plain(value) for key, value in content.items()}


def sharing_schema() -> Mapping[str, Any]:
    """Read the JSON Schema (2020-12) of the document.

    Returns
    -------
    mapping
        The schema.
    """
    text = resources.files(__package__).joinpath("sharing.schema.json").read_text(encoding="utf-8")
    content: Mapping[str, Any] = json.loads(text)
    return content


def vars_of(line: Any) -> dict[str, Any]:
    """Fields of a dataclass with slots, by name."""
    return {name: getattr(line, name) for name in type(line).__slots__}


def _head(case: SharingCase, labels: Labels) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "language": labels.language,
        "epci": {"code": case.territory.code, "name": case.territory.name},
        "population": case.territory.population,
        "scenario": case.asked.model_dump(mode="json"),
    }


def _function(line: FunctionLine, words: SharingWords) -> dict[str, Any]:
    fields = vars_of(line)
    del fields["found"]
    return {
        **fields,
        "study": words.study(line),
        "origins": dict(line.origins),
        "saving_eur": dict(line.saving_eur),
        "shared_eur": {case: line.shared_eur(case) for case in CASES},
        "share_saved": {case: line.share_saved(case) for case in CASES},
    }


def _sets(
    together: Mapping[FunctionCode, tuple[tuple[InseeCode, ...], ...]] | None,
) -> dict[str, list[list[str]]]:
    return {code: [list(codes) for codes in sets] for code, sets in (together or {}).items()}


def _group(each: Divided, words: SharingWords) -> dict[str, Any]:
    return {
        "function": each.group.function,
        "host": each.group.host,
        "members": list(each.group.members),
        "text": words.group(each.group),
        "costs": {**vars_of(each.costs), "saving_eur": each.costs.saving_eur},
        "rule": each.chosen.rule,
        "nucleolus_is_exact": each.exact,
        "divisions": {
            division.rule: {
                "shares_eur": dict(division.shares_eur),
                "errors_eur": dict(division.errors_eur),
                "blocking": list(division.blocking),
                "gained_eur": division.gained_eur,
            }
            for division in each.divisions
        },
        "contribution_eur": dict(each.contribution_eur),
        "transfer_eur": dict(each.transfer_eur),
        "subsidy_eur": each.subsidy_eur,
        "leavers": list(each.leavers),
        "leavers_loss_eur": each.leavers_loss_eur,
        "leavers_least": each.leavers_least,
        "stability": words.stability(each),
    }


def _named(line: dict[str, Any], words: SharingWords) -> dict[str, Any]:
    return {
        **line,
        "name": words.commune(line["commune"]),
        "basin_name": words.basin(line["basin"]),
    }
