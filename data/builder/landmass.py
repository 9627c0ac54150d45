"""Landmasses: communes that a car reaches from one another without a boat."""

from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Polygons: TypeAlias = np.ndarray[Any, np.dtype[np.object_]]

# Wide enough for rivers, canals and estuaries that the coverage leaves out (the Rivière Salée of
# Guadeloupe: 79 m); the nearest island without a bridge, Île-aux-Moines, lies 562 m away.
WATER_M = 300.0

# Commune on the island -> commune on the mainland where the bridge lands.
BRIDGES = {
    "17297": "17300",  # Île de Ré: Rivedoux-Plage, La Rochelle.
    "17093": "17058",  # Île d'Oléron: Le Château-d'Oléron, Bourcefranc-le-Chapus.
    "85011": "85012",  # Noirmoutier: Barbâtre, La Barre-de-Monts (and the Passage du Gois).
}


def components(coverage: Polygons, codes: pd.Index) -> list[str]:
    """Group the communes of one zone that touch, nearly touch, or are joined by a bridge.

    Parameters
    ----------
    coverage
        Polygons in metres.
    codes
        Codes of their communes.

    Returns
    -------
    list of str
        For each commune, the first code of its group.
    """
    from_, to = shapely.STRtree(coverage).query(coverage, predicate="dwithin", distance=WATER_M)
    bridges = [(codes.get_loc(a), codes.get_loc(b)) for a, b in BRIDGES.items() if a in codes]
    rows = np.concatenate([from_, [a for a, _ in bridges]]).astype(int)
    columns = np.concatenate([to, [b for _, b in bridges]]).astype(int)
    links = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(codes), len(codes)))
    _, group = connected_components(links, directed=False)
    names = pd.Series(codes, dtype=object)
    return list(names.groupby(group).transform("min"))


def numbered(component: "pd.Series[str]", epci: "pd.Series[str]") -> "pd.Series[int]":
    """Number the landmasses from 1, by number of communes, then by first code.

    Parameters
    ----------
    component
        First code of each commune's group; missing without a polygon.
    epci
        Of each commune: one without a polygon is where most of its EPCI is.

    Returns
    -------
    Series
        Number of each commune's landmass.
    """
    known = component.dropna()
    home = known.groupby(epci[known.index]).agg(lambda part: str(part.mode().iloc[0]))
    whole = component.fillna(epci.map(home))
    communes = whole.value_counts().rename_axis("first").reset_index(name="communes")
    order = communes.sort_values(["communes", "first"], ascending=[False, True])["first"]
    return whole.map({first: number for number, first in enumerate(order, 1)}).astype("int8")
