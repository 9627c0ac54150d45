"""The PDF, read back by another program."""

import io
from dataclasses import replace

import geopandas as gpd
import pypdf
import pytest

from optimiser.ahead import look_ahead, measured
from optimiser.case import Case
from optimiser.labels import Labels
from optimiser.report.atlas import Atlas
from optimiser.report.brief import brief
from optimiser.report.pdf import plan_pdf
from optimiser.report.words import Words
from optimiser.schedule_solution import ScheduleSolution
from optimiser.solution import Solution
from optimiser.sources.land_file import load_land
from optimiser.sources.mobility_file import load_mobility


@pytest.fixture
def atlas(case: Case, polygons: gpd.GeoDataFrame, labels: Labels) -> Atlas:
    return Atlas(case, polygons, labels)


@pytest.fixture
def read(solution: Solution, atlas: Atlas) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(plan_pdf(solution, atlas)))


def tags(node: object) -> list[str]:
    """Names of all structure elements below a node."""
    found = node.get_object() if isinstance(node, pypdf.generic.IndirectObject) else node
    if isinstance(found, list):
        return [name for each in found for name in tags(each)]
    if not isinstance(found, dict):
        return []
    own = [str(found["/S"])] if "/S" in found else []
    return own + (tags(found["/K"]) if "/K" in found else [])


def test_it_says_that_it_is_accessible_and_in_which_language(
    read: pypdf.PdfReader, labels: Labels
) -> None:
    root = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == labels.language
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    metadata = root["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert read.metadata is not None
    assert read.metadata.title == labels("brief.title", territory="Tiny")


def test_tables_and_headings_are_tagged_and_maps_have_their_text(
    read: pypdf.PdfReader, case: Case, labels: Labels
) -> None:
    tree = read.trailer["/Root"]["/StructTreeRoot"]["/K"]
    found = tags(tree)
    assert {"/H1", "/Table", "/TH", "/TD", "/Figure"} <= set(found) | {
        "/H1" if name in ("/H1", "/Title") else name for name in found
    }
    raw = labels("service.library")
    assert any(raw in text for text in alternatives(tree))
    assert found.count("/Figure") == len(case.services)


def alternatives(node: object) -> list[str]:
    """Alternative texts below a node."""
    found = node.get_object() if isinstance(node, pypdf.generic.IndirectObject) else node
    if isinstance(found, list):
        return [text for each in found for text in alternatives(each)]
    if not isinstance(found, dict):
        return []
    own = [str(found["/Alt"])] if "/Alt" in found else []
    return own + (alternatives(found["/K"]) if "/K" in found else [])


def test_it_holds_the_figures_of_the_page(
    read: pypdf.PdfReader, case: Case, solution: Solution, words: Words
) -> None:
    text = " ".join(" ".join(page.extract_text() for page in read.pages).split())
    page = brief(case, solution, words)
    for figure in page.figures:
        assert " ".join(figure.value.split()) in text
    assert "Émerchicourt" in text
    assert "study of 3e+06" in text


def test_texts_are_never_read_as_markup(
    case: Case, solution: Solution, polygons: gpd.GeoDataFrame
) -> None:
    title = "#panic() *x* $1/0$ <script>"
    asked = case.scenario.model_copy(update={"title": title})
    atlas = Atlas(replace(case, scenario=asked), polygons, Labels("fr"))
    read = pypdf.PdfReader(io.BytesIO(plan_pdf(solution, atlas)))
    assert title in read.pages[0].extract_text()


def test_the_same_plan_gives_the_same_file(solution: Solution, atlas: Atlas) -> None:
    assert plan_pdf(solution, atlas) == plan_pdf(solution, atlas)


def test_a_plan_without_polygons_is_printed_without_maps(
    solution: Solution, case: Case, polygons: gpd.GeoDataFrame, labels: Labels
) -> None:
    read = pypdf.PdfReader(io.BytesIO(plan_pdf(solution, Atlas(case, polygons[:0], labels))))
    assert "/Figure" not in tags(read.trailer["/Root"]["/StructTreeRoot"]["/K"])


def test_the_years_and_the_score_are_printed_where_they_are_given(
    solution: Solution, atlas: Atlas
) -> None:
    ahead = look_ahead(atlas.case, accepted=solution)
    impact = measured(atlas.case, None, load_mobility(), load_land(), accepted=solution)[1]
    read = pypdf.PdfReader(io.BytesIO(plan_pdf(solution, atlas, ahead, impact)))
    text = "\n".join(page.extract_text() for page in read.pages)
    assert atlas.labels("score.title") in text
    assert atlas.labels("years.title", first="2026", last="2033") in text
    if isinstance(ahead.answer, ScheduleSolution):
        assert atlas.labels("years.chart.gantt") in text
    without = pypdf.PdfReader(io.BytesIO(plan_pdf(solution, atlas)))
    assert len(without.pages) < len(read.pages)
