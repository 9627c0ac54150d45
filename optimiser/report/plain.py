"""Python values as plain JSON values."""

import enum
import math
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from typing import Any, TypeAlias

import numpy as np

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"


def plain(value: Any) -> Json:
    """Turn a value into what JSON can hold.

    Parameters
    ----------
    value
        Dataclasses, mappings, sequences, arrays, enumerations, numbers and texts.

    Returns
    -------
    dict, list, str, int, float, bool or None
        Numbers that are not finite become None; a set becomes a sorted list.

    Raises
    ------
    TypeError
        A value of another kind.

    Examples
    --------
    >>> plain({"minutes": (1.0, float("inf"))})
    {'minutes': [1.0, None]}
    """
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, np.generic | np.ndarray):
        return plain(value.tolist())
    return _compound(value)


def _compound(value: Any) -> Json:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, AbstractSet):
        return [plain(entry) for entry in sorted(value)]
    if isinstance(value, Sequence):
        return [plain(entry) for entry in value]
    msg = f"{type(value).__name__} is no plain value"
    raise TypeError(msg)
