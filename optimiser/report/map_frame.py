"""The sheet of a map: from metres to pixels, and where names find room."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.units import FloatArray

_MARGIN = 0.05
_CHARACTER = 0.56
"""Mean width of a character against the font size; a little wide, so that names keep apart."""

_SCALE_STEPS_KM = (0.5, 1, 2, 5, 10, 20, 50, 100)


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle of the plane on a sheet.

    Parameters
    ----------
    west, south, east, north
        The rectangle, metres.
    width
        Width of the sheet, pixels.
    """

    west: float
    south: float
    east: float
    north: float
    width: int

    @classmethod
    def around(cls, points: FloatArray, width: int, tallest: int) -> "Frame":
        """Frame around points, with a margin.

        Parameters
        ----------
        points
            Array (n, 2), metres.
        width, tallest
            Pixels; a tall territory gets a wider frame instead of a sheet taller than that.

        Returns
        -------
        Frame
            The frame.
        """
        (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
        pad = _MARGIN * max(east - west, north - south, 1.0)
        west, south, east, north = west - pad, south - pad, east + pad, north + pad
        lacking = (north - south) * width / tallest - (east - west)
        if lacking > 0:
            west, east = west - lacking / 2, east + lacking / 2
        return cls(float(west), float(south), float(east), float(north), width)

    @property
    def scale(self) -> float:
        """Pixels for a metre."""
        return self.width / (self.east - self.west)

    @property
    def height(self) -> int:
        """Height of the sheet, pixels."""
        return round((self.north - self.south) * self.scale)

    def pixels(self, points: FloatArray) -> FloatArray:
        """Array (n, 2) of metres as pixels, from the upper left corner."""
        x = (points[:, 0] - self.west) * self.scale
        y = (self.north - points[:, 1]) * self.scale
        return np.column_stack([x, y])

    @property
    def projection(self) -> dict[str, object]:
        """Vega-Lite projection that draws metres on the sheet."""
        return {
            "type": "identity",
            "reflectY": True,
            "scale": self.scale,
            "translate": [-self.west * self.scale, self.north * self.scale],
        }

    @property
    def scale_bar_km(self) -> float:
        """Length of the scale bar: the longest round number within a quarter of the sheet."""
        quarter = (self.east - self.west) / 4000
        return max((km for km in _SCALE_STEPS_KM if km <= quarter), default=_SCALE_STEPS_KM[0])


@dataclass(frozen=True, slots=True)
class Placed:
    """A name on the sheet; ``x`` and ``y`` are the middle of the text, in pixels."""

    name: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "_Box") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def place_names(
    wanted: Sequence[tuple[str, float, float]],
    symbols: Iterable[tuple[float, float]],
    frame: Frame,
    font_size: float,
    most: int,
) -> list[Placed]:
    """Place names below, above or beside their points so that nothing overlaps.

    Parameters
    ----------
    wanted
        Name and pixels, the most important first.
    symbols
        Pixels of the symbols, which no name may cover.
    frame
        The sheet, which no name may leave.
    font_size
        Pixels.
    most
        Most names.

    Returns
    -------
    list of Placed
        Names that find room, in the order given.
    """
    taken = [_around(x, y, 7.0, 7.0) for x, y in symbols]
    placed: list[Placed] = []
    for name, x, y in wanted:
        if len(placed) == most:
            break
        half_width, half_height = len(name) * font_size * _CHARACTER / 2, font_size * 0.55
        for dx, dy in _offsets(half_width, half_height):
            box = _around(x + dx, y + dy, half_width, half_height)
            inside = box.left > 0 and box.top > 0 and box.right < frame.width
            if inside and box.bottom < frame.height and not any(map(box.meets, taken)):
                taken.append(box)
                placed.append(Placed(name, x + dx, y + dy))
                break
    return placed


def _around(x: float, y: float, half_width: float, half_height: float) -> _Box:
    return _Box(x - half_width, y - half_height, x + half_width, y + half_height)


def _offsets(half_width: float, half_height: float) -> tuple[tuple[float, float], ...]:
    near, side = 9.0 + half_height, 11.0 + half_width
    return ((0, near), (0, -near), (side, 0), (-side, 0), (side, near), (-side, near))
