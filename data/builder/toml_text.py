"""TOML text of nested tables: enough for cards and calibration, and always the same bytes."""

import json
from collections.abc import Mapping
from typing import Any


def toml_text(content: Mapping[str, Any], header: str) -> str:
    """Write a table as TOML: values first, then sub-tables, then arrays of tables.

    Parameters
    ----------
    content
        Strings, numbers, lists of strings, mappings, and lists of mappings.
    header
        First comment of the file.

    Returns
    -------
    str
        The whole text of the file.
    """
    return "\n".join([f"# {header}", *_table(content, "")]) + "\n"


def _table(content: Mapping[str, Any], path: str) -> list[str]:
    lines = [f"{key} = {_value(value)}" for key, value in content.items() if not _nested(value)]
    for key, value in content.items():
        name = f"{path}.{key}" if path else key
        if isinstance(value, Mapping):
            lines += ["", f"[{name}]", *_table(value, name)]
        elif _nested(value):
            for item in value:
                lines += ["", f"[[{name}]]", *_table(item, name)]
    return lines


def _nested(value: Any) -> bool:
    is_list = isinstance(value, list) and bool(value)
    return isinstance(value, Mapping) or (is_list and isinstance(value[0], Mapping))


def _value(value: Any) -> str:
    if isinstance(value, list):
        if sum(len(str(item)) for item in value) < 70:
            return f"[{', '.join(_value(item) for item in value)}]"
        return "[\n" + "".join(f"  {_value(item)},\n" for item in value) + "]"
    if isinstance(value, float) and value == float("inf"):
        return "inf"
    return json.dumps(value, ensure_ascii=False)
