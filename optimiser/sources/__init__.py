"""Sources: one reader for each kind of data; each returns domain objects or says what is wrong."""

from optimiser.sources.catalogue_file import load_catalogue
from optimiser.sources.embedded import (
    SourceCard,
    data_folder,
    epcis,
    find_epci,
    load_polygons,
    load_sources,
    load_territory,
)
from optimiser.sources.notes import split_note
from optimiser.sources.open_case import open_case
from optimiser.sources.scenario_file import (
    locate,
    new_scenario,
    read_scenario,
    scenario_text,
)

__all__ = [
    "SourceCard",
    "data_folder",
    "epcis",
    "find_epci",
    "load_catalogue",
    "load_polygons",
    "load_sources",
    "load_territory",
    "locate",
    "new_scenario",
    "open_case",
    "read_scenario",
    "scenario_text",
    "split_note",
]
