"""The form of a scenario."""

from collections.abc import Mapping
from typing import Any, get_args

import pandas as pd
import streamlit as st
from pydantic import ValidationError

from optimiser.catalogue import CostCase
from optimiser.errors import ScenarioError
from optimiser.labels import Labels
from optimiser.report.words import Words, case_labels
from optimiser.scenario import Scenario
from ui.cache import case_of
from ui.settings import GRID, Setting, changed, findings_of, settings
from ui.text import one_line

_LARGE = 1_000.0
_WHOLE_EUROS = ("running_increase_eur_per_year",)


def show(scenario: Scenario, labels: Labels, *, enabled: bool) -> Scenario | None:
    """Show the form.

    Parameters
    ----------
    scenario
        What it starts from.
    labels
        Words of the visitor's language.
    enabled
        Whether it can be sent.

    Returns
    -------
    Scenario or None
        The changed scenario when the visitor sends the form.
    """
    with st.form("scenario"):
        title = st.text_input(labels("ui.scenarios.name"), scenario.title, max_chars=200)
        values: dict[tuple[str, str], Any] = {}
        section = ""
        for each in settings(scenario):
            if each.section != section:
                section = each.section
                st.subheader(labels(f"ui.section.{section}"))
                st.caption(labels(f"scenario_file.{section}.header"))
            values[each.section, each.name] = _edit(each, labels)
        services, grid = _grid(scenario, labels)
        sent = st.form_submit_button(
            labels("ui.scenario.save"), type="primary", disabled=not enabled
        )
    if not sent:
        return None
    try:
        found = changed(scenario, {**values, **grid})
    except ValidationError as error:
        raise ScenarioError(findings_of(error)) from error
    return found.model_copy(update={"title": one_line(title), "services": services})


def _edit(each: Setting, labels: Labels) -> Any:
    name = labels(f"ui.setting.{each.name}")
    text = labels(f"scenario_file.{each.section}.{each.name}")
    if each.kind == "flag":
        return st.checkbox(name, each.value, help=text)
    if each.kind == "choice":
        cases = get_args(CostCase)
        return st.selectbox(
            name,
            cases,
            cases.index(each.value),
            format_func=lambda case: labels(f"cost_case.{case}"),
            help=text,
        )
    if each.kind == "floor":
        return _floor(each, name, text, labels)
    if not each.optional:
        return _number(each, name, text)
    free, number = st.columns([1, 2], vertical_alignment="bottom")
    unlimited = free.checkbox(
        labels("ui.setting.unlimited", name=name), each.value is None, key=f"free-{each.name}"
    )
    with number:
        value = _number(each, name, text)
    return None if unlimited else value


def _number(each: Setting, name: str, text: str) -> float | int:
    value = each.suggested if each.value is None else each.value
    if each.kind == "count":
        return st.number_input(name, int(each.least or 0), None, int(value), help=text)
    large = each.suggested >= _LARGE or each.name in _WHOLE_EUROS
    step, form = (1_000.0, "%.0f") if large else (0.01, "%.2f")
    return st.number_input(
        name, each.least, each.most, float(value), step=step, format=form, help=text
    )


def _floor(each: Setting, name: str, text: str, labels: Labels) -> str | float | None:
    kinds = ("today", "share", "none")
    current = "none" if each.value is None else "today" if each.value == "today" else "share"
    kind, share = st.columns([2, 1], vertical_alignment="bottom")
    chosen = kind.selectbox(
        name,
        kinds,
        kinds.index(current),
        format_func=lambda k: labels(f"ui.floor.{k}"),
        help=text,
    )
    value = each.value if isinstance(each.value, float | int) else each.suggested
    number = share.number_input(labels("ui.floor.value"), 0.0, 1.0, float(value), step=0.05)
    if chosen == "share":
        return number
    return "today" if chosen == "today" else None


def _grid(
    scenario: Scenario, labels: Labels
) -> tuple[tuple[str, ...], Mapping[tuple[str, str], Any]]:
    """Edit what each type has of its own; an empty cell leaves the general rule."""
    case, _ = case_of(scenario.model_copy(update={"services": ()}))
    words = Words(case, case_labels(case.catalogue, labels.language))
    codes = [service.code for service in case.catalogue]
    st.subheader(labels("ui.section.services"))
    st.caption(labels("ui.setting.grid"))
    table = pd.DataFrame(
        {
            "service": [words.service(code) for code in codes],
            "planned": [not scenario.services or code in scenario.services for code in codes],
            **{name: _cells(scenario, section, name, codes) for section, name in GRID},
        }
    )
    number = st.column_config.NumberColumn
    edited = st.data_editor(
        table,
        hide_index=True,
        num_rows="fixed",
        placeholder=labels("unit.none"),
        height="content",
        disabled=["service"],
        column_config={
            "service": labels("column.service"),
            "planned": labels("ui.setting.planned"),
            "weights": number(labels("ui.setting.weights"), min_value=0.0),
            "basin_floors": number(labels("ui.setting.basin_floors"), min_value=0.0, max_value=1.0),
            "guarantee": number(labels("ui.setting.guarantee"), min_value=0.0, max_value=1.0),
        },
    )
    chosen = tuple(c for c, flag in zip(codes, edited["planned"], strict=True) if flag)
    values = {
        (section, name): {
            **{c: v for c, v in getattr(getattr(scenario, section), name).items() if v == "today"},
            **{c: float(x) for c, x in zip(codes, edited[name], strict=True) if pd.notna(x)},
        }
        for section, name in GRID
    }
    return (() if len(chosen) == len(codes) else chosen), values


def _cells(scenario: Scenario, section: str, name: str, codes: list[str]) -> list[float | None]:
    found = getattr(getattr(scenario, section), name)
    cells = [found.get(code) for code in codes]
    return [float(c) if isinstance(c, float | int) else float("nan") for c in cells]
