"""Errors in words: what is wrong, where, what stands there, what may stand there."""

import string
from collections.abc import Sequence

from optimiser.errors import (
    Finding,
    InputError,
    MaillageError,
    NoPlanError,
    TerritoryNotFoundError,
    VerificationError,
)
from optimiser.labels.book import Labels


def describe_error(error: MaillageError, labels: Labels) -> list[str]:
    """Word an error of `optimiser.errors`, one line for each thing that the user can act on.

    Parameters
    ----------
    error
        The error.
    labels
        Words of the reader's language.

    Returns
    -------
    list of str
        A first line that says what happened, then one line for each finding.

    Raises
    ------
    KeyError
        A finding whose problem has no label: a defect that the tests of the labels catch.
    """
    if isinstance(error, InputError):
        head = labels.count(f"error.{error.key}", len(error.findings))
        return [head, *(describe_finding(finding, labels) for finding in error.findings)]
    if isinstance(error, TerritoryNotFoundError):
        return _territory(error, labels)
    if isinstance(error, VerificationError):
        return [labels("error.verification"), *(str(text) for text in error.violations)]
    if isinstance(error, NoPlanError):
        return [labels("error.no_plan" if error.status == "infeasible" else "error.no_plan_yet")]
    detail = str(error)
    lines = [labels(f"error.{error.key}")]
    return [*lines, labels("error.detail", detail=detail)] if detail else lines


def describe_finding(finding: Finding, labels: Labels) -> str:
    """Word one finding: place, problem, then what was found and expected where not yet said.

    Parameters
    ----------
    finding
        The finding.
    labels
        Words of the reader's language.

    Returns
    -------
    str
        One line.
    """
    facts = {
        "file": finding.file,
        "row": "" if finding.row is None else labels.number(finding.row),
        "column": finding.column,
        "found": finding.found,
        "expected": finding.expected,
        "nearest": finding.nearest,
    }
    key = f"finding.{finding.problem}"
    said = {name for _, name, _, _ in string.Formatter().parse(labels(key, **_marks(facts)))}
    sentences = [labels(key, **facts)]
    sentences += [
        labels(f"error.{name}", value=facts[name])
        for name in ("found", "expected", "nearest")
        if facts[name] and name not in said
    ]
    place = [labels(f"error.place.{name}", value=facts[name]) for name in _place(facts, said)]
    text = " ".join(sentences)
    return labels("error.placed", place=", ".join(place), text=text) if place else text


def _marks(facts: dict[str, str]) -> dict[str, str]:
    """Facts that leave the fields of a sentence in place, so that they can be listed."""
    return {name: "{" + name + "}" for name in facts}


def _place(facts: dict[str, str], said: set[str | None]) -> Sequence[str]:
    return [name for name in ("file", "row", "column") if facts[name] and name not in said]


def _territory(error: TerritoryNotFoundError, labels: Labels) -> list[str]:
    key = "ambiguous" if error.ambiguous else "unknown"
    lines = [labels(f"error.territory_not_found.{key}", query=error.query)]
    if error.candidates:
        lines.append(labels(f"error.territory_not_found.{key}_candidates"))
        lines += [labels("error.candidate", name=name) for name in error.candidates]
    else:
        lines.append(labels("error.territory_not_found.no_candidate"))
    return lines
