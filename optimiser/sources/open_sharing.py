"""Opens a question about support functions: territory, functions, minutes, volumes, scenario."""

from pathlib import Path

from optimiser.scenario import Scenario
from optimiser.sharing_case import SharingCase
from optimiser.sources.functions_file import load_functions
from optimiser.sources.open_case import open_case
from optimiser.sources.volumes_file import read_volumes


def open_sharing(
    scenario: Scenario,
    *,
    functions_path: Path | None = None,
    volumes_path: Path | None = None,
    matrix_path: Path | None = None,
    communes_path: Path | None = None,
) -> SharingCase:
    """Assemble everything that a question about support functions needs.

    Parameters
    ----------
    scenario
        What is asked, and of which EPCI.
    functions_path
        The user's own support functions; None: the embedded catalogue.
    volumes_path
        The user's own volumes, on the template; None: the rules of the catalogue.
    matrix_path, communes_path
        As in `optimiser.sources.open_case.open_case`.

    Returns
    -------
    SharingCase
        The case.

    Raises
    ------
    InputError
        A file is wrong, or the scenario does not fit its territory and functions.
    TerritoryNotFoundError
        The scenario's EPCI is not known, or not unique.
    """
    functions = load_functions(functions_path)
    case = open_case(scenario, matrix_path=matrix_path, communes_path=communes_path)
    volumes = {} if volumes_path is None else read_volumes(volumes_path, case.territory, functions)
    return SharingCase(
        territory=case.territory,
        functions=functions,
        travel=case.travel,
        scenario=scenario,
        given=volumes,
    )
