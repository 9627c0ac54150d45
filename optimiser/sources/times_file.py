"""Writes travel times as a list of pairs that `optimiser.sources.matrix_file` reads back."""

import os
import secrets
from pathlib import Path

import numpy as np
import pandas as pd

from optimiser.access import TravelTimes
from optimiser.errors import Finding, InputError

KINDS = (".parquet", ".csv")


def write_times(travel: TravelTimes, path: Path) -> int:
    """Write the pairs that can be travelled.

    Parameters
    ----------
    travel
        Travel times; pairs out of reach are left out.
    path
        ``.parquet`` or ``.csv``: columns origin, destination, minutes, and km where it is known.

    Returns
    -------
    int
        Number of pairs.

    Raises
    ------
    InputError
        Another kind of file.
    """
    if path.suffix.casefold() not in KINDS:
        expected = ", ".join(KINDS)
        raise InputError((Finding("file_kind_unknown", str(path), expected=expected),))
    rows, columns = np.nonzero(np.isfinite(travel.minutes))
    frame = pd.DataFrame(
        {
            "origin": np.array(travel.origins)[rows],
            "destination": np.array(travel.destinations)[columns],
            "minutes": travel.minutes[rows, columns].round(4),
        }
    )
    if travel.km is not None:
        frame["km"] = travel.km[rows, columns].round(4)
    frame.attrs = {"mode": travel.mode, "source": travel.source}
    path.absolute().parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        if path.suffix.casefold() == ".csv":
            frame.to_csv(draft, index=False)
        else:
            frame.to_parquet(draft, index=False)
        os.replace(draft, path)  # noqa: PTH105 - one atomic step
    finally:
        draft.unlink(missing_ok=True)
    return len(frame)
