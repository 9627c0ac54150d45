"""What a scenario says of each type of facility: rules, and the planner's own costs and capacities.

The grid of costs shows the catalogue's central figures; one that is changed becomes the planner's.
"""

from typing import Any

import pandas as pd
import streamlit as st

from optimiser.report.words import Words
from optimiser.scenario import Scenario
from optimiser.sources.scenario_book import OWN, catalogue_figure
from ui.cache import embedded_catalogue
from ui.settings import GRID

_MOST = {"weights": None, "build_years": 10.0}
_EUROS = ("capital_eur", "running_eur", "closing_eur", "agreement_eur_per_person")


def show(scenario: Scenario, words: Words) -> tuple[tuple[str, ...], dict[tuple[str, str], Any]]:
    """Show the grids.

    Parameters
    ----------
    scenario
        What they start from.
    words
        Names of the case of all types.

    Returns
    -------
    (tuple of str, dict)
        Codes of the types to plan, empty for all; and values by section and name.
    """
    codes = [service.code for service in embedded_catalogue()]
    services, values = _rules(scenario, words, codes)
    values["facilities", "values"] = _costs(scenario, words, codes)
    return services, values


def _rules(
    scenario: Scenario, words: Words, codes: list[str]
) -> tuple[tuple[str, ...], dict[tuple[str, str], Any]]:
    labels = words.labels
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
    config = {
        name: number(
            labels(f"ui.setting.{name}"),
            min_value=0.0,
            max_value=_MOST.get(name, 1.0),
            help=labels(f"scenario_file.{section}.{name}"),
        )
        for section, name in GRID
    }
    edited = st.data_editor(
        table,
        hide_index=True,
        num_rows="fixed",
        placeholder=labels("unit.none"),
        height="content",
        disabled=["service"],
        key="type-rules",
        column_config={
            "service": labels("column.service"),
            "planned": labels("ui.setting.planned"),
            **config,
        },
    )
    chosen = tuple(c for c, flag in zip(codes, edited["planned"], strict=True) if flag)
    values = {
        (section, name): {
            **{c: v for c, v in getattr(getattr(scenario, section), name).items() if v == "today"},
            **{c: _number(x) for c, x in zip(codes, edited[name], strict=True) if pd.notna(x)},
        }
        for section, name in GRID
    }
    return (() if len(chosen) == len(codes) else chosen), values


def _costs(scenario: Scenario, words: Words, codes: list[str]) -> dict[str, dict[str, float]]:
    labels, catalogue = words.labels, embedded_catalogue()
    st.subheader(labels("ui.section.facilities"))
    st.caption(labels("ui.setting.costs"))
    told = {name: [catalogue_figure(catalogue[code], name) for code in codes] for name in OWN}
    own = scenario.facilities.values
    shown = {
        name: [
            getattr(own[code], name)
            if code in own and getattr(own[code], name) is not None
            else figure
            for code, figure in zip(codes, figures, strict=True)
        ]
        for name, figures in told.items()
    }
    per_place = [
        "place" in (catalogue[code].running_eur.per, catalogue[code].capital_eur.per)
        for code in codes
    ]
    names = [
        labels("ui.setting.by_place", service=words.service(code)) if place else words.service(code)
        for code, place in zip(codes, per_place, strict=True)
    ]
    frame = pd.DataFrame({"service": names, **shown})
    config = {
        name: st.column_config.NumberColumn(
            labels(f"ui.setting.own.{name}"),
            min_value=0.0,
            format="localized" if name in _EUROS else "%.10g",
            help=labels(f"ui.setting.own_help.{name}"),
        )
        for name in OWN
    }
    edited = st.data_editor(
        frame.astype(dict.fromkeys(OWN, "float64")),
        hide_index=True,
        num_rows="fixed",
        placeholder=labels("unit.none"),
        height="content",
        disabled=["service"],
        key="type-costs",
        column_config={"service": labels("column.service"), **config},
    )
    found: dict[str, dict[str, float]] = {}
    for at, code in enumerate(codes):
        for name in OWN:
            cell = edited[name].iloc[at]
            if pd.notna(cell) and float(cell) != told[name][at]:
                found.setdefault(code, {})[name] = float(cell)
    return found


def _number(cell: float) -> float | int:
    return int(cell) if float(cell).is_integer() else float(cell)


def _cells(scenario: Scenario, section: str, name: str, codes: list[str]) -> list[float | None]:
    found = getattr(getattr(scenario, section), name)
    cells = [found.get(code) for code in codes]
    return [float(c) if isinstance(c, float | int) else float("nan") for c in cells]
