"""A scenario as an Excel workbook: written as a template to fill in, and read back cell by cell.

Sheets are known by the key in their first cell, columns by the keys of their first row; the second
row names them in the reader's language. Values only: no formula is written, and of a formula in a
file the value that it had is read.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from python_calamine import CalamineError, CalamineWorkbook

from optimiser.catalogue import Catalogue, CostFigure, OwnFigures, Posts, ServiceType
from optimiser.errors import Finding, ScenarioError, nearest_name
from optimiser.scenario import Scenario
from optimiser.sources.cells import number, plain_value
from optimiser.sources.tables import check_file, refuse_bomb
from optimiser.sources.toml_file import TomlFile
from optimiser.sources.toml_lines import line_of

SUFFIX = ".xlsx"
MAX_BYTES = 2_000_000
MAX_ROWS = 5_000
FIRST_ROW = 3
"""Row of the first cell that is read: below the keys and the titles."""

LIST = ";"
"""Parts the items of a cell that holds several."""

YES, NO = ("yes", "oui", "true", "vrai", "1", "x"), ("no", "non", "false", "faux", "0", "")

TYPES: Mapping[str, str] = {
    "weight": "objective.weights",
    "basin_floor": "coverage.basin_floors",
    "guarantee": "coverage.guarantee",
    "build_years": "schedule.build_years",
}
"""Columns of the sheet of types that stand elsewhere in the scenario than among own figures."""

CHOSEN = ("services", "functions")
"""Lists that a column of a sheet holds, one row an item."""

OWN = tuple(OwnFigures.model_fields)
LOCKS = ("forced", "forbidden")
WISHES = ("opt_outs", "joins", "vetoes", "already")
"""Lists of the section on support functions, one row each."""

LISTS: Mapping[str, tuple[str, str]] = {
    "subsidy": ("schedule", "subsidies"),
    "flow": ("finances", "lines"),
}
"""Sheets of one list each: key of the first cell, and where the list stands."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Book(TomlFile):
    """What a workbook says, as a scenario file would, and where.

    Parameters
    ----------
    sheets
        Name of the sheet of each dotted key.
    """

    sheets: Mapping[str, str] = field(default_factory=dict)

    def placed(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        """Findings with their sheet beside the name of the file."""
        return tuple(
            replace(each, file=f"{self.file}, {self._sheet(each.column)}") if each.column else each
            for each in findings
        )

    def _sheet(self, key: str) -> str:
        while key and key not in self.sheets:
            cut = max(key.rfind("."), key.rfind("["))
            key = key[:cut] if cut > 0 else ""
        return self.sheets.get(key, "")


def catalogue_figure(service: ServiceType, name: str) -> float | None:
    """Figure of the catalogue that the user may replace; None where it has none.

    Parameters
    ----------
    service
        The type.
    name
        A field of `optimiser.catalogue.OwnFigures`.

    Returns
    -------
    float or None
        The central case.
    """
    value = getattr(service, name)
    if isinstance(value, CostFigure | Posts):
        return value.base
    return None if value is None else float(value)


def scalar_keys() -> Iterator[tuple[str, str, object]]:
    """List the settings that hold one value, or a list of plain names.

    Yields
    ------
    (str, str, object)
        Section (empty: none), name and annotation.
    """
    for name, annotation in get_type_hints(Scenario, include_extras=True).items():
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            for key, kind in get_type_hints(annotation, include_extras=True).items():
                if key in annotation.model_fields and key not in CHOSEN and not _is_nested(kind):
                    yield name, key, kind
        elif name in Scenario.model_fields and name not in CHOSEN and not _is_nested(annotation):
            yield "", name, annotation


def row_model(section: str, name: str) -> type[BaseModel]:
    """Model of the entries of a list of the scenario.

    Parameters
    ----------
    section, name
        Where the list stands.

    Returns
    -------
    type
        Of one entry.
    """
    part = Scenario.model_fields[section].annotation
    hints = get_type_hints(part)
    entry: type[BaseModel] = next(
        kind
        for kind in _parts(hints[name])
        if isinstance(kind, type) and issubclass(kind, BaseModel)
    )
    return entry


def read_book(path: Path, catalogue: Catalogue) -> Book:
    """Read a workbook.

    Parameters
    ----------
    path
        The file.
    catalogue
        What the sheet of types shows where the user changed nothing.

    Returns
    -------
    Book
        Content as a scenario file would give it, not yet validated.

    Raises
    ------
    ScenarioError
        No such file, too large, no workbook, none of its sheets, or cells that say nothing known.
    """
    reader = _Reader(path, catalogue)
    for name, rows in _sheets(path):
        reader.sheet(name, rows)
    reader.finish()
    if not reader.known:
        raise ScenarioError((Finding("file_unreadable", str(path), expected="setting, service"),))
    if reader.findings:
        raise ScenarioError(tuple(reader.findings))
    return Book(str(path), reader.content, reader.lines, reader.sheets)


def with_line(finding: Finding, source: TomlFile) -> Finding:
    """Finding with the file and row of its key, where it has none."""
    row = finding.row or line_of(source.lines, finding.column)
    placed = replace(finding, file=finding.file or source.file, row=row)
    return source.placed((placed,))[0] if isinstance(source, Book) else placed


def _sheets(path: Path) -> list[tuple[str, list[list[Any]]]]:
    check_file(path, MAX_BYTES, (SUFFIX,))
    refuse_bomb(path)
    try:
        book = CalamineWorkbook.from_path(str(path))
        found = []
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.end is not None and sheet.end[0] < MAX_ROWS:
                found.append((name, sheet.to_python(skip_empty_area=False)))
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise ScenarioError((Finding("file_unreadable", str(path)),)) from error
    return found


def _parts(annotation: object) -> Iterator[object]:
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)


def _is_nested(annotation: object) -> bool:
    """Whether a setting is a table, or a list of tables."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return True
    origin, arguments = get_origin(annotation), get_args(annotation)
    listed = origin in (tuple, Annotated) and any(_is_nested(part) for part in arguments)
    return listed or (isinstance(origin, type) and issubclass(origin, Mapping))


def kinds_of(annotation: object) -> set[type]:
    """Plain types that an annotation accepts: str, bool, int, float, tuple, NoneType."""
    arguments = get_args(annotation)
    if get_origin(annotation) is tuple:
        return {tuple}
    if not arguments:
        return {annotation} if isinstance(annotation, type) else set()
    found: set[type] = set()
    for part in arguments:
        found |= kinds_of(part) if not isinstance(part, str) else {str}
    return found


@dataclass
class _Reader:
    path: Path
    catalogue: Catalogue
    content: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    sheets: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    known: int = 0
    name: str = ""
    types_seen: list[str] = field(default_factory=list)
    functions_seen: list[str] = field(default_factory=list)

    def finish(self) -> None:
        """A choice of every type or function is written as no choice."""
        for table, name, among in (
            (self.content, "services", self.types_seen),
            (self.content.get("sharing", {}), "functions", self.functions_seen),
        ):
            if among and not table.get(name):
                self.findings.append(Finding("empty_list", str(self.path), column=name))
            elif among and table[name] == among:
                del table[name]

    def sheet(self, name: str, rows: list[list[Any]]) -> None:
        """Read one sheet; sheets of another kind are left alone."""
        if not rows or not rows[0]:
            return
        first = str(rows[0][0]).strip()
        readers: dict[str, Callable[[Row, int], None]] = {
            "setting": self.settings,
            "service": self.types,
            "decision": self.locks,
            "function": self.functions,
            "wish": self.wishes,
            **{key: partial(self.entries, key) for key in LISTS},
        }
        read = readers.get(first)
        if read is None:
            return
        self.known, self.name = self.known + 1, name
        keys = [str(cell).strip() for cell in rows[0]]
        for at, cells in enumerate(rows[FIRST_ROW - 1 :], start=FIRST_ROW):
            row = {key: cell for key, cell in zip(keys, cells, strict=False) if key}
            if any(plain_value(cell).strip() for cell in row.values()):
                read(row, at)

    def settings(self, row: Row, at: int) -> None:
        kinds = {f"{s}.{k}" if s else k: kind for s, k, kind in scalar_keys()}
        key = plain_value(row.get("setting")).strip()
        if key not in kinds:
            self.wrong("unknown_key", at, "setting", key, close=nearest_name(key, list(kinds)))
            return
        text = plain_value(row.get("value")).strip()
        if text or kinds_of(kinds[key]) <= {str, tuple}:
            self.put(key, self.value(row.get("value"), kinds_of(kinds[key])), at)

    def types(self, row: Row, at: int) -> None:
        code = plain_value(row.get("service")).strip()
        if code not in self.catalogue:
            codes = list(self.catalogue.services)
            self.wrong("unknown_service", at, "service", code, close=nearest_name(code, codes))
            return
        self.types_seen.append(code)
        if self.flag(row.get("plan"), at, "plan"):
            self.content.setdefault("services", []).append(code)
            self.note(f"services[{len(self.content['services']) - 1}]", at)
        for column, key in TYPES.items():
            if plain_value(row.get(column)).strip():
                self.put(f"{key}.{code}", self.value(row[column], {float, str}), at)
        for column in OWN:
            value = self.value(row.get(column), {float})
            told = catalogue_figure(self.catalogue[code], column)
            if value not in ("", told):
                self.put(f"facilities.values.{code}.{column}", value, at)

    def locks(self, row: Row, at: int) -> None:
        kind = plain_value(row.get("decision")).strip()
        if kind not in LOCKS:
            self.wrong("not_one_of", at, "decision", kind, expected=", ".join(LOCKS))
            return
        entry = {key: plain_value(row.get(key)).strip() for key in ("service", "commune")}
        self.append(kind, entry, at)

    def functions(self, row: Row, at: int) -> None:
        code = plain_value(row.get("function")).strip()
        self.functions_seen.append(code)
        if self.flag(row.get("decide"), at, "decide"):
            listed = self.content.setdefault("sharing", {}).setdefault("functions", [])
            listed.append(code)
            self.note(f"sharing.functions[{len(listed) - 1}]", at)
        for column in ("saving", "unit_cost_eur"):
            value = self.value(row.get(column), {float})
            if value != "":
                self.put(f"sharing.values.{code}.{column}", value, at)

    def wishes(self, row: Row, at: int) -> None:
        kind = plain_value(row.get("wish")).strip()
        if kind not in WISHES:
            self.wrong("not_one_of", at, "wish", kind, expected=", ".join(WISHES))
            return
        cells = {key: plain_value(row.get(key)).strip() for key in ("function", "commune")}
        entry: dict[str, Any] = {key: text for key, text in cells.items() if text}
        other = plain_value(row.get("against")).strip()
        if kind == "vetoes":
            entry["against"] = other
        if kind == "already":
            entry["host"] = other
            entry["communes"] = _items(entry.pop("commune", ""))
        self.append(kind, entry, at, "sharing")

    def entries(self, key: str, row: Row, at: int) -> None:
        section, name = LISTS[key]
        hints = get_type_hints(row_model(section, name), include_extras=True)
        entry = {
            field: self.value(row.get(field), kinds_of(kind))
            for field, kind in hints.items()
            if plain_value(row.get(field)).strip()
        }
        self.append(name, entry, at, section)

    def flag(self, cell: Any, at: int, column: str) -> bool:
        text = plain_value(cell).strip().casefold()
        if text not in (*YES, *NO):
            self.wrong("not_yes_or_no", at, column, text, expected="oui, non, yes, no, 1, 0")
        return text in YES

    def value(self, cell: Any, kinds: set[type]) -> Any:
        """Value of a cell, of the kind that its setting wants where it can be understood so."""
        text = plain_value(cell).strip()
        if tuple in kinds:
            return _items(text)
        if bool in kinds and text.casefold() in (*YES[:4], *NO[:4]):
            return text.casefold() in YES
        read = number(text) if kinds & {int, float} and text else None
        if read is None:
            return text
        return int(read) if read.is_integer() else read

    def put(self, key: str, value: Any, at: int) -> None:
        *above, last = key.split(".")
        table = self.content
        for part in above:
            table = table.setdefault(part, {})
        table[last] = value
        self.note(key, at)

    def append(self, name: str, entry: Row, at: int, section: str = "") -> None:
        table = self.content.setdefault(section, {}) if section else self.content
        table.setdefault(name, []).append(entry)
        key = f"{section}.{name}" if section else name
        self.note(f"{key}[{len(table[name]) - 1}]", at)

    def note(self, key: str, at: int) -> None:
        self.lines[key], self.sheets[key] = at, self.name

    def wrong(
        self, problem: str, at: int, column: str, found: str, *, close: str = "", expected: str = ""
    ) -> None:
        file = f"{self.path}, {self.name}"
        self.findings.append(Finding(problem, file, at, column, found[:80], expected, close))


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.split(LIST) if item.strip()]
