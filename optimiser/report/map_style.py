"""Colours, shapes and classes of the maps: readable without colour vision, and in grey print."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.catalogue import ServiceType
from optimiser.labels import Labels
from optimiser.report.site_status import SiteStatusName
from optimiser.units import FloatArray

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
"""First the font that vl-convert carries, so that a picture is the same on every machine."""

NEIGHBOUR_FILL = "#efefef"
NEIGHBOUR_LINE = "#cfcfcf"
COMMUNE_LINE = "#ffffff"
BASIN_LINE = "#4d4d4d"
TERRITORY_LINE = "#1a1a1a"
INK = "#1a1a1a"

_NEAR, _FAR = (33, 102, 172), (209, 229, 240)
_BEYOND = "#fbe3b5"
UNREACHABLE = "#bdbdbd"

_CROSS = (
    "M-1,-0.62L-0.62,-1L0,-0.38L0.62,-1L1,-0.62L0.38,0"
    "L1,0.62L0.62,1L0,0.38L-0.62,1L-1,0.62L-0.38,0Z"
)

SYMBOLS: dict[SiteStatusName, tuple[str, str, int]] = {
    "kept": ("circle", "#ffffff", 150),
    "opened": ("triangle-up", "#d55e00", 190),
    "transferred": ("triangle-right", "#f0e442", 190),
    "closed": (_CROSS, "#1a1a1a", 150),
    "shared": ("diamond", "#cc79a7", 190),
}
"""Shape, fill and area (square pixels) of each status; the shape alone tells them apart."""


@dataclass(frozen=True, slots=True)
class MinutesClass:
    """One colour of the map.

    Parameters
    ----------
    label
        Words of the legend.
    fill
        Colour.
    upper
        Most minutes of the class; inf for the last ones.
    guaranteed
        Whether all of it lies within the guaranteed time.
    """

    label: str
    fill: str
    upper: float
    guaranteed: bool


def minutes_classes(service: ServiceType, labels: Labels) -> tuple[MinutesClass, ...]:
    """Classes of the map of a type: its tiers, beyond them, and out of reach.

    Parameters
    ----------
    service
        The type.
    labels
        Words of the legend.

    Returns
    -------
    tuple of MinutesClass
        One more than tiers, and the last for communes without any site within reach.
    """
    limits = [tier.minutes for tier in service.tiers]
    fills = _ramp(len(limits))
    classes = []
    for rank, (limit, fill) in enumerate(zip(limits, fills, strict=True)):
        guaranteed = limit <= service.guarantee_minutes
        key = "map.class.first" if rank == 0 else "map.class.between"
        below = labels.number(limits[rank - 1] if rank else 0.0)
        text = labels(key, below=below, upto=labels.minutes(limit))
        if limit == service.guarantee_minutes:
            text = labels("map.class.guarantee", text=text)
        classes.append(MinutesClass(text, fill, limit, guaranteed))
    beyond = labels("map.class.beyond", below=labels.minutes(limits[-1]))
    nowhere = labels("map.class.unreachable")
    return (
        *classes,
        MinutesClass(beyond, _BEYOND, np.finfo(np.float64).max, guaranteed=False),
        MinutesClass(nowhere, UNREACHABLE, float("inf"), guaranteed=False),
    )


def classify(minutes: FloatArray, classes: Sequence[MinutesClass]) -> list[MinutesClass]:
    """Class of each commune.

    Parameters
    ----------
    minutes
        Minutes (n).
    classes
        From `minutes_classes`.

    Returns
    -------
    list of MinutesClass
        One a commune.
    """
    return [next(c for c in classes if value <= c.upper + 1e-9) for value in minutes]


def _ramp(steps: int) -> list[str]:
    """Colours from near (dark) to far (light), evenly spaced."""
    shares = np.linspace(0.0, 1.0, steps) if steps > 1 else np.array([0.5])
    near, far = np.array(_NEAR), np.array(_FAR)
    return [
        "#{:02x}{:02x}{:02x}".format(*np.rint(near + s * (far - near)).astype(int)) for s in shares
    ]
