"""The table that says what the map of one type shows."""

import streamlit as st

from optimiser.case import Case
from optimiser.report.map_view import Network
from optimiser.report.site_status import site_statuses, sites_today
from optimiser.report.words import Words
from optimiser.solution import Evaluation, Solution
from optimiser.units import ServiceCode
from ui.cache import answer_of
from ui.components import table
from ui.locks import decision_of
from ui.map_overlays import nearest_sites
from ui.store import Run


def show(
    case: Case, today: Evaluation, run: Run | None, service: ServiceCode, words: Words
) -> None:
    """Show minutes, sites and decisions by commune.

    Parameters
    ----------
    case, today
        The case, and today's network.
    run
        Run of a plan; None: today only.
    service
        The type.
    words
        Names of the case.
    """
    labels = words.labels
    k = [each.code for each in case.services].index(service)
    answer = answer_of(run.id)[1] if run else None
    planned = answer.evaluation if isinstance(answer, Solution) else None
    sites = tuple(site for site in sites_today(case) if site.service == service)
    networks = [Network("now", service, today, sites)]
    if isinstance(answer, Solution):
        planned_sites = site_statuses(case, answer.decisions)
        ours = tuple(site for site in planned_sites if site.service == service)
        networks.append(Network("planned", service, answer.evaluation, ours))
    names = case.territory.by_code
    columns = {
        labels("column.commune"): [commune.name for commune in case.members],
        labels("column.basin"): [commune.basin_name for commune in case.members],
        labels("column.minutes_now"): [labels.minutes(m) for m in today.minutes[k].tolist()],
        labels("column.sites_now"): [labels.number(n) for n in today.sites[k].tolist()],
    }
    if planned is not None:
        columns |= {
            labels("column.minutes_planned"): [
                labels.minutes(m) for m in planned.minutes[k].tolist()
            ],
            labels("column.sites_planned"): [labels.number(n) for n in planned.sites[k].tolist()],
        }
    for network in networks:
        serves = nearest_sites(case, network)
        columns[labels(f"ui.map.nearest_{network.key}")] = [
            names[serves[c.code]].name if c.code in serves else labels("unit.none")
            for c in case.members
        ]
    decided = labels("ui.lock.title")
    columns[decided] = [
        labels(f"ui.lock.{decision_of(case, service, commune.code)}") for commune in case.members
    ]
    with st.expander(labels("ui.map.table")):
        figures = ("minutes_now", "sites_now", "minutes_planned", "sites_planned")
        titles = [labels(f"column.{name}") for name in figures]
        numeric = [title for title in columns if title in titles]
        table.show(columns, words.service(service), numeric=numeric)
