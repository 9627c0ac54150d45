"""A page of a territory whose names are markup; the tests open it in a browser."""

from dataclasses import replace

import streamlit as st

from optimiser import check, open_case, plan
from optimiser.report.atlas import Atlas
from optimiser.report.brief import action_lines, brief
from optimiser.report.words import Words, case_labels
from optimiser.scenario import Scenario
from optimiser.sources import load_polygons
from ui.components import commune_map, key_figures, minutes_table, table
from ui.map_document import before_after, map_document
from ui.text import plain

NAMES = (
    "<script>window.hit = 1</script>",
    "<img src=x onerror='window.hit = 2'>",
    '"><svg onload="window.hit = 3">',
    "[x](javascript:window.hit=4)",
)

case = open_case(Scenario(services=("library",), title=NAMES[0]))
communes = tuple(
    replace(c, name=NAMES[n % len(NAMES)], basin_name=NAMES[(n + 1) % len(NAMES)])
    for n, c in enumerate(case.territory.communes)
)
case = replace(case, territory=replace(case.territory, communes=communes, name=NAMES[1]))
answer = plan(case)
labels = case_labels(case.catalogue, "fr")
words = Words(case, labels)
polygons = load_polygons([commune.code for commune in communes])
st.title(plain(case.territory.name))
page = brief(case, answer, words)
key_figures.show(page.figures)
commune_map.show(
    map_document(
        Atlas(case, polygons, labels),
        before_after(Atlas(case, polygons, labels), answer, "library"),
    ),
    "map",
)
table.show_report(page.communes, words, NAMES[1])
table.show({"a": [line.reason for line in action_lines(case, answer, words)]}, NAMES[2])
minutes_table.show(case, check.evaluate(case, check.today(case)), None, "library", words)
st.selectbox("s", [c.code for c in case.members], format_func=words.commune)
for name in NAMES:
    st.caption(plain(name))
st.text("end")
