"""What is computed once for all visitors; keyed on texts, never on arrays."""

from collections import Counter
from typing import Any

import streamlit as st

from optimiser import check
from optimiser.case import Case
from optimiser.catalogue import Catalogue
from optimiser.functions import FunctionCatalogue
from optimiser.report.atlas import Atlas
from optimiser.report.brief import ActionLine, Brief, action_lines, brief
from optimiser.report.kept import load
from optimiser.report.map_view import Network
from optimiser.report.site_status import site_statuses, sites_today
from optimiser.report.words import Words, case_labels
from optimiser.scenario import Scenario
from optimiser.solution import Answer, Evaluation, Solution
from optimiser.sources import epcis, load_catalogue, load_polygons, open_case
from optimiser.sources.functions_file import load_functions
from ui.map_document import Drawing, before_after, locks_of, map_document
from ui.map_overlays import View
from ui.settings import without_files
from ui.store import Store, default_url

_KEPT = 32


@st.cache_resource(show_spinner=False)
def _opened(url: str) -> Store:
    opened = Store(url)
    opened.recover()
    return opened


def store() -> Store:
    """Scenario store of this server.

    Returns
    -------
    Store
        One for all visitors; runs of a server that is gone are marked when it opens.
    """
    return _opened(default_url())


@st.cache_data
def intercommunalities() -> list[tuple[str, str]]:
    """Codes and names of all EPCIs, by name.

    Returns
    -------
    list of (str, str)
        Pairs of code and name.
    """
    return list(epcis().items())


@st.cache_resource
def embedded_catalogue() -> Catalogue:
    """Types of facility as they come with the software.

    Returns
    -------
    Catalogue
        Without anybody's own figures.
    """
    return load_catalogue()


@st.cache_resource
def embedded_functions() -> FunctionCatalogue:
    """Support functions as they come with the software.

    Returns
    -------
    FunctionCatalogue
        Without anybody's own figures.
    """
    return load_functions()


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _case(scenario_json: str) -> tuple[Case, Evaluation]:
    case = open_case(without_files(Scenario.model_validate_json(scenario_json)))
    return case, check.evaluate(case, check.today(case))


def case_of(scenario: Scenario) -> tuple[Case, Evaluation]:
    """Case of a scenario, and what the judge makes of today's network.

    Parameters
    ----------
    scenario
        The question.

    Returns
    -------
    (Case, Evaluation)
        Opened at the first visit.
    """
    return _case(scenario.model_dump_json())


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def answer_of(run_id: str) -> tuple[Case, Answer]:
    """Case and verified answer of a run that has ended.

    Parameters
    ----------
    run_id
        The run.

    Returns
    -------
    (Case, Answer)
        Figures recomputed by the judge from the decisions in the store.

    Raises
    ------
    KeyError
        No such run.
    """
    run = store().run(run_id)
    if run is None:
        raise KeyError(run_id)
    case, _ = case_of(run.asked)
    return case, load(run.answer, case)


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _atlas(scenario_json: str, language: str) -> Atlas:
    case, _ = _case(scenario_json)
    polygons = load_polygons([commune.code for commune in case.territory.communes])
    return Atlas(case, polygons, case_labels(case.catalogue, language))


def atlas_of(case: Case, language: str) -> Atlas:
    """Polygons and words of a case.

    Parameters
    ----------
    case
        From `case_of` or `answer_of`.
    language
        Of the words.

    Returns
    -------
    Atlas
        Loaded at the first visit.
    """
    return _atlas(case.scenario.model_dump_json(), language)


@st.cache_data(max_entries=8 * _KEPT, show_spinner=False)
def plan_map(
    run_id: str, service: str, language: str, selected: str = "", view: View = "minutes"
) -> dict[str, Any]:
    """Map of today and of a plan.

    Parameters
    ----------
    run_id
        The run.
    service
        Type of facility.
    language
        Of the words.
    selected
        Commune that is chosen; empty: none.
    view
        What is drawn besides the minutes.

    Returns
    -------
    dict
        For the map component; empty where there is no plan or no polygon.
    """
    case, answer = answer_of(run_id)
    atlas = atlas_of(case, language)
    if not isinstance(answer, Solution) or atlas.is_empty:
        return {}
    drawing = before_after(atlas, answer, service)
    marked = Drawing(drawing.networks, locks_of(case, service), selected=selected, view=view)
    return map_document(atlas, marked)


@st.cache_data(max_entries=8 * _KEPT, show_spinner=False)
def today_map(
    scenario_json: str, service: str, language: str, selected: str = "", view: View = "minutes"
) -> dict[str, Any]:
    """Map of today's network, with the decisions that a scenario takes beforehand.

    Parameters
    ----------
    scenario_json
        The question, JSON.
    service, language, selected, view
        As in `plan_map`.

    Returns
    -------
    dict
        For the map component; empty without any polygon.
    """
    case, today = _case(scenario_json)
    atlas = _atlas(scenario_json, language)
    if atlas.is_empty:
        return {}
    sites = tuple(site for site in sites_today(case) if site.service == service)
    network = Network("now", service, today, sites)
    locks = locks_of(case, service)
    return map_document(atlas, Drawing((network,), locks, selected=selected, view=view))


@st.cache_resource(max_entries=2 * _KEPT, show_spinner=False)
def brief_of(run_id: str, language: str) -> Brief:
    """Page for executives of a plan.

    Parameters
    ----------
    run_id
        Run with a plan.
    language
        Of the words.

    Returns
    -------
    Brief
        In words.
    """
    case, answer = answer_of(run_id)
    if not isinstance(answer, Solution):
        raise KeyError(run_id)
    return brief(case, answer, Words(case, case_labels(case.catalogue, language)))


@st.cache_resource(max_entries=2 * _KEPT, show_spinner=False)
def actions_of(run_id: str, language: str) -> tuple[ActionLine, ...]:
    """What a plan changes where, in words.

    Parameters
    ----------
    run_id, language
        As in `brief_of`.

    Returns
    -------
    tuple of ActionLine
        The greatest effect first.
    """
    case, answer = answer_of(run_id)
    if not isinstance(answer, Solution):
        raise KeyError(run_id)
    return action_lines(case, answer, Words(case, case_labels(case.catalogue, language)))


def changed_services(run_id: str) -> list[str]:
    """Types of a plan, those that change most sites first.

    Parameters
    ----------
    run_id
        Run with a plan.

    Returns
    -------
    list of str
        Codes of all types.
    """
    case, answer = answer_of(run_id)
    codes = [service.code for service in case.services]
    if not isinstance(answer, Solution):
        return codes
    changed = Counter(
        site.service for site in site_statuses(case, answer.decisions) if site.status != "kept"
    )
    return sorted(codes, key=lambda code: -changed[code])


@st.cache_data(max_entries=2 * _KEPT, show_spinner=False)
def pair_map(first_id: str, second_id: str, service: str, language: str) -> dict[str, Any]:
    """Map of two plans of one territory.

    Parameters
    ----------
    first_id, second_id
        Runs with a plan.
    service, language
        As in `plan_map`.

    Returns
    -------
    dict
        For the map component; empty without any polygon, or where a plan lacks the type.
    """
    pairs = [answer_of(run_id) for run_id in (first_id, second_id)]
    atlas = atlas_of(pairs[0][0], language)
    has_type = all(service in [s.code for s in case.services] for case, _ in pairs)
    if atlas.is_empty or not has_type:
        return {}
    networks = [
        before_after(atlas_of(case, language), answer, service).networks[1]
        for case, answer in pairs
        if isinstance(answer, Solution)
    ]
    titles = (atlas.labels("ui.compare.first"), atlas.labels("ui.compare.second"))
    return map_document(atlas, Drawing(tuple(networks), clickable=False, titles=titles))
