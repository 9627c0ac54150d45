"""Road graphs on disk: a folder with two Parquet tables a mode, and where they come from."""

import datetime as dt
import json
import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from optimiser.access.modes import MODES, Mode
from optimiser.access.road_graph import RoadGraph
from optimiser.access.road_modes import RoadModes, mode_graph
from optimiser.errors import CatalogueError, Finding, InputError
from optimiser.sources.findings import findings_of
from optimiser.sources.folder import data_folder
from optimiser.sources.osm_file import digest, read_streets
from optimiser.sources.toml_file import read_toml

_KEY = b"maillage"
_FORMAT = "1"
_NODES, _EDGES = ("lon", "lat"), ("tail", "head", "minutes", "km")


def load_road_modes(path: Path | None = None) -> RoadModes:
    """Read the speeds of each mode.

    Parameters
    ----------
    path
        A TOML file; None: the embedded one.

    Returns
    -------
    RoadModes
        Speeds and penalties.

    Raises
    ------
    CatalogueError
        Every mistake of the file, each with its line and key.
    """
    where = data_folder() / "access" / "road_modes.toml" if path is None else path
    source = read_toml(where, CatalogueError)
    try:
        return RoadModes.model_validate_json(json.dumps(source.content, default=str), strict=True)
    except ValidationError as error:
        raise CatalogueError(findings_of(error, source, RoadModes)) from error


def build_roads(
    extract: Path, folder: Path, modes: RoadModes, wanted: Sequence[Mode] = MODES
) -> dict[Mode, RoadGraph]:
    """Make the graphs of an extract and keep them in a folder.

    Parameters
    ----------
    extract
        An OpenStreetMap extract, ``.osm.pbf``.
    folder
        Where to; graphs of an earlier build are replaced, all at once.
    modes
        Speeds of each mode.
    wanted
        Modes to build.

    Returns
    -------
    dict
        Graph of each mode.

    Raises
    ------
    InputError
        The extract cannot be read, or holds no road for a mode.
    """
    streets = read_streets(extract)
    provenance = {
        "file": extract.name,
        "sha256": digest(extract),
        "built": dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds"),
        "software": f"maillage {_version('maillage')}, pyrosm {_version('pyrosm')}",
        "licence": "© OpenStreetMap contributors, ODbL 1.0",
    }
    graphs: dict[Mode, RoadGraph] = {}
    for mode in wanted:
        graph = mode_graph(streets, mode, modes)
        if not graph.edges:
            raise InputError((Finding("osm_no_road", str(extract), found=mode),))
        graphs[mode] = graph
    target = folder.absolute()
    draft = target.parent / f".{target.name}-{secrets.token_hex(4)}"
    draft.mkdir(parents=True)
    try:
        for mode, graph in graphs.items():
            _write(graph, draft, mode, provenance)
        target.mkdir(parents=True, exist_ok=True)
        for path in sorted(draft.iterdir()):
            os.replace(path, target / path.name)  # noqa: PTH105 - one atomic step
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return graphs


def is_road_folder(path: Path) -> bool:
    """Whether a folder holds at least one road graph."""
    return path.is_dir() and any((path / f"{mode}.edges.parquet").is_file() for mode in MODES)


def load_roads(folder: Path, mode: Mode) -> RoadGraph:
    """Read the graph of one mode.

    Parameters
    ----------
    folder
        From `build_roads`.
    mode
        Which mode.

    Returns
    -------
    RoadGraph
        The graph.

    Raises
    ------
    InputError
        No such graph, or files that `build_roads` did not write.
    """
    nodes_path, edges_path = (folder / f"{mode}.{part}.parquet" for part in ("nodes", "edges"))
    for path in (nodes_path, edges_path):
        if not path.is_file():
            raise InputError((Finding("roads_missing", str(folder), found=mode),))
    try:
        nodes = pq.read_table(nodes_path, columns=list(_NODES))
        edges = pq.read_table(edges_path, columns=list(_EDGES))
        about = json.loads((edges.schema.metadata or {})[_KEY])
        if about["format"] != _FORMAT or about["mode"] != mode:
            raise _broken(folder, mode)
        tail, head, minutes, km = (edges[name].to_numpy() for name in _EDGES)
        count = len(nodes)
        start = np.concatenate([[0], np.cumsum(np.bincount(tail, minlength=count))])
        whole = bool((np.diff(tail) >= 0).all()) and 0 <= int(head.min()) <= int(head.max()) < count
        if not whole or len(start) != count + 1 or bool((minutes < 0).any()):
            raise _broken(folder, mode)
        return RoadGraph(
            mode=mode,
            lon=nodes["lon"].to_numpy(),
            lat=nodes["lat"].to_numpy(),
            start=start.astype(np.int64),
            end=head.astype(np.int32),
            minutes=minutes,
            km=km,
            access_kmh=float(about["access_kmh"]),
            terminal_minutes=float(about["terminal_minutes"]),
            provenance=about["provenance"],
        )
    except (OSError, KeyError, ValueError, pa.ArrowException) as error:
        raise _broken(folder, mode) from error


def _broken(folder: Path, mode: Mode) -> InputError:
    return InputError((Finding("roads_broken", str(folder), found=mode),))


def _write(graph: RoadGraph, folder: Path, mode: Mode, provenance: Mapping[str, str]) -> None:
    about = {
        "format": _FORMAT,
        "mode": mode,
        "access_kmh": graph.access_kmh,
        "terminal_minutes": graph.terminal_minutes,
        "provenance": dict(provenance),
    }
    kept = {_KEY: json.dumps(about, ensure_ascii=False).encode()}
    nodes = pa.table({"lon": graph.lon, "lat": graph.lat}).replace_schema_metadata(kept)
    edges = pa.table(
        {
            "tail": graph.tails.astype(np.int32),
            "head": graph.end,
            "minutes": graph.minutes,
            "km": graph.km,
        }
    ).replace_schema_metadata(kept)
    pq.write_table(nodes, folder / f"{mode}.nodes.parquet")
    pq.write_table(edges, folder / f"{mode}.edges.parquet")


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "?"
