"""Travel times from a routing server that the user runs: OSRM or Valhalla, asked in blocks.

Nothing here is called unless the user gives an address.
"""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

import numpy as np

from optimiser.access import TravelTimes
from optimiser.access.modes import Mode
from optimiser.access.spots import Spots
from optimiser.errors import Finding, InputError
from optimiser.sources.places import spots
from optimiser.sources.road_times import within_communes
from optimiser.territory import Territory
from optimiser.units import FloatArray, Minutes

Protocol: TypeAlias = Literal["osrm", "valhalla"]

BLOCK = 50
"""Origins, and destinations, in one request: both servers accept 50 x 50 as they are installed."""

TIMEOUT_SECONDS = 120
_MOST_BYTES = 50_000_000
_SHOWN = 120

_PROFILES: Mapping[str, str] = {"car": "driving", "bicycle": "cycling", "walk": "walking"}
_COSTINGS: Mapping[str, str] = {"car": "auto", "bicycle": "bicycle", "walk": "pedestrian"}

Table: TypeAlias = tuple[FloatArray, FloatArray]


def server_travel(
    territory: Territory, protocol: Protocol, address: str, mode: Mode, limit: Minutes
) -> tuple[TravelTimes, tuple[str, ...]]:
    """Ask a server for the minutes from the members to every commune.

    Parameters
    ----------
    territory
        Whose communes.
    protocol
        What the server speaks.
    address
        Such as ``http://localhost:5000``.
    mode
        Which mode; an OSRM server answers with the profile it was started with.
    limit
        Minutes beyond which a pair counts as out of reach.

    Returns
    -------
    travel, notes
        Travel times; no notes.

    Raises
    ------
    InputError
        The address is none, or the server is out of reach, refuses, or answers something else.
    """
    base = address.rstrip("/")
    if urllib.parse.urlsplit(base).scheme not in {"http", "https"}:
        raise InputError((Finding("server_address", found=address, expected="http://…"),))
    minutes, km = server_table(
        protocol, base, mode, spots(territory.members), spots(territory.communes)
    )
    beyond = minutes > limit
    minutes[beyond], km[beyond] = np.inf, np.inf
    inside = np.arange(len(territory.members))
    minutes[inside, inside], km[inside, inside] = within_communes(territory.members, mode)
    travel = TravelTimes(
        tuple(c.code for c in territory.members),
        tuple(c.code for c in territory.communes),
        minutes,
        mode=mode,
        method="matrix",
        source=f"{protocol.upper() if protocol == 'osrm' else 'Valhalla'} {base}",
        km=km,
    )
    return travel, ()


def server_table(
    protocol: Protocol, base: str, mode: Mode, origins: Spots, destinations: Spots
) -> Table:
    """Ask for a whole table, block by block.

    Parameters
    ----------
    protocol, base, mode
        As in `server_travel`.
    origins, destinations
        n and m places.

    Returns
    -------
    minutes, km
        Arrays (n, m); inf where the server knows no way.
    """
    ask: Callable[[str, Mode, Spots, Spots], Table] = _osrm if protocol == "osrm" else _valhalla
    minutes = np.full((len(origins), len(destinations)), np.inf)
    km = minutes.copy()
    for a in range(0, len(origins), BLOCK):
        for b in range(0, len(destinations), BLOCK):
            rows, columns = slice(a, a + BLOCK), slice(b, b + BLOCK)
            block = ask(base, mode, _part(origins, rows), _part(destinations, columns))
            minutes[rows, columns], km[rows, columns] = block
    return minutes, km


def _part(all_spots: Spots, part: slice) -> Spots:
    return Spots(all_spots.lon[part], all_spots.lat[part])


def _osrm(base: str, mode: Mode, origins: Spots, destinations: Spots) -> Table:
    places = ";".join(
        f"{lon:.6f},{lat:.6f}"
        for ends in (origins, destinations)
        for lon, lat in zip(ends.lon, ends.lat, strict=True)
    )
    n, m = len(origins), len(destinations)
    sources = ";".join(map(str, range(n)))
    targets = ";".join(map(str, range(n, n + m)))
    query = f"sources={sources}&destinations={targets}&annotations=duration,distance"
    answer = _ask(urllib.request.Request(f"{base}/table/v1/{_PROFILES[mode]}/{places}?{query}"))  # noqa: S310
    if answer.get("code") != "Ok":
        raise _refused(base, str(answer.get("message") or answer.get("code")))
    return _table(base, answer.get("durations"), (n, m), 60.0), _table(
        base, answer.get("distances"), (n, m), 1000.0
    )


def _valhalla(base: str, mode: Mode, origins: Spots, destinations: Spots) -> Table:
    ends = [
        [
            {"lon": round(lon, 6), "lat": round(lat, 6)}
            for lon, lat in zip(spot.lon.tolist(), spot.lat.tolist(), strict=True)
        ]
        for spot in (origins, destinations)
    ]
    body = {
        "sources": ends[0],
        "targets": ends[1],
        "costing": _COSTINGS[mode],
        "units": "kilometers",
    }
    request = urllib.request.Request(  # noqa: S310 - the scheme is checked
        f"{base}/sources_to_targets",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    rows = _ask(request).get("sources_to_targets")
    try:
        times = [[cell["time"] for cell in row] for row in rows or []]
        lengths = [[cell["distance"] for cell in row] for row in rows or []]
    except (KeyError, TypeError) as error:
        raise _strange(base) from error
    shape = len(origins), len(destinations)
    return _table(base, times, shape, 60.0), _table(base, lengths, shape, 1.0)


def _table(base: str, rows: Any, shape: tuple[int, int], unit: float) -> FloatArray:
    """Figures of an answer in our unit; none, or a negative one, is no way."""
    try:
        values = np.array(
            [[np.inf if cell is None else float(cell) for cell in row] for row in rows],
            dtype=np.float64,
        )
    except (TypeError, ValueError) as error:
        raise _strange(base) from error
    if values.shape != shape or bool(np.isnan(values).any()):
        raise _strange(base)
    return np.where(values < 0, np.inf, values / unit)


def _ask(request: urllib.request.Request) -> dict[str, Any]:
    base = request.full_url.split("/table/")[0].split("/sources_to_targets")[0]
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            data = answer.read(_MOST_BYTES)
    except urllib.error.HTTPError as error:
        raise _refused(base, _message(error.read(_MOST_BYTES)) or f"HTTP {error.code}") from error
    except (OSError, ValueError) as error:
        reason = str(getattr(error, "reason", error))
        raise InputError((Finding("server_unreachable", found=f"{base} ({reason})"),)) from error
    try:
        content = json.loads(data)
    except ValueError as error:
        raise _strange(base) from error
    if not isinstance(content, dict):
        raise _strange(base)
    return content


def _message(data: bytes) -> str:
    """What a server says is wrong; empty where it says nothing that is understood."""
    try:
        content = json.loads(data)
    except ValueError:
        return ""
    if not isinstance(content, dict):
        return ""
    return str(content.get("message") or content.get("error") or content.get("code") or "")


def _refused(base: str, message: str) -> InputError:
    return InputError((Finding("server_refused", found=f"{base}: {message[:_SHOWN]}"),))


def _strange(base: str) -> InputError:
    return InputError((Finding("server_answer", found=base),))
