"""Digests of the data files that an answer depends on: the same digests, the same data."""

import hashlib
from functools import cache

from optimiser.sources.folder import data_folder

_KINDS = frozenset({".parquet", ".toml"})


@cache
def data_digests() -> dict[str, str]:
    """SHA-256 of every data file.

    Returns
    -------
    dict
        Digest by path within the data folder; read once for each process.
    """
    folder = data_folder()
    files = sorted(path for path in folder.rglob("*") if path.suffix in _KINDS and path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def data_digest() -> str:
    """One SHA-256 of all data files and their names."""
    lines = [f"{name} {digest}\n" for name, digest in data_digests().items()]
    return hashlib.sha256("".join(lines).encode()).hexdigest()
