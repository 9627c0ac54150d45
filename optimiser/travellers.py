"""Who goes to the sites of a network, and how long: by cell where the public lives in cells."""

import numpy as np

from optimiser.case import Case
from optimiser.solution import Evaluation
from optimiser.units import FloatArray, IntArray


def travellers(case: Case, network: Evaluation, k: int) -> tuple[FloatArray, FloatArray, IntArray]:
    """List the public of a type, and its minutes to the nearest site.

    Parameters
    ----------
    case
        The case.
    network
        What the judge makes of a network.
    k
        Index of the type.

    Returns
    -------
    persons, minutes, home
        Persons (p) of each member, or of each cell where there are cells; their minutes, inf
        without a site within reach; and the index of their member.
    """
    cells = case.cells
    if cells is None:
        return case.public[k], network.minutes[k], np.arange(len(case.members))
    serving = case.serving(network.sites[k], network.agreed[k])
    return case.public[k, cells.home] * cells.share, cells.nearest(serving), cells.home
