"""Writes a scenario as an Excel workbook that a planner fills in and gives back."""

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

from optimiser.catalogue import Catalogue
from optimiser.functions import FunctionCatalogue, ScaleCurve
from optimiser.labels import Labels
from optimiser.scenario import Scenario
from optimiser.sharing_scenario import Already, Veto
from optimiser.sources.findings import NO_LIMIT, expected
from optimiser.sources.scenario_book import (
    FIRST_ROW,
    LIST,
    LISTS,
    LOCKS,
    OWN,
    TYPES,
    WISHES,
    catalogue_figure,
    row_model,
    scalar_keys,
)

_EPOCH = dt.datetime(1980, 1, 1)  # noqa: DTZ001 - Excel knows no time zone
_ROOM = 60
"""Empty rows that are ready for decisions and wishes."""

Cell = str | float | None


def scenario_book(
    scenario: Scenario,
    catalogue: Catalogue,
    functions: FunctionCatalogue,
    communes: Sequence[str],
    labels: Labels,
) -> bytes:
    """Write a scenario as a workbook.

    Parameters
    ----------
    scenario
        What its cells say.
    catalogue, functions
        Types of facility and support functions, as their files give them.
    communes
        Names of the members, offered where a commune is asked for.
    labels
        Words of the reader's language.

    Returns
    -------
    bytes
        The file: values only, no formula; `optimiser.sources.read_scenario` reads it back to the
        same scenario.
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": scenario.title, "created": _EPOCH})
    writer = _Writer(book, labels)
    writer.settings(scenario)
    writer.types(scenario, catalogue)
    writer.locks(scenario, list(catalogue.services))
    writer.functions(scenario, functions)
    writer.wishes(scenario, list(functions.functions))
    for key in LISTS:
        writer.entries(scenario, key)
    writer.names(communes)
    book.close()
    return stream.getvalue()


class _Writer:
    def __init__(self, book: Any, labels: Labels) -> None:
        self.book, self.labels = book, labels
        self.answers = [labels("words.yes"), labels("words.no")]
        grey = {"font_color": "#595959", "italic": True}
        self.key = book.add_format(grey)
        self.head = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "valign": "top"})
        self.told = book.add_format({"text_wrap": True, "valign": "top", **grey})
        self.free = book.add_format({"bg_color": "#fff8e1", "border": 1, "border_color": "#bfbfbf"})
        self.known = book.add_format({"bg_color": "#f2f2f2"})

    def settings(self, scenario: Scenario) -> None:
        sheet = self.sheet("settings", ("setting", "value", "expected", "help"), (36, 24, 24, 90))
        for row, (section, name, kind) in enumerate(scalar_keys(), start=FIRST_ROW - 1):
            held = getattr(scenario, section) if section else scenario
            key = f"{section}.{name}" if section else name
            sheet.write_string(row, 0, key, self.known)
            self.write(sheet, row, 1, _written(getattr(held, name)))
            bounds = ", ".join(expected(kind))
            sheet.write_string(row, 2, bounds, self.told)
            sheet.write_string(row, 3, self.labels(f"scenario_file.{key}"), self.told)
            allowed = [part for part in expected(kind) if part.isalpha()]
            if allowed and len(allowed) == len(list(expected(kind))):
                self.choice(sheet, row, 1, allowed, row)

    def types(self, scenario: Scenario, catalogue: Catalogue) -> None:
        columns = ("service", "name", "plan", *TYPES, *OWN)
        sheet = self.sheet("types", columns, (24, 28, 8, *(14,) * (len(columns) - 3)))
        for row, service in enumerate(catalogue, start=FIRST_ROW - 1):
            code = service.code
            own = scenario.facilities.values.get(code)
            planned = not scenario.services or code in scenario.services
            sheet.write_string(row, 0, code, self.known)
            name = service.names.get(self.labels.language) or self.word(f"service.{code}")
            sheet.write_string(row, 1, name or code, self.known)
            self.write(sheet, row, 2, self.labels(f"words.{'yes' if planned else 'no'}"))
            for c, key in enumerate(TYPES.values(), start=3):
                section, field = key.split(".")
                self.write(sheet, row, c, getattr(getattr(scenario, section), field).get(code))
            for c, field in enumerate(OWN, start=3 + len(TYPES)):
                mine = getattr(own, field) if own else None
                told = catalogue_figure(service, field)
                self.write(sheet, row, c, told if mine is None else mine)
        last = FIRST_ROW + len(catalogue.services)
        self.choice(sheet, FIRST_ROW - 1, 2, self.answers, last)
        rule = {"validate": "decimal", "criteria": ">=", "value": 0, "error_type": "warning"}
        sheet.data_validation(FIRST_ROW - 1, 3 + len(TYPES), last, len(columns) - 1, rule)

    def locks(self, scenario: Scenario, codes: Sequence[str]) -> None:
        sheet = self.sheet("decisions", ("decision", "service", "commune"), (16, 26, 34))
        rows = [(kind, x.service, x.commune) for kind in LOCKS for x in getattr(scenario, kind)]
        self.rows(sheet, rows, 3)
        for c, allowed in enumerate((LOCKS, codes)):
            self.choice(sheet, FIRST_ROW - 1, c, allowed, FIRST_ROW + len(rows) + _ROOM)

    def functions(self, scenario: Scenario, functions: FunctionCatalogue) -> None:
        columns = ("function", "name", "decide", "saving", "unit_cost_eur")
        sheet = self.sheet("functions", columns, (24, 36, 10, 14, 18))
        asked = scenario.sharing
        for row, function in enumerate(functions, start=FIRST_ROW - 1):
            code = function.code
            own = asked.values.get(code)
            sheet.write_string(row, 0, code, self.known)
            sheet.write_string(row, 1, self.labels(f"function.{code}"), self.known)
            decided = not asked.functions or code in asked.functions
            self.write(sheet, row, 2, self.labels(f"words.{'yes' if decided else 'no'}"))
            editable = isinstance(function.curve, ScaleCurve)
            for c, field in enumerate(("saving", "unit_cost_eur"), start=3):
                if editable:
                    self.write(sheet, row, c, getattr(own, field) if own else None)
        last = FIRST_ROW + len(functions.functions)
        self.choice(sheet, FIRST_ROW - 1, 2, self.answers, last)

    def wishes(self, scenario: Scenario, codes: Sequence[str]) -> None:
        columns = ("wish", "function", "commune", "against")
        sheet = self.sheet("wishes", columns, (16, 24, 40, 34))
        rows: list[tuple[Cell, ...]] = []
        for kind in WISHES:
            for wish in getattr(scenario.sharing, kind):
                communes = f"{LIST} ".join(wish.communes) if kind == "already" else wish.commune
                other = wish.host if isinstance(wish, Already) else ""
                other = wish.against if isinstance(wish, Veto) else other
                rows.append((kind, wish.function, communes, other))
        self.rows(sheet, rows, 4)
        for c, allowed in enumerate((WISHES, ["all", *codes])):
            self.choice(sheet, FIRST_ROW - 1, c, allowed, FIRST_ROW + len(rows) + _ROOM)

    def entries(self, scenario: Scenario, key: str) -> None:
        section, name = LISTS[key]
        fields = list(row_model(section, name).model_fields)
        # The first cell of the keys tells the sheet from the others.
        sheet = self.sheet(name, (key, *fields), (6, *(22,) * len(fields)))
        held = getattr(getattr(scenario, section), name)
        rows = [(None, *(getattr(entry, field) for field in fields)) for entry in held]
        self.rows(sheet, rows, len(fields) + 1)

    def word(self, key: str) -> str:
        return self.labels(key) if key in self.labels else ""

    def names(self, communes: Sequence[str]) -> None:
        sheet = self.book.add_worksheet(self.labels("scenario_book.communes"))
        sheet.set_column(0, 0, 40)
        for row, name in enumerate(communes):
            sheet.write_string(row, 0, name)

    def sheet(self, name: str, keys: Sequence[str], widths: Sequence[int]) -> Any:
        sheet = self.book.add_worksheet(self.labels(f"scenario_book.{name}"))
        for c, (key, width) in enumerate(zip(keys, widths, strict=True)):
            sheet.set_column(c, c, width)
            sheet.write_string(0, c, key, self.key)
            sheet.write_string(1, c, self.labels(f"scenario_book.column.{key}"), self.head)
        sheet.freeze_panes(FIRST_ROW - 1, 1)
        return sheet

    def rows(self, sheet: Any, rows: Sequence[tuple[Cell, ...]], width: int) -> None:
        for r, row in enumerate([*rows, *([(None,) * width] * _ROOM)], start=FIRST_ROW - 1):
            for c, cell in enumerate(row):
                self.write(sheet, r, c, cell)

    def write(self, sheet: Any, row: int, column: int, cell: Cell) -> None:
        if cell is None:
            sheet.write_blank(row, column, None, self.free)
        elif isinstance(cell, str):
            sheet.write_string(row, column, cell, self.free)
        else:
            sheet.write_number(row, column, cell, self.free)

    def choice(self, sheet: Any, row: int, column: int, allowed: Sequence[str], last: int) -> None:
        """Offer a list of words; Excel holds 255 characters of them at most."""
        if len(",".join(allowed)) <= 255:  # noqa: PLR2004
            rule: Mapping[str, Any] = {"validate": "list", "source": list(allowed)}
            sheet.data_validation(row, column, last, column, {**rule, "error_type": "warning"})


def _written(value: object) -> Cell:
    if value is None:
        return NO_LIMIT
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"{LIST} ".join(map(str, value))
    return float(value) if isinstance(value, int | float) else str(value)
