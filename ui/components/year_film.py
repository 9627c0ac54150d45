"""Coverage year by year: one map, and a slider that turns it into a film."""

import streamlit as st

from optimiser.report.words import Words
from optimiser.scenario import Scenario
from ui import years
from ui.components import commune_map
from ui.session import stepped

_EVERY_SECONDS = 1.5


def show(scenario: Scenario, kept: str, words: Words) -> None:
    """Show the film.

    Parameters
    ----------
    scenario
        The scenario.
    kept
        What the worker kept of its plan and years.
    words
        Names of the case.
    """
    labels, text = words.labels, scenario.model_dump_json()
    st.subheader(labels("ui.years.film"))
    codes = years.film_services(text, kept)
    service = st.selectbox(labels("column.service"), codes, format_func=words.service)
    plays = st.toggle(labels("ui.years.play"), key="film-plays")
    first, span = scenario.schedule.first_year, scenario.schedule.years

    def name(t: int) -> str:
        return labels("ui.years.today") if t == 0 else str(first + t - 1)

    @st.fragment(run_every=_EVERY_SECONDS if plays else None)
    def frame() -> None:
        if plays:
            stepped("film-year", span)
        t = st.select_slider(
            labels("ask.column.year"), range(span + 1), format_func=name, key="film-year"
        )
        share = labels.percent(years.film_share(text, kept, service, t))
        document = years.film_map(text, kept, service, t, language=labels.language, title=name(t))
        if document:
            commune_map.show(document, "film-map")
        st.caption(labels("ui.years.frame", year=name(t), share=share))

    frame()
