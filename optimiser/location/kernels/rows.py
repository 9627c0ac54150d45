"""Rows of pairs, put in order where they are not."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from optimiser.units import FloatArray, IntArray


@njit(cache=True, nogil=True)
def sort_rows(start: IntArray, site: NDArray[np.int32], cost: FloatArray) -> None:
    """Order the pairs of each row by cost, equal costs by candidate, in place.

    Parameters
    ----------
    start, site, cost
        Pairs of row i are ``start[i]:start[i + 1]``.
    """
    for i in range(start.size - 1):
        begin = start[i]
        end = start[i + 1]
        sorted_ = True
        for k in range(begin + 1, end):
            if cost[k] < cost[k - 1] or (cost[k] == cost[k - 1] and site[k] < site[k - 1]):
                sorted_ = False
                break
        if sorted_:
            continue
        by_site = np.argsort(site[begin:end])
        near = site[begin:end][by_site]
        paid = cost[begin:end][by_site]
        by_cost = np.argsort(paid, kind="mergesort")
        site[begin:end] = near[by_cost]
        cost[begin:end] = paid[by_cost]
