"""Reads plan.json back: the scenario that was asked and what was decided."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from optimiser.errors import Finding, ScenarioError
from optimiser.scenario import Scenario
from optimiser.solution import Decisions, Transfer


def read_plan(path: Path) -> tuple[Scenario, Decisions]:
    """Read a plan.

    Parameters
    ----------
    path
        ``plan.json``, as `maillage plan` writes it.

    Returns
    -------
    tuple
        The scenario, and the decisions.

    Raises
    ------
    ScenarioError
        The file is no plan, or does not say where its cells are.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        scenario = Scenario.model_validate(content["scenario"])
        decisions, grid = _decisions(content["decisions"]), content.get("demand", {}).get("source")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError((Finding("file_unreadable", file=str(path)),)) from error
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError) as error:
        raise ScenarioError((Finding("file_unreadable", file=str(path)),)) from error
    if grid and not scenario.travel.cells:
        raise ScenarioError((Finding("plan_without_its_cells", str(path), found=str(grid)),))
    return scenario, decisions


def _decisions(content: Mapping[str, Any]) -> Decisions:
    return Decisions(
        sites={
            (site["service"], site["commune"]): int(site["planned"])
            for site in content["sites"]
            if site["planned"]
        },
        agreements=frozenset((a["service"], a["commune"]) for a in content["agreements"]),
        transfers=tuple(
            Transfer(move["service"], move["origin"], move["destination"])
            for move in content.get("transfers", ())
        ),
        themes={code: tuple(given) for code, given in content.get("themes", {}).items()},
    )
