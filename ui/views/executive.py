"""The result on one page: figures, map, actions, who gains and who pays, sources."""

import streamlit as st

from optimiser.report.pdf import map_text
from optimiser.report.tables_plan import communes_table
from ui.cache import actions_of, brief_of, changed_services, plan_map
from ui.components import commune_map, exports, key_figures, table
from ui.results import plan_of, result
from ui.session import Visit, chosen_commune, reading_link
from ui.text import plain


def show(seen: Visit) -> None:
    """Draw the page.

    Parameters
    ----------
    seen
        The visit.
    """
    labels = seen.labels
    found = result(seen)
    solution = plan_of(found) if found else None
    if found is None or solution is None:
        return
    run_id, words = found.run.id, found.words
    page = brief_of(run_id, labels.language)
    st.title(plain(page.title))
    if page.subtitle:
        st.write(plain(page.subtitle))
    st.caption(page.status)
    key_figures.show(page.figures)
    st.caption(page.assumed)
    exports.pdf_button(run_id, labels)
    codes = changed_services(run_id)
    service = st.selectbox(words.labels("column.service"), codes, format_func=words.service)
    chosen = chosen_commune("executive", None)
    clicked = commune_map.show(plan_map(run_id, service, labels.language, chosen), "executive-map")
    st.caption(map_text(solution, words, service))
    chosen_commune("executive", clicked)
    with st.expander(labels("ui.map.table")):
        table.show_report(
            communes_table(solution, found.case, words), words, labels("ui.map.table")
        )
    actions = actions_of(run_id, labels.language)
    st.subheader(labels("part.actions.title"))
    st.caption(labels("part.actions.note"))
    table.show(
        {
            labels("column.action"): [line.action for line in actions],
            labels("column.reason"): [line.reason for line in actions],
            labels("column.capital"): [line.capital for line in actions],
            labels("column.running_change"): [line.running for line in actions],
        },
        labels("part.actions.title"),
        numeric=(labels("column.capital"), labels("column.running_change")),
    )
    st.subheader(labels("brief.effects"))
    table.show_report(page.basins, words, labels("part.basins.title"))
    if st.toggle(labels("ui.by_commune"), key="by-commune"):
        table.show_report(page.communes, words, labels("table.communes.name"))
    st.caption(f"{page.basins.note} {page.shared}")
    with st.expander(labels("part.costs.title")):
        table.show_report(page.costs, words, labels("part.costs.title"))
    exports.show(run_id, service, labels)
    if seen.writes:
        st.subheader(labels("ui.link"))
        st.caption(labels("ui.link_help"))
        st.code(reading_link(seen), language=None)
    st.subheader(labels("part.sources.title"))
    for line in (*page.sources, *page.notes):
        st.caption(plain(line))
