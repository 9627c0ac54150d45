"""Scenario files that visitors bring: bounded, parsed as data, never run."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from optimiser.errors import Finding, InputError, ScenarioError
from optimiser.scenario import Scenario
from optimiser.sources import locate, open_case, read_scenario
from ui.settings import without_files

MAX_BYTES = 2_000_000

Kind: TypeAlias = Literal["toml", "xlsx"]
KINDS: tuple[Kind, ...] = get_args(Kind)


def scenario_of(data: bytes, kind: Kind = "toml") -> Scenario:
    """Read a scenario file and hold it against its territory.

    Parameters
    ----------
    data
        Content of the file; its name is never used.
    kind
        Scenario file or workbook.

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
        path = Path(folder) / f"scenario.{kind}"
        path.write_bytes(data)
        try:
            scenario = without_files(read_scenario(path))
            try:
                case = open_case(scenario)
            except ScenarioError as error:
                raise locate(error, path) from error
        except InputError as error:
            # The visitor knows no folder of ours; a sheet of the workbook stays.
            hidden = [replace(f, file=f.file.removeprefix(f"{path}, ")) for f in error.findings]
            findings = [replace(f, file="" if f.file == str(path) else f.file) for f in hidden]
            raise ScenarioError(tuple(findings)) from error
    # The file may name its EPCI; the store and the pages know it by its code.
    return scenario.model_copy(update={"epci": case.territory.code})
