"""OpenStreetMap extracts: the ways of a PBF file, read with pyrosm where it is installed."""

import hashlib
import importlib.util
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from optimiser.access.road_modes import TAGS, Streets
from optimiser.errors import Finding, InputError

_NETWORK = [tag for tag in TAGS if tag != "highway"]
_BLOCK = 1 << 20


def read_streets(path: Path) -> Streets:
    """Read every road, path and track of an extract.

    Parameters
    ----------
    path
        An OpenStreetMap extract, ``.osm.pbf``.

    Returns
    -------
    Streets
        Its ways, cut into segments.

    Raises
    ------
    InputError
        No such file, pyrosm is not installed, the file is no PBF, or it holds no road.
    """
    if not path.is_file():
        raise InputError((Finding("file_missing", str(path)),))
    if not path.name.casefold().endswith(".pbf"):
        expected = ".osm.pbf"
        raise InputError((Finding("file_kind_unknown", str(path), expected=expected),))
    if importlib.util.find_spec("pyrosm") is None:
        raise InputError(
            (Finding("roads_not_installed", expected="pip install 'maillage[roads]'"),)
        )
    nodes, edges = _read(path)
    number = pd.Series(np.arange(len(nodes)), index=nodes["id"].to_numpy())
    ways = edges["id"].to_numpy()
    codes, first_row = np.unique(ways, return_index=True)
    tags = pd.DataFrame(
        {tag: _texts(edges, tag, first_row) for tag in TAGS}, index=np.arange(len(codes))
    )
    return Streets(
        nodes["lon"].to_numpy(dtype=np.float64),
        nodes["lat"].to_numpy(dtype=np.float64),
        first=number.loc[edges["u"].to_numpy()].to_numpy(),
        last=number.loc[edges["v"].to_numpy()].to_numpy(),
        way=np.searchsorted(codes, ways),
        tags=tags,
    )


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    found = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


def _read(path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Nodes and segments, without their geometry."""
    import pyrosm  # noqa: PLC0415 - optional

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = pyrosm.OSM(str(path), keep_metadata=False, progress=False)
            found = reader.get_network("all", nodes=True, tags_to_keep=["highway", *_NETWORK])
    # The reader meets a broken file with whatever error its parts raise.
    except Exception as error:
        raise InputError((Finding("osm_broken", str(path), found=type(error).__name__),)) from error
    if found is None or found[0] is None or found[1] is None or not len(found[1]):
        raise InputError((Finding("osm_no_road", str(path)),))
    nodes, edges = found
    return pd.DataFrame(nodes.drop(columns="geometry")), pd.DataFrame(
        edges.drop(columns="geometry")
    )


def _texts(edges: pd.DataFrame, tag: str, rows: np.ndarray) -> list[str]:
    if tag not in edges.columns:
        return [""] * len(rows)
    column = edges[tag].iloc[rows]
    return column.astype(object).where(column.notna(), "").astype(str).to_list()
