"""Routing servers: a local server that speaks each protocol, and everything that can go wrong."""

import json
import threading
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import numpy as np
import pytest

from optimiser.access.spots import Spots
from optimiser.errors import InputError
from optimiser.scenario import Scenario
from optimiser.sources.open_case import open_territory
from optimiser.sources.routing_server import BLOCK, server_table, server_travel


def seconds(a: tuple[float, float], b: tuple[float, float]) -> float | None:
    """What the server thinks: a minute a hundredth of a degree, and no way to the far east."""
    return None if max(a[0], b[0]) > 9 else 6000 * (abs(a[0] - b[0]) + abs(a[1] - b[1]))


class Server(BaseHTTPRequestHandler):
    asked: ClassVar[list[tuple[int, int]]] = []
    answer: ClassVar[tuple[int, bytes] | None] = None

    def log_message(self, *_: Any) -> None:
        """Be silent."""

    def _reply(self, content: Any) -> None:
        status, data = self.answer or (200, json.dumps(content).encode())
        self.send_response(status)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        url = urllib.parse.urlsplit(self.path)
        assert url.path.startswith("/table/v1/driving/")
        places = [
            (float(lon), float(lat))
            for lon, lat in (p.split(",") for p in url.path.rpartition("/")[2].split(";"))
        ]
        query = urllib.parse.parse_qs(url.query)
        assert query["annotations"] == ["duration,distance"]
        sources, targets = (
            [places[int(at)] for at in query[name][0].split(";")]
            for name in ("sources", "destinations")
        )
        self.asked.append((len(sources), len(targets)))
        times = [[seconds(a, b) for b in targets] for a in sources]
        ways = [[None if s is None else s * 10 for s in row] for row in times]
        self._reply({"code": "Ok", "durations": times, "distances": ways})

    def do_POST(self) -> None:
        assert self.path == "/sources_to_targets"
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert body["costing"] == "auto"
        assert body["units"] == "kilometers"
        sources, targets = (
            [(p["lon"], p["lat"]) for p in body[name]] for name in ("sources", "targets")
        )
        self.asked.append((len(sources), len(targets)))
        rows = [
            [
                {"time": s, "distance": None if s is None else s / 100}
                for s in (seconds(a, b) for b in targets)
            ]
            for a in sources
        ]
        self._reply({"sources_to_targets": rows})


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    Server.asked.clear()
    Server.answer = None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def spots(count: int, seed: int) -> Spots:
    rng = np.random.default_rng(seed)
    return Spots(3 + rng.random(count).round(4), 50 + rng.random(count).round(4))


@pytest.mark.parametrize("protocol", ["osrm", "valhalla"])
def test_a_table_larger_than_the_server_allows_is_asked_in_blocks(
    address: str, protocol: Any
) -> None:
    origins, destinations = spots(BLOCK + 7, 1), spots(2 * BLOCK + 3, 2)
    origins.lon[5] = 9.5
    minutes, km = server_table(protocol, address, "car", origins, destinations)
    assert len(Server.asked) == 6
    assert max(max(pair) for pair in Server.asked) == BLOCK
    expected = 100 * (
        np.abs(origins.lon[:, None] - destinations.lon)
        + np.abs(origins.lat[:, None] - destinations.lat)
    )
    expected[5] = np.inf
    assert minutes == pytest.approx(expected)
    assert km == pytest.approx(expected * 0.6)


def test_the_times_of_a_territory(address: str) -> None:
    territory = open_territory(Scenario().epci)
    travel, _ = server_travel(territory, "osrm", address + "/", "car", 12.0)
    n = len(territory.members)
    off = ~np.eye(n, len(territory.communes), dtype=bool)
    assert bool((travel.minutes[off & np.isfinite(travel.minutes)] <= 12).all())
    assert bool(np.isinf(travel.minutes).any())
    # A server knows the town hall, not the commune around it.
    assert bool((np.diagonal(travel.minutes) > 1).all())
    assert address in travel.source


@pytest.mark.parametrize("protocol", ["osrm", "valhalla"])
@pytest.mark.parametrize(
    ("answer", "problem", "says"),
    [
        ((200, b"<html>hello</html>"), "server_answer", ""),
        ((200, b"[1]"), "server_answer", ""),
        (
            (200, b'{"code": "Ok", "durations": [[1]], "sources_to_targets": [[{"time": 1}]]}'),
            "server_answer",
            "",
        ),
        (
            (400, b'{"code": "TooBig", "message": "Too many table coordinates"}'),
            "server_refused",
            "Too many",
        ),
        (
            (400, b'{"error_code": 150, "error": "Exceeded max locations"}'),
            "server_refused",
            "Exceeded",
        ),
        ((502, b"bad gateway"), "server_refused", "HTTP 502"),
    ],
)
def test_answers_that_are_no_table_are_said(
    address: str, protocol: Any, answer: tuple[int, bytes], problem: str, says: str
) -> None:
    Server.answer = answer
    with pytest.raises(InputError) as refused:
        server_table(protocol, address, "car", spots(2, 1), spots(2, 2))
    finding = refused.value.findings[0]
    assert finding.problem == problem
    assert says in finding.found


def test_no_server_and_no_address_are_said() -> None:
    territory = open_territory(Scenario().epci)
    with pytest.raises(InputError, match="server_unreachable"):
        server_travel(territory, "osrm", "http://127.0.0.1:9", "car", 10)
    for address in ("localhost:5000", "file:///etc/passwd", ""):
        with pytest.raises(InputError, match="server_address"):
            server_travel(territory, "valhalla", address, "car", 10)
