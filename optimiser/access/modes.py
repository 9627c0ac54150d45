"""Names of the modes that a road graph serves."""

from typing import Literal, TypeAlias

Mode: TypeAlias = Literal["car", "bicycle", "walk"]

MODES: tuple[Mode, ...] = ("car", "bicycle", "walk")
