"""Communes as the ends of trips."""

from collections.abc import Sequence

import numpy as np

from optimiser.access.estimate import Places
from optimiser.access.spots import Spots
from optimiser.territory import Commune


def places(communes: Sequence[Commune]) -> Places:
    """Communes as the ends of estimated trips."""
    return Places(
        codes=tuple(commune.code for commune in communes),
        lon=np.array([commune.lon for commune in communes], dtype=np.float64),
        lat=np.array([commune.lat for commune in communes], dtype=np.float64),
        area_km2=np.array([commune.area_km2 for commune in communes], dtype=np.float64),
        population=np.array([commune.population for commune in communes], dtype=np.float64),
    )


def spots(communes: Sequence[Commune]) -> Spots:
    """Town halls."""
    return Spots(
        np.array([commune.lon for commune in communes], dtype=np.float64),
        np.array([commune.lat for commune in communes], dtype=np.float64),
    )
