"""Cells of a table: texts to numbers, and what is wrong to findings with their rows."""

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from optimiser.errors import Finding, TableError, nearest_name
from optimiser.labels import LANGUAGES, Labels
from optimiser.sources.findings import shown
from optimiser.sources.words import plain
from optimiser.units import FloatArray, IntArray

if TYPE_CHECKING:
    import pandera.pandas as pa

LISTED = 100
"""Findings that an error lists; the others are counted."""

MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "nd", "-", "_z", "_u"})
"""Cells that say that there is no value, the marks of INSEE included."""

_YES = frozenset({"1", "true", "vrai", "yes", "oui", "y", "o", "x"})
_NO = frozenset({"0", "false", "faux", "no", "non", "n", ""})
_BLANKS = re.compile(r"[\s\u00a0\u202f']")
_UNCLEAR = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_PLAIN_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True, eq=False)
class Table:
    """A table as texts.

    Parameters
    ----------
    file
        Name of the file as the user gave it.
    frame
        Texts, one column a name.
    rows
        Array (n,): row that a spreadsheet shows for each.
    shapes
        Geometries (n) in WGS 84, where the file has them.
    """

    file: str
    frame: pd.DataFrame
    rows: IntArray
    shapes: Any = None

    def texts(self, column: str) -> list[str]:
        """Texts of a column, cells without a value empty; all empty where there is none."""
        if column not in self.frame.columns:
            return [""] * len(self.frame)
        return [
            "" if text.casefold() in MISSING else text for text in self.frame[column].astype(str)
        ]


@dataclass
class Checked:
    """Collects what is wrong with a table, and refuses it whole.

    Parameters
    ----------
    table
        The table.
    findings
        What was found so far.
    """

    table: Table
    findings: list[Finding] = field(default_factory=list)

    def require(self, *columns: str) -> None:
        """Note columns that the table must have and has not."""
        headings = [str(name) for name in self.table.frame.columns]
        self.findings += [
            Finding(
                "missing_column",
                self.table.file,
                column=name,
                found=shown(", ".join(headings)),
                nearest=nearest_name(name, headings),
            )
            for name in columns
            if name not in headings
        ]
        self.refuse()

    def numbers(self, column: str) -> FloatArray:
        """Numbers of a column; NaN where the cell is empty, or wrong and noted."""
        values = np.full(len(self.table.frame), np.nan)
        for position, text in enumerate(self.table.texts(column)):
            value = number(text) if text else math.nan
            if value is None:
                self.wrong("not_a_number", position, column, text)
            else:
                values[position] = value
        return values

    def counts(self, column: str) -> FloatArray:
        """Numbers of a column of whole things, where ``1,234`` would be a guess."""
        for position, text in enumerate(self.table.texts(column)):
            if _UNCLEAR.fullmatch(text):
                self.wrong("thousands_unclear", position, column, text)
        return self.numbers(column)

    def flags(self, column: str) -> list[bool]:
        """Answers of a column: yes or no."""
        answers = []
        for position, text in enumerate(self.table.texts(column)):
            word = text.casefold()
            if word not in _YES | _NO:
                self.wrong(
                    "not_yes_or_no", position, column, text, expected="oui, non, yes, no, 1, 0"
                )
            answers.append(word in _YES)
        return answers

    def coded(self, column: str, codes: Sequence[str]) -> list[str]:
        """Codes of a column, each written as the code or as its name in any language.

        An empty string where the cell is empty or names nothing known, which is noted.
        """
        known = {plain(code): code for code in codes}
        for language in LANGUAGES:
            labels = Labels(language)
            for code in codes:
                if f"{column}.{code}" in labels:
                    known.setdefault(plain(labels(f"{column}.{code}")), code)
        found, expected = [], ", ".join(codes)
        for row, text in enumerate(self.table.texts(column)):
            code = known.get(plain(text), "")
            found.append(code)
            if not text:
                self.wrong("missing_cell", row, column, "")
            elif not code:
                close = known.get(nearest_name(plain(text), list(known)), "")
                self.wrong(f"unknown_{column}", row, column, text, expected=expected, close=close)
        return found

    def schema(self, frame: pd.DataFrame, columns: Mapping[str, "pa.Column"]) -> None:
        """Note the cells of typed columns that break the rules of a pandera schema."""
        # Scenario files share this module, and pandera takes longer to import than they to read.
        import pandera.pandas as pa  # noqa: PLC0415

        try:
            pa.DataFrameSchema(dict(columns)).validate(frame, lazy=True)
        except pa.errors.SchemaErrors as error:
            for case in error.failure_cases.to_dict("records"):
                if case["failure_case"] != "":
                    self.findings.append(self._broken(case, columns))

    def wrong(
        self,
        problem: str,
        position: int,
        column: str,
        found: str,
        *,
        expected: str = "",
        close: str = "",
    ) -> None:
        """Note a wrong cell."""
        row = int(self.table.rows[position])
        self.findings.append(
            Finding(problem, self.table.file, row, column, shown(found), expected, close)
        )

    def refuse(self) -> None:
        """Refuse the table if anything is wrong.

        Raises
        ------
        TableError
            With the first findings in the order of the rows, and how many more there are.
        """
        if self.findings:
            raise TableError(listed(self.findings))

    def _broken(self, case: Mapping[Any, Any], columns: Mapping[str, "pa.Column"]) -> Finding:
        column, position = str(case["column"]), int(case["index"])
        problem, expected = _rule(str(case["check"]), columns[column])
        value = case["failure_case"]
        found = "" if problem == "missing_cell" else plain_value(value)
        row = int(self.table.rows[position])
        return Finding(problem, self.table.file, row, column, shown(found), expected)


def listed(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """First findings in the order of the rows, and a last one that counts the others."""
    ordered = sorted(findings, key=lambda finding: finding.row or 0)
    rest = len(ordered) - LISTED
    if rest <= 0:
        return tuple(ordered)
    more = Finding("and_more", ordered[0].file, found=str(rest))
    return (*ordered[:LISTED], more)


def number(text: str) -> float | None:
    """Read a number as French or English people write it; None where it is none.

    Examples
    --------
    >>> number("1 234,5"), number("1.234,5"), number("12.5"), number("12 %")
    (1234.5, 1234.5, 12.5, None)
    """
    bare = _BLANKS.sub("", text)
    comma, point = bare.rfind(","), bare.rfind(".")
    if comma > point:
        bare = bare.replace(".", "")
        bare = bare.replace(",", "" if bare.count(",") > 1 else ".")
    elif comma >= 0 or bare.count(".") > 1:
        bare = bare.replace(",", "")
        bare = bare.replace(".", "") if bare.count(".") > 1 else bare
    if not _PLAIN_NUMBER.fullmatch(bare):
        return None
    value = float(bare)
    return value if math.isfinite(value) else None


def plain_value(value: object) -> str:
    """Write a typed cell as the text that a person would type."""
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool | np.bool_):
        return str(bool(value)).lower()
    if isinstance(value, float | np.floating):
        return str(int(value)) if float(value).is_integer() else repr(float(value))
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def _rule(check: str, column: "pa.Column") -> tuple[str, str]:
    """Problem and expectation of a rule of pandera."""
    if check == "not_nullable":
        return "missing_cell", ""
    if check == "field_uniqueness":
        return "value_twice", ""
    return "out_of_range", ", ".join(_bounds(column))


def _bounds(column: "pa.Column") -> Iterator[str]:
    signs = {
        "greater_than_or_equal_to": "≥ {min_value:g}",
        "in_range": "{min_value:g} … {max_value:g}",
        "less_than_or_equal_to": "≤ {max_value:g}",
    }
    for check in column.checks:
        if check.name in signs:
            yield signs[check.name].format(**check.statistics)
        elif check.title:
            yield check.title
