"""Scenario files that visitors bring: bounded, parsed as data, never run."""

import tempfile
from dataclasses import replace
from pathlib import Path

from optimiser.errors import Finding, ScenarioError
from optimiser.scenario import Scenario
from optimiser.sources import locate, open_case, read_scenario

MAX_BYTES = 2_000_000


def scenario_of(data: bytes) -> Scenario:
    """Read a scenario file and hold it against its territory.

    Parameters
    ----------
    data
        Content of the file; its name is never used.

    Returns
    -------
    Scenario
        A scenario that has a case.

    Raises
    ------
    MaillageError
        Every mistake of the file, each with its line.
    """
    if len(data) > MAX_BYTES:
        found, limit = f"{len(data) / 1e6:.1f} MB", f"{MAX_BYTES / 1e6:g} MB"
        raise ScenarioError((Finding("file_too_large", found=found, expected=limit),))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scenario.toml"
        path.write_bytes(data)
        try:
            scenario = read_scenario(path)
            try:
                case = open_case(scenario)
            except ScenarioError as error:
                raise locate(error, path) from error
        except ScenarioError as error:
            findings = tuple(replace(finding, file="") for finding in error.findings)
            raise ScenarioError(findings) from error
    # The file may name its EPCI; the store and the pages know it by its code.
    return scenario.model_copy(update={"epci": case.territory.code})
