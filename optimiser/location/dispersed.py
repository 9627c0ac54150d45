"""Sites far apart: the farthest are picked, then one of the two that are nearest is moved."""

import numpy as np

from optimiser.units import BoolArray, FloatArray, IntArray

STARTS, ROUNDS = 12, 100


def spread_out(
    apart: FloatArray, usable: BoolArray, fixed: IntArray, number: int, known: IntArray
) -> IntArray:
    """Look for sites whose two nearest are far apart.

    Parameters
    ----------
    apart
        Travel (m, m) between candidates, symmetric; the diagonal is not looked at.
    usable
        Candidates (m,) that may be open.
    fixed
        Those that must be, ascending.
    number
        How many to open.
    known
        Sites to begin with.

    Returns
    -------
    IntArray
        Sites, ascending; no worse than the known ones.
    """
    apart = apart.copy()
    np.fill_diagonal(apart, np.inf)
    free = np.flatnonzero(usable)
    step = max(1, len(free) // STARTS)
    starts = [known, *(_farthest(apart, usable, fixed, number, s) for s in free[::step].tolist())]
    moved = [_moved(apart, usable, fixed, sites) for sites in starts if len(sites) == number]
    return np.sort(max(moved, key=lambda sites: float(_least(apart, sites))))


def _least(apart: FloatArray, sites: IntArray) -> float:
    return float(apart[np.ix_(sites, sites)].min())


def _farthest(
    apart: FloatArray, usable: BoolArray, fixed: IntArray, number: int, start: int
) -> IntArray:
    """Open the fixed sites and one more, then the farthest again and again."""
    opened = fixed.tolist()
    if start not in opened:
        opened.append(start)
    away = np.where(usable, apart[opened].min(axis=0), -np.inf)
    away[opened] = -np.inf
    while len(opened) < number:
        pick = int(np.argmax(away))
        opened.append(pick)
        away = np.minimum(away, apart[pick])
        away[pick] = -np.inf
    return np.array(opened, dtype=np.int64)


def _moved(apart: FloatArray, usable: BoolArray, fixed: IntArray, sites: IntArray) -> IntArray:
    """Move one of the two nearest sites to where it is farthest, while that brings something."""
    for _ in range(ROUNDS):
        between = apart[np.ix_(sites, sites)]
        least = between.min()
        pairs = int((between == least).sum())
        best, gained = sites, (float(least), -pairs)
        for place in np.unravel_index(int(np.argmin(between)), between.shape):
            if sites[place] in fixed:
                continue
            others = np.delete(sites, place)
            away = np.where(usable, apart[others].min(axis=0), -np.inf)
            away[sites] = -np.inf
            pick = int(np.argmax(away))
            if np.isneginf(away[pick]):
                continue
            moved = np.append(others, pick)
            between_moved = apart[np.ix_(moved, moved)]
            value = float(between_moved.min())
            worth = value, -int((between_moved == value).sum())
            if worth > gained:
                best, gained = moved, worth
        if best is sites:
            break
        sites = best
    return sites
