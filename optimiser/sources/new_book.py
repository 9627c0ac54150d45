"""A workbook to start a scenario from."""

from optimiser.labels import Labels
from optimiser.scenario import Scenario
from optimiser.sources.catalogue_file import load_catalogue
from optimiser.sources.functions_file import load_functions
from optimiser.sources.open_case import open_case
from optimiser.sources.scenario_book import SUFFIX
from optimiser.sources.scenario_template import scenario_book

__all__ = ["SUFFIX", "new_book"]


def new_book(epci: str, lang: str = "fr") -> bytes:
    """Write a workbook that asks the unchanged question about an EPCI.

    Parameters
    ----------
    epci
        SIREN code, or a part of the name.
    lang
        Language of its words.

    Returns
    -------
    bytes
        An Excel file that `optimiser.sources.read_scenario` reads.

    Raises
    ------
    TerritoryNotFoundError
        No EPCI, or several, answer to that.
    """
    scenario = Scenario(epci=epci)
    communes = [commune.name for commune in open_case(scenario).members]
    return scenario_book(scenario, load_catalogue(), load_functions(), communes, Labels(lang))
