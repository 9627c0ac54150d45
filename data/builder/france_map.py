"""The picture of France in the app: every commune's outline at two scales, as small files.

The five overseas departments stand in the sea south of Brittany, each at a scale of its own.
"""

import gzip
import json
import struct
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from builder.polygons import METROPOLE, OVERSEAS

SIZE = 16_384
"""Width and height of the picture in its own units, about 70 m each in metropolitan France."""

TOLERANCES_M = {"coarse": 1_400.0, "fine": 500.0}
INSETS = {
    "971": (0.000, 0.53),
    "972": (0.095, 0.53),
    "973": (0.000, 0.67),
    "974": (0.095, 0.67),
    "976": (0.000, 0.81),
}
"""Upper left corner of each overseas department, in parts of the picture."""

INSET_SIZE = (0.085, 0.125)


def write_france(communes: Path, out: Path) -> None:
    """Write the files of the picture.

    Parameters
    ----------
    communes
        The embedded table, with its polygons.
    out
        Folder: ``france.json.gz`` (names), ``france-coarse.gz`` and ``france-fine.gz`` (outlines).
    """
    columns = ["code", "name", "epci", "epci_name", "geometry"]
    table = gpd.read_parquet(communes, columns=columns)
    table = table[table.geometry.notna()].sort_values("code", ignore_index=True)
    out.mkdir(parents=True, exist_ok=True)
    _write(out / "france.json.gz", json.dumps(_names(table), ensure_ascii=False).encode())
    for scale, tolerance in TOLERANCES_M.items():
        shapes, borders = _drawn(table, tolerance)
        _write(out / f"france-{scale}.gz", _outlines(shapes) + _outlines(borders))


def _names(table: gpd.GeoDataFrame) -> dict[str, object]:
    epcis = table[["epci", "epci_name"]].dropna().drop_duplicates("epci").sort_values("epci")
    rank = pd.Series(range(len(epcis)), index=epcis["epci"])
    return {
        "size": SIZE,
        "codes": table["code"].tolist(),
        "names": table["name"].tolist(),
        "epci": rank.reindex(table["epci"]).fillna(-1).astype(int).tolist(),
        "epcis": epcis["epci"].tolist(),
        "epci_names": epcis["epci_name"].tolist(),
    }


def _drawn(table: gpd.GeoDataFrame, tolerance: float) -> tuple[NDArray, NDArray]:
    """Communes, and the outlines of EPCIs in the order of their codes, in units of the picture."""
    shapes = np.empty(len(table), dtype=object)
    department = table["code"].str[:3]
    unit = tolerance
    for zone in (None, *OVERSEAS):
        here = (~department.isin(OVERSEAS) if zone is None else department == zone).to_numpy()
        flat = table.geometry[here].to_crs(METROPOLE if zone is None else OVERSEAS[zone])
        place, room = ((0.0, 0.0), (1.0, 1.0)) if zone is None else (INSETS[zone], INSET_SIZE)
        west, south, east, north = flat.total_bounds
        scale = SIZE * min(room[0] / (east - west), room[1] / (north - south))
        if zone is None:
            unit = tolerance * scale
        # The same turns are kept everywhere in the picture, whatever the scale of the place.
        simple = shapely.coverage_simplify(flat.to_numpy(), unit / scale)
        shapes[here] = _placed(simple, np.array([west, north]), scale, np.array(place) * SIZE)
    owner = table["epci"].to_numpy()
    codes = sorted(table["epci"].dropna().unique())
    borders = [shapely.coverage_union_all(shapes[owner == code]) for code in codes]
    return shapes, np.array(borders, dtype=object)


def _placed(shapes: NDArray, corner: NDArray, scale: float, at: NDArray) -> NDArray:
    """Metres from the upper left corner as units of the picture, downwards."""
    return np.asarray(
        shapely.transform(shapes, lambda xy: np.abs(xy - corner) * scale + at), dtype=object
    )


def _outlines(shapes: NDArray) -> bytes:
    """Shapes, rings and points; rings a shape; points a ring; steps from point to point (x, y)."""
    rings_of, points_of, steps = [], [], []
    last = np.zeros(2, dtype=np.int64)
    for shape in shapes:
        found = 0
        for part in shapely.get_parts(shape):
            for ring in (part.exterior, *part.interiors):
                points = np.rint(shapely.get_coordinates(ring)[:-1]).astype(np.int64)
                points = points[np.r_[True, (np.diff(points, axis=0) != 0).any(axis=1)]]
                if len(points) < 3:
                    continue
                steps.append(np.diff(np.vstack([last, points]), axis=0))
                last = points[-1]
                points_of.append(len(points))
                found += 1
        rings_of.append(found)
    moves = np.vstack(steps).ravel()
    counts = np.array([*rings_of, *points_of], "<u2").tobytes()
    head = struct.pack("<III", len(rings_of), len(points_of), len(moves) // 2)
    return head + counts + _short(moves)


def _short(steps: NDArray) -> bytes:
    """Whole numbers in as few bytes as each needs: sign in the lowest bit, seven bits a byte."""
    left = np.where(steps < 0, -2 * steps - 1, 2 * steps)
    columns = []
    while True:
        more = left >= 128
        columns.append(np.where(left < 0, -1, (left & 127) | np.where(more, 128, 0)))
        if not more.any():
            break
        left = np.where(more, left >> 7, -1)
    table = np.column_stack(columns).ravel()
    return table[table >= 0].astype(np.uint8).tobytes()


def _write(path: Path, content: bytes) -> None:
    """Without a time in it, so that the same outlines give the same bytes."""
    path.write_bytes(gzip.compress(content, 9, mtime=0))
