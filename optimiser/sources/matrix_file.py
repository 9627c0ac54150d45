"""The user's travel times: a list of pairs, a square table, or an OMX file."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from optimiser.access import TravelTimes
from optimiser.errors import Finding, TableError
from optimiser.sources.cells import MISSING, Checked, Table, number
from optimiser.sources.notes import named, note
from optimiser.sources.omx import read_omx
from optimiser.sources.tables import KINDS, MAX_BYTES, check_file, read_table
from optimiser.territory import Territory
from optimiser.units import BoolArray, FloatArray, InseeCode

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "origin": ("origine", "from", "from id", "origin id", "code origine", "depart"),
    "destination": ("to", "to id", "destination id", "code destination", "arrivee"),
    "minutes": ("temps minutes", "duree minutes", "travel time", "travel time p50", "temps"),
    "km": ("distance km", "kilometres", "kilometers"),
}
"""Headings under which each column of a list of pairs may stand."""

MAX_MINUTES = 1440.0
MAX_KM = 3000.0
_BARE_BYTES = 50_000_000
"""A day: more than that is seconds, or an error."""

_INFINITE = frozenset({"inf", "infinity", "+inf", "∞"})


def read_matrix(path: Path, territory: Territory) -> tuple[TravelTimes, tuple[str, ...]]:
    """Read minutes from the members to every commune of a territory.

    Minutes may differ by direction. A pair that is missing or empty cannot be travelled; a commune
    reaches itself in no time where the file says nothing. Communes of no interest are left out.

    Parameters
    ----------
    path
        CSV, Excel or Parquet: columns origin, destination and minutes, or a square table whose
        first column and headings are commune codes. OMX: a matrix with a lookup of codes. A CSV
        or Parquet file that holds nothing but a square of numbers, as large as the territory, is
        taken in the order of the INSEE codes, members first; a note says so.
    territory
        Whose communes.

    Returns
    -------
    travel, notes
        Travel times, and what was missing.

    Raises
    ------
    TableError
        Every wrong row, or a member without any time to or from another one.
    """
    if path.suffix.casefold() == ".omx":
        check_file(path, MAX_BYTES, (".omx",))
        minutes = _Minutes(str(path), territory)
        codes, values = read_omx(path, minutes.codes)
        minutes.block(codes, codes, values)
    else:
        check_file(path, MAX_BYTES, (*KINDS, ".omx"))
        minutes = _Minutes(str(path), territory)
        bare = _bare_square(path, {len(minutes.members), len(minutes.codes)})
        if bare is not None:
            order = minutes.codes[: len(bare)]
            minutes.block(order, order, bare)
            travel, notes = minutes.travel(path.name)
            return travel, (*notes, note("matrix_in_order", file=path.name, count=len(bare)))
        _read_table(path, minutes)
    return minutes.travel(path.name)


def _bare_square(path: Path, sizes: Collection[int]) -> FloatArray | None:
    """Numbers of a file that holds a square of them and nothing else; None where it does not."""
    if path.suffix.casefold() == ".parquet":
        try:
            frame = pd.read_parquet(path)
        except (OSError, ValueError):
            # What is wrong with the file is for the ordinary reader to say.
            return None
        numeric = all(pd.api.types.is_numeric_dtype(kind) for kind in frame.dtypes)
        values = frame.to_numpy(dtype=np.float64) if numeric else np.empty((0, 0))
    elif path.suffix.casefold() == ".csv" and path.stat().st_size < _BARE_BYTES:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
        lines = [line for line in text.splitlines() if line.strip()]
        mark = ";" if ";" in (lines[0] if lines else "") else ","
        cells = [[number(cell) for cell in line.split(mark)] for line in lines[: max(sizes) + 1]]
        whole = [[cell for cell in row if cell is not None] for row in cells]
        if len(lines) > max(sizes) or whole != cells or len({len(row) for row in cells}) != 1:
            return None
        values = np.array(whole, dtype=np.float64)
    else:
        return None
    fits = values.shape[0] in sizes and values.shape[0] == values.shape[1]
    return values if fits and bool(((values >= 0) & (values <= MAX_MINUTES)).all()) else None


def _read_table(path: Path, minutes: "_Minutes") -> None:
    checked = Checked(read_table(path, HEADINGS))
    columns = [str(name) for name in checked.table.frame.columns]
    if {"origin", "destination"} <= set(columns):
        checked.require("minutes")
        _pairs(checked, minutes)
    elif any(minutes.code(name) is not None for name in columns[1:]):
        _square(checked, minutes)
    else:
        raise TableError(
            (
                Finding(
                    "matrix_without_codes",
                    str(path),
                    found=", ".join(columns[:5]),
                    expected="origin, destination, minutes",
                ),
            )
        )


class _Minutes:
    """Minutes of a territory, filled as they are read."""

    def __init__(self, file: str, territory: Territory) -> None:
        """Start with no way between any two communes."""
        self.file = file
        self.territory = territory
        self.members = tuple(commune.code for commune in territory.members)
        self.codes = tuple(commune.code for commune in territory.communes)
        self.position = {code: at for at, code in enumerate(self.codes)}
        self.minutes = np.full((len(self.codes), len(self.codes)), np.inf)
        self.km: FloatArray | None = None
        self.named: set[int] = set()

    def code(self, text: str) -> InseeCode | None:
        """Commune of the territory that a text names; None where it names none."""
        bare = text.strip()
        if bare in self.position:
            return bare
        return f"0{bare}" if f"0{bare}" in self.position else None

    def positions(self, texts: Sequence[str]) -> list[int]:
        """Position of each commune; -1 outside the territory."""
        known = {text: self.code(text) for text in set(texts)}
        return [-1 if known[text] is None else self.position[str(known[text])] for text in texts]

    def block(
        self, origins: Sequence[str], destinations: Sequence[str], values: FloatArray
    ) -> None:
        """Fill a rectangle."""
        rows, columns = (np.array(self.positions(t)) for t in (origins, destinations))
        ours, theirs = np.flatnonzero(rows >= 0), np.flatnonzero(columns >= 0)
        self.named |= {*rows[ours].tolist(), *columns[theirs].tolist()}
        self.minutes[np.ix_(rows[ours], columns[theirs])] = values[np.ix_(ours, theirs)]

    def travel(self, name: str) -> tuple[TravelTimes, tuple[str, ...]]:
        """Travel times from the members, or what is missing from them."""
        own = np.diag_indices(len(self.codes))
        lacking = ~np.isfinite(self.minutes[own])
        n = len(self.members)
        between = np.isfinite(self.minutes[:n, :n]) & ~np.eye(n, dtype=bool)
        cut = (~between.any(axis=1) | ~between.any(axis=0)) & (n > 1)
        alone = cut & self._may_stand_alone()
        # A file that joins no two members is the wrong file, whatever it names.
        wrong = cut if cut.all() else cut & ~alone
        if wrong.any():
            raise TableError(
                tuple(
                    Finding("matrix_commune_missing", self.file, found=f"{c.code} {c.name}")
                    for c, lost in zip(self.territory.members, wrong, strict=True)
                    if lost
                )
            )
        self.minutes[own] = np.where(lacking, 0.0, self.minutes[own])
        unreached = int((~np.isfinite(self.minutes[:n, n:]).any(axis=0)).sum())
        notes = [note("matrix_neighbours_missing", count=unreached)] if unreached else []
        if alone.any():
            names = [c.name for c, by in zip(self.territory.members, alone, strict=True) if by]
            notes.append(note("matrix_alone", count=len(names), communes=named(names)))
        if lacking[:n].any():
            notes.append(note("matrix_own_minutes", count=int(lacking[:n].sum())))
        travel = TravelTimes(
            self.members,
            self.codes,
            self.minutes[:n],
            method="matrix",
            source=name,
            km=self._ways(),
        )
        return travel, tuple(notes)

    def _may_stand_alone(self) -> BoolArray:
        """Whether each member may be without a way to any other one.

        The file names it, as a bounded list does, or it lies on another landmass than most.
        """
        members = self.territory.members
        lands = [commune.landmass for commune in members]
        main = max(set(lands), key=lands.count)
        return np.array(
            [
                at in self.named or (commune.landmass not in (0, main) and main > 0)
                for at, commune in enumerate(members)
            ],
            dtype=bool,
        )

    def _ways(self) -> FloatArray | None:
        """Kilometres from the members; none within a commune where the file says nothing."""
        if self.km is None:
            return None
        own = np.diag_indices(len(self.codes))
        self.km[own] = np.where(np.isfinite(self.km[own]), self.km[own], 0.0)
        return self.km[: len(self.members)]


def _pairs(checked: Checked, minutes: _Minutes) -> None:
    table = checked.table
    frame = pd.DataFrame({column: table.texts(column) for column in HEADINGS})
    rows = np.array(minutes.positions(list(frame["origin"])))
    columns = np.array(minutes.positions(list(frame["destination"])))
    ours = np.flatnonzero((rows >= 0) & (columns >= 0))
    texts = frame["minutes"].to_list()
    values = np.full(len(frame), np.inf)
    for at in ours:
        values[at] = _value(checked, int(at), "minutes", texts[at])
    first: dict[tuple[int, int], int] = {}
    for at in ours:
        pair = (int(rows[at]), int(columns[at]))
        if pair in first:
            earlier = str(int(table.rows[first[pair]]))
            codes = f"{frame['origin'][at]} {frame['destination'][at]}"
            checked.wrong("pair_twice", int(at), "origin", codes, expected=earlier)
        first.setdefault(pair, int(at))
    for column in ("origin", "destination"):
        for at in np.flatnonzero((frame[column] == "").to_numpy()):
            checked.wrong("missing_cell", int(at), column, "")
    checked.refuse()
    minutes.minutes[rows[ours], columns[ours]] = values[ours]
    minutes.named |= {*rows[ours].tolist(), *columns[ours].tolist()}
    if "km" in table.frame.columns:
        minutes.km = np.full(minutes.minutes.shape, np.inf)
        minutes.km[rows[ours], columns[ours]] = [
            _value(checked, int(at), "km", frame["km"][at], MAX_KM) for at in ours
        ]
        checked.refuse()


def _square(checked: Checked, minutes: _Minutes) -> None:
    table = checked.table
    headings = [str(name) for name in table.frame.columns]
    origins = table.frame.iloc[:, 0].astype(str).to_list()
    used = [name for name in headings[1:] if minutes.code(name) is not None]
    seen: dict[str, int] = {}
    for at, origin in enumerate(origins):
        if minutes.code(origin) is not None and origin in seen:
            earlier = str(int(table.rows[seen[origin]]))
            checked.wrong("pair_twice", at, headings[0], origin, expected=earlier)
        seen.setdefault(origin, at)
    values = np.full((len(origins), len(used)), np.inf)
    for column, name in enumerate(used):
        values[:, column] = _column(checked, table, name, origins, minutes)
    checked.refuse()
    minutes.block(origins, used, values)


def _column(
    checked: Checked, table: Table, name: str, origins: Sequence[str], minutes: _Minutes
) -> FloatArray:
    values = np.full(len(origins), np.inf)
    for at, text in enumerate(table.texts(name)):
        if minutes.code(origins[at]) is not None:
            values[at] = _value(checked, at, name, text)
    return values


def _value(checked: Checked, at: int, column: str, text: str, most: float = MAX_MINUTES) -> float:
    """Minutes of a cell; no way where it is empty, wrong or infinite."""
    if text.casefold() in _INFINITE | MISSING:
        return np.inf
    value = number(text)
    if value is None:
        checked.wrong("not_a_number", at, column, text)
    elif not 0 <= value <= most:
        checked.wrong("out_of_range", at, column, text, expected=f"0 … {most:g}")
    else:
        return value
    return np.inf
