"""One case a file; a file whose case has variants asks the same question several times."""

import importlib
import pkgutil
from dataclasses import replace


def cases():
    """Cases by name, found by looking in this folder."""
    found = {}
    for file in pkgutil.iter_modules(__path__):
        case = replace(importlib.import_module(f"{__name__}.{file.name}").CASE, family=file.name)
        variants = case.variants or {"": {}}
        for suffix, fields in variants.items():
            found[f"{file.name}_{suffix}".rstrip("_")] = replace(case, variants={}, **fields)
    return found
