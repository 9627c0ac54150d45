"""Lists of the section on support functions: which functions, own figures, wishes and groups."""

from typing import Any

import pandas as pd
import streamlit as st

from optimiser.functions import ScaleCurve
from optimiser.report.words import Words
from optimiser.scenario import Scenario
from ui.cache import embedded_functions
from ui.components import row_grid
from ui.settings import WISHES


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
    for name in WISHES:
        found["sharing", name] = row_grid.show(scenario, "sharing", name, words)
    return found


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
