"""What is there: people, facilities, access, duplicates and accounts of today."""

import streamlit as st

from optimiser.report.brief import Figure
from optimiser.report.duplicates import ledger
from optimiser.report.finances import finances
from optimiser.report.indicators import indicators
from optimiser.report.provenance import facility_vintages
from optimiser.report.sentences import note_text, pair_text
from optimiser.report.words import Words, case_labels
from ui.cache import case_of, today_map
from ui.components import commune_map, key_figures, table
from ui.map_overlays import View
from ui.session import Visit, chosen_commune
from ui.text import plain

_PAIRS = 20


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
    st.title(plain(case.territory.name))
    figures = indicators(case, today, today)
    pairs = ledger(case, today).duplicates
    key_figures.show(
        [
            Figure(labels("column.communes"), labels.number(len(case.members))),
            Figure(labels("column.population"), labels.number(case.territory.population)),
            Figure(labels("ui.access_today"), labels.percent(figures.now)),
            Figure(labels("figure.duplicates"), labels.number(len(pairs))),
        ]
    )
    codes = [service.code for service in case.services]
    service = st.selectbox(labels("column.service"), codes, format_func=words.service)
    chosen = chosen_commune("territory", None)
    scenario_json = case.scenario.model_dump_json()
    doubled = st.toggle(labels("ui.map.views.duplicates"), key="territory-duplicates")
    view: View = "duplicates" if doubled else "minutes"
    drawn = today_map(scenario_json, service, labels.language, chosen, view)
    chosen_commune("territory", commune_map.show(drawn, "territory-map"))
    vintages = {vintage.service: vintage for vintage in facility_vintages(case.territory)}
    rows = figures.services
    numeric = ("public", "sites", "share_now", "minutes_now", "duplicated_now")
    table.show(
        {
            labels("column.service"): [words.service(row.service) for row in rows],
            labels("column.public"): [labels.number(row.public) for row in rows],
            labels("column.sites"): [labels.number(row.sites_now) for row in rows],
            labels("column.share_now"): [labels.percent(row.now.share) for row in rows],
            labels("column.minutes_now"): [labels.minutes(row.now.minutes, 1) for row in rows],
            labels("column.duplicated_now"): [labels.number(row.duplicated_now) for row in rows],
            labels("column.source"): [
                vintages[row.service].source if row.service in vintages else labels("unit.none")
                for row in rows
            ],
        },
        labels("part.facilities.title"),
        numeric=[labels(f"column.{name}") for name in numeric],
    )
    st.subheader(labels("part.duplicates.title"))
    st.caption(labels("duplicate.note"))
    table.show(
        {labels("column.sentence"): [pair_text(pair, words) for pair in pairs[:_PAIRS]]},
        labels("part.duplicates.title"),
    )
    accounts = finances(case.territory)
    st.subheader(labels("part.finances.title"))
    table.show(
        {
            labels("column.short.account"): [
                labels(f"account.{a.account}") for a in accounts.lines
            ],
            labels("column.short.total"): [labels.euros(a.total_eur) for a in accounts.lines],
            labels("column.short.per_inhabitant"): [
                labels.euros_full(a.per_inhabitant_eur) for a in accounts.lines
            ],
        },
        labels("part.finances.title"),
        numeric=[labels(f"column.short.{name}") for name in ("total", "per_inhabitant")],
    )
    known, count = labels.number(accounts.communes_known), labels.number(len(case.members))
    st.caption(labels("part.finances.note", known=known, communes=count))
    for note in case.territory.notes:
        st.caption(plain(note_text(note, labels)))
    st.caption(labels("source.population"))
