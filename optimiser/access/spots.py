"""Places between which people travel, as points."""

from dataclasses import dataclass

from optimiser.units import FloatArray


@dataclass(frozen=True, eq=False)
class Spots:
    """Places between which people travel.

    Parameters
    ----------
    lon, lat
        Arrays (p,), WGS 84 degrees.
    """

    lon: FloatArray
    lat: FloatArray

    def __len__(self) -> int:
        """Number of places."""
        return len(self.lon)
