import sqlite3
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pyogrio
import pytest

from optimiser.case import Case
from optimiser.labels import Labels
from optimiser.report.geography import drawing_crs, exchange_crs
from optimiser.report.geopackage import write_geopackage
from optimiser.solution import Solution
from optimiser.territory import Territory
from tests.report.conftest import COMMUNES, FACILITIES, D, E, N, commune


@pytest.fixture
def path(tmp_path: Path, case: Case, solution: Solution, polygons: gpd.GeoDataFrame) -> Path:
    target = tmp_path / "plan.gpkg"
    write_geopackage(target, solution, case, polygons, Labels("fr"))
    return target


def test_communes_carry_minutes_and_whether_they_are_served(path: Path, case: Case) -> None:
    layer = pyogrio.read_dataframe(path, layer="communes").set_index("code")
    assert len(layer) == len(case.members)
    assert layer.crs.to_epsg() == 2154
    assert set(layer.geom_type) == {"MultiPolygon"}
    assert layer.loc[E, "swimming_pool_now"] == 24
    assert layer.loc[E, "swimming_pool_plan"] == 9
    assert layer.loc[E, "swimming_pool_covered"] == 1
    assert layer.loc[D, "swimming_pool_covered"] == 0
    assert np.isnan(layer.loc[E, "nursery_now"])
    assert layer.loc[E, "population"] == 500
    assert layer.loc[D, "types_plan"] == 1


def test_facilities_carry_their_status(path: Path) -> None:
    layer = pyogrio.read_dataframe(path, layer="facilities")
    found = {(r.service, r.code, r.status): r.sites for r in layer.itertuples()}
    assert found == {
        ("swimming_pool", "59001", "kept"): 1,
        ("swimming_pool", "59002", "closed"): 1,
        ("swimming_pool", N, "shared"): 1,
        ("library", "59001", "kept"): 1,
        ("library", "59001", "closed"): 1,
        ("library", "59002", "transferred"): 1,
        ("library", "59003", "closed"): 1,
        ("nursery", "59001", "opened"): 1,
        ("nursery", D, "kept"): 1,
    }
    assert len(layer) == len(found)
    moved = layer[layer.status == "transferred"].iloc[0]
    assert moved.other == "59003"
    assert moved.status_name == "Transféré ici"


def test_facilities_stand_at_the_town_halls(path: Path) -> None:
    layer = pyogrio.read_dataframe(path, layer="facilities").to_crs(4326).set_index("code")
    hall = next(c for c in COMMUNES if c.code == D)
    point = layer.loc[D].geometry
    assert (point.x, point.y) == pytest.approx((hall.lon, hall.lat), abs=1e-9)


def test_styles_are_where_qgis_looks_for_them(path: Path, case: Case) -> None:
    with sqlite3.connect(path) as base:
        rows = base.execute(
            "select f_table_name, f_geometry_column, styleName, styleQML, useAsDefault"
            " from layer_styles"
        ).fetchall()
        geometry = dict(base.execute("select table_name, column_name from gpkg_geometry_columns"))
        registered = base.execute(
            "select data_type from gpkg_contents where table_name = 'layer_styles'"
        ).fetchone()
    base.close()
    assert [row[0] for row in rows if row[4]] == ["communes", "facilities"]
    assert len(rows) == 2 + len(case.services)
    assert all(geometry[row[0]] == row[1] for row in rows)
    assert registered == ("attributes",)
    for row in rows:
        renderer = ET.fromstring(row[3]).find("renderer-v2")  # noqa: S314 - our own text
        assert renderer is not None
        symbols = renderer.findall("symbols/symbol")
        used = [e.get("symbol") for e in renderer.iter() if e.tag in ("rule", "category")]
        assert sorted(s for s in used if s) == sorted(str(s.get("name")) for s in symbols)


def test_every_status_has_its_own_marker(path: Path) -> None:
    with sqlite3.connect(path) as base:
        (text,) = base.execute(
            "select styleQML from layer_styles where f_table_name = 'facilities'"
        ).fetchone()
    base.close()
    root = ET.fromstring(text)  # noqa: S314 - our own text
    shapes = [o.get("value") for o in root.iter("Option") if o.get("name") == "name"]
    assert len(shapes) == len(set(shapes)) == 5


def test_the_same_plan_gives_the_same_bytes(
    tmp_path: Path, path: Path, case: Case, solution: Solution, polygons: gpd.GeoDataFrame
) -> None:
    again = tmp_path / "again.gpkg"
    write_geopackage(again, solution, case, polygons, Labels("fr"))
    write_geopackage(again, solution, case, polygons, Labels("fr"))
    assert again.read_bytes() == path.read_bytes()


def test_a_commune_without_polygon_keeps_its_figures(
    tmp_path: Path, case: Case, solution: Solution, polygons: gpd.GeoDataFrame
) -> None:
    target = tmp_path / "plan.gpkg"
    write_geopackage(target, solution, case, polygons.iloc[1:], Labels("en"))
    layer = pyogrio.read_dataframe(target, layer="communes").set_index("code")
    assert layer.loc["59001"].geometry is None
    assert layer.loc["59001", "swimming_pool_now"] == 2


def test_overseas_keeps_degrees_for_exchange_and_metres_for_maps() -> None:
    reunion = commune("59001", "Saint-Denis", 10, "1", lon=55.45, lat=-20.88)
    territory = Territory("2", "R", (reunion,), FACILITIES[:1])
    assert exchange_crs(territory) == 4326
    assert drawing_crs(territory).to_epsg() == 32740
