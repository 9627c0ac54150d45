"""One case a file."""

import importlib
import pkgutil


def cases():
    """Cases by name, found by looking in this folder."""
    return {
        found.name: importlib.import_module(f"{__name__}.{found.name}").CASE
        for found in pkgutil.iter_modules(__path__)
    }
