"""Lists of the section on support functions: which functions, own figures, wishes and groups."""

from collections.abc import Iterable
from typing import Any

import pandas as pd
import streamlit as st

from optimiser.functions import ScaleCurve
from optimiser.report.words import Words
from optimiser.scenario import Scenario
from optimiser.sharing_scenario import EVERY
from ui.cache import embedded_functions

_WISHES = {
    "opt_outs": ("function", "commune"),
    "joins": ("function", "commune"),
    "vetoes": ("function", "commune", "against"),
    "already": ("function", "host", "communes"),
}


def show(scenario: Scenario, words: Words) -> dict[tuple[str, str], Any]:
    """Show the grids.

    Parameters
    ----------
    scenario
        What they start from.
    words
        Names of the case.

    Returns
    -------
    dict
        Values by section and name.
    """
    functions, values = _functions(scenario, words)
    found: dict[tuple[str, str], Any] = {
        ("sharing", "functions"): functions,
        ("sharing", "values"): values,
    }
    for name in _WISHES:
        found["sharing", name] = _wishes(scenario, name, words)
    return found


def codes_of(communes: Iterable[str], words: Words) -> list[str]:
    """Codes of members that a scenario names by code or by name; others are left out."""
    territory = words.case.territory
    found = [territory.member_index(name) for name in communes]
    return [territory.members[i].code for i in found if i >= 0]


def _functions(scenario: Scenario, words: Words) -> tuple[list[str], dict[str, dict[str, float]]]:
    labels, catalogue = words.labels, embedded_functions()
    asked = scenario.sharing
    codes = list(catalogue.functions)
    st.subheader(labels("ui.section.functions"))
    st.caption(labels("ui.setting.functions_grid"))
    own = [asked.values.get(code) for code in codes]
    frame = pd.DataFrame(
        {
            "function": [labels(f"function.{code}") for code in codes],
            "decide": [not asked.functions or code in asked.functions for code in codes],
            "saving": [each.saving if each else None for each in own],
            "unit_cost_eur": [each.unit_cost_eur if each else None for each in own],
        }
    ).astype({"saving": "float64", "unit_cost_eur": "float64"})
    number = st.column_config.NumberColumn
    edited = st.data_editor(
        frame,
        hide_index=True,
        num_rows="fixed",
        placeholder=labels("unit.none"),
        height="content",
        disabled=["function"],
        key="functions-grid",
        column_config={
            "function": labels("ui.support.function"),
            "decide": labels("ui.setting.decide"),
            "saving": number(labels("ui.setting.saving"), min_value=0.0, max_value=0.99),
            "unit_cost_eur": number(
                labels("ui.setting.unit_cost_eur"), min_value=0.01, format="localized"
            ),
        },
    )
    chosen = [c for c, flag in zip(codes, edited["decide"], strict=True) if flag]
    values: dict[str, dict[str, float]] = {}
    for at, code in enumerate(codes):
        if not isinstance(catalogue[code].curve, ScaleCurve):
            continue
        for name in ("saving", "unit_cost_eur"):
            if pd.notna(edited[name].iloc[at]):
                values.setdefault(code, {})[name] = float(edited[name].iloc[at])
    return ([] if len(chosen) == len(codes) else chosen), values


def _wishes(scenario: Scenario, name: str, words: Words) -> list[dict[str, Any]]:
    labels = words.labels
    fields = _WISHES[name]
    st.markdown(f"**{labels(f'ui.setting.{name}')}**")
    st.caption(labels(f"ui.setting.{name}_help"))
    rows = [_row(wish, fields, words) for wish in getattr(scenario.sharing, name)]
    members = [commune.code for commune in words.case.members]
    functions = list(embedded_functions().functions)
    every = [] if name == "already" else [EVERY]
    choose = st.column_config.SelectboxColumn
    config = {
        "function": choose(
            labels("ui.support.function"),
            options=[*every, *functions],
            format_func=lambda code: labels(
                "ui.setting.every" if code == EVERY else f"function.{code}"
            ),
        ),
        "commune": choose(
            labels("column.commune"),
            options=members,
            format_func=lambda code: words.commune(str(code)),
        ),
        "against": choose(
            labels("ui.setting.against"),
            options=members,
            format_func=lambda code: words.commune(str(code)),
        ),
        "host": st.column_config.TextColumn(labels("ui.setting.host"), max_chars=120),
        "communes": st.column_config.MultiselectColumn(
            labels("column.communes"),
            options=members,
            format_func=lambda code: words.commune(str(code)),
        ),
    }
    empty = {field: pd.Series([r[field] for r in rows], dtype="object") for field in fields}
    edited = st.data_editor(
        pd.DataFrame(empty),
        hide_index=True,
        num_rows="dynamic",
        key=f"wishes-{name}",
        column_config={field: config[field] for field in fields},
    )
    found = []
    for record in edited.to_dict("records"):
        row = {str(key): cell for key, cell in record.items() if _is_filled(cell)}
        if row:
            found.append(row)
    return found


def _row(wish: Any, fields: tuple[str, ...], words: Words) -> dict[str, Any]:
    row = {field: getattr(wish, field) for field in fields}
    for field in ("commune", "against"):
        if field in row:
            row[field] = next(iter(codes_of([row[field]], words)), None)
    if "communes" in row:
        row["communes"] = codes_of(row["communes"], words)
    return row


def _is_filled(cell: Any) -> bool:
    if isinstance(cell, str):
        return bool(cell.strip())
    if isinstance(cell, list | tuple):
        return bool(cell)
    return cell is not None and bool(pd.notna(cell))
