"""Maillage: where an intercommunality's large facilities go, proven and verified.

>>> import optimiser
>>> case = optimiser.open_case(optimiser.Scenario(epci="200042190"))
>>> answer = optimiser.plan(case)
>>> answer.status
<Status.OPTIMAL: 'optimal'>
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optimiser.access import TravelTimes
    from optimiser.ahead import look_ahead
    from optimiser.case import Case
    from optimiser.catalogue import Catalogue, ServiceType
    from optimiser.check import evaluate, today, verify
    from optimiser.errors import InputError, MaillageError, VerificationError
    from optimiser.labels import Labels
    from optimiser.planning import plan
    from optimiser.report.folder import write_all
    from optimiser.scenario import Scenario
    from optimiser.sharing import share
    from optimiser.sharing_case import SharingCase
    from optimiser.sharing_solution import SharingSolution
    from optimiser.solution import (
        Decisions,
        Evaluation,
        Infeasible,
        NoAnswer,
        Solution,
        Status,
        StopReason,
    )
    from optimiser.solvers import Limits
    from optimiser.sources import load_catalogue, load_territory, open_case, read_scenario
    from optimiser.sources.open_sharing import open_sharing
    from optimiser.territory import Commune, Facility, Territory

_HOMES = {
    "optimiser.access": ("TravelTimes",),
    "optimiser.ahead": ("look_ahead",),
    "optimiser.case": ("Case",),
    "optimiser.catalogue": ("Catalogue", "ServiceType"),
    "optimiser.check": ("evaluate", "today", "verify"),
    "optimiser.errors": ("InputError", "MaillageError", "VerificationError"),
    "optimiser.labels": ("Labels",),
    "optimiser.planning": ("plan",),
    "optimiser.report.folder": ("write_all",),
    "optimiser.scenario": ("Scenario",),
    "optimiser.solution": (
        "Decisions",
        "Evaluation",
        "Infeasible",
        "NoAnswer",
        "Solution",
        "Status",
        "StopReason",
    ),
    "optimiser.solvers": ("Limits",),
    "optimiser.sources": ("load_catalogue", "load_territory", "open_case", "read_scenario"),
    "optimiser.sharing": ("share",),
    "optimiser.sharing_case": ("SharingCase",),
    "optimiser.sharing_solution": ("SharingSolution",),
    "optimiser.sources.open_sharing": ("open_sharing",),
    "optimiser.territory": ("Commune", "Facility", "Territory"),
}

__all__ = [
    "Case",
    "Catalogue",
    "Commune",
    "Decisions",
    "Evaluation",
    "Facility",
    "Infeasible",
    "InputError",
    "Labels",
    "Limits",
    "MaillageError",
    "NoAnswer",
    "Scenario",
    "ServiceType",
    "SharingCase",
    "SharingSolution",
    "Solution",
    "Status",
    "StopReason",
    "Territory",
    "TravelTimes",
    "VerificationError",
    "evaluate",
    "load_catalogue",
    "load_territory",
    "look_ahead",
    "open_case",
    "open_sharing",
    "plan",
    "read_scenario",
    "share",
    "today",
    "verify",
    "write_all",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for: the command must start at once."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
