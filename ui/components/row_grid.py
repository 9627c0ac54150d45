"""A list of a scenario as a grid whose rows are added and taken away: wishes, subsidies, flows."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from optimiser.report.words import Words
from optimiser.scenario import Scenario
from optimiser.sharing_scenario import EVERY
from optimiser.sources.scenario_book import kinds_of, row_model
from ui.cache import embedded_catalogue, embedded_functions
from ui.settings import bounds_of, codes_of, words_of

_COMMUNE = ("commune", "against")


def show(scenario: Scenario, section: str, name: str, words: Words) -> list[dict[str, Any]]:
    """Show the grid.

    Parameters
    ----------
    scenario
        What it starts from.
    section, name
        Where the list stands.
    words
        Names of the case.

    Returns
    -------
    list of dict
        Filled cells by field, one entry a row; rows without any are left out.
    """
    labels = words.labels
    model = row_model(section, name)
    st.markdown(f"**{labels(f'ui.setting.{name}')}**")
    st.caption(labels(f"ui.setting.{name}_help"))
    held = getattr(getattr(scenario, section), name)
    rows = [_row(entry, words) for entry in held]
    frame = pd.DataFrame(
        {
            field: pd.Series([row[field] for row in rows], dtype=_dtype(info))
            for field, info in model.model_fields.items()
        }
    )
    edited = st.data_editor(
        frame,
        hide_index=True,
        num_rows="dynamic",
        key=f"rows-{section}-{name}",
        column_config={
            field: _column(field, info, name, words) for field, info in model.model_fields.items()
        },
    )
    found = [
        {str(key): _plain(cell, model, str(key)) for key, cell in row.items() if _is_filled(cell)}
        for row in edited.to_dict("records")
    ]
    return [row for row in found if row]


def _row(entry: BaseModel, words: Words) -> dict[str, Any]:
    row = {field: getattr(entry, field) for field in type(entry).model_fields}
    for field in _COMMUNE:
        if field in row:
            row[field] = next(iter(codes_of([row[field]], words.case.territory)), None)
    if "communes" in row:
        row["communes"] = codes_of(row["communes"], words.case.territory)
    return row


def _dtype(info: FieldInfo) -> str:
    return "float64" if kinds_of(info.annotation) & {int, float} else "object"


def _column(field: str, info: FieldInfo, name: str, words: Words) -> Any:
    labels = words.labels
    title = labels(f"ui.row.{field}")
    codes = _codes(field, name, words)
    write = _writer(field, words)
    if field == "communes":
        return st.column_config.MultiselectColumn(
            title, options=codes, format_func=lambda code: write(str(code))
        )
    if codes:
        return _choice(title, codes, write)
    listed = words_of(info.annotation)
    if listed:
        return _choice(title, list(listed), lambda word: labels(f"ui.row.{field}_{word}"))
    kinds = kinds_of(info.annotation)
    if kinds & {int, float}:
        least, most = bounds_of(info)
        whole = int in kinds
        return st.column_config.NumberColumn(
            title,
            min_value=least,
            max_value=most,
            step=1 if whole else None,
            format="%d" if whole else "%.10g",
        )
    return st.column_config.TextColumn(title, max_chars=120)


def _choice(title: str, options: list[str], write: Callable[[str], str]) -> Any:
    return st.column_config.SelectboxColumn(
        title, options=options, format_func=lambda code: write(str(code))
    )


def _codes(field: str, name: str, words: Words) -> list[str]:
    """What a cell may name; empty where it may hold anything of its kind."""
    if field in (*_COMMUNE, "communes"):
        return [commune.code for commune in words.case.members]
    if field == "service":
        return [service.code for service in embedded_catalogue()]
    every = [] if name == "already" else [EVERY]
    return [*every, *embedded_functions().functions] if field == "function" else []


def _writer(field: str, words: Words) -> Callable[[str], str]:
    if field == "service":
        return words.service
    return partial(_function, words=words) if field == "function" else words.commune


def _function(code: str, words: Words) -> str:
    return words.labels("ui.setting.every" if code == EVERY else f"function.{code}")


def _plain(cell: Any, model: type[BaseModel], field: str) -> Any:
    kinds = kinds_of(model.model_fields[field].annotation)
    if kinds & {int, float} and not isinstance(cell, str):
        return int(cell) if int in kinds and float(cell).is_integer() else float(cell)
    return list(cell) if isinstance(cell, list | tuple) else cell


def _is_filled(cell: Any) -> bool:
    if isinstance(cell, str):
        return bool(cell.strip())
    if isinstance(cell, list | tuple):
        return bool(cell)
    return cell is not None and bool(pd.notna(cell))
