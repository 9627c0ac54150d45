"""Opens a case: the one place where territory, catalogue, travel times and scenario meet."""

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from optimiser.access import TravelTimes
from optimiser.access.estimate import CarEstimate, car_minutes, road_km
from optimiser.case import Case
from optimiser.catalogue import Catalogue
from optimiser.errors import Finding, TableError
from optimiser.scenario import Scenario
from optimiser.sources.catalogue_file import load_catalogue
from optimiser.sources.embedded import load_territory
from optimiser.sources.folder import data_folder
from optimiser.sources.notes import named, note
from optimiser.sources.places import places
from optimiser.territory import Commune, Territory
from optimiser.units import BoolArray

_OVERSEAS = "97"
_HALF = 0.5


def open_case(
    scenario: Scenario,
    *,
    catalogue_path: Path | None = None,
    matrix_path: Path | None = None,
    communes_path: Path | None = None,
    facilities_path: Path | None = None,
    cells_path: Path | None = None,
) -> Case:
    """Assemble everything that a scenario needs.

    Parameters
    ----------
    scenario
        What is asked, and of which EPCI.
    catalogue_path
        The user's own types of facility; None: the embedded catalogue.
    matrix_path
        The user's travel times; None: the embedded estimate of car minutes.
    communes_path
        The user's own communes, or figures that replace the embedded ones.
    facilities_path
        The user's own facilities, or INSEE's BPE; they replace the embedded counts of the types
        that the file holds.
    cells_path
        A population grid of INSEE: the public then lives in its cells. Minutes are those of the
        road graphs where ``matrix_path`` names them, else the estimate.

    Returns
    -------
    Case
        The case; its territory's notes say what was missing or replaced, and its scenario which
        files of times and cells it is of.

    Raises
    ------
    InputError
        A file is wrong, or the scenario does not fit its territory and catalogue.
    TerritoryNotFoundError
        The scenario's EPCI is not known, or not unique.
    """
    asked = scenario.travel
    matrix_path = matrix_path or (Path(asked.times) if asked.times else None)
    cells_path = cells_path or (Path(asked.cells) if asked.cells else None)
    # Whoever reads the plan back asks of the same times and cells.
    used = {"times": str(matrix_path or ""), "cells": str(cells_path or "")}
    scenario = scenario.model_copy(update={"travel": asked.model_copy(update=used)})
    catalogue = load_catalogue(catalogue_path).with_own(scenario.facilities.values)
    territory = _territory(scenario.epci, catalogue, communes_path)
    if facilities_path is not None:
        from optimiser.sources.facilities_file import place_facilities  # noqa: PLC0415 - slow

        territory = place_facilities(facilities_path, territory, catalogue)
    travel, notes = _travel(territory, matrix_path)
    if catalogue_path is not None:
        notes = (*notes, note("catalogue_from_file", file=catalogue_path.name))
    largest = max(territory.members, key=lambda commune: commune.population)
    if len(territory.members) > 1 and largest.population > _HALF * territory.population:
        notes = (*notes, note("one_large_commune", commune=largest.name))
    territory = replace(territory, notes=(*territory.notes, *notes))
    case = Case(territory=territory, catalogue=catalogue, travel=travel, scenario=scenario)
    if cells_path is not None:
        case = _with_cells(case, cells_path, matrix_path)
    if not scenario.without_car.weight:
        return case
    from optimiser.sources.without_car import without_car_demand  # noqa: PLC0415 - slow

    demand, notes = without_car_demand(case)
    territory = replace(case.territory, notes=(*case.territory.notes, *notes))
    return replace(case, territory=territory, without_car=demand)


def _with_cells(case: Case, cells_path: Path, matrix_path: Path | None) -> Case:
    from optimiser.sources.grid_file import cells_of, read_grid  # noqa: PLC0415 - slow

    if matrix_path is not None and not matrix_path.is_dir():
        # A matrix between communes says nothing of the cells.
        raise TableError((Finding("grid_with_matrix", str(matrix_path)),))
    limit = max(service.reach_minutes for service in case.services)
    cells, notes = cells_of(
        case.territory,
        read_grid(cells_path),
        source=cells_path.name,
        limit=limit,
        roads=matrix_path,
    )
    territory = replace(case.territory, notes=(*case.territory.notes, *notes))
    return replace(case, territory=territory, cells=cells)


def estimate_travel(territory: Territory) -> TravelTimes:
    """Estimate car minutes from the members to every commune of a territory.

    No car crosses the sea: minutes are infinite between communes of different landmasses. Ferries
    are not known.

    Parameters
    ----------
    territory
        The territory.

    Returns
    -------
    TravelTimes
        Minutes, with the error measured on communes kept out of the calibration.
    """
    path = data_folder() / "access" / "car_estimate.toml"
    parameters = CarEstimate.from_toml(path)
    members, everyone = places(territory.members), places(territory.communes)
    minutes = car_minutes(members, everyone, parameters)
    minutes[_oversea(territory.members, territory.communes)] = np.inf
    return TravelTimes(
        origins=members.codes,
        destinations=everyone.codes,
        minutes=minutes,
        km=road_km(members, everyone, parameters),
        source=str(tomllib.loads(path.read_text(encoding="utf-8"))["vintage"]),
        error_minutes=parameters.error.mae_minutes,
    )


def open_territory(epci: str, communes_path: Path | None = None) -> Territory:
    """Read a territory with the embedded catalogue's types.

    Parameters
    ----------
    epci
        SIREN code of the EPCI.
    communes_path
        The user's own communes; None: the embedded ones.

    Returns
    -------
    Territory
        Members and neighbours.
    """
    return _territory(epci, load_catalogue(), communes_path)


def _territory(epci: str, catalogue: Catalogue, communes_path: Path | None) -> Territory:
    if communes_path is None:
        return load_territory(epci, catalogue)
    from optimiser.sources.communes_file import load_communes  # noqa: PLC0415 - slow

    return load_communes(communes_path, epci, catalogue)


def _travel(territory: Territory, matrix_path: Path | None) -> tuple[TravelTimes, tuple[str, ...]]:
    if matrix_path is not None and matrix_path.is_dir():
        from optimiser.sources.road_times import road_travel  # noqa: PLC0415 - slow

        return road_travel(territory, matrix_path)
    if matrix_path is not None:
        from optimiser.sources.matrix_file import read_matrix  # noqa: PLC0415 - slow

        travel, notes = read_matrix(matrix_path, territory)
        known = travel.km is not None
        return travel if known else replace(travel, km=estimate_travel(territory).km), notes
    overseas = any(commune.code.startswith(_OVERSEAS) for commune in territory.members)
    remarks = [note("estimate_overseas")] if overseas else []
    islanders = _islanders(territory)
    if islanders:
        remarks.append(note("island", count=len(islanders), communes=named(islanders)))
    return estimate_travel(territory), tuple(remarks)


def _oversea(origins: Sequence[Commune], destinations: Sequence[Commune]) -> BoolArray:
    """Whether the sea lies between two communes; never where a landmass is unknown."""
    here = np.array([commune.landmass for commune in origins])[:, None]
    there = np.array([commune.landmass for commune in destinations])[None, :]
    return np.asarray((here != there) & (here > 0) & (there > 0))


def _islanders(territory: Territory) -> list[str]:
    """Names of the members that the sea parts from the largest landmass within reach."""
    known = {commune.landmass for commune in territory.communes if commune.landmass}
    largest = min(known, default=0)
    return [c.name for c in territory.members if c.landmass > largest] if largest else []
