"""The whole tree of errors.

An error carries facts, not sentences: the label ``error.<key>`` of each language words it, so
that the terminal, the app and a program can each say it in their own way.

MaillageError
├── InputError            something that the user gave is wrong: one or more findings
│   ├── TableError        rows of a table (commune, facility or matrix file)
│   ├── ScenarioError     keys of a scenario file
│   ├── CatalogueError    keys of a catalogue file
│   └── CampaignError     keys of a campaign file, or the folder of its results
├── TerritoryNotFoundError  no EPCI, or more than one, answers to that name
├── SolverError           a solver could not be run at all
├── NoPlanError           a question starts from the best plan, and there is none
└── VerificationError     the judge refuses what a solver returned: a defect of ours
"""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong in one place of the user's input.

    Parameters
    ----------
    problem
        Key of the sentence that says what is wrong, under ``finding.`` in the labels.
    file
        Name of the file as the user gave it; empty when the input was no file.
    row
        Row (table) or line (text), counted from 1 as an editor or a spreadsheet shows it.
    column
        Column of the table, or dotted key of the scenario or catalogue.
    found
        What stands there.
    expected
        What may stand there: a value, a range, a list of names.
    nearest
        The valid name most like what was found; empty when none is alike.
    """

    problem: str
    file: str = ""
    row: int | None = None
    column: str = ""
    found: str = ""
    expected: str = ""
    nearest: str = ""


def nearest_name(found: str, names: Sequence[str]) -> str:
    """Name most like what was found; empty when none is alike."""
    folded = {name.casefold(): name for name in names}
    close = difflib.get_close_matches(found.casefold(), list(folded), n=1, cutoff=0.5)
    return folded[close[0]] if close else ""


class MaillageError(Exception):
    """Base of every error that Maillage raises on purpose."""

    key: ClassVar[str] = "error"


@dataclass
class InputError(MaillageError):
    """What the user gave is wrong; every finding is listed, and nothing was loaded."""

    key: ClassVar[str] = "input"
    findings: Sequence[Finding] = field(default_factory=tuple)

    def __str__(self) -> str:
        """One plain line per finding, for logs and programs."""
        return "\n".join(_plain(finding) for finding in self.findings)


class TableError(InputError):
    """Rows of a table are wrong."""

    key = "table"


class ScenarioError(InputError):
    """A scenario file, or a scenario against its territory, is wrong."""

    key = "scenario"


class CatalogueError(InputError):
    """A catalogue file is wrong."""

    key = "catalogue"


class CampaignError(InputError):
    """A campaign file, or the folder of its results, is wrong."""

    key = "campaign"


@dataclass
class TerritoryNotFoundError(MaillageError):
    """No EPCI answers to the name, or several do.

    Parameters
    ----------
    query
        What was asked for.
    candidates
        ``code name`` of the EPCIs that come nearest, best first.
    ambiguous
        True when several EPCIs answer, false when none does.
    """

    key: ClassVar[str] = "territory_not_found"
    query: str
    candidates: Sequence[str] = ()
    ambiguous: bool = False

    def __str__(self) -> str:
        """State the query and the nearest names."""
        return f"{self.query!r}: {'several' if self.ambiguous else 'no'} EPCI; {self.candidates}"


class SolverError(MaillageError):
    """A solver could not be run, or broke without an answer."""

    key = "solver"


@dataclass
class NoPlanError(MaillageError):
    """A question starts from the best plan, and the case has none.

    Parameters
    ----------
    status
        ``infeasible`` or ``no_answer``.
    """

    key: ClassVar[str] = "no_plan"
    status: str

    def __str__(self) -> str:
        """Name the status."""
        return self.status


@dataclass
class VerificationError(MaillageError):
    """The judge's recomputation disagrees with a solution."""

    key: ClassVar[str] = "verification"
    violations: Sequence[str] = ()

    def __str__(self) -> str:
        """List what the judge refuses."""
        return "; ".join(self.violations)


def _plain(finding: Finding) -> str:
    place = finding.file
    if finding.row is not None:
        place += f":{finding.row}"
    parts = [part for part in (place, finding.column, finding.problem) if part]
    text = ": ".join(parts)
    if finding.found:
        text += f"; found {finding.found}"
    if finding.expected:
        text += f"; expected {finding.expected}"
    if finding.nearest:
        text += f"; nearest {finding.nearest}"
    return text
