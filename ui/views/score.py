"""The impact score: its parts, their weights, and the scenarios whose order would turn."""

import streamlit as st

from optimiser.impact.measures import MEASURES
from optimiser.impact.score import score
from optimiser.report.answers.score import score_page
from optimiser.report.years_charts import score_chart
from optimiser.solution import Solution
from ui import years
from ui.cache import answer_of, store
from ui.components import chart, table
from ui.results import plan_of, result
from ui.runs import latest
from ui.session import Visit
from ui.text import plain


def show(seen: Visit) -> None:
    """Draw the page.

    Parameters
    ----------
    seen
        The visit.
    """
    labels = seen.labels
    st.title(labels("ui.score.title"))
    found = result(seen)
    if found is None or plan_of(found) is None:
        return
    st.caption(labels("ui.score.help"))
    solved = {seen.record.title: found.run.id}
    for record in store().scenarios():
        run = latest(store(), record)
        same = record.scenario.epci == seen.record.scenario.epci
        if run is not None and same and record.id != seen.record.id:
            solved.setdefault(record.title, run.id)
    chosen = st.multiselect(
        labels("ui.score.scenarios"), list(solved), default=[seen.record.title], key="score-of"
    )
    asked, weights = seen.record.scenario.score, {}
    for column, name in zip(st.columns(len(MEASURES)), MEASURES, strict=True):
        weights[name] = column.number_input(
            labels(f"ui.setting.{name}"),
            min_value=0.0,
            max_value=100.0,
            value=float(getattr(asked, name)),
            step=0.5,
            help=labels(f"score.measure.{name}"),
            key=f"weight-{name}",
        )
    impacts = {title: years.impact_of(solved[title]) for title in chosen}
    titles = [title for title, impact in impacts.items() if impact is not None]
    if not titles or not any(weights.values()):
        st.info(labels("ui.score.nothing"))
        return
    measured = [impact for impact in impacts.values() if impact is not None]
    scored = score(measured, weights)
    runs = [answer_of(solved[title])[1] for title in titles]
    plans = [answer for answer in runs if isinstance(answer, Solution)]
    page = score_page(scored, measured, titles, plans, found.words)
    chart.show(score_chart(scored, titles, labels), labels("score.chart"))
    for line in page.sentences:
        st.write(f"- {plain(line)}")
    for sheet in page.tables:
        if sheet.table.rows:
            with st.expander(sheet.table.name, expanded=sheet is page.tables[0]):
                table.show_report(sheet.table, found.words, sheet.table.name)
