"""What the maps of one case share: polygons and town halls in metres, and words."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from optimiser.case import Case
from optimiser.labels import Labels
from optimiser.report.geography import drawing_crs, polygons_by_code, town_halls
from optimiser.report.map_frame import Frame
from optimiser.report.site_status import SiteStatus
from optimiser.units import FloatArray, InseeCode

if TYPE_CHECKING:
    import geopandas as gpd

TALLEST = 720
"""Pixels of a tall map."""


@dataclass(frozen=True, eq=False)
class Atlas:
    """Everything that the maps of one case share.

    Parameters
    ----------
    case
        The case.
    polygons
        Columns code and geometry; communes without a polygon are left blank.
    labels
        Words of the maps.
    """

    case: Case
    polygons: "gpd.GeoDataFrame"
    labels: Labels

    @cached_property
    def shapes(self) -> dict[InseeCode, Any]:
        """Polygons in metres."""
        return polygons_by_code(self.polygons, drawing_crs(self.case.territory))

    @cached_property
    def halls(self) -> dict[InseeCode, FloatArray]:
        """Town halls in metres."""
        communes = self.case.territory.communes
        points = town_halls(communes, drawing_crs(self.case.territory))
        return {commune.code: point for commune, point in zip(communes, points, strict=True)}

    @cached_property
    def basins(self) -> list[Any]:
        """Outline of each basin, metres."""
        parts: dict[str, list[Any]] = {}
        for commune in self.case.members:
            if commune.code in self.shapes:
                parts.setdefault(commune.basin, []).append(self.shapes[commune.code])
        return [shapely.union_all(part) for part in parts.values()]

    @property
    def is_empty(self) -> bool:
        """Whether no member has a polygon, so that there is nothing to draw."""
        return not any(commune.code in self.shapes for commune in self.case.members)

    def frame(self, width: int, sites: Sequence[SiteStatus]) -> Frame:
        """Sheet that holds all members and the sites shared with neighbours."""
        corners = [
            np.array(shapely.bounds(self.shapes[c.code])).reshape(2, 2)
            for c in self.case.members
            if c.code in self.shapes
        ]
        shared = [self.halls[s.commune].reshape(1, 2) for s in sites if s.status == "shared"]
        return Frame.around(np.vstack([*corners, *shared]), width, TALLEST)
