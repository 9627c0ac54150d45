"""Reads an OMX (Open Matrix) file.

An OMX file is HDF5: matrices in the group ``data``, codes of the zones in the group ``lookup``. It
is read with h5py rather than with the openmatrix package, whose PyTables unpickles attributes: a
file from outside could then run code.
"""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped, unused-ignore]
import numpy as np

from optimiser.errors import Finding, TableError
from optimiser.sources.cells import plain_value
from optimiser.sources.words import plain
from optimiser.units import FloatArray

MAX_ZONES = 8_000
_MINUTES = ("minutes", "temps", "time", "travel time", "car minutes", "car")


def read_omx(path: Path, codes: Collection[str]) -> tuple[list[str], FloatArray]:
    """Read minutes and the codes of their zones.

    Parameters
    ----------
    path
        The file.
    codes
        Codes that are looked for: the lookup that holds most of them gives the zones.

    Returns
    -------
    zones, minutes
        Codes (n) and array (n, n); ``inf`` where there is no way.

    Raises
    ------
    TableError
        The file is broken, holds no matrix of minutes or several, or no lookup of the codes.
    """
    try:
        with h5py.File(path, "r") as file:
            matrix = _matrix(path, file)
            zones = _zones(path, file, codes, int(matrix.shape[0]))
            values = np.asarray(matrix[...], dtype=np.float64)
    except TableError:
        raise
    except Exception as error:  # h5py raises almost anything on a broken file
        raise TableError((Finding("file_unreadable", str(path)),)) from error
    values = np.where(np.isnan(values), np.inf, values)
    wrong = np.argwhere((values < 0) | ((values > _day()) & np.isfinite(values)))
    if len(wrong):
        i, j = (int(at) for at in wrong[0])
        found = f"{zones[i]} {zones[j]}: {values[i, j]:g}"
        raise TableError((Finding("out_of_range", str(path), i + 1, "", found, f"0 … {_day():g}"),))
    return zones, values


def _day() -> float:
    return 1440.0


def _matrix(path: Path, file: h5py.File) -> h5py.Dataset:
    """The one matrix, or the one that bears the name of minutes."""
    matrices = [item for item in _datasets(file, "data") if len(item.shape) == 2]  # noqa: PLR2004
    named = [item for item in matrices if plain(item.name.rsplit("/", 1)[-1]) in _MINUTES]
    chosen = matrices if len(matrices) == 1 else named
    if len(chosen) != 1:
        names = ", ".join(item.name.rsplit("/", 1)[-1] for item in matrices)
        raise TableError((Finding("omx_which_matrix", str(path), found=names, expected="minutes"),))
    rows, columns = chosen[0].shape
    if rows != columns or rows > MAX_ZONES:
        found, expected = f"{rows} x {columns}", f"n x n, n ≤ {MAX_ZONES}"
        raise TableError((Finding("omx_not_square", str(path), found=found, expected=expected),))
    return chosen[0]


def _zones(path: Path, file: h5py.File, codes: Collection[str], size: int) -> list[str]:
    """Codes of the lookup that holds most of the codes looked for."""
    best: list[str] = []
    most = 0
    for lookup in _datasets(file, "lookup"):
        if lookup.shape == (size,):
            texts = _texts(lookup[...], codes)
            hits = len(set(texts) & set(codes))
            best, most = (texts, hits) if hits > most else (best, most)
    if not most:
        raise TableError((Finding("matrix_without_codes", str(path), expected="lookup"),))
    if len(set(best)) < len(best):
        twice = next(code for code in best if best.count(code) > 1)
        raise TableError((Finding("value_twice", str(path), column="lookup", found=twice),))
    return best


def _datasets(file: h5py.File, group: str) -> Sequence[h5py.Dataset]:
    """Data sets that lie in the file itself, and not in another one that it points to."""
    if not isinstance(file.get(group), h5py.Group):
        return []
    names = [n for n in file[group] if isinstance(file[group].get(n, getlink=True), h5py.HardLink)]
    items = [file[group][name] for name in names]
    return [
        item
        for item in items
        if isinstance(item, h5py.Dataset) and not item.external and not item.is_virtual
    ]


def _texts(values: Any, codes: Collection[str]) -> list[str]:
    texts = [plain_value(value).strip("\x00 ") for value in np.asarray(values).tolist()]
    return [f"0{text}" if text not in codes and f"0{text}" in codes else text for text in texts]
