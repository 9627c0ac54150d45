"""What the pages of the years ahead compute once for all visitors; keyed on texts."""

import json
from typing import Any

import streamlit as st

from optimiser import check_schedule
from optimiser.ahead import measured
from optimiser.impact.measures import Impact
from optimiser.report.kept import load
from optimiser.report.years_film import changing, frame_of
from optimiser.scenario import Scenario
from optimiser.schedule_case import ScheduleCase
from optimiser.schedule_solution import Action
from optimiser.solution import Evaluation, Solution
from optimiser.sources.land_file import load_land
from optimiser.sources.mobility_file import load_mobility
from ui.cache import answer_of, atlas_of, case_of
from ui.map_document import Drawing, map_document

_KEPT = 32


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _film(
    scenario_json: str, kept: str
) -> tuple[ScheduleCase, dict[Action, int], tuple[Evaluation, ...]]:
    """Rebuild a timetable's facilities, and let the judge look at the network after each year."""
    case, _ = case_of(Scenario.model_validate_json(scenario_json))
    content = json.loads(kept)
    answer = load(json.dumps(content["plan"]), case)
    if not isinstance(answer, Solution):
        raise TypeError(kept)
    plan = ScheduleCase(case, answer.decisions)
    years = {Action(*parts): year for *parts, year in content["years"]}
    mine = {action: year for action, year in years.items() if action.kind != "share"}
    return plan, mine, check_schedule.networks(plan, mine)


def film_services(scenario_json: str, kept: str) -> tuple[str, ...]:
    """Types of a timetable, those that change most first.

    Parameters
    ----------
    scenario_json, kept
        The scenario, and what the worker kept of its plan and years.

    Returns
    -------
    tuple of str
        Codes.
    """
    return changing(_film(scenario_json, kept)[0])


def film_share(scenario_json: str, kept: str, service: str, t: int) -> float | None:
    """Share of a type's public within the guaranteed time after a year.

    Parameters
    ----------
    scenario_json, kept
        As in `film_services`.
    service
        Type of facility.
    t
        The year; 0: today.

    Returns
    -------
    float or None
        None without any public.
    """
    plan, _, networks = _film(scenario_json, kept)
    return networks[t].share([each.code for each in plan.case.services].index(service))


@st.cache_data(max_entries=8 * _KEPT, show_spinner=False)
def film_map(
    scenario_json: str, kept: str, service: str, t: int, *, language: str, title: str
) -> dict[str, Any]:
    """Map of one type after a year.

    Parameters
    ----------
    scenario_json, kept
        As in `film_services`.
    service, t
        Type of facility, and the year; 0: today.
    language
        Of the words.
    title
        Above the map.

    Returns
    -------
    dict
        For the map component; empty without any polygon.
    """
    plan, years, networks = _film(scenario_json, kept)
    atlas = atlas_of(plan.case, language)
    if atlas.is_empty:
        return {}
    network = frame_of(plan, years, networks[t], service, t)
    drawing = Drawing((network,), clickable=False, titles=(title,))
    return map_document(atlas, drawing)


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def impact_of(run_id: str) -> Impact | None:
    """Parts of the impact score of a run's plan, facilities alone.

    Parameters
    ----------
    run_id
        The run.

    Returns
    -------
    Impact or None
        None where the run has no plan.
    """
    case, answer = answer_of(run_id)
    if not isinstance(answer, Solution):
        return None
    return measured(case, None, load_mobility(), load_land(), accepted=answer)[1]
