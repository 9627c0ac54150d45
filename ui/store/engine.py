"""Where the store is: SQLite with its durability, or a server; and which process owns a run."""

import os
import secrets
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url

_BUSY_SECONDS = 30
_STARTED = secrets.token_hex(4)


def owner() -> str:
    """Name this server process.

    Returns
    -------
    str
        Host, process number, and a token that tells it from an earlier one of that number.
    """
    return f"{socket.gethostname()}/{os.getpid()}/{_STARTED}"


def default_url() -> str:
    """Address of the store where nobody names another one.

    Returns
    -------
    str
        ``MAILLAGE_STORE``, or a SQLite file in the user's folder.
    """
    return os.environ.get("MAILLAGE_STORE") or f"sqlite:///{Path.home() / '.maillage' / 'store.db'}"


def open_engine(url: str) -> Engine:
    """Open a database.

    Parameters
    ----------
    url
        SQLAlchemy address.

    Returns
    -------
    Engine
        For any thread; the folder of a SQLite file is made where there is none.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return create_engine(address, pool_pre_ping=True)
    if address.database and address.database != ":memory:":
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(address, connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _durable)
    return engine


def _durable(connection: Any, _: Any) -> None:
    """Readers do not wait for writers, and what is committed is on the disk."""
    settings: Sequence[str] = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
    for setting in settings:
        connection.execute(f"PRAGMA {setting}")


def is_alive(name: str) -> bool:
    """Tell whether the server that started a run may still be at it.

    Parameters
    ----------
    name
        From `owner`.

    Returns
    -------
    bool
        True for a server on another machine, of which nothing is known.
    """
    host, number, started = name.rsplit("/", 2)
    if host != socket.gethostname():
        return True
    if int(number) == os.getpid():
        return started == _STARTED
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
