"""Every file that the app hands out, read back by another program."""

import csv
import io
import sqlite3
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import pyogrio
import pypdf
import pytest
import streamlit as st
from PIL import Image

from optimiser.labels import Labels
from optimiser.scenario import Scenario
from optimiser.solution import Solution
from optimiser.solvers import Limits
from tests.ui.waiting import waited
from ui import exports, runs
from ui.cache import answer_of, store

FR = Labels("fr")
QUESTION = Scenario(title="=1+1 ../é", services=("library", "france_services"))


@pytest.fixture(scope="module")
def run_id(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One run for all of them; their store is the module's."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("exports")
        patch.setenv("MAILLAGE_STORE", f"sqlite:///{folder / 'store.db'}")
        st.cache_resource.clear()
        job = runs.start(store(), store().create("Sorties", QUESTION), Limits(seconds=60))
        assert waited(job.done.is_set)
        yield job.run.id


@pytest.fixture(autouse=True)
def store_url() -> None:
    """Instead of a store for each test."""


def test_excel_holds_values_with_euro_formats_and_no_formula(run_id: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(exports.excel(run_id, "fr")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert any(isinstance(c.value, float | int) and "€" in c.number_format for c in cells)
    assert any("=1+1" in str(c.value) for c in cells)


def test_geopackage_is_read_by_gdal_and_carries_the_styles_of_qgis(
    run_id: str, tmp_path: Path
) -> None:
    path = tmp_path / "plan.gpkg"
    path.write_bytes(exports.geopackage(run_id, "fr"))
    layers = {str(name) for name, _ in pyogrio.list_layers(path)}
    assert {"communes", "facilities"} <= layers
    communes = pyogrio.read_dataframe(path, layer="communes")
    assert len(communes) == 47
    assert communes["library_plan"].notna().all()
    database = sqlite3.connect(path)
    styles = database.execute("select f_table_name, styleQML, useAsDefault from layer_styles")
    found = styles.fetchall()
    database.close()
    assert {name for name, _, default in found if default} == {"communes", "facilities"}
    assert all(ET.fromstring(qml).tag == "qgis" for _, qml, _ in found)  # noqa: S314 - ours


def test_maps_are_a_vector_and_a_raster_picture(run_id: str) -> None:
    svg = exports.map_svg(run_id, "fr", "library")
    root = ET.fromstring(svg)  # noqa: S314 - ours
    assert root.tag.endswith("svg")
    assert len(root.findall(".//{http://www.w3.org/2000/svg}path")) > 2 * 47
    picture = Image.open(io.BytesIO(exports.map_png(run_id, "fr", "library"))).convert("RGB")
    assert picture.width > 1000
    assert len(picture.getcolors(1 << 20) or ()) > 20


def test_pdf_is_tagged_speaks_its_language_and_holds_the_plan(run_id: str) -> None:
    read = pypdf.PdfReader(io.BytesIO(exports.pdf(run_id, "fr")))
    root = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "fr"
    assert b"pdfuaid" in root["/Metadata"].get_data()
    text = " ".join(page.extract_text() for page in read.pages)
    assert "Porte du Hainaut" in text
    assert FR("brief.posts") in " ".join(text.split())


def test_csv_is_one_table_a_file_and_harmless(run_id: str) -> None:
    archive = zipfile.ZipFile(io.BytesIO(exports.csv_tables(run_id, "fr")))
    assert archive.testzip() is None
    assert not [name for name in archive.namelist() if "/" in name or ".." in name]
    for name in archive.namelist():
        text = archive.read(name).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text), delimiter=";"))
        assert len({len(row) for row in rows}) == 1
        assert not [c for row in rows for c in row if c[:1] in {"=", "@", "\t"}]


def test_the_scenario_file_asks_the_same_question(run_id: str) -> None:
    read = tomllib.loads(exports.toml(run_id, "fr").decode())
    assert read["title"] == QUESTION.title
    assert tuple(read["services"]) == QUESTION.services
    assert isinstance(answer_of(run_id)[1], Solution)
