"""The form of a scenario: rules, types of facility, and support functions."""

from typing import Any, TypeAlias

import streamlit as st

from optimiser.labels import Labels
from optimiser.report.words import Words, case_labels
from optimiser.scenario import Scenario
from ui.cache import case_of
from ui.components import row_grid, sharing_grids, type_grids
from ui.settings import WORDS, Setting, changed, codes_of, settings
from ui.text import one_line

_SMALL_EUROS = ("person_value_eur_per_year",)
_FROM_ACCOUNTS = ("debt_eur", "debt_years_today", "caf_eur_per_year")
_OWN_TAB = {
    "sharing": "functions",
    "schedule": "years",
    "finances": "years",
    "score": "years",
}
"""Sections that stand in a tab of their own; the others are rules."""

Values: TypeAlias = dict[tuple[str, str], Any]


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

    Raises
    ------
    ScenarioError
        What was sent is no scenario.
    """
    case, _ = case_of(scenario.model_copy(update={"services": ()}))
    words = Words(case, case_labels(case.catalogue, labels.language))
    with st.form("scenario"):
        title = st.text_input(labels("ui.scenarios.name"), scenario.title, max_chars=200)
        names = ("rules", "types", "functions", "years")
        rules, types, functions, years = st.tabs([labels(f"ui.scenario.{n}") for n in names])
        with rules:
            values = _sections(scenario, words, "rules")
        with types:
            services, grids = type_grids.show(scenario, words)
        with functions:
            values |= _sections(scenario, words, "functions")
            values |= sharing_grids.show(scenario, words)
        with years:
            values |= _sections(scenario, words, "years")
            for section, name in (("schedule", "subsidies"), ("finances", "lines")):
                values[section, name] = row_grid.show(scenario, section, name, words)
        sent = st.form_submit_button(
            labels("ui.scenario.save"), type="primary", disabled=not enabled
        )
    if not sent:
        return None
    found = changed(scenario, {**values, **grids})
    return found.model_copy(update={"title": one_line(title), "services": services})


def _sections(scenario: Scenario, words: Words, tab: str) -> Values:
    values: Values = {}
    section = ""
    for each in settings(scenario):
        if _OWN_TAB.get(each.section, "rules") != tab:
            continue
        if each.section != section:
            section = each.section
            st.subheader(words.labels(f"ui.section.{section}"))
            st.caption(words.labels(f"scenario_file.{section}.header"))
        values[each.section, each.name] = _edit(each, words)
    return values


def _edit(each: Setting, words: Words) -> Any:
    labels = words.labels
    name = labels(f"ui.setting.{each.name}")
    text = labels(f"scenario_file.{each.section}.{each.name}")
    if each.kind == "flag":
        return st.checkbox(name, each.value, help=text)
    if each.kind == "choice":
        return st.selectbox(
            name,
            each.choices,
            each.choices.index(each.value),
            format_func=lambda value: labels(f"{WORDS[each.name]}.{value}"),
            help=text,
        )
    if each.kind in ("commune", "communes"):
        return _communes(each, name, text, words)
    if each.kind == "worded":
        return _worded(each, name, text, labels)
    if not each.optional:
        return _number(each, name, text)
    free, number = st.columns([1, 2], vertical_alignment="bottom")
    word = "accounts" if each.name in _FROM_ACCOUNTS else "unlimited"
    unlimited = free.checkbox(
        labels(f"ui.setting.{word}", name=name),
        each.value is None,
        key=f"free-{each.section}-{each.name}",
    )
    with number:
        value = _number(each, name, text)
    return None if unlimited else value


def _communes(each: Setting, name: str, text: str, words: Words) -> Any:
    codes = [commune.code for commune in words.case.members]
    write = words.commune
    if each.kind == "communes":
        given = codes_of(each.value, words.case.territory)
        return st.multiselect(name, codes, given, format_func=write, help=text)
    given = codes_of([each.value] if each.value else [], words.case.territory)
    chosen = st.selectbox(
        name,
        codes,
        codes.index(given[0]) if given else None,
        format_func=write,
        help=text,
        placeholder=words.labels("ui.setting.largest"),
    )
    return chosen or ""


def _number(each: Setting, name: str, text: str) -> float | int:
    value = each.suggested if each.value is None else each.value
    if each.kind == "count":
        most = None if each.most is None else int(each.most)
        return st.number_input(name, int(each.least or 0), most, int(value), help=text)
    large = "_eur" in each.name and each.name not in _SMALL_EUROS
    step, form = (1_000.0, "%.0f") if large else (0.01, "%.2f")
    return st.number_input(
        name, each.least, each.most, float(value), step=step, format=form, help=text
    )


def _worded(each: Setting, name: str, text: str, labels: Labels) -> str | float | None:
    """Edit what is a word, a number, or nothing."""
    kinds = (*each.choices, "number", *(("none",) if each.optional else ()))
    current = "none" if each.value is None else str(each.value)
    kind, number = st.columns([2, 1], vertical_alignment="bottom")
    chosen = kind.selectbox(
        name,
        kinds,
        kinds.index(current if current in kinds else "number"),
        format_func=lambda k: labels(f"{WORDS[each.name]}.{k}"),
        help=text,
    )
    value = each.value if isinstance(each.value, float | int) else each.suggested
    large = "_eur" in each.name
    given = number.number_input(
        labels(f"{WORDS[each.name]}.value"),
        each.least,
        each.most,
        float(value),
        step=1_000.0 if large else 0.05,
        format="%.0f" if large else "%.2f",
    )
    if chosen == "number":
        return given
    return None if chosen == "none" else chosen
