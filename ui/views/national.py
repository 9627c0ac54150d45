"""The map of France: access of every commune, from a campaign; one territory, and its plan."""

from typing import Any

import streamlit as st

from optimiser.catalogue import ServiceType
from optimiser.labels import Labels
from optimiser.report import map_style
from optimiser.report.brief import Figure
from optimiser.report.campaign.figures import Row
from optimiser.report.campaign.tables import reason, scenario_name
from optimiser.report.words import case_labels
from optimiser.sources import load_catalogue
from ui import campaigns
from ui.campaigns import NOWHERE, UNKNOWN, Shown
from ui.components import france_map, key_figures, table
from ui.session import Visit, chosen_commune, go_to
from ui.text import plain

MOMENTS = ("now", "planned")
_PAGE = "national"
_WORST = 15
_NO_RESULT = "#f4f4f4"


def show(seen: Visit) -> None:
    """Draw the page.

    Parameters
    ----------
    seen
        The visit.
    """
    labels = seen.labels
    st.title(labels("ui.national.title"))
    campaign = campaigns.shown()
    if campaign is None or not campaign.scenarios:
        st.info(labels("ui.national.none"))
        return
    st.caption(labels("ui.national.help"))
    done, asked = len(campaign.figures.jobs), campaign.figures.asked
    if done < asked:
        counts = {"done": labels.number(done), "asked": labels.number(asked)}
        st.warning(labels("ui.national.unfinished", **counts))
    catalogue = load_catalogue()
    labels = case_labels(catalogue, labels.language)
    scenario, service, moment = _choices(campaign, labels)
    chosen = _searched(campaign, labels)
    document = _document(catalogue[service], moment, labels)
    values = campaigns.minutes(campaign, scenario, service, MOMENTS)
    clicked = france_map.show({**document, **values, "selected": chosen}, "france-map")
    st.caption(labels("ui.national.borders"))
    rows = campaign.rows(scenario, chosen)
    if rows:
        _territory(seen, campaign, rows, labels)
    _types(campaign, scenario, labels)
    _worst(campaign, scenario, service, labels)
    chosen_commune(_PAGE, clicked)


def _choices(campaign: Shown, labels: Labels) -> tuple[str, str, str]:
    scenario = campaign.scenarios[0]
    if len(campaign.scenarios) > 1:
        scenario = st.selectbox(
            labels("ui.national.scenario_choice"),
            campaign.scenarios,
            format_func=lambda name: scenario_name(name, labels),
        )
    left, right = st.columns(2)
    codes = [each.service for each in campaign.figures.services if each.scenario == scenario]
    service: str = left.selectbox(
        labels("column.service"), codes, format_func=lambda code: labels(f"service.{code}")
    )
    moment: str = right.radio(
        labels("ui.national.moment"),
        MOMENTS,
        index=1,
        horizontal=True,
        format_func=lambda each: labels(f"ui.national.{each}"),
    )
    return scenario, service, moment


def _searched(campaign: Shown, labels: Labels) -> str:
    """EPCI that was clicked or is searched for; empty: none."""
    names = {row["epci"]: row["epci_name"] for row in campaign.figures.jobs}
    chosen = chosen_commune(_PAGE, None)
    codes = list(names)
    picked = st.selectbox(
        labels("ui.national.search"),
        codes,
        index=codes.index(chosen) if chosen in names else None,
        format_func=names.__getitem__,
        # A click on the map chooses too: the widget must follow it.
        key=f"national-search-{chosen}",
        placeholder=labels("ui.national.search"),
    )
    return chosen_commune(_PAGE, picked)


def _document(service: ServiceType, moment: str, labels: Labels) -> dict[str, Any]:
    classes = [
        {"label": c.label, "fill": c.fill, "upper": _tenths(c.upper)}
        for c in map_style.minutes_classes(service, labels)
    ]
    classes.append({"label": labels("ui.national.no_result"), "fill": _NO_RESULT, "upper": UNKNOWN})
    facts = {name: "{" + name + "}" for name in ("name", "now", "planned", "epci")}
    keys = ("loading", "hint", "nearer", "farther", "whole", "old")
    return {
        "shown": moment,
        "lang": labels.language,
        "classes": classes,
        "legend": labels("map.minutes", mode=labels("mode.car")),
        "title": labels(
            "ui.national.map",
            service=labels(f"service.{service.code}"),
            moment=labels(f"ui.national.{moment}"),
        ),
        "words": {
            **{key: labels(f"ui.national.{key}") for key in keys},
            "said": labels("ui.national.said", **facts),
            "minutes": labels("unit.minutes", value="{value}"),
            "nowhere": labels("unit.unreachable"),
            "unknown": labels("ui.national.no_result"),
        },
    }


def _tenths(upper: float) -> int:
    """Upper end of a class in the units of the map; the last two are beyond, and out of reach."""
    if upper == float("inf"):
        return NOWHERE
    return min(round(upper * 10), NOWHERE - 1) if upper < NOWHERE else NOWHERE - 1


def _territory(seen: Visit, campaign: Shown, rows: dict[str, Row], labels: Labels) -> None:
    any_row = next(iter(rows.values()))
    st.subheader(plain(any_row["epci_name"]))
    figures = []
    plan, share = rows.get("plan"), rows.get("share")
    if plan is not None and plan["access_now"] is not None:
        change = labels.signed_points(plan["access_planned"] - plan["access_now"])
        value = labels.percent(plan["access_planned"])
        today = labels("brief.today", value=labels.percent(plan["access_now"]))
        figures.append(Figure(labels("ui.national.access"), value, change, today))
    for name, row in (("plan_saving", plan), ("share_saving", share)):
        if row is not None and row["saving_base_eur"] is not None:
            figures.append(_saving(name, row, labels))
    key_figures.show(figures)
    for row in rows.values():
        if reason(row, labels):
            st.warning(plain(reason(row, labels)))
    if plan is None or plan["access_now"] is None:
        return
    if st.button(labels("ui.national.open"), type="primary"):
        campaigns.open_result(seen, campaign, plan)
        go_to("executive")


def _saving(name: str, row: Row, labels: Labels) -> Figure:
    euros = {
        case: labels.signed_euros(row[f"saving_{case}_eur"]) for case in ("low", "base", "high")
    }
    grades = ", ".join(row["grades"] or "") or labels("unit.none")
    status = labels(
        "ui.national.status",
        status=labels(f"campaign.status.{row['status']}"),
        gap=labels.percent(row["gap"], 2),
        seconds=labels.seconds(row["seconds"]),
    )
    said = labels("ui.national.range", **euros, grades=grades)
    return Figure(labels(f"ui.national.{name}"), euros["base"], said, status)


def _types(campaign: Shown, scenario: str, labels: Labels) -> None:
    rows = [each for each in campaign.figures.services if each.scenario == scenario]
    counts = ("sites_now", "sites_planned", "opened", "closed", "agreements")
    columns = {
        labels("column.service"): [labels(f"service.{row.service}") for row in rows],
        labels("column.share_now"): [labels.percent(row.now) for row in rows],
        labels("column.share_planned"): [labels.percent(row.planned) for row in rows],
        **{
            labels(f"column.{name}"): [labels.number(getattr(row, name)) for row in rows]
            for name in counts
        },
    }
    caption = labels("ui.national.types", place=labels("ui.national.france"))
    table.show(columns, caption, numeric=list(columns)[1:])


def _worst(campaign: Shown, scenario: str, service: str, labels: Labels) -> None:
    found = campaigns.worst(campaign, scenario, service)[:_WORST]
    columns = {
        labels("ui.epci"): [each.name for each in found],
        labels("column.public"): [labels.number(each.public) for each in found],
        labels("column.share_now"): [labels.percent(each.now) for each in found],
        labels("column.share_planned"): [labels.percent(each.planned) for each in found],
    }
    caption = labels("ui.national.worst", service=labels(f"service.{service}"))
    table.show(columns, caption, numeric=list(columns)[1:])
