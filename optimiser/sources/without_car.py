"""Minutes of those who have no car: over road graphs, from the user's file, or estimated."""

from pathlib import Path

import numpy as np

from optimiser.access.estimate import CarEstimate, Places, road_km
from optimiser.access.modes import MODES, Mode
from optimiser.access.spot_times import StoredTimes
from optimiser.access.spots import Spots
from optimiser.case import Case
from optimiser.cells import CellDemand
from optimiser.errors import Finding, ScenarioError
from optimiser.sources.folder import data_folder
from optimiser.sources.matrix_file import read_matrix
from optimiser.sources.notes import note
from optimiser.sources.places import places, spots
from optimiser.sources.road_files import load_road_modes, load_roads
from optimiser.sources.road_times import graph_source, road_travel
from optimiser.units import BoolArray, FloatArray, IntArray, within


def without_car_demand(case: Case) -> tuple[CellDemand, tuple[str, ...]]:
    """Where people without a car live, and which town halls they reach.

    Parameters
    ----------
    case
        A case whose scenario gives access without a car some weight; its cells are used where the
        minutes can be known from them.

    Returns
    -------
    demand, notes
        The demand, and what had to be assumed.

    Raises
    ------
    InputError
        Public transport without a file of times, or a file that is wrong.
    """
    asked = case.scenario.without_car
    path = Path(asked.times) if asked.times else None
    mode = next((name for name in MODES if name == asked.mode), None)
    if path is not None and not path.is_dir():
        travel, notes = read_matrix(path, case.territory)
        return _of_table(case, travel.minutes, path.name), notes
    if mode is None:
        raise ScenarioError((Finding("transit_needs_times", column="without_car.times"),))
    if path is None:
        return _estimated(case, mode), (note("without_car_estimate"),)
    if case.cells is None:
        travel, notes = road_travel(case.territory, path, mode, asked.minutes)
        return _of_table(case, travel.minutes, travel.source), notes
    return _over_roads(case, case.cells, path, mode), ()


def _of_table(case: Case, minutes: FloatArray, source: str) -> CellDemand:
    """Every member as one cell."""
    limit = case.scenario.without_car.minutes
    columns, rows = np.nonzero(within(minutes, limit).T)
    start = _starts(np.bincount(columns, minlength=minutes.shape[1]))
    n = len(case.members)
    return CellDemand(
        np.arange(n),
        np.ones(n),
        StoredTimes(start, rows, minutes[rows, columns]),
        limit=limit,
        source=source,
    )


def _over_roads(case: Case, cells: CellDemand, folder: Path, mode: Mode) -> CellDemand:
    from optimiser.access.routing import sparse_times  # noqa: PLC0415 - compiles

    limit = case.scenario.without_car.minutes
    graph = load_roads(folder, mode)
    found = sparse_times(graph, Spots(*_centres(cells)), spots(case.territory.communes), limit)
    columns = found.minutes.tocsc()
    return CellDemand(
        cells.home,
        cells.share,
        StoredTimes(
            columns.indptr.astype(np.int64), columns.indices.astype(np.int64), columns.data
        ),
        limit=limit,
        source=graph_source(graph),
    )


def _estimated(case: Case, mode: Mode) -> CellDemand:
    """Kilometres of the estimate at the mode's speed."""
    speeds = load_road_modes().of(mode)
    parameters = CarEstimate.from_toml(data_folder() / "access" / "car_estimate.toml")
    limit, halls = case.scenario.without_car.minutes, places(case.territory.communes)
    lands = np.array([commune.landmass for commune in case.territory.communes])

    def minutes_of(km: FloatArray) -> FloatArray:
        return np.asarray(km / speeds.fastest_kmh * 60.0 + speeds.terminal_minutes)

    cells = case.cells
    if cells is None:
        minutes = minutes_of(road_km(places(case.members), halls, parameters))
        home = np.arange(len(case.members))
        for j in range(len(lands)):
            minutes[~_joined(lands, home, j), j] = np.inf
        return _of_table(case, minutes, "")
    lon, lat = _centres(cells)
    here = _spot(lon, lat)
    parts = []
    for j in range(len(lands)):
        hall = _spot(halls.lon[j : j + 1], halls.lat[j : j + 1], "hall")
        minutes = minutes_of(road_km(here, hall, parameters)[:, 0])
        rows = np.flatnonzero(within(minutes, limit) & _joined(lands, cells.home, j))
        parts.append((rows, minutes[rows]))
    start = _starts(np.array([len(rows) for rows, _ in parts]))
    rows, minutes = (np.concatenate(part) for part in zip(*parts, strict=True))
    return CellDemand(cells.home, cells.share, StoredTimes(start, rows, minutes), limit=limit)


def _spot(lon: FloatArray, lat: FloatArray, code: str = "") -> Places:
    """Places of unknown area: their own code is nobody else's."""
    count = len(lon)
    return Places((code,) * count, lon, lat, np.full(count, np.nan), np.zeros(count))


def _starts(counts: IntArray) -> IntArray:
    return np.concatenate([[0], np.cumsum(counts)])


def _centres(cells: CellDemand) -> tuple[FloatArray, FloatArray]:
    if cells.lon is None or cells.lat is None:
        raise ValueError("cells without a place")
    return cells.lon, cells.lat


def _joined(lands: IntArray, home: IntArray, j: int) -> BoolArray:
    """Whether no sea lies between each cell (c,) and commune j; not where a land is unknown."""
    here = lands[home]
    return np.asarray((here == lands[j]) | (here == 0) | (lands[j] == 0))
