"""What is computed once for all visitors; keyed on texts, never on arrays."""

import streamlit as st

from optimiser.case import Case
from optimiser.labels import Labels
from optimiser.planning import plan
from optimiser.report.atlas import Atlas
from optimiser.report.maps import before_after_map, to_svg
from optimiser.scenario import Scenario
from optimiser.solution import Answer, Solution
from optimiser.solvers import Limits
from optimiser.sources import epcis, load_polygons, open_case

LIMITS = Limits(seconds=60)
_KEPT = 32


@st.cache_data
def intercommunalities() -> list[tuple[str, str]]:
    """Codes and names of all EPCIs, by name.

    Returns
    -------
    list of (str, str)
        Pairs of code and name.
    """
    return sorted(epcis().items(), key=lambda pair: pair[1])


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _answered(scenario_json: str) -> tuple[Case, Answer]:
    case = open_case(Scenario.model_validate_json(scenario_json))
    # In another process, so that no visitor waits for another one's solve.
    return case, plan(case, LIMITS, separate=True)


def answered(scenario: Scenario) -> tuple[Case, Answer]:
    """Case of a scenario, and its verified answer.

    Parameters
    ----------
    scenario
        The question.

    Returns
    -------
    (Case, Answer)
        Computed at the first visit.
    """
    return _answered(scenario.model_dump_json())


@st.cache_data(max_entries=8 * _KEPT, show_spinner=False)
def map_svg(scenario_json: str, service: str, language: str) -> str:
    """Draw the map of today and of the plan.

    Parameters
    ----------
    scenario_json
        The scenario as JSON.
    service
        Type of facility.
    language
        Language of the words.

    Returns
    -------
    str
        SVG; empty where the answer is no plan.
    """
    case, answer = _answered(scenario_json)
    if not isinstance(answer, Solution):
        return ""
    polygons = load_polygons([commune.code for commune in case.territory.communes])
    return to_svg(before_after_map(Atlas(case, polygons, Labels(language)), answer, service))
