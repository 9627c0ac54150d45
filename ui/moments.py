"""Moments of the store as people write them."""

import datetime as dt

from optimiser.labels import Labels


def written(moment: str, labels: Labels) -> str:
    """Write a moment.

    Parameters
    ----------
    moment
        ISO 8601, as the store keeps it; empty: none.
    labels
        Words of the visitor's language.

    Returns
    -------
    str
        Day, month, year and time, UTC.
    """
    if not moment:
        return labels("unit.none")
    return f"{dt.datetime.fromisoformat(moment):%d/%m/%Y %H:%M} UTC"
