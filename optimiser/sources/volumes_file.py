"""The user's own volumes of support functions: the template, filled in and read back."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from optimiser.errors import Finding, nearest_name
from optimiser.functions import FunctionCatalogue, FunctionCode
from optimiser.sharing_case import Volumes
from optimiser.sources.cells import Checked
from optimiser.sources.tables import read_table
from optimiser.territory import Territory
from optimiser.units import InseeCode

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "function": ("fonction", "fonction support", "support function"),
    "code": ("code commune", "code insee", "insee", "codgeo"),
    "commune": ("nom commune", "commune name", "ville"),
    "volume": ("quantite", "quantity", "valeur"),
}
"""Headings under which each column may stand; others are for the reader and are not read."""

_RULES = {"volume": pa.Column(float, pa.Check.ge(0), nullable=True)}


def read_volumes(path: Path, territory: Territory, functions: FunctionCatalogue) -> Volumes:
    """Read volumes by function and commune.

    Parameters
    ----------
    path
        CSV, Excel or Parquet with ``function``, ``volume``, and the commune by ``code`` or by
        name (``commune``). Rows without a volume say nothing; a function with one volume needs
        one for every member.
    territory, functions
        What exists.

    Returns
    -------
    mapping
        Volumes by function and commune, for the functions that the file fills in.

    Raises
    ------
    TableError
        Every wrong row: unknown function or commune, a negative or missing volume, a pair twice.
    """
    checked = Checked(read_table(path, HEADINGS))
    checked.require("function", "volume")
    if "commune" not in checked.table.frame.columns:
        checked.require("code")
    numbers = checked.numbers("volume")
    checked.schema(pd.DataFrame({"volume": numbers}), _RULES)
    names = checked.coded("function", list(functions.functions))
    communes = _communes(checked, territory)
    volumes: dict[FunctionCode, dict[InseeCode, float]] = {}
    seen: dict[tuple[str, str], int] = {}
    for row, place in enumerate(zip(names, communes, strict=True)):
        if not all(place):
            continue
        if place in seen:
            first = str(int(checked.table.rows[seen[place]]))
            checked.wrong("volume_twice", row, "function", place[0], expected=first)
            continue
        seen[place] = row
        if numbers[row] == numbers[row]:  # not NaN
            volumes.setdefault(place[0], {})[place[1]] = float(numbers[row])
    _complete(checked, territory, volumes, seen)
    checked.refuse()
    return volumes


def _communes(checked: Checked, territory: Territory) -> list[InseeCode]:
    """Member of each row, by code or by name."""
    texts = zip(checked.table.texts("code"), checked.table.texts("commune"), strict=True)
    found = []
    for row, (code, name) in enumerate(texts):
        word, column = (code, "code") if code else (name, "commune")
        index = max(territory.member_index(text) for text in (word, f"0{word}")) if word else -1
        found.append(territory.members[index].code if index >= 0 else "")
        if not word:
            checked.wrong("missing_cell", row, "code", "")
        elif index < 0:
            close = nearest_name(word, [commune.name for commune in territory.members])
            expected = territory.name
            checked.wrong("unknown_commune", row, column, word, expected=expected, close=close)
    return found


def _complete(
    checked: Checked,
    territory: Territory,
    volumes: Mapping[FunctionCode, Mapping[InseeCode, float]],
    seen: Mapping[tuple[str, str], int],
) -> None:
    """Note members without a volume in a function that has one for others."""
    wrong = {finding.row for finding in checked.findings}
    for function, known in volumes.items():
        for commune in territory.members:
            if commune.code in known:
                continue
            row = seen.get((function, commune.code))
            shown = f"{commune.name}, {function}"
            if row is None:
                checked.findings.append(
                    Finding("volume_missing", checked.table.file, column="volume", found=shown)
                )
            elif int(checked.table.rows[row]) not in wrong:
                checked.wrong("volume_missing", row, "volume", shown)
