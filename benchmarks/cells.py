"""What 100,000 inhabited cells cost beside 47 communes: CPU of the whole command, as a ratio.

``python -m benchmarks.cells``. The cells are drawn: 50 m, over the inhabited square kilometres of
the embedded grid, each with a random part of its inhabitants.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import shapely
from pyproj import Transformer

from optimiser.scenario import Scenario
from optimiser.sources import data_folder, open_case
from optimiser.sources.embedded import load_shapes

COUNT, SIDE, ROUNDS = 100_000, 50, 5


def draw(path: Path) -> None:
    """Write a grid of the Porte du Hainaut as INSEE writes its own, but finer."""
    codes = [commune.code for commune in open_case(Scenario()).members]
    area = shapely.union_all(list(load_shapes(codes).values()))
    shapely.prepare(area)
    grid = pq.read_table(data_folder() / "population_grid_1km.parquet").to_pandas()
    rng, along = np.random.default_rng(7), 1000 // SIDE
    column, row = np.divmod(np.arange(along * along), along)
    east = (grid["x_3035"].to_numpy()[:, None] + column * SIDE).ravel()
    north = (grid["y_3035"].to_numpy()[:, None] + row * SIDE).ravel()
    weight = rng.exponential(size=(len(grid), along * along))
    people = grid["population_2017"].to_numpy()[:, None] * weight
    persons = (people / weight.sum(axis=1, keepdims=True)).ravel()
    to_degrees = Transformer.from_crs("EPSG:3035", "EPSG:4326", always_xy=True)
    inside = shapely.contains_xy(area, *to_degrees.transform(east + SIDE / 2, north + SIDE / 2))
    chosen = np.sort(rng.choice(np.flatnonzero(inside), size=COUNT, replace=False))
    pairs = zip(north[chosen].tolist(), east[chosen].tolist(), strict=True)
    names = [f"CRS3035RES{SIDE}mN{n}E{e}" for n, e in pairs]
    pd.DataFrame({"idcar_200m": names, "ind": persons[chosen].round(3)}).to_csv(path, index=False)


def cpu_seconds(*options: str) -> float:
    """CPU of one ``maillage plan`` from start to end, the processes that it starts included."""
    command = [str(Path(sys.executable).with_name("maillage")), "plan", *options]
    before = os.times()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = os.times()
    user = after.children_user - before.children_user
    return user + after.children_system - before.children_system


def main() -> None:
    """Print the medians and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cells.csv"
        draw(path)
        # One after the other, so that a busy machine slows both; the first of each warms the disk.
        pairs = [(cpu_seconds(), cpu_seconds("--cells", str(path))) for _ in range(ROUNDS + 1)]
    communes, cells = (median(times) for times in zip(*pairs[1:], strict=True))
    ratio = median(fine / plain for plain, fine in pairs[1:])
    print(f"47 communes {communes:.2f} s, {COUNT} cells {cells:.2f} s of CPU, ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
