import io
import json
from typing import Any
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pytest
from PIL import Image

from optimiser.case import Case
from optimiser.labels import Labels
from optimiser.report.atlas import Atlas
from optimiser.report.map_frame import Frame, place_names
from optimiser.report.map_style import SYMBOLS, UNREACHABLE, classify, minutes_classes
from optimiser.report.maps import before_after_map, plan_map, to_png, to_svg
from optimiser.report.site_status import STATUSES, site_statuses, sites_today
from optimiser.solution import Solution

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def atlas(case: Case, polygons: gpd.GeoDataFrame) -> Atlas:
    return Atlas(case, polygons, Labels("fr"))


def pixels(png: bytes) -> np.ndarray[Any, Any]:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).reshape(-1, 3)


def share_of(colour: str, png: bytes) -> float:
    rgb = tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return float((pixels(png) == rgb).all(axis=1).mean())


def words_of(svg: str) -> str:
    return " ".join(ET.fromstring(svg).itertext())  # noqa: S314 - our own text


def test_the_picture_shows_every_class_that_occurs(
    case: Case, atlas: Atlas, solution: Solution
) -> None:
    png = to_png(to_svg(plan_map(atlas, solution, "swimming_pool")), 1.0)
    classes = minutes_classes(case.catalogue["swimming_pool"], Labels("fr"))
    found = classify(solution.evaluation.minutes[0], classes)
    assert len({each.fill for each in found}) == 2
    for each in found:
        assert share_of(each.fill, png) > 0.01


def test_communes_out_of_reach_are_grey_and_hatched(atlas: Atlas, solution: Solution) -> None:
    sheet = before_after_map(atlas, solution, "nursery")
    png = to_png(to_svg(sheet), 1.0)
    assert share_of(UNREACHABLE, png) > 0.005
    assert Labels("fr")("map.class.unreachable") in words_of(to_svg(sheet))
    hatched = [layer for layer in layers(sheet, 0) if layer["mark"].get("stroke") == "#7a7a7a"]
    assert len(hatched) == 1


def test_the_legend_leaves_out_reach_where_everybody_has_it(
    atlas: Atlas, solution: Solution
) -> None:
    svg = to_svg(plan_map(atlas, solution, "swimming_pool"))
    assert Labels("fr")("map.class.unreachable") not in words_of(svg)


def layers(sheet: dict[str, Any], view: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sheet["vconcat"][0]["hconcat"][view]["layer"]
    return found


def test_the_picture_says_what_where_and_from_whom(atlas: Atlas, solution: Solution) -> None:
    words = words_of(to_svg(before_after_map(atlas, solution, "library")))
    for text in (
        "Bibliothèque",
        "Tiny",
        "Essai",
        "Aujourd'hui",
        "Après le plan",
        "INSEE BPE 2024",
        "IGN",
        "Bellaing",
        "km",
        "Transféré ici",
    ):
        assert text in words


def test_shared_sites_of_neighbours_are_named_and_inside_the_frame(
    atlas: Atlas, solution: Solution
) -> None:
    svg = to_svg(plan_map(atlas, solution, "swimming_pool"))
    assert "Neuville" in words_of(svg)
    frame = atlas.frame(640, site_statuses(atlas.case, solution.decisions))
    x, y = frame.pixels(atlas.halls["59999"].reshape(1, 2))[0]
    assert 0 < x < frame.width
    assert 0 < y < frame.height


def test_both_maps_of_a_pair_share_frame_and_legend(atlas: Atlas, solution: Solution) -> None:
    sheet = before_after_map(atlas, solution, "swimming_pool")
    views = sheet["vconcat"][0]["hconcat"]
    assert [(v["width"], v["height"]) for v in views] == [
        (views[0]["width"], views[0]["height"])
    ] * 2
    projections = {
        json.dumps(layer["projection"])
        for v in (0, 1)
        for layer in layers(sheet, v)
        if "projection" in layer
    }
    assert len(projections) == 1
    assert words_of(to_svg(sheet)).count(Labels("fr")("map.sites")) == 1


def test_svg_draws_no_outside_thing(atlas: Atlas, solution: Solution) -> None:
    root = ET.fromstring(to_svg(plan_map(atlas, solution, "library")))  # noqa: S314
    assert not list(root.iter(f"{SVG}image"))
    assert not [e for e in root.iter() if any("href" in name for name in e.attrib)]


def test_text_has_no_space_that_the_font_lacks(atlas: Atlas, solution: Solution) -> None:
    assert "\u202f" not in to_svg(plan_map(atlas, solution, "library"))


def test_maps_exist_in_english(case: Case, polygons: gpd.GeoDataFrame, solution: Solution) -> None:
    english = Atlas(case, polygons, Labels("en"))
    assert "After the plan" in words_of(to_svg(plan_map(english, solution, "nursery")))


def test_a_commune_without_polygon_is_left_blank(
    case: Case, polygons: gpd.GeoDataFrame, solution: Solution
) -> None:
    some = Atlas(case, polygons.iloc[1:], Labels("fr"))
    assert not some.is_empty
    assert to_svg(plan_map(some, solution, "library"))
    assert Atlas(case, polygons.iloc[:0], Labels("fr")).is_empty


def test_each_status_has_its_own_shape() -> None:
    assert set(SYMBOLS) == set(STATUSES)
    assert len({shape for shape, _, _ in SYMBOLS.values()}) == len(STATUSES)


def test_today_every_site_is_kept(case: Case) -> None:
    found = sites_today(case)
    assert {site.status for site in found} == {"kept"}
    assert sum(site.sites for site in found) == 6


def test_closed_site_of_a_transfer_tells_where_it_goes(case: Case, solution: Solution) -> None:
    found = site_statuses(case, solution.decisions)
    ends = {(s.commune, s.status, s.other) for s in found if s.other}
    assert ends == {("59002", "transferred", "59003"), ("59003", "closed", "59002")}


def test_classes_follow_the_tiers(case: Case, labels: Labels) -> None:
    service = case.catalogue["swimming_pool"]
    classes = minutes_classes(service, labels)
    found = classify(np.array([0.0, 10.0, 10.1, 15.0, 15.1, np.inf]), classes)
    assert [classes.index(each) for each in found] == [0, 0, 1, 1, 2, 3]
    assert [each.guaranteed for each in classes] == [True, True, False, False]
    assert len({each.fill for each in classes}) == len({each.label for each in classes}) == 4


def test_colours_fade_from_near_to_far(case: Case, labels: Labels) -> None:
    service = case.catalogue["library"]
    fills = [each.fill for each in minutes_classes(service, labels)][:2]
    brightness = [sum(int(f[i : i + 2], 16) for i in (1, 3, 5)) for f in fills]
    assert brightness == sorted(brightness)


@pytest.mark.parametrize(("wide", "high"), [(1_000.0, 1_000.0), (1_000.0, 90_000.0), (0.0, 0.0)])
def test_a_frame_holds_its_points(wide: float, high: float) -> None:
    points = np.array([[0.0, 0.0], [wide, high]])
    frame = Frame.around(points, width=600, tallest=700)
    found = frame.pixels(points)
    assert (found > 0).all()
    assert (found[:, 0] < frame.width).all()
    assert (found[:, 1] < frame.height).all()
    assert frame.height <= 701


def test_the_scale_bar_is_round_and_fits() -> None:
    frame = Frame.around(np.array([[0.0, 0.0], [41_000.0, 41_000.0]]), 600, 700)
    assert frame.scale_bar_km == 10
    assert frame.scale_bar_km * 1000 * frame.scale < frame.width / 3


def test_names_never_overlap_each_other_or_a_symbol() -> None:
    frame = Frame.around(np.array([[0.0, 0.0], [10_000.0, 10_000.0]]), 400, 400)
    rng = np.random.default_rng(7)
    points = [
        (f"Commune-{n}", float(x), float(y)) for n, (x, y) in enumerate(rng.random((40, 2)) * 400)
    ]
    marks = [(x, y) for _, x, y in points]
    placed = place_names(points, marks, frame, font_size=11.0, most=30)
    assert 3 < len(placed) <= 30
    boxes = [
        (p.x - len(p.name) * 3.08, p.y - 6.05, p.x + len(p.name) * 3.08, p.y + 6.05) for p in placed
    ]
    for n, (left, top, right, bottom) in enumerate(boxes):
        assert left > 0
        assert top > 0
        assert right < frame.width
        assert bottom < frame.height
        for x, y in marks:
            assert not (left < x + 6.9 and x - 6.9 < right and top < y + 6.9 and y - 6.9 < bottom)
        for other in boxes[n + 1 :]:
            apart = other[0] >= right or other[2] <= left or other[1] >= bottom or other[3] <= top
            assert apart


def test_the_most_important_names_are_placed_first() -> None:
    frame = Frame.around(np.array([[0.0, 0.0], [10_000.0, 10_000.0]]), 400, 400)
    here = [("First", 200.0, 200.0), ("Second", 200.0, 200.0)]
    assert [p.name for p in place_names(here, [], frame, 11.0, most=1)] == ["First"]
