"""The planner's map: click a commune to force, forbid or free a facility."""

import streamlit as st

from optimiser.report.words import Words, case_labels
from ui import runs
from ui.cache import case_of, plan_map, store, today_map
from ui.components import commune_map, lock_editor, minutes_table, tier_table
from ui.map_overlays import VIEWS, View
from ui.session import Visit, chosen_commune
from ui.text import plain


def show(seen: Visit) -> None:
    """Draw the page.

    Parameters
    ----------
    seen
        The visit.
    """
    case, today = case_of(seen.record.scenario)
    labels = case_labels(case.catalogue, seen.labels.language)
    words = Words(case, labels)
    st.title(labels("ui.plan_map.title"))
    st.caption(plain(seen.record.title))
    codes = [service.code for service in case.services]
    left, right = st.columns(2)
    service = left.selectbox(
        labels("column.service"), codes, format_func=words.service, key="map-service"
    )
    view: View = right.selectbox(
        labels("ui.map.view"),
        VIEWS,
        format_func=lambda each: labels(f"ui.map.views.{each}"),
        key="map-view",
    )
    run = runs.latest(store(), seen.record)
    chosen = chosen_commune("plan_map", None)
    scenario_json = case.scenario.model_dump_json()
    drawn = plan_map(run.id, service, labels.language, chosen, view) if run else {}
    drawn = drawn or today_map(scenario_json, service, labels.language, chosen, view)
    if run is None:
        st.info(labels("ui.plan_map.unsolved"))
    clicked = commune_map.show(drawn, "planner-map")
    chosen_commune("plan_map", clicked)
    lock_editor.show(seen, case, service, chosen, words)
    tier_table.show(case, today, run, service, words)
    minutes_table.show(case, today, run, service, words)
